"""The boards of days: the calendar of call, who is where on a day, and the weeks of one person with their hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from housestaff.core.people import Person
from housestaff.core.time import HOUR, Half
from housestaff.features.portal.half_days import DayHead, HalfCell, Nights, half_line, nights
from housestaff.features.portal.sight import Sight, each_day, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.unit import Unit

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
SHOWN_WEEKS = 6


@dataclass(frozen=True, slots=True)
class CallMonth:
    """A month of call: weeks of seven days from Sunday on, each with the names of each line."""

    first: date
    before: date | None
    after: date | None
    weeks: tuple[tuple[DayHead | None, ...], ...]
    lines: tuple[Nights, ...]
    months: tuple[date, ...]
    people: tuple[tuple[str, str, bool], ...]
    today: date

    def names(self, line: Nights, day: date) -> tuple[tuple[str, str], ...] | None:
        """Who has a night of a line; nothing where the line has none."""
        return line.names[(day - self._start).days]

    @property
    def weekdays(self) -> tuple[date, ...]:
        """A date of each weekday, from Sunday on."""
        sunday = self._start - timedelta(days=(self._start.weekday() + 1) % 7)
        return tuple(each_day(sunday, sunday + _WEEK - _DAY))

    @property
    def _start(self) -> date:
        return next(head.day for week in self.weeks for head in week if head is not None)


def calls(unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, month: str = "") -> CallMonth:
    """The nights of a month, this one where none is named."""
    sight = look(unit, programs, schedules, schedule_id)
    months = _months(sight)
    wanted = next((each for each in months if f"{each:%Y-%m}" == month), None)
    if wanted is None:
        now = sight.today.replace(day=1)
        wanted = now if now in months else months[0]
    place = months.index(wanted)
    start, end = max(wanted, sight.first), min(_next_month(wanted) - _DAY, sight.last)
    days = each_day(start, end)
    return CallMonth(
        first=wanted,
        before=months[place - 1] if place else None,
        after=months[place + 1] if place + 1 < len(months) else None,
        weeks=_in_weeks(sight, days),
        lines=nights(sight, days),
        months=tuple(months),
        people=tuple(
            (each.id, each.display_name, each.is_faculty)
            for each in sight.program.people
            if each.is_trainee or each.is_faculty
        ),
        today=sight.today,
    )


def _months(sight: Sight) -> list[date]:
    found, month = list[date](), sight.first.replace(day=1)
    while month <= sight.last:
        found.append(month)
        month = _next_month(month)
    return found


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _in_weeks(sight: Sight, days: Sequence[date]) -> tuple[tuple[DayHead | None, ...], ...]:
    blanks = (days[0].weekday() + 1) % 7
    heads: list[DayHead | None] = [None] * blanks
    for day in days:
        holiday = sight.program.calendar.holiday_on(day)
        heads.append(DayHead(day, holiday.name if holiday else "", not sight.program.calendar.is_workday(day)))
    heads += [None] * (-len(heads) % 7)
    return tuple(tuple(heads[start : start + 7]) for start in range(0, len(heads), 7))


# -- a day -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class There:
    """A person on a day: what stands in the morning and in the afternoon."""

    person: str
    name: str
    level: str
    morning: HalfCell
    afternoon: HalfCell


@dataclass(frozen=True, slots=True)
class DayBoard:
    """Who is where on a day, rotation by rotation; who is away stands last."""

    day: date
    note: str
    before: date | None
    after: date | None
    calls: tuple[Nights, ...]
    places: tuple[tuple[str, str, tuple[There, ...]], ...]
    """(code, name, people)"""
    today: date


def day(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, day: date | None = None
) -> DayBoard:
    """A day of a schedule: today, where it holds it and none is named."""
    sight = look(unit, programs, schedules, schedule_id)
    asked = min(max(day or sight.today, sight.first), sight.last)
    places: dict[str, list[There]] = {}
    for _word, group in sight.groups():
        for person in group:
            place, there = _there(sight, person, asked)
            places.setdefault(place, []).append(there)
    names = {each.code: each.name for each in sight.program.rotations}
    holiday = sight.program.calendar.holiday_on(asked)
    listed = sorted(places.items(), key=lambda place: (place[0] == "", names.get(place[0], place[0])))
    return DayBoard(
        day=asked,
        note=holiday.name if holiday else "",
        before=asked - _DAY if asked > sight.first else None,
        after=asked + _DAY if asked < sight.last else None,
        calls=nights(sight, [asked]),
        places=tuple((code, names.get(code, code), tuple(people)) for code, people in listed),
        today=sight.today,
    )


def _there(sight: Sight, person: Person, day: date) -> tuple[str, There]:
    here = sight.grid.person(person.id)
    rotation = here.rotation_on(day)
    line = half_line(sight, person, [day])
    morning, afternoon = line.cells
    level = person.level_on(day) or person.role_on(day)
    return rotation.code if rotation else "", There(person.id, person.display_name, level, morning, afternoon)


# -- a person ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeekOfPerson:
    """Seven days of a person: what stands there, on call in which nights, and the hours that count."""

    first: date
    days: tuple[date, ...]
    cells: tuple[tuple[HalfCell, HalfCell], ...]
    calls: tuple[str, ...]
    minutes: int | None
    """Counted minutes; nothing for whom the work-hour rules are not, and for readers who may not know them."""

    @property
    def hours(self) -> float | None:
        """The same in hours."""
        return None if self.minutes is None else round(self.minutes / HOUR, 1)


@dataclass(frozen=True, slots=True)
class PersonBoard:
    """The weeks of a person."""

    person: str
    name: str
    level: str
    before: date | None
    after: date | None
    weeks: tuple[WeekOfPerson, ...]
    people: tuple[tuple[str, str], ...]
    rotations: tuple[tuple[str, str], ...]
    today: date


def person(
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    *,
    schedule_id: UUID,
    person: str,
    first: date | None = None,
) -> PersonBoard:
    """Six weeks of a person: from this week on, where none is named and the schedule holds it."""
    sight = look(unit, programs, schedules, schedule_id)
    known = sight.program.person(person)
    asked = min(max(first or sight.today, sight.first), sight.last)
    start = _first_of_week(sight, asked)
    weeks = [start + number * _WEEK for number in range(SHOWN_WEEKS)]
    shown = tuple(_week(sight, known, each) for each in weeks if each <= sight.last)
    stints = sorted(sight.grid.person(person).stints, key=lambda each: each.first)
    rotations = {each.rotation: "" for each in stints if each.first <= weeks[-1] + _WEEK and each.last >= start}
    names = sight.program.rotation_by_code
    return PersonBoard(
        person=person,
        name=known.display_name,
        level=known.level_on(asked) or known.role_on(asked),
        before=start - SHOWN_WEEKS * _WEEK if start > sight.first else None,
        after=start + SHOWN_WEEKS * _WEEK if start + SHOWN_WEEKS * _WEEK <= sight.last else None,
        weeks=shown,
        people=tuple((each.id, each.display_name) for _word, group in sight.groups() for each in group),
        rotations=tuple((code, names[code].name if code in names else code) for code in rotations),
        today=sight.today,
    )


def _first_of_week(sight: Sight, day: date) -> date:
    return day - timedelta(days=(day.weekday() - sight.program.calendar.week_starts_on) % 7)


def _week(sight: Sight, person: Person, start: date) -> WeekOfPerson:
    days = each_day(start, start + _WEEK - _DAY)
    cells = half_line(sight, person, days).cells
    here = sight.grid.person(person.id)
    lines = {duty.day: duty.line for duty in here.duties if duty.line}
    minutes = None
    if person.is_trainee and sight.knows_hours(person.id):
        counted = sight.view.hours(person).counted
        minutes = sum(counted.minutes(sight.program.zone.day_span(day, day)) for day in days)
    return WeekOfPerson(
        first=start,
        days=tuple(days),
        cells=tuple((cells[number * len(Half)], cells[number * len(Half) + 1]) for number in range(len(days))),
        calls=tuple(lines.get(day, "") for day in days),
        minutes=minutes,
    )
