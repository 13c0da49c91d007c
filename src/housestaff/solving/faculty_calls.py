"""The year of call of the faculty: inpatient weeks and nights together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.calendar import DutyWeek, weeks
from housestaff.core.demand import CallLine
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Layer, Night, Roster, Stint, merged
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Weekday, days
from housestaff.core.wishes import WishKind
from housestaff.rules.call_facts import graded_price
from housestaff.rules.fairness.shares import (
    Availability,
    fair_tenths,
    kinds_of_nights,
    nights_of,
    shared_lines,
    takers,
    target_of,
)
from housestaff.rules.settings import ProgramSettings
from housestaff.solving.model import distance_from
from housestaff.solving.run import Level, Outcome, Watch, chosen, run

_DAY = timedelta(days=1)


@dataclass
class CallModel:
    """The literals of the year of call."""

    model: cp_model.CpModel
    weeks: dict[tuple[str, DutyWeek, str], Any] = field(default_factory=dict[tuple[str, DutyWeek, str], Any])
    nights: dict[tuple[str, date, str], Any] = field(default_factory=dict[tuple[str, date, str], Any])
    uncovered: list[tuple[str, date, Any]] = field(default_factory=list[tuple[str, date, Any]])
    costs: dict[str, Any] = field(default_factory=lambda: defaultdict(int))


def week_rotations(program: Program) -> list[Rotation]:
    """The rotations that faculty hold by weeks of their own."""
    return [
        rotation
        for rotation in program.rotations
        if rotation.week_starts_on is not None
        and any(demand.where == rotation.code and demand.who == "faculty" for demand in program.demand)
    ]


def build_faculty_calls(program: Program, base: Roster, *, first: date, last: date) -> CallModel:
    """The model of inpatient weeks and faculty nights between two dates; what the base roster holds is fixed."""
    call = CallModel(cp_model.CpModel())
    away = Availability(program)
    for rotation in week_rotations(program):
        _add_weeks(call, program, base, rotation, away, first, last)
    for line in shared_lines(program):
        _add_nights(call, program, base, line, away, first, last)
        _balance(call, program, line, away)
        _wishes(call, program, line)
    _keep_apart(call, program)
    return call


def _takers_of_weeks(program: Program) -> list[Person]:
    roles = program.role_by_code
    return [
        person
        for person in program.faculty
        if any(span.role in roles and roles[span.role].weeks[2] > 0 for span in person.roles)
    ]


def _add_weeks(
    call: CallModel, program: Program, base: Roster, rotation: Rotation, away: Availability, first: date, last: date
) -> None:
    able = _takers_of_weeks(program)
    held = {(stint.first, stint.person) for stint in base.stints if stint.rotation == rotation.code}
    every = list(weeks(first, last, rotation.week_starts_on or Weekday.FRIDAY))
    for week in every:
        holders: list[Any] = []
        for person in able:
            is_held = any(start <= week.first <= start + 6 * _DAY and who == person.id for start, who in held)
            if week.first < first and not is_held:
                continue
            if is_held or not any(away.is_away(person, day) for day in days(week.first, week.last)):
                literal = call.model.new_bool_var(f"{person.id} week {week.first}")
                call.weeks[rotation.code, week, person.id] = literal
                holders.append(literal)
                if is_held:
                    call.model.add(literal == 1)
        if week.first >= first:
            missing = call.model.new_bool_var(f"no one in week {week.first}")
            call.model.add_exactly_one([*holders, missing])
            call.uncovered.append((rotation.code, week.first, missing))
            call.costs["coverage"] += 10 * missing
    _space_weeks(call, rotation, every, able)
    _count_weeks(call, program, rotation, able, first)


def _space_weeks(call: CallModel, rotation: Rotation, every: Sequence[DutyWeek], able: Sequence[Person]) -> None:
    """No two weeks in a row; two weeks with only one or two between are priced."""
    for person in able:
        row = [call.weeks.get((rotation.code, week, person.id), 0) for week in every]
        for index in range(len(row) - 1):
            call.model.add(row[index] + row[index + 1] <= 1)
            for distance, price in ((2, 3), (3, 1)):
                if (
                    index + distance < len(row)
                    and not isinstance(row[index], int)
                    and not isinstance(row[index + distance], int)
                ):
                    near = call.model.new_bool_var("weeks near")
                    call.model.add(row[index] + row[index + distance] - 1 <= near)
                    call.costs["preferences"] += price * near


def _count_weeks(call: CallModel, program: Program, rotation: Rotation, able: Sequence[Person], first: date) -> None:
    """Weeks a year within the range of the role; each week outside, and off the usual number, is priced."""
    for person in able:
        role = program.role_by_code[person.roles[-1].role]
        least, usual, most = role.weeks
        total = sum(
            literal
            for (code, week, who), literal in call.weeks.items()
            if code == rotation.code and who == person.id and week.first >= first
        )
        outside = call.model.new_int_var(0, 60, f"{person.id} weeks outside")
        call.model.add(total <= most + outside)
        call.model.add(total >= least - outside)
        off = distance_from(call.model, total, usual, 60, f"{person.id} weeks off usual")
        call.costs["contract"] += 10 * outside + off


def _add_nights(
    call: CallModel, program: Program, base: Roster, line: CallLine, away: Availability, first: date, last: date
) -> None:
    for day in nights_of(line, first, last):
        fixed = base.on_call(line.id, day)
        names: list[Any] = []
        for person in takers(program):
            if (away.may_take(person, day) and person.may_be_scheduled(day, Half.PM)) or person.id in fixed:
                literal = call.model.new_bool_var(f"{person.id} {line.id} {day}")
                call.nights[line.id, day, person.id] = literal
                names.append(literal)
                if person.id in fixed:
                    call.model.add(literal == 1)
        missing = call.model.new_bool_var(f"no one on {line.id} {day}")
        call.model.add_exactly_one([*names, missing])
        call.uncovered.append((line.id, day, missing))
        call.costs["coverage"] += missing


def _keep_apart(call: CallModel, program: Program) -> None:
    """Nights keep away from the person's inpatient weeks, calls from one another; nobody stands by while on call."""
    by_person: dict[str, dict[date, list[Any]]] = defaultdict(lambda: defaultdict(list))
    calls: dict[str, dict[date, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for (line, day, person), literal in call.nights.items():
        by_person[person][day].append(literal)
        if not program.call_by_id[line].is_standby:
            calls[person][day].append(literal)
    away = ProgramSettings(program.policy).number("call_days_from_week", program.calendar.first)
    for (_code, week, person), literal in call.weeks.items():
        for day in days(week.first - away * _DAY, week.last + away * _DAY):
            for night in by_person[person][day]:
                call.model.add_implication(literal, night.negated())
    for nights in by_person.values():
        for held in nights.values():
            if len(held) > 1:
                call.model.add_at_most_one(held)
    _space_nights(call, program, calls)


def _space_nights(call: CallModel, program: Program, by_person: Mapping[str, Mapping[date, list[Any]]]) -> None:
    """At least the policy's nights between two calls of a person; one or two more apart are priced."""
    settings, first = ProgramSettings(program.policy), program.calendar.first
    least, graded = (settings.number(f"call_{name}", first) for name in ("minimum_nights_between", "graded_nights"))
    for nights in by_person.values():
        for day in sorted(nights):
            window = [literal for step in range(least + 1) for literal in nights.get(day + step * _DAY, ())]
            if len(window) > 1:
                call.model.add_at_most_one(window)
            for distance, price in [(least + graded - n + 1, graded_price(n)) for n in range(1, graded + 1)]:
                for one in nights[day]:
                    for other in nights.get(day + distance * _DAY, ()):
                        near = call.model.new_bool_var("calls near")
                        call.model.add(one + other - 1 <= near)
                        call.costs["preferences"] += price * near


def _balance(call: CallModel, program: Program, line: CallLine, away: Availability) -> None:
    dates = sorted({day for code, day, _person in call.nights if code == line.id})
    people = takers(program)
    for kind, nights in kinds_of_nights(program, dates).items():
        fair, within = fair_tenths(people, nights, away), target_of(program, kind)
        spread = call.model.new_int_var(0, 400, f"{kind} spread")
        for person in people:
            literals = [
                call.nights[line.id, day, person.id] for day in nights if (line.id, day, person.id) in call.nights
            ]
            off = distance_from(call.model, 10 * sum(literals), fair[person.id], 400 * 10, f"{person.id} {kind} off")
            call.model.add(off <= 10 * within + 10 * spread)
            call.costs["equity"] += off
        call.costs["equity"] += 100 * spread


def _wishes(call: CallModel, program: Program, line: CallLine) -> None:
    """Weekdays that a role avoids cost, weekdays it likes pay; so do the person's own wishes."""
    own: dict[tuple[str, WishKind, Weekday | date], int] = {}
    for wish in program.wishes:
        if wish.kind in {WishKind.AVOID_CALL, WishKind.PREFER_CALL, WishKind.AVOID_DATE}:
            own[wish.person, wish.kind, wish.day if wish.kind is WishKind.AVOID_DATE else wish.weekday] = wish.weight
    for (code, day, who), literal in call.nights.items():
        if code != line.id:
            continue
        role = program.role_by_code.get(program.person(who).role_on(day))
        weekday = Weekday(day.weekday())
        price = own.get((who, WishKind.AVOID_CALL, weekday), 0) + own.get((who, WishKind.AVOID_DATE, day), 0)
        price -= own.get((who, WishKind.PREFER_CALL, weekday), 0)
        if role:
            price += 4 * (weekday in role.avoids_call) - (weekday in role.likes_call)
        call.costs["preferences"] += price * literal


def solve_faculty_calls(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float, workers: int = 1
) -> tuple[Roster | None, Sequence[Outcome]]:
    """The year of inpatient weeks and faculty nights, as one model whatever the workers; nothing where no way is."""
    del workers
    first, last = program.calendar.first, program.calendar.last
    call = build_faculty_calls(program, base, first=first, last=last)
    levels = [
        Level("uncovered nights and weeks", call.costs["coverage"], effort=2),
        Level("contract: weeks outside the role's range", call.costs["contract"]),
        Level("equity: distance from the fair share, tenths of a night", call.costs["equity"], effort=3),
        Level("preferences: weekdays and spacing", call.costs["preferences"], effort=3),
    ]
    outcome = run(call.model, levels, watch, stage="year of call", seed=seed, seconds=seconds, as_mip=True)
    if not outcome.found:
        return None, [outcome]
    stints = [
        Stint(person, code, week.first, week.last)
        for (code, week, person), literal in call.weeks.items()
        if chosen(outcome, literal) and week.first >= first
    ]
    calls = {
        Night(line, day): (CallEntry(person, Layer.SOLVER),)
        for (line, day, person), literal in call.nights.items()
        if chosen(outcome, literal)
    }
    fixed = {night for night in calls if night in base.calls}
    found = Roster(stints=tuple(stints), calls=MappingProxyType({k: v for k, v in calls.items() if k not in fixed}))
    return merged(base, found), [outcome]
