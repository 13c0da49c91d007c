"""Retention: what has served its time is removed. Open dead letters, events and the audit chain never are."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from housestaff.plumbing import feed_frames
from housestaff.plumbing.dead_letters import DEAD_LETTER
from housestaff.plumbing.timers import TIMER
from housestaff.plumbing.unit import Unit

CLOSED_LETTERS = timedelta(days=90)
PAST_TIMERS = timedelta(days=90)
ANSWERS = timedelta(hours=24)


def retain(unit: Unit) -> None:
    """Remove closed dead letters and past timers after 90 days, remembered answers and frames after a day."""
    connection, now = unit.connection, unit.now
    connection.execute(
        DEAD_LETTER.delete().where(
            DEAD_LETTER.c.state.in_(("resolved", "discarded")), DEAD_LETTER.c.closed_at < now - CLOSED_LETTERS
        )
    )
    connection.execute(TIMER.delete().where(TIMER.c.state != "armed", TIMER.c.due_at < now - PAST_TIMERS))
    feed_frames.forget_old(unit)
    connection.execute(sa.text("DELETE FROM idempotent_answer WHERE at < :before"), {"before": now - ANSWERS})
