"""Retention: what has served its time is removed. Open dead letters, events and the audit chain never are."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from housestaff.plumbing import feed_frames
from housestaff.plumbing.artifacts import Artifacts
from housestaff.plumbing.dead_letters import DEAD_LETTER
from housestaff.plumbing.once import IDEMPOTENT_ANSWER, KEPT
from housestaff.plumbing.timers import TIMER
from housestaff.plumbing.unit import Unit

CLOSED_LETTERS = timedelta(days=90)
PAST_TIMERS = timedelta(days=90)


def retain(unit: Unit, artifacts: Artifacts) -> None:
    """Remove closed dead letters and past timers after 90 days; answers, frames and files without a row after one."""
    connection, now = unit.connection, unit.now
    connection.execute(
        DEAD_LETTER.delete().where(
            DEAD_LETTER.c.state.in_(("resolved", "discarded")), DEAD_LETTER.c.closed_at < now - CLOSED_LETTERS
        )
    )
    connection.execute(TIMER.delete().where(TIMER.c.state != "armed", TIMER.c.due_at < now - PAST_TIMERS))
    feed_frames.forget_old(unit)
    connection.execute(IDEMPOTENT_ANSWER.delete().where(IDEMPOTENT_ANSWER.c.at <= now - KEPT))
    artifacts.forget_orphans()
    _forget_of_the_house(connection, now)


def _forget_of_the_house(connection: sa.Connection, now: datetime) -> None:
    """What belongs to no program, whichever program's run comes first: tries at the door, used links, old sessions."""
    for statement in _OF_THE_HOUSE:
        connection.execute(sa.text(statement), {"day": now - _DAY, "quarter": now - PAST_TIMERS})


_DAY = timedelta(days=1)
_OF_THE_HOUSE = (
    "DELETE FROM attempt WHERE at < :day",
    "DELETE FROM single_use WHERE expires_at < :day",
    "DELETE FROM session WHERE expires_at < :quarter OR revoked_at < :quarter",
    "DELETE FROM password_reset WHERE expires_at < :quarter",
    "DELETE FROM institution_reading WHERE expires_at < :quarter",
    "DELETE FROM job_death AS d WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS j WHERE j.id = d.job_id)",
)
"""A reading over programs stays in the audit chains for good; the row only opened it."""
