"""Supervision: which level a resident needs for an activity on a date, and when nobody gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.leave import Leave
from housestaff.core.supervision import Supervision
from housestaff.core.time import Span, days


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
    """Say whether more than so many months are completed on a date: they were complete the day before."""
    return months_completed(started, on - timedelta(days=1), leaves, exclude_leave=exclude_leave) >= months
