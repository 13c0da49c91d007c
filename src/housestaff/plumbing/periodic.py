"""Periodic jobs: one run for each job, program and slot, however many workers look at the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs once a day at an hour of UTC: its name, its hour, and all that it does in a program."""

    name: str
    hour: int
    runs: tuple[Callable[..., Any], ...]

    def slot(self, now: datetime) -> datetime:
        """The newest slot that has come."""
        today = datetime.combine(now.astimezone(UTC).date(), time(self.hour), UTC)
        return today if today <= now else today - _DAY


def take_slot(unit: Unit, job: Periodic) -> datetime | None:
    """Take the newest slot of a job in a program; nothing where it was taken already.

    Older slots that nobody took are written down as skipped, back to the last one that was taken.
    """
    slot = job.slot(unit.now)
    if not _add(unit, job, slot, "queued"):
        return None
    asked = sa.select(sa.func.max(JOB_RUN.c.slot)).where(JOB_RUN.c.job == job.name, JOB_RUN.c.slot < slot)
    last = unit.connection.execute(asked).scalar_one()
    missed = slot - _DAY
    while last is not None and missed > last:
        _add(unit, job, missed, "skipped")
        missed -= _DAY
    return slot


def _add(unit: Unit, job: Periodic, slot: datetime, state: str) -> bool:
    row = {"program_id": unit.program_id, "job": job.name, "slot": slot, "state": state, "at": unit.now}
    insertion = insert(JOB_RUN).values(row).on_conflict_do_nothing().returning(JOB_RUN.c.slot)
    return unit.connection.execute(insertion).first() is not None


def begin(unit: Unit, job: str, slot: datetime) -> bool:
    """Lock a run for the rest of the transaction and mark it done; says whether it was still to be done."""
    return _move(unit, job, slot, "queued", "done")


def bury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A run that has been given up is failed."""
    _move(unit, str(arguments["job"]), datetime.fromisoformat(str(arguments["slot"])), "queued", "failed")


def unbury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A failed run waits again."""
    _move(unit, str(arguments["job"]), datetime.fromisoformat(str(arguments["slot"])), "failed", "queued")


def _move(unit: Unit, job: str, slot: datetime, before: str, after: str) -> bool:
    done = unit.connection.execute(
        JOB_RUN.update()
        .where(JOB_RUN.c.job == job, JOB_RUN.c.slot == slot, JOB_RUN.c.state == before)
        .values(state=after, at=unit.now)
    )
    return bool(done.rowcount)
