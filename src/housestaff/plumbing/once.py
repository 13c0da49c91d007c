"""Once: a request that is sent again under the same key is answered from what is kept, and not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.errors import Stale
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

KEPT = timedelta(hours=24)

IDEMPOTENT_ANSWER = program_table(
    "idempotent_answer",
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("answer", JSON, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that was given before."""

    value: Any


@dataclass(frozen=True, slots=True)
class Once:
    """A key with what it stands for: the place and body of the request, and how its answer is put."""

    key: str
    asked: bytes
    put: Callable[[Any], Any]

    def answer(self, unit: Unit) -> Known | None:
        """The answer that was given before; nothing, and the key is taken, where there was none.

        Whoever comes second waits here for the first to commit. Raises `Stale` for the key of another request.
        """
        mine = (IDEMPOTENT_ANSWER.c.user_id == unit.request.user_id) & (IDEMPOTENT_ANSWER.c.key == self.key)
        unit.connection.execute(IDEMPOTENT_ANSWER.delete().where(mine, IDEMPOTENT_ANSWER.c.at <= unit.now - KEPT))
        row = {
            "program_id": unit.program_id,
            "user_id": unit.request.user_id,
            "key": self.key,
            "body_hash": self._hash,
            "answer": None,
            "at": unit.now,
        }
        taken = insert(IDEMPOTENT_ANSWER).values(row).on_conflict_do_nothing().returning(IDEMPOTENT_ANSWER.c.key)
        if unit.connection.execute(taken).first() is not None:
            return None
        kept = unit.connection.execute(sa.select(IDEMPOTENT_ANSWER).where(mine)).one()
        if kept.body_hash != self._hash:
            raise Stale("This Idempotency-Key stood for another request. Take a new key for a new request.")
        return Known(kept.answer)

    def keep(self, unit: Unit, result: Any) -> Any:
        """Keep the answer in the transaction of the command, as it is given now and will be given again."""
        put = self.put(result)
        unit.connection.execute(
            IDEMPOTENT_ANSWER.update()
            .where(IDEMPOTENT_ANSWER.c.user_id == unit.request.user_id, IDEMPOTENT_ANSWER.c.key == self.key)
            .values(answer=put)
        )
        return put

    @property
    def _hash(self) -> str:
        return hashlib.sha256(self.asked).hexdigest()
