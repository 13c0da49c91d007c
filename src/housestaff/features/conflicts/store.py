"""The table of conflicts: each source keeps its own set, and what is found no longer is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import ConflictClosed, ConflictOpened
from housestaff.features.conflicts.model import Conflict, KnownConflict
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

CONFLICT = program_table(
    "conflict",
    sa.Column("conflict_id", sa.Uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("schedule_id", sa.Uuid),
    sa.Column("leave_id", sa.Text),
    sa.Column("duty_ids", JSON, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", INSTANT, nullable=False),
    sa.Column("closed_at", INSTANT),
)
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('conflicts:' || :program || :source, 0))")


class Conflicts:
    """The conflicts of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def settle(self, source: str, found: Iterable[Conflict]) -> list[KnownConflict]:
        """Write down what a source finds now: what is new is opened, what is gone is closed, both are told.

        Returns the open ones. Two that settle the same source wait for each other.
        """
        connection = self._unit.connection
        connection.execute(_LOCK, {"program": str(self._unit.program_id), "source": source})
        wanted = {each.key: each for each in found}
        known = {each.conflict.key: each for each in self._open(CONFLICT.c.source == source)}
        still: list[KnownConflict] = []
        for key, old in known.items():
            if wanted.get(key) == old.conflict:
                still.append(old)
            else:
                self._close(old)
        still += [self._add(source, each) for key, each in wanted.items() if key not in {s.conflict.key for s in still}]
        return sorted(still, key=lambda each: (each.conflict.first_day, each.conflict.key))

    def close_all(self, sources: str) -> None:
        """Close every open conflict whose source begins with these words."""
        for each in self._open(CONFLICT.c.source.startswith(sources, autoescape=True)):
            self._close(each)

    def listed(
        self,
        *,
        state: str = "open",
        person: str | None = None,
        leave_id: str | None = None,
        schedule_id: UUID | None = None,
        since: date | None = None,
    ) -> list[KnownConflict]:
        """Conflicts in order of their days."""
        asked = sa.select(CONFLICT).where(CONFLICT.c.state == state)
        for column, value in (("person_id", person), ("leave_id", leave_id), ("schedule_id", schedule_id)):
            if value is not None:
                asked = asked.where(CONFLICT.c[column] == value)
        if since is not None:
            asked = asked.where(CONFLICT.c.last_day >= since)
        rows = self._unit.connection.execute(asked.order_by(CONFLICT.c.first_day, CONFLICT.c.conflict_id))
        return [_known(row) for row in rows]

    def open_one(self, conflict_id: UUID) -> KnownConflict | None:
        """A conflict by its id, while it is open."""
        return next(iter(self._open(CONFLICT.c.conflict_id == conflict_id)), None)

    def _open(self, which: sa.ColumnElement[bool]) -> Sequence[KnownConflict]:
        asked = sa.select(CONFLICT).where(which, CONFLICT.c.state == "open").order_by(CONFLICT.c.conflict_id)
        return [_known(row) for row in self._unit.connection.execute(asked)]

    def _add(self, source: str, each: Conflict) -> KnownConflict:
        id_ = new_id()
        self._unit.connection.execute(
            CONFLICT.insert().values(
                program_id=self._unit.program_id,
                conflict_id=id_,
                source=source,
                key=each.key,
                kind=each.kind,
                severity=each.severity,
                person_id=each.person_id,
                schedule_id=each.schedule_id,
                leave_id=each.leave_id,
                duty_ids=list(each.duty_ids),
                first_day=each.first_day,
                last_day=each.last_day,
                what=each.what,
                state="open",
                opened_at=self._unit.now,
            )
        )
        self._unit.tell(ConflictOpened(conflict_id=id_, **_facts(each)))
        return KnownConflict(conflict_id=id_, conflict=each, state="open", opened_at=self._unit.now, closed_at=None)

    def _close(self, old: KnownConflict) -> None:
        self._unit.connection.execute(
            CONFLICT.update()
            .where(CONFLICT.c.conflict_id == old.conflict_id)
            .values(state="closed", closed_at=self._unit.now)
        )
        self._unit.tell(ConflictClosed(conflict_id=old.conflict_id, **_facts(old.conflict)))


def _facts(each: Conflict) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "severity": each.severity,
        "person_id": each.person_id,
        "duty_ids": each.duty_ids,
        "schedule_id": each.schedule_id,
        "leave_id": each.leave_id,
    }


def _known(row: Any) -> KnownConflict:
    found = Conflict(
        key=row.key,
        kind=row.kind,
        severity=row.severity,
        person_id=row.person_id,
        duty_ids=tuple(row.duty_ids),
        first_day=row.first_day,
        last_day=row.last_day,
        what=row.what,
        schedule_id=row.schedule_id,
        leave_id=row.leave_id,
    )
    return KnownConflict(
        conflict_id=row.conflict_id, conflict=found, state=row.state, opened_at=row.opened_at, closed_at=row.closed_at
    )
