"""Supervision: which level a resident needs for an activity on a date, and when nobody gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from housestaff.core.leave import Leave
from housestaff.core.time import Span, days

PRESENCE_REQUIRED = {"psychiatry"}
"""Specialties in which a PGY-1 needs the supervisor in the room until competence is shown."""

MOST_UNDER_EXCEPTION = 4
"""Residents that one teaching physician may have at a time under 42 CFR 415.174."""

MONTHS_BEFORE_EXCEPTION = 6
"""Months a resident must have completed, and more, before being seen without presence under 42 CFR 415.174."""


class Supervision(IntEnum):
    """The four levels, the weakest first."""

    OVERSIGHT = 0
    INDIRECT = 1
    DIRECT_REMOTE = 2
    DIRECT_PRESENT = 3

    @classmethod
    def named(cls, text: str) -> Supervision:
        """The level of a name such as "direct_present"."""
        return cls[text.upper()]


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who supervises in a span, and how closely; away or without the credential they give nothing."""

    person: str
    level: Supervision
    span: Span
    is_there: bool = True


def needed_level(level: str, months_completed: int, *, direct_months: int, released: bool) -> Supervision:
    """What a resident needs: presence in the first months of PGY-1 unless released for the activity, else indirect."""
    if level == "PGY-1" and months_completed < direct_months and not released:
        return Supervision.DIRECT_PRESENT
    return Supervision.INDIRECT


def unsupervised(duty: Span, needed: Supervision, supervisors: Iterable[Supervisor]) -> Iterator[Span]:
    """The pieces of a duty in which nobody identifiable gives the level that is needed."""
    enough = sorted(
        (each.span for each in supervisors if each.is_there and each.level >= needed), key=lambda span: span.start
    )
    at = duty.start
    for span in enough:
        if span.start > at and span.start < duty.end:
            yield Span(at, span.start)
        at = max(at, span.end)
    if at < duty.end:
        yield Span(at, duty.end)


def months_completed(started: date, on: date, leaves: Sequence[Leave] = (), *, exclude_leave: bool = True) -> int:
    """Whole months of training before a date, leave pushed out at the end when the setting says so."""
    away = 0
    if exclude_leave:
        away = len({day for leave in leaves for day in days(leave.first, leave.last) if started <= day < on})
    day = on - timedelta(days=away)
    months = (day.year - started.year) * 12 + day.month - started.month
    return months - (day.day < started.day)


def has_passed_months(
    started: date, on: date, months: int, leaves: Sequence[Leave] = (), *, exclude_leave: bool = True
) -> bool:
    """Say whether more than so many months are completed on a date."""
    return months_completed(started, on, leaves, exclude_leave=exclude_leave) >= months
