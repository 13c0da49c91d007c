"""The witness's inpatient weeks and nights of call of program A."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from housestaff.core.calendar import weeks
from housestaff.core.demand import CallLine
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Night, Stint
from housestaff.core.rotations import Rotation
from housestaff.core.time import Weekday, days
from housestaff.synthetic.arranging import GeneratorError

_DAY = timedelta(days=1)
_TRIES = 200
_BETWEEN_WEEKS = 3
"""Weeks from one inpatient week of a person to the next, at least."""
_AROUND_WEEK = 3
"""Days before and after an inpatient week without call."""


def inpatient_weeks(program: Program, history: Iterable[Stint], rotation: str, dice: Random) -> list[Stint]:
    """One attending for each week that starts in the year, as often as the role says."""
    starts_on = program.rotation(rotation).week_starts_on or Weekday.FRIDAY
    first, last = program.calendar.first, program.calendar.last
    every = [week for week in weeks(first, last, starts_on) if week.first >= first]
    quota = {
        person.id: program.role_by_code[person.role_on(first)].weeks[1]
        for person in program.faculty
        if program.role_by_code[person.role_on(first)].weeks[1]
    }
    if sum(quota.values()) != len(every):
        raise GeneratorError(f"the roles ask for {sum(quota.values())} inpatient weeks, the year has {len(every)}.")
    before = {stint.person: -1 for stint in history if stint.rotation == rotation}
    for _ in range(_TRIES):
        holders = _dealt_weeks(quota, len(every), before, dice)
        if holders:
            return [Stint(who, rotation, week.first, week.last) for week, who in zip(every, holders, strict=True)]
    raise GeneratorError("the inpatient weeks cannot be dealt so that they lie apart.")


def _dealt_weeks(quota: Mapping[str, int], count: int, before: Mapping[str, int], dice: Random) -> list[str]:
    left, last = dict(quota), dict(before)
    holders: list[str] = []
    for number in range(count):
        may = [id_ for id_, n in left.items() if n and number - last.get(id_, -count) >= _BETWEEN_WEEKS]
        if not may:
            return []
        due = {id_: left[id_] / (count - number) * quota[id_] ** -0.5 + 0.02 * dice.random() for id_ in may}
        chosen = max(may, key=lambda id_: due[id_])
        holders.append(chosen)
        left[chosen] -= 1
        last[chosen] = number
    return holders


def faculty_nights(
    program: Program, line: CallLine, held_weeks: Sequence[Stint], away: Mapping[str, set[date]], dice: Random
) -> dict[Night, tuple[CallEntry, ...]]:
    """One name for every night of the line: away from leave and inpatient weeks, shared out evenly."""
    takers = [p for p in program.faculty if program.role_by_code[p.role_on(program.calendar.first)].takes_call]
    closed: dict[str, set[date]] = defaultdict(set)
    for week in held_weeks:
        closed[week.person] |= set(days(week.first - _AROUND_WEEK * _DAY, week.last + _AROUND_WEEK * _DAY))
    for person in takers:
        gone = away.get(person.id, set())
        closed[person.id] |= gone | {day - _DAY for day in gone}

    def may(person: Person, day: date) -> bool:
        return day not in closed[person.id]

    return _shared_out(program, line, takers, may, dice)


def crews(program: Program, line: CallLine, stints: Sequence[Stint]) -> dict[date, set[str]]:
    """Who may take each night of a residents' line, leave aside: rotations that allow call, and the next day free."""
    rotation_on = {(s.person, day): program.rotation(s.rotation) for s in stints for day in days(s.first, s.last)}
    found: dict[date, set[str]] = {}
    for day in days(program.calendar.first, program.calendar.last):
        if day.weekday() in line.weekdays:
            found[day] = {
                person.id
                for person in program.residents
                if person.level_on(day) in line.who
                and person.is_employed(day + _DAY)
                and _may_take(rotation_on.get((person.id, day)), rotation_on.get((person.id, day + _DAY)))
            }
    return found


def _may_take(here: Rotation | None, morrow: Rotation | None) -> bool:
    return here is not None and here.call_eligible and (morrow is None or not morrow.is_service)


def resident_nights(
    program: Program, line: CallLine, crew_on: Mapping[date, set[str]], away: Mapping[str, set[date]], dice: Random
) -> dict[Night, tuple[CallEntry, ...]]:
    """One resident for every night of the line: may take it, and goes on no leave until the second day after."""

    def may(person: Person, day: date) -> bool:
        near = {day, day + _DAY, day + 2 * _DAY}
        return person.id in crew_on[day] and not near & away.get(person.id, set())

    takers = [person for person in program.residents if any(person.id in crew for crew in crew_on.values())]
    return _shared_out(program, line, takers, may, dice)


def _shared_out(
    program: Program, line: CallLine, takers: Sequence[Person], may: Callable[[Person, date], bool], dice: Random
) -> dict[Night, tuple[CallEntry, ...]]:
    """Deal the nights: whoever is furthest under the fair share of that kind of night, with two nights between."""
    nights = [day for day in days(program.calendar.first, program.calendar.last) if day.weekday() in line.weekdays]
    apart = int(program.policy.on("call_minimum_nights_between", program.calendar.first) or 2)
    kinds = {day: "Sunday" if day.weekday() == Weekday.SUNDAY else "other" for day in nights}
    free = {person.id: [day for day in nights if may(person, day)] for person in takers}
    share = {
        (id_, kind): max(1, sum(kinds[day] == kind for day in open_))
        for id_, open_ in free.items()
        for kind in set(kinds.values())
    }
    open_on: dict[date, list[str]] = defaultdict(list)
    for id_, open_ in free.items():
        for day in open_:
            open_on[day].append(id_)
    for _ in range(_TRIES):
        dealt = _dealt_nights(nights, open_on, share, kinds, apart, dice)
        if dealt:
            return {Night(line.id, day): (CallEntry(who),) for day, who in dealt.items()}
    raise GeneratorError(f"{line.name} cannot be dealt: on some night nobody is left.")


def _dealt_nights(
    nights: Sequence[date],
    open_on: Mapping[date, list[str]],
    share: Mapping[tuple[str, str], int],
    kinds: Mapping[date, str],
    apart: int,
    dice: Random,
) -> dict[date, str]:
    had: dict[tuple[str, str], int] = defaultdict(int)
    last: dict[str, date] = {}
    dealt: dict[date, str] = {}
    for day in nights:
        kind = kinds[day]
        left = [id_ for id_ in open_on[day] if id_ not in last or (day - last[id_]).days > apart]
        if not left:
            return {}
        under = {id_: (had[id_, kind] + 0.5 * dice.random()) / share[id_, kind] for id_ in left}
        chosen = min(left, key=lambda id_: under[id_])
        had[chosen, kind] += 1
        last[chosen] = day
        dealt[day] = chosen
    return dealt
