"""The table of leave: each record stands here once, and everything else derives from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.errors import NotFound
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.time import Half
from housestaff.features.leave.model import LeaveRecord
from housestaff.plumbing import counts
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

LEAVE = program_table(
    "leave",
    sa.Column("leave_id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Uuid),
    sa.Column("requested_at", INSTANT),
    sa.Column("decided_by", sa.Uuid),
    sa.Column("decided_at", INSTANT),
    sa.Column("review_by", sa.Date),
)


class LeaveRecords:
    """The leave of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    # -- as the program file has it ------------------------------------------------------------------------------------

    def rows(self) -> list[dict[str, Any]]:
        """Every record, as the table of a program file has it."""
        asked = sa.select(LEAVE.c.facts).order_by(LEAVE.c.first_day, LEAVE.c.leave_id)
        return [dict(facts) for facts in self._unit.connection.execute(asked).scalars()]

    def replace_all(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """These records of a file instead of those of earlier files; what people asked for here stays."""
        self._unit.connection.execute(LEAVE.delete().where(LEAVE.c.requested_at.is_(None)))
        self.put_rows(rows, over=False)

    def put_rows(self, rows: Sequence[Mapping[str, Any]], *, over: bool = True) -> None:
        """Records of a file beside those that are there; one of the same id is replaced, or left (not `over`)."""
        if not rows:
            return
        # One statement for each row: a file may hold more records than one statement can have parameters.
        added = insert(LEAVE)
        key = ["program_id", "leave_id"]
        new = {name: added.excluded[name] for name in ("person_id", "kind", "first_day", "last_day", "state", "facts")}
        self._unit.connection.execute(
            added.on_conflict_do_update(index_elements=key, set_=new)
            if over
            else added.on_conflict_do_nothing(index_elements=key),
            [self._row_of_file(row) for row in rows],
        )

    def _row_of_file(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "program_id": self._unit.program_id,
            "leave_id": facts["leave_id"],
            "person_id": facts["person_id"],
            "kind": facts["kind"],
            "first_day": facts["from"],
            "last_day": facts["to"],
            "state": facts.get("status", LeaveStatus.APPROVED.value),
            "facts": dict(facts),
            "version": 1,
            "reason": "",
        }

    # -- as people live with it ----------------------------------------------------------------------------------------

    def get(self, leave_id: str, *, lock: bool = False) -> LeaveRecord:
        """A record by its id; locked for the rest of the transaction by those who change it."""
        asked = sa.select(LEAVE).where(LEAVE.c.leave_id == leave_id)
        row = self._unit.connection.execute(asked.with_for_update() if lock else asked).one_or_none()
        if row is None:
            raise NotFound("There is no such leave.")
        return _record(row)

    def all(
        self,
        *,
        person: str | None = None,
        states: Sequence[LeaveStatus] = (),
        between: tuple[date, date] | None = None,
    ) -> list[LeaveRecord]:
        """Records in order of their first day: of a person, in some states, with a day between two dates."""
        asked = sa.select(LEAVE).order_by(LEAVE.c.first_day, LEAVE.c.leave_id)
        if person is not None:
            asked = asked.where(LEAVE.c.person_id == person)
        if states:
            asked = asked.where(LEAVE.c.state.in_([state.value for state in states]))
        if between is not None:
            asked = asked.where(LEAVE.c.first_day <= between[1], LEAVE.c.last_day >= between[0])
        return [_record(row) for row in self._unit.connection.execute(asked)]

    def add(self, record: LeaveRecord) -> None:
        """A new record."""
        self._unit.connection.execute(
            LEAVE.insert().values(program_id=self._unit.program_id, leave_id=record.leave.id, **_values(record))
        )
        counts.count(self._unit, "leaves_total", state=record.leave.status.value)

    def keep(self, record: LeaveRecord) -> None:
        """A record as it is now."""
        self._unit.connection.execute(
            LEAVE.update().where(LEAVE.c.leave_id == record.leave.id).values(**_values(record))
        )
        counts.count(self._unit, "leaves_total", state=record.leave.status.value)


def _record(row: Any) -> LeaveRecord:
    facts: Mapping[str, Any] = row.facts
    leave = Leave(
        id=row.leave_id,
        person=row.person_id,
        kind=LeaveKind(row.kind),
        first=row.first_day,
        last=row.last_day,
        half=Half(facts["half"]) if facts.get("half") else None,
        status=LeaveStatus(row.state),
        leaves_average=bool(facts.get("leaves_average", True)),
        anticipated=bool(facts.get("anticipated", False)),
        note=str(facts.get("note", "")),
        rank=facts.get("rank"),
    )
    return LeaveRecord(
        leave,
        row.version,
        row.reason,
        row.requested_by,
        row.requested_at,
        row.decided_by,
        row.decided_at,
        row.review_by,
    )


def _values(record: LeaveRecord) -> dict[str, Any]:
    leave = record.leave
    return {
        "person_id": leave.person,
        "kind": leave.kind.value,
        "first_day": leave.first,
        "last_day": leave.last,
        "state": leave.status.value,
        "facts": _facts(leave),
        "version": record.version,
        "reason": record.reason,
        "requested_by": record.requested_by,
        "requested_at": record.requested_at,
        "decided_by": record.decided_by,
        "decided_at": record.decided_at,
        "review_by": record.review_by,
    }


def _facts(leave: Leave) -> dict[str, Any]:
    """The record as a program file has it: what is as usual is not said."""
    found: dict[str, Any] = {
        "leave_id": leave.id,
        "person_id": leave.person,
        "kind": leave.kind.value,
        "from": leave.first.isoformat(),
        "to": leave.last.isoformat(),
        "status": leave.status.value,
    }
    unusual = {
        "half": leave.half.value if leave.half else None,
        "note": leave.note or None,
        "leaves_average": None if leave.leaves_average else False,
        "anticipated": leave.anticipated or None,
        "rank": leave.rank,
    }
    return found | {key: value for key, value in unusual.items() if value is not None}
