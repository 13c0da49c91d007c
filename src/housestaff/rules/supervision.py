"""Supervision: which level a resident needs for an activity on a date, and how long they have trained by then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from housestaff.core.leave import Leave
from housestaff.core.supervision import Supervision
from housestaff.core.time import days


def needed_level(level: str, months_completed: int, *, direct_months: int, released: bool) -> Supervision:
    """What a resident needs: presence in the first months of PGY-1 unless released for the activity, else indirect."""
    if level == "PGY-1" and months_completed < direct_months and not released:
        return Supervision.DIRECT_PRESENT
    return Supervision.INDIRECT


def months_completed(started: date, on: date, leaves: Sequence[Leave] = (), *, exclude_leave: bool = True) -> int:
    """Whole months of training before a date, leave pushed out at the end when the setting says so."""
    away = 0
    if exclude_leave:
        away = len({day for leave in leaves for day in days(leave.first, leave.last) if started <= day < on})
    day = on - timedelta(days=away)
    months = (day.year - started.year) * 12 + day.month - started.month
    return months - (day.day < started.day)
