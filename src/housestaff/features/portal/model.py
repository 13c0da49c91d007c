"""The nouns of a start page: duty weeks, leave among them, and what they come to in an academic year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.features.schedules.views import CellRow

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
CALLS = ("in_house_call", "home_call")
BEGUN, FROZEN = "begun", "frozen"


@dataclass(frozen=True, slots=True)
class Away:
    """Approved leave in a week: its first and last day, and why; only its own person is shown this."""

    leave_id: str
    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from the day on which a rotation's week starts: the duties of one person on it, or leave alone."""

    rotation_id: str
    rotation: str
    starts_on: date
    ends_on: date
    is_current: bool
    duties: Mapping[str, int]
    """How many duties of each kind; empty in a week of leave."""
    leave: Away | None
    can_swap: bool
    why_not: str
    """`begun`, or `frozen`: then it can be asked for with a reason."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What the duties of an academic year come to; the three counts of weeks add up."""

    duty_weeks: int
    completed: int
    current: int
    upcoming: int
    target: int | None
    remaining_to_target: int | None
    call_nights: int
    unread: int


def academic_year(day: date) -> tuple[date, date]:
    """The academic year of a date, July 1 to June 30."""
    year = day.year if day.month >= 7 else day.year - 1
    return date(year, 7, 1), date(year + 1, 6, 30)


def duty_weeks(program: Program, cells: Iterable[CellRow]) -> dict[tuple[date, str], list[CellRow]]:
    """The duties of one person by week and rotation, in order of time; call that hangs on no rotation is in none."""
    found: dict[tuple[date, str], list[CellRow]] = {}
    for cell in cells:
        if cell.rotation_id:
            start = program.first_of_week(cell.rotation_id, cell.day)
            found.setdefault((start, cell.rotation_id), []).append(cell)
    return dict(sorted(found.items()))


def coming_weeks(
    program: Program, cells: Iterable[CellRow], leaves: Sequence[Leave], *, today: date, weeks: int, frozen: int
) -> list[Week]:
    """The duty weeks that are running or begin within so many weeks, and weeks of nothing but leave."""
    end = today + weeks * _WEEK
    found = [
        _week(program, start, rotation, held, leaves, today=today, frozen=frozen)
        for (start, rotation), held in duty_weeks(program, cells).items()
        if start < end and start + _WEEK > today
    ]
    found += _weeks_of_leave(program, leaves, found, today=today, end=end)
    return sorted(found, key=lambda week: (week.starts_on, week.rotation_id))


def _week(
    program: Program,
    start: date,
    rotation: str,
    cells: Sequence[CellRow],
    leaves: Sequence[Leave],
    *,
    today: date,
    frozen: int,
) -> Week:
    known = program.rotation_by_code.get(rotation)
    why_not = BEGUN if start <= today else FROZEN if start <= today + frozen * _DAY else ""
    return Week(
        rotation_id=rotation,
        rotation=known.name if known else rotation,
        starts_on=start,
        ends_on=start + _WEEK - _DAY,
        is_current=start <= today,
        duties=dict(sorted(Counter(cell.kind for cell in cells).items())),
        leave=next((_away(each) for each in leaves if _meets(each, start)), None),
        can_swap=why_not != BEGUN,
        why_not=why_not,
    )


def _weeks_of_leave(
    program: Program, leaves: Sequence[Leave], taken: Sequence[Week], *, today: date, end: date
) -> list[Week]:
    """One week for each in which somebody is away and has no duty."""
    full = {day for week in taken for day in (week.starts_on, week.ends_on)}
    start, found = program.first_of_week("", today), list[Week]()
    while start < end:
        leave = next((each for each in leaves if _meets(each, start)), None)
        if leave is not None and not any(start <= day < start + _WEEK for day in full):
            last, is_current = start + _WEEK - _DAY, start <= today
            found.append(Week("", "", start, last, is_current, {}, _away(leave), can_swap=False, why_not=""))
        start += _WEEK
    return found


def _meets(leave: Leave, start: date) -> bool:
    return leave.first < start + _WEEK and leave.last >= start


def _away(leave: Leave) -> Away:
    return Away(leave.id, leave.kind.value, leave.first, leave.last)


def stats_of(
    program: Program, person: str, cells: Sequence[CellRow], *, year: tuple[date, date], today: date, unread: int
) -> Stats:
    """The counts of an academic year; cells outside of it belong to another one."""
    mine = [cell for cell in cells if year[0] <= cell.day <= year[1]]
    starts = [start for start, _rotation in duty_weeks(program, mine)]
    completed = sum(start + _WEEK <= today for start in starts)
    current = sum(start <= today < start + _WEEK for start in starts)
    target = _target(program, person, min(max(today, year[0]), year[1]))
    return Stats(
        duty_weeks=len(starts),
        completed=completed,
        current=current,
        upcoming=len(starts) - completed - current,
        target=target,
        remaining_to_target=None if target is None else max(0, target - len(starts)),
        call_nights=sum(cell.kind in CALLS for cell in mine),
        unread=unread,
    )


def _target(program: Program, person: str, day: date) -> int | None:
    """The inpatient weeks that the role of a faculty member asks for in a year; residents have requirements instead."""
    role = program.role_by_code.get(program.person(person).role_on(day))
    return role.weeks[1] if role is not None else None
