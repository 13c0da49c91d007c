"""The table of leave: each record stands here once, and everything else derives from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from housestaff.plumbing.database import JSON, program_table
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
)


class LeaveRecords:
    """The leave of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def rows(self) -> list[dict[str, Any]]:
        """Every record, as the table of a program file has it."""
        asked = sa.select(LEAVE.c.facts).order_by(LEAVE.c.first_day, LEAVE.c.leave_id)
        return [dict(facts) for facts in self._unit.connection.execute(asked).scalars()]

    def replace_all(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """These records instead of those that are there: the import of a file."""
        connection = self._unit.connection
        connection.execute(LEAVE.delete())
        if rows:
            connection.execute(LEAVE.insert(), [self._row(row) for row in rows])

    def _row(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "program_id": self._unit.program_id,
            "leave_id": facts["leave_id"],
            "person_id": facts["person_id"],
            "kind": facts["kind"],
            "first_day": facts["from"],
            "last_day": facts["to"],
            "state": facts.get("status", "approved"),
            "facts": dict(facts),
            "version": 1,
        }
