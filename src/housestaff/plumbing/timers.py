"""Durable timers: at this instant, do this. A fired timer runs a command, which looks at the state again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.unit import Unit

TIMER = program_table(
    "timer",
    sa.Column("timer_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("due_at", INSTANT, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("armed_by_event", sa.Uuid),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("fired_at", INSTANT),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that fires now."""

    kind: str
    subject_id: str
    purpose: str
    due_at: datetime
    facts: Mapping[str, Any]
    armed_by: UUID | None = None
    """The event in whose reaction it was armed."""


class Timers:
    """The timers of the program of a unit."""

    def __init__(self, unit: Unit, jobs: Jobs) -> None:
        """Arm and cancel in the unit's transaction."""
        self._unit, self._jobs = unit, jobs

    def arm(
        self,
        kind: str,
        subject_id: object,
        due_at: datetime,
        *,
        purpose: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Set a timer, or move it if it is armed already."""
        row = {
            "program_id": self._unit.program_id,
            "timer_id": new_id(),
            "kind": kind,
            "subject_id": str(subject_id),
            "purpose": purpose,
            "due_at": due_at,
            "state": "armed",
            "armed_by_event": self._unit.request.causation_id,
            "facts": dict(facts or {}),
            "fired_at": None,
        }
        kept = {key: row[key] for key in ("due_at", "state", "armed_by_event", "facts", "fired_at")}
        upsert = insert(TIMER).values(row)
        upsert = upsert.on_conflict_do_update(
            index_elements=["program_id", "kind", "subject_id", "purpose"], set_=kept
        ).returning(TIMER.c.timer_id)
        timer_id = self._unit.connection.execute(upsert).scalar_one()
        self._jobs.defer(
            self._unit.connection,
            "timer",
            [{"program_id": self._unit.program_id, "timer_id": timer_id}],
            at=due_at,
        )

    def cancel(self, kind: str, subject_id: object, *, purpose: str = "") -> None:
        """Take a timer back; one that has fired stays fired."""
        self._unit.connection.execute(
            TIMER.update()
            .where(
                TIMER.c.kind == kind,
                TIMER.c.subject_id == str(subject_id),
                TIMER.c.purpose == purpose,
                TIMER.c.state == "armed",
            )
            .values(state="canceled")
        )


def take_due(unit: Unit, timer_id: UUID) -> Due | None:
    """Mark a timer fired if it is armed and its instant has come; nothing where it was moved, canceled or fired."""
    row = unit.connection.execute(
        TIMER.update()
        .where(TIMER.c.timer_id == timer_id, TIMER.c.state == "armed", TIMER.c.due_at <= unit.now)
        .values(state="fired", fired_at=unit.now)
        .returning(
            TIMER.c.kind, TIMER.c.subject_id, TIMER.c.purpose, TIMER.c.due_at, TIMER.c.facts, TIMER.c.armed_by_event
        )
    ).one_or_none()
    return Due(*row) if row else None
