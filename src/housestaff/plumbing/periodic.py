"""Periodic jobs: one run for each job, program and slot, however many workers look at the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.plumbing.database import INSTANT, program_table
from housestaff.plumbing.unit import Unit

JOB_RUN = program_table(
    "job_run",
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("slot", INSTANT, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)

STILL_WORTH_IT = timedelta(hours=24)
"""A slot that was missed for longer is skipped."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs once a day at an hour of UTC: its name, its hour, and what it does in a program."""

    name: str
    hour: int
    run: Callable[..., Any]

    def slot(self, now: datetime) -> datetime:
        """The newest slot that has come."""
        today = datetime.combine(now.astimezone(UTC).date(), time(self.hour), UTC)
        return today if today <= now else today - timedelta(days=1)


def take_slot(unit: Unit, job: Periodic) -> datetime | None:
    """Take the newest slot of a job in a program; nothing where it was taken already, or has passed for too long."""
    slot = job.slot(unit.now)
    is_late = unit.now - slot > STILL_WORTH_IT
    row = {
        "program_id": unit.program_id,
        "job": job.name,
        "slot": slot,
        "state": "skipped" if is_late else "queued",
        "at": unit.now,
    }
    insertion = insert(JOB_RUN).values(row).on_conflict_do_nothing().returning(JOB_RUN.c.slot)
    is_new = unit.connection.execute(insertion).first() is not None
    return slot if is_new and not is_late else None


def begin(unit: Unit, job: str, slot: datetime) -> bool:
    """Lock a run for the rest of the transaction and mark it done; says whether it was still to be done."""
    done = unit.connection.execute(
        JOB_RUN.update()
        .where(JOB_RUN.c.job == job, JOB_RUN.c.slot == slot, JOB_RUN.c.state == "queued")
        .values(state="done", at=unit.now)
    )
    return bool(done.rowcount)
