"""What a start page shows beside one's own year: hours as a picture, the day of the team, findings by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from housestaff.core.events import Period
from housestaff.core.finding import Finding, Verdict
from housestaff.core.time import HOUR, Half
from housestaff.features.portal.half_days import HalfCell, Nights, half_line, nights
from housestaff.features.portal.sight import Sight, each_day, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.unit import Unit
from housestaff.rules.judge import finding, weighed
from housestaff.rules.ruleset import ruleset_for

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
LOOK_BACK, LOOK_AHEAD = 3, 5
NEXT_DAYS = 14
HOURS_RULE = "eighty_hours"


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """The counted hours of a week, planned where it lies ahead."""

    first: date
    hours: float
    is_current: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """One's own hours around today, and the average that the law takes, with its sum."""

    weeks: tuple[HoursOfWeek, ...]
    average: float | None
    limit: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Today:
    """One's own day in the schedule in force."""

    day: date
    schedule_id: UUID
    morning: HalfCell
    afternoon: HalfCell
    rotation: str
    calls: tuple[str, ...]
    next_call: date | None
    hours: Hours | None


def today(unit: Unit, programs: Programs, schedules: Schedules) -> Today | None:
    """One's own day: what stands in it, the next night of call, the hours; nothing where nothing is in force."""
    sight = _in_force(unit, programs, schedules)
    person = unit.principal.person_id if unit.principal else None
    if sight is None or person is None or person not in sight.program.person_by_id:
        return None
    known, day = sight.program.person(person), sight.today
    here = sight.grid.person(person)
    morning, afternoon = half_line(sight, known, [day]).cells
    rotation = here.rotation_on(day)
    lines = {duty.day: duty.line for duty in here.duties if duty.line}
    coming = sorted(each for each in lines if each > day)
    names = sight.program.call_by_id
    return Today(
        day=day,
        schedule_id=sight.schedule.schedule_id,
        morning=morning,
        afternoon=afternoon,
        rotation=rotation.name if rotation else "",
        calls=tuple(names[line].name for on, line in lines.items() if on == day and line in names),
        next_call=coming[0] if coming else None,
        hours=_hours(sight, person) if known.is_trainee else None,
    )


def _in_force(unit: Unit, programs: Programs, schedules: Schedules) -> Sight | None:
    now = programs.get().zone.day(unit.now)
    held = next(iter(schedules.published_in(Period(first_day=now, last_day=now))), None)
    return look(unit, programs, schedules, held.schedule_id) if held else None


def _hours(sight: Sight, person: str) -> Hours:
    start = sight.today - timedelta(days=(sight.today.weekday() - sight.program.calendar.week_starts_on) % 7)
    counted = sight.view.hours(sight.program.person(person)).counted
    weeks: list[HoursOfWeek] = []
    for number in range(-LOOK_BACK, LOOK_AHEAD + 1):
        first = start + number * _WEEK
        if first > sight.last or first + _WEEK <= sight.first:
            continue
        minutes = counted.minutes(sight.program.zone.day_span(first, first + _WEEK - _DAY))
        weeks.append(HoursOfWeek(first, round(minutes / HOUR, 1), number == 0))
    found = _average(sight, person)
    if found is None or not found.half_days_present:
        return Hours(tuple(weeks), None, 80, "")
    average = round(found.amount * 14 / found.half_days_present / HOUR, 1)
    limit = round(found.limit * 14 / found.half_days_present / HOUR)
    return Hours(tuple(weeks), average, limit, found.sentence)


def _average(sight: Sight, person: str) -> Finding | None:
    """What the judge says of the eighty hours of the stretch that holds today, kept or not."""
    view = sight.view.narrowed([person], sight.program.zone.day_span(sight.today, sight.today))
    rules = [each for each in ruleset_for(sight.program).touching(sight.today, sight.today) if each.name == HOURS_RULE]
    return next((finding(view, each) for each in weighed(view, rules) if each.bound.who == person), None)


# -- the day of the team -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is away today, and the last day of it."""

    person: str
    name: str
    last: date


@dataclass(frozen=True, slots=True)
class TeamDay:
    """What a coordinator looks at first."""

    day: date
    schedule_id: UUID
    calls: tuple[Nights, ...]
    away: tuple[Away, ...]
    holes: tuple[tuple[date, str, str], ...]
    """Nights of the coming two weeks that have not exactly one name: (day, line, its name)."""


def team_day(unit: Unit, programs: Programs, schedules: Schedules) -> TeamDay | None:
    """Who is on call, who is away, which nights lack a name; nothing where nothing is in force."""
    sight = _in_force(unit, programs, schedules)
    if sight is None:
        return None
    ahead = each_day(sight.today, min(sight.last, sight.today + NEXT_DAYS * _DAY))
    holes = [
        (day, line.line, line.name)
        for line in nights(sight, ahead)
        for day, names in zip(ahead, line.names, strict=True)
        if names is not None and len(names) != 1
    ]
    return TeamDay(
        day=sight.today,
        schedule_id=sight.schedule.schedule_id,
        calls=nights(sight, [sight.today]),
        away=tuple(_away(sight)),
        holes=tuple(sorted(holes)),
    )


def _away(sight: Sight) -> list[Away]:
    found: list[Away] = []
    for _word, group in sight.groups():
        for person in group:
            here = sight.grid.person(person.id).away
            leave = here.get((sight.today, Half.AM)) or here.get((sight.today, Half.PM))
            if leave is not None:
                found.append(Away(person.id, person.display_name, leave.last))
    return found


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule with how often it is broken and advised."""

    rule: str
    title: str
    broken: int
    advised: int


@dataclass(frozen=True, slots=True)
class Compliance:
    """What a director looks at first: the findings on the schedule in force, rule by rule."""

    schedule_id: UUID
    rules: tuple[RuleCount, ...]


def compliance(unit: Unit, programs: Programs, schedules: Schedules) -> Compliance | None:
    """The findings on what is in force, the worst rule first."""
    sight = _in_force(unit, programs, schedules)
    if sight is None:
        return None
    found = sight.findings()
    broken = Counter(each.rule for each in found if each.is_violation)
    advised = Counter(each.rule for each in found if each.verdict is Verdict.ADVISORY)
    says = {each.name: each.rule.says for each in ruleset_for(sight.program)}
    rules = [RuleCount(name, says.get(name, name), broken[name], advised[name]) for name in {*broken, *advised}]
    rules.sort(key=lambda each: (-each.broken, -each.advised, each.rule))
    return Compliance(sight.schedule.schedule_id, tuple(rules))
