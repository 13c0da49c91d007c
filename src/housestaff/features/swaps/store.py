"""The tables of swaps: the swap, its duties while it is open, its offers. What it has moved is its version's change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from housestaff.core.errors import NotFound, Stale
from housestaff.core.events import SwapLeg
from housestaff.features.swaps.model import OPEN, REQUESTED, Swap
from housestaff.plumbing import counts
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

SWAP = program_table(
    "swap",
    sa.Column("swap_id", sa.Uuid, primary_key=True),
    sa.Column("schedule_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("requester_id", sa.Text, nullable=False),
    sa.Column("legs", JSON, nullable=False),
    sa.Column("accepted", JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("freeze_reason", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("execute_at", INSTANT),
    sa.Column("executed_number", sa.Integer),
    sa.Column("rollback_until", INSTANT),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
SWAP_DUTY = program_table(
    "swap_duty",
    sa.Column("swap_id", sa.Uuid, primary_key=True),
    sa.Column("duty_id", sa.Text, primary_key=True),
    sa.Column("is_open", sa.Boolean, nullable=False),
)
SWAP_OFFER = program_table(
    "swap_offer",
    sa.Column("swap_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)


class Swaps:
    """The swaps of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def get(self, swap_id: UUID, *, lock: bool = False) -> Swap:
        """A swap by its id; locked for the rest of the transaction by those who change it."""
        asked = sa.select(SWAP).where(SWAP.c.swap_id == swap_id)
        row = self._unit.connection.execute(asked.with_for_update() if lock else asked).one_or_none()
        if row is None:
            raise NotFound("There is no such swap.")
        return _swap(row)

    def listed(self, *, states: Sequence[str] = ()) -> list[Swap]:
        """Swaps, the newest first."""
        asked = sa.select(SWAP).order_by(SWAP.c.created_at.desc(), SWAP.c.swap_id)
        if states:
            asked = asked.where(SWAP.c.state.in_(states))
        return [_swap(row) for row in self._unit.connection.execute(asked)]

    def add(self, swap: Swap) -> None:
        """A new swap; raises `Stale` where one of its duties is in another that is open."""
        self._unit.connection.execute(SWAP.insert().values(**self._values(swap)))
        self._count(swap)
        duties = [duty for leg in swap.legs for duty in leg.duty_ids]
        rows = [
            {"program_id": self._unit.program_id, "swap_id": swap.swap_id, "duty_id": duty, "is_open": True}
            for duty in duties
        ]
        try:
            with self._unit.connection.begin_nested():
                self._unit.connection.execute(SWAP_DUTY.insert(), rows)
        except IntegrityError as error:
            raise Stale("One of these duties is in another open swap.") from error

    def keep(self, swap: Swap) -> None:
        """A swap as it is now; when it is over, its duties and offers are free."""
        connection = self._unit.connection
        connection.execute(SWAP.update().where(SWAP.c.swap_id == swap.swap_id).values(**self._values(swap)))
        self._count(swap)
        if swap.state not in OPEN:
            connection.execute(SWAP_DUTY.update().where(SWAP_DUTY.c.swap_id == swap.swap_id).values(is_open=False))
        if swap.state != REQUESTED:
            self.close_offers(swap.swap_id)

    def is_in_open_swap(self, duty_ids: Iterable[str]) -> set[str]:
        """Of some duties, those that are in an open swap."""
        asked = sa.select(SWAP_DUTY.c.duty_id).where(SWAP_DUTY.c.duty_id.in_(list(duty_ids)), SWAP_DUTY.c.is_open)
        return set(self._unit.connection.execute(asked).scalars())

    # -- offers --------------------------------------------------------------------------------------------------------

    def offer(self, swap_id: UUID, people: Sequence[str]) -> list[str]:
        """Offer an open swap to people in this order; returns those who had no offer of it yet."""
        if not people:
            return []
        rows = [
            {
                "program_id": self._unit.program_id,
                "swap_id": swap_id,
                "person_id": person,
                "rank": rank,
                "state": "offered",
                "at": self._unit.now,
            }
            for rank, person in enumerate(people, 1)
        ]
        made = insert(SWAP_OFFER).values(rows).on_conflict_do_nothing().returning(SWAP_OFFER.c.person_id)
        new = set(self._unit.connection.execute(made).scalars())
        return [person for person in people if person in new]

    def offers(self, swap_id: UUID) -> list[Mapping[str, Any]]:
        """The offers of a swap, the best first."""
        return self.offers_of([swap_id])[swap_id]

    def offers_of(self, swap_ids: Iterable[UUID]) -> Mapping[UUID, list[Mapping[str, Any]]]:
        """The offers of some swaps, of each the best first."""
        found: dict[UUID, list[Mapping[str, Any]]] = {id_: [] for id_ in swap_ids}
        asked = sa.select(SWAP_OFFER).where(SWAP_OFFER.c.swap_id.in_(list(found))).order_by(SWAP_OFFER.c.rank)
        for row in self._unit.connection.execute(asked).mappings():
            found[row["swap_id"]].append(dict(row))
        return found

    def move_offer(self, swap_id: UUID, person: str, state: str) -> bool:
        """An open offer's next state; says whether it was open."""
        done = self._unit.connection.execute(
            SWAP_OFFER.update()
            .where(SWAP_OFFER.c.swap_id == swap_id, SWAP_OFFER.c.person_id == person, SWAP_OFFER.c.state == "offered")
            .values(state=state)
        )
        return bool(done.rowcount)

    def close_offers(self, swap_id: UUID) -> None:
        """Nobody can take it any more."""
        self._unit.connection.execute(
            SWAP_OFFER.update()
            .where(SWAP_OFFER.c.swap_id == swap_id, SWAP_OFFER.c.state == "offered")
            .values(state="closed")
        )

    def _count(self, swap: Swap) -> None:
        counts.count(self._unit, "swaps_total", kind=swap.kind, state=swap.state)

    def _values(self, swap: Swap) -> dict[str, Any]:
        return {
            "program_id": self._unit.program_id,
            "swap_id": swap.swap_id,
            "schedule_id": swap.schedule_id,
            "kind": swap.kind,
            "state": swap.state,
            "requester_id": swap.requester_id,
            "legs": [{"giver": leg.giver, "taker": leg.taker, "duty_ids": list(leg.duty_ids)} for leg in swap.legs],
            "accepted": list(swap.accepted),
            "reason": swap.reason,
            "freeze_reason": swap.freeze_reason,
            "created_at": swap.created_at,
            "expires_at": swap.expires_at,
            "execute_at": swap.execute_at,
            "executed_number": swap.executed_number,
            "rollback_until": swap.rollback_until,
            "problem": swap.problem,
            "version": swap.version,
        }


def _swap(row: Any) -> Swap:
    legs = tuple(SwapLeg(giver=leg["giver"], taker=leg["taker"], duty_ids=tuple(leg["duty_ids"])) for leg in row.legs)
    execute_at: datetime | None = row.execute_at
    return Swap(
        swap_id=row.swap_id,
        schedule_id=row.schedule_id,
        kind=row.kind,
        state=row.state,
        requester_id=row.requester_id,
        legs=legs,
        accepted=tuple(row.accepted),
        reason=row.reason,
        freeze_reason=row.freeze_reason,
        created_at=row.created_at,
        expires_at=row.expires_at,
        execute_at=execute_at,
        executed_number=row.executed_number,
        rollback_until=row.rollback_until,
        problem=row.problem,
        version=row.version,
    )
