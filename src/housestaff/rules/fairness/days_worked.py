"""Weekends and holidays with duty: how they fell on the residents of a level, and what would have been fair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from housestaff.core.duties import DutyKind
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.time import Half, Weekday, days
from housestaff.core.view import Dealt
from housestaff.rules.settings import ProgramSettings

_DAY = timedelta(days=1)


def weekends_dealt(grid: Grid, level_of: Callable[[Person], str]) -> list[Dealt]:
    """How the weekends with duty fell on the residents of each level."""
    calendar = grid.program.calendar
    saturdays = [day for day in days(calendar.first, calendar.last) if day.weekday() == Weekday.SATURDAY]
    return _dealt(grid, level_of, "weekend", [(day, day + _DAY) for day in saturdays])


def holidays_dealt(grid: Grid, level_of: Callable[[Person], str]) -> list[Dealt]:
    """How the holidays with duty fell on the residents of each level."""
    calendar = grid.program.calendar
    found = [each.actual for each in calendar.holidays if calendar.first <= each.actual <= calendar.last]
    return _dealt(grid, level_of, "holiday", [(day, day) for day in sorted(set(found))])


def _dealt(grid: Grid, level_of: Callable[[Person], str], kind: str, times: Sequence[tuple[date, date]]) -> list[Dealt]:
    """One dealing for each level of more than one resident: who had how many of the times, and the fair shares."""
    program = grid.program
    within = ProgramSettings(program.policy).number(f"{kind}s_from_fair", program.calendar.first)
    levels: dict[str, list[Person]] = defaultdict(list)
    for person in program.residents:
        levels[level_of(person)].append(person)
    found: list[Dealt] = []
    for level, people in sorted(levels.items()):
        if len(people) > 1:
            counts = {person.id: _count(times, worked_dates(grid, person)) for person in people}
            fair = _fair_tenths(grid, people, times, sum(counts.values()))
            found.append(Dealt(level, kind, counts, fair, within))
    return found


def worked_dates(grid: Grid, person: Person) -> set[date]:
    """The dates on which a duty of a person begins; a free hour on standby is no duty."""
    return {duty.day for duty in grid.person(person.id).duties if duty.kind is not DutyKind.JEOPARDY}


def _count(times: Iterable[tuple[date, date]], worked: set[date]) -> int:
    return sum(any(day in worked for day in days(*time)) for time in times)


def _fair_tenths(
    grid: Grid, people: Sequence[Person], times: Sequence[tuple[date, date]], total: int
) -> dict[str, int]:
    """The fair share of each in tenths: the times worked in all, in proportion to those that each was there for."""
    there = {person.id: sum(_is_there(grid, person, time) for time in times) for person in people}
    everybody = sum(there.values()) or 1
    return {id_: round(10 * total * count / everybody) for id_, count in there.items()}


def _is_there(grid: Grid, person: Person, time: tuple[date, date]) -> bool:
    away = grid.person(person.id).away
    return all(person.is_employed(day) and not any((day, half) in away for half in Half) for day in days(*time))
