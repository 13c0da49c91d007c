"""The cells of the published versions: who holds which duty; a version keeps only what it brought or took away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from housestaff.core.cells import Holding, instant
from housestaff.core.events import CellChange
from housestaff.features.schedules.model import Schedule
from housestaff.plumbing.database import INSTANT, program_table
from housestaff.plumbing.unit import Unit

CELL = program_table(
    "cell",
    sa.Column("schedule_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("duty_id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rotation_id", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("starts_at", INSTANT, nullable=False),
    sa.Column("ends_at", INSTANT, nullable=False),
    sa.Column("is_there", sa.Boolean, nullable=False),
)


class PublishedCells:
    """The cells of the published schedules of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def add(self, schedule: Schedule, there: Iterable[Holding], gone: Iterable[Holding] = ()) -> int:
        """The cells that a published version brings or takes away; returns how many. They are never changed after."""
        rows = [
            {
                "program_id": self._unit.program_id,
                "schedule_id": schedule.schedule_id,
                "number": schedule.number,
                "duty_id": held.duty_id,
                "person_id": held.person if is_there else None,
                "kind": held.duty.kind.value,
                "rotation_id": held.duty.rotation,
                "activity": held.duty.activity,
                "line": held.duty.line,
                "day": held.duty.day,
                "starts_at": instant(held.duty.span.start),
                "ends_at": instant(held.duty.span.end),
                "is_there": is_there,
            }
            for is_there, cells in ((True, there), (False, gone))
            for held in cells
        ]
        if rows:
            self._unit.connection.execute(CELL.insert(), rows)
        return len(rows)

    def between(
        self,
        schedule_id: UUID,
        number: int,
        first: date,
        last: date,
        *,
        person: str | None = None,
        rotation: str | None = None,
    ) -> list[dict[str, Any]]:
        """The cells of a published version between two days, in order of time."""
        there = standing(schedule_id, number, CELL.c.day.between(first, last)).subquery()
        asked = sa.select(there).order_by(there.c.starts_at, there.c.duty_id)
        if person is not None:
            asked = asked.where(there.c.person_id == person)
        if rotation is not None:
            asked = asked.where(there.c.rotation_id == rotation)
        return [dict(row) for row in self._unit.connection.execute(asked).mappings()]

    def of_duty(self, duty_id: str, schedule_id: UUID | None = None) -> dict[str, Any] | None:
        """A duty as the newest version of its schedule has it; nothing where no published version does."""
        asked = sa.select(CELL).where(CELL.c.duty_id == duty_id).order_by(CELL.c.number.desc())
        if schedule_id is not None:
            asked = asked.where(CELL.c.schedule_id == schedule_id)
        newest: dict[UUID, dict[str, Any]] = {}
        for row in self._unit.connection.execute(asked).mappings():
            newest.setdefault(row["schedule_id"], dict(row))
        return next((row for row in newest.values() if row["is_there"]), None)

    def ever(self, schedule_id: UUID, duty_ids: Iterable[str]) -> Mapping[str, dict[str, Any]]:
        """Duties by id as the newest version that names them has them, though they may be gone."""
        asked = sa.select(CELL).where(CELL.c.schedule_id == schedule_id, CELL.c.duty_id.in_(list(duty_ids)))
        rows = self._unit.connection.execute(asked.order_by(CELL.c.number)).mappings()
        return {row["duty_id"]: dict(row) for row in rows}

    def changes_of(self, schedule_id: UUID, number: int) -> list[CellChange]:
        """What one version has changed of the one before it, cell by cell."""
        return self.net_changes(schedule_id, number - 1, until=number)

    def net_changes(self, schedule_id: UUID, since: int, *, until: int | None = None) -> list[CellChange]:
        """What differs between an earlier version and the newest (or a later one); what came back is not there."""
        later = CELL.c.number > since if until is None else CELL.c.number.between(since + 1, until)
        touched = sa.select(CELL.c.duty_id).where(CELL.c.schedule_id == schedule_id, later).distinct()
        mine = sa.select(CELL).where(CELL.c.schedule_id == schedule_id, CELL.c.duty_id.in_(touched))
        if until is not None:
            mine = mine.where(CELL.c.number <= until)
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        for row in self._unit.connection.execute(mine.order_by(CELL.c.duty_id, CELL.c.number)):
            new[row.duty_id] = row
            if row.number <= since:
                old[row.duty_id] = row
        found = [_net(old.get(id_), row) for id_, row in new.items()]
        return sorted((cell for cell in found if cell), key=lambda cell: (cell.starts_at, cell.duty_id))


def standing(schedule_id: UUID, number: int, *narrowed: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The cells that are there in a published version, as a question to be asked or to be built upon."""
    newest = (
        sa.select(CELL)
        .where(CELL.c.schedule_id == schedule_id, CELL.c.number <= number, *narrowed)
        .ext(distinct_on(CELL.c.duty_id))
        .order_by(CELL.c.duty_id, CELL.c.number.desc())
        .subquery()
    )
    return sa.select(newest).where(newest.c.is_there)


def _net(was: Any, now: Any) -> CellChange | None:
    before = was if was is not None and was.is_there else None
    after = now if now.is_there else None
    shown = after if after is not None else before
    if shown is None or (before is not None and after is not None and _facts(before) == _facts(after)):
        return None
    return CellChange(
        duty_id=shown.duty_id,
        kind=shown.kind,
        rotation_id=shown.rotation_id,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        person_before=before.person_id if before is not None else None,
        person_after=after.person_id if after is not None else None,
        role=shown.activity or shown.line,
    )


def _facts(row: Any) -> tuple[Any, ...]:
    return row.person_id, row.kind, row.rotation_id, row.activity, row.starts_at, row.ends_at
