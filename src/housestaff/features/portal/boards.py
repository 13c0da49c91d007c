"""The board of a schedule's year: people by blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from housestaff.core.people import Person
from housestaff.core.time import Half
from housestaff.features.portal.sight import Sight, each_day, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.unit import Unit

_DAY = timedelta(days=1)
MOST_DAYS = 35
"""A board of half-days shows at most so many."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A head over some days: a block, a week, a month."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row on which a person does the same: a stay on a rotation, leave, or nothing that is known."""

    kind: str
    code: str
    name: str
    color: int
    first: date
    last: date
    call: str = ""

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Line:
    """A person with what they do."""

    person: str
    name: str
    note: str
    runs: tuple[Run, ...]
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class YearBoard:
    """People by blocks."""

    blocks: tuple[Stretch, ...]
    weeks: tuple[Stretch, ...]
    days: tuple[date, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    legend: tuple[tuple[str, str, int], ...]
    by_day: bool
    today: date


def year(
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    *,
    schedule_id: UUID,
    by_day: bool = False,
    people: Sequence[str] = (),
) -> YearBoard:
    """The whole period of a schedule; of some people only, where they are named."""
    sight = look(unit, programs, schedules, schedule_id)
    wanted = set(people)
    groups = tuple(
        (word, tuple(_line(sight, person, by_day=by_day) for person in group if not wanted or person.id in wanted))
        for word, group in sight.groups()
    )
    used = {run.code for _word, lines in groups for line in lines for run in line.runs if run.kind == "stay"}
    return YearBoard(
        blocks=blocks_of(sight),
        weeks=_weeks(sight),
        days=tuple(each_day(sight.first, sight.last)) if by_day else (),
        groups=tuple((word, lines) for word, lines in groups if lines),
        legend=tuple(
            (each.code, each.name, sight.color(each.code)) for each in sight.program.rotations if each.code in used
        ),
        by_day=by_day,
        today=sight.today,
    )


def blocks_of(sight: Sight) -> tuple[Stretch, ...]:
    """The blocks of the first series that the schedule covers, cut at its ends; days between belong to a gap."""
    found: list[Stretch] = []
    day = sight.first
    for block in sight.program.calendar.series[0].blocks:
        first, last = max(block.first, sight.first), min(block.last, sight.last)
        if first > last:
            continue
        if first > day:
            found.append(Stretch("", day, first - _DAY))
        found.append(Stretch(str(block.number), first, last))
        day = last + _DAY
    if day <= sight.last:
        found.append(Stretch("", day, sight.last))
    return tuple(found)


def _weeks(sight: Sight) -> tuple[Stretch, ...]:
    starts_on = sight.program.calendar.week_starts_on
    found: list[Stretch] = []
    day = sight.first
    while day <= sight.last:
        last = min(sight.last, day + timedelta(days=(starts_on - day.weekday() - 1) % 7))
        found.append(Stretch("", day, last))
        day = last + _DAY
    return tuple(found)


def _line(sight: Sight, person: Person, *, by_day: bool) -> Line:
    days = each_day(sight.first, sight.last)
    calls = _calls(sight, person) if by_day else {}
    facts = [(_fact(sight, person, day), calls.get(day, "")) for day in days]
    runs: list[Run] = []
    place = 0
    for (fact, call), same in groupby(facts):
        length = len(list(same))
        kind, code, name = fact
        color = sight.color(code) if kind == "stay" else 0
        runs.append(Run(kind, code, name, color, days[place], days[place + length - 1], call))
        place += length
    is_locked = any(lock.partition(" ")[0] == person.id for lock in sight.schedule.locked)
    return Line(person.id, person.display_name, person.track or person.role_on(sight.first), tuple(runs), is_locked)


def _fact(sight: Sight, person: Person, day: date) -> tuple[str, str, str]:
    here = sight.grid.person(person.id)
    leaves = [leave for half in Half if (leave := here.away.get((day, half)))]
    if len(leaves) == len(Half):
        entry = here.codes.get((day, Half.AM))
        return "leave", sight.code(here, entry) if entry else "LV", ""
    rotation = here.rotation_on(day)
    if rotation is not None:
        return "stay", rotation.code, rotation.name
    stint = here.stint_on(day)
    if stint is not None:
        return "stay", stint.rotation, stint.rotation
    return ("none", "", "") if person.is_employed(day) else ("gone", "", "")


def _calls(sight: Sight, person: Person) -> dict[date, str]:
    return {duty.day: duty.line for duty in sight.grid.person(person.id).duties if duty.line}
