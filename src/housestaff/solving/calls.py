"""Stage two: the year of call. Inpatient weeks and faculty nights together, then the residents' call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from ortools.sat.python import cp_model

from housestaff.core.calendar import DutyWeek, weeks
from housestaff.core.demand import CallLine
from housestaff.core.duties import Flag
from housestaff.core.finding import Force
from housestaff.core.grid import Grid, call_duty
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint, merged
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Weekday, days
from housestaff.core.view import Segment
from housestaff.rules.call_facts import graded_price
from housestaff.rules.fairness.shares import WITHIN, Availability, fair_tenths, kinds_of_nights
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import ABOUT_CALLS
from housestaff.rules.ruleset import ruleset_for
from housestaff.rules.service import is_for
from housestaff.rules.settings import ProgramSettings
from housestaff.solving.choices import Choice
from housestaff.solving.model import Prices, keep
from housestaff.solving.open_roster import OpenRoster
from housestaff.solving.run import Level, Outcome, Watch, chosen, run

_DAY = timedelta(days=1)


_RESIDENT_RULES = (
    "twenty_four_hours",
    "four_more_hours",
    "fourteen_after_call",
    "eight_hours_between",
    "every_third_night",
    "one_day_in_seven",
    "eighty_hours",
    "one_duty_at_a_time",
    "never_on_leave",
)


class CallSolver(Protocol):
    """One part of the year of call: the roster with its nights, or nothing where there is no way."""

    def __call__(
        self, program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float
    ) -> tuple[Roster | None, Outcome]:
        """Solve the part on what the base roster fixes."""
        ...


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
    for line in program.calls:
        if not line.with_weeks and "faculty" in line.who:
            _add_nights(call, program, base, line, away, first, last)
            _balance(call, program, line, away)
            _wishes(call, program, line)
    _keep_apart(call, program)
    return call


def _takers(program: Program, *, weeks_wanted: bool) -> list[Person]:
    found: list[Person] = []
    for person in program.faculty:
        roles = [program.role_by_code[span.role] for span in person.roles if span.role in program.role_by_code]
        if any(role.weeks[2] > 0 if weeks_wanted else role.takes_call for role in roles):
            found.append(person)
    return found


def _add_weeks(
    call: CallModel, program: Program, base: Roster, rotation: Rotation, away: Availability, first: date, last: date
) -> None:
    takers = _takers(program, weeks_wanted=True)
    held = {(stint.first, stint.person) for stint in base.stints if stint.rotation == rotation.code}
    every = list(weeks(first, last, rotation.week_starts_on or Weekday.FRIDAY))
    for week in every:
        holders: list[Any] = []
        for person in takers:
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
    _space_weeks(call, rotation, every, takers)
    _count_weeks(call, program, rotation, takers, first)


def _space_weeks(call: CallModel, rotation: Rotation, every: Sequence[DutyWeek], takers: Sequence[Person]) -> None:
    """No two weeks in a row; two weeks with only one or two between are priced."""
    for person in takers:
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


def _count_weeks(call: CallModel, program: Program, rotation: Rotation, takers: Sequence[Person], first: date) -> None:
    """Weeks a year within the range of the role; each week outside, and off the usual number, is priced."""
    for person in takers:
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
        off = call.model.new_int_var(0, 60, f"{person.id} weeks off usual")
        call.model.add(total - usual <= off)
        call.model.add(usual - total <= off)
        call.costs["contract"] += 10 * outside + off


def _add_nights(
    call: CallModel, program: Program, base: Roster, line: CallLine, away: Availability, first: date, last: date
) -> None:
    takers = _takers(program, weeks_wanted=False)
    for day in days(first, last):
        if day.weekday() not in line.weekdays:
            continue
        fixed = base.on_call(line.id, day)
        names: list[Any] = []
        for person in takers:
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
    """Nights keep away from the person's inpatient weeks and from one another."""
    by_person: dict[str, dict[date, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for (_line, day, person), literal in call.nights.items():
        by_person[person][day].append(literal)
    away = ProgramSettings(program.policy).number("call_days_from_week", program.calendar.first)
    for (_code, week, person), literal in call.weeks.items():
        for day in days(week.first - away * _DAY, week.last + away * _DAY):
            for night in by_person[person][day]:
                call.model.add_implication(literal, night.negated())
    _space_nights(call, program, by_person)


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
    takers = _takers(program, weeks_wanted=False)
    for kind, nights in kinds_of_nights(program, dates).items():
        fair = fair_tenths(takers, nights, away)
        spread = call.model.new_int_var(0, 400, f"{kind} spread")
        for person in takers:
            literals = [
                call.nights[line.id, day, person.id] for day in nights if (line.id, day, person.id) in call.nights
            ]
            off = call.model.new_int_var(0, 400 * 10, f"{person.id} {kind} off")
            call.model.add(10 * sum(literals) - fair[person.id] <= off)
            call.model.add(fair[person.id] - 10 * sum(literals) <= off)
            call.model.add(off <= 10 * WITHIN[kind] + 10 * spread)
            call.costs["equity"] += off
        call.costs["equity"] += 100 * spread


def _wishes(call: CallModel, program: Program, line: CallLine) -> None:
    """Weekdays that a role avoids cost, weekdays it likes pay; so do the person's own wishes."""
    own = {(wish.person, wish.kind, wish.what.lower()): wish.rank for wish in program.wishes}
    for (code, day, who), literal in call.nights.items():
        if code != line.id:
            continue
        role = program.role_by_code.get(program.person(who).role_on(day))
        weekday = Weekday(day.weekday())
        name = weekday.name.lower()
        if (
            (role and weekday in role.avoids_call)
            or (who, "avoid_call", name) in own
            or (who, "avoid_date", str(day)) in own
        ):
            call.costs["preferences"] += 4 * literal
        elif (role and weekday in role.likes_call) or (who, "prefer_call", name) in own:
            call.costs["preferences"] += -1 * literal


def solve_faculty_calls(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float
) -> tuple[Roster | None, Outcome]:
    """The year of inpatient weeks and faculty nights; nothing where not even uncovered nights are possible."""
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
        return None, outcome
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
    return merged(base, found), outcome


# -- residents ---------------------------------------------------------------------------------------------------------


def resident_candidates(program: Program, grid: Grid, line: CallLine) -> Iterator[tuple[date, Person]]:
    """Who may take each night of a residents' line: on a call-eligible rotation, of the level, and not away."""
    away = Availability(program)
    for day in days(program.calendar.first, program.calendar.last):
        if day.weekday() not in line.weekdays:
            continue
        for person in program.residents:
            rotation = grid.person(person.id).rotation_on(day)
            eligible = (
                rotation is not None and rotation.call_eligible and any(is_for(person, who, day) for who in line.who)
            )
            morrow = grid.person(person.id).rotation_on(day + _DAY)
            free_after = morrow is None or not morrow.is_service
            if eligible and free_after and away.may_take(person, day):
                yield day, person


class CallRoster(OpenRoster):
    """The open year of call: averages are asked only of stays whose days off are known by now."""

    short: frozenset[tuple[str, date]] = frozenset()
    """People and first dates of segments that leave has left short of free days before any call."""

    def segments(self, person: Person) -> Sequence[Segment]:
        """The segments on rotations with ordinary weeks; services get their days off later, around the calls."""
        rotations = self.program.rotation_by_code
        return [
            segment
            for segment in super().segments(person)
            if segment.rotation in rotations
            and not rotations[segment.rotation].is_service
            and (person.id, segment.first) not in self.short
        ]


def with_sessions(program: Program, roster: Roster) -> Roster:
    """The roster with a session on every open weekday half of residents: busy, whichever session it will be."""
    grid = Grid(program, roster)
    entries: dict[HalfDay, Entry] = {}
    for person in program.residents:
        known = grid.person(person.id)
        for day in days(program.calendar.first, program.calendar.last):
            rotation = known.rotation_on(day)
            if rotation is None or not rotation.session or not program.calendar.is_workday(day):
                continue
            for half in Half:
                if (day, half) not in known.codes:
                    entries[HalfDay(person.id, day, half)] = Entry(Layer.SOLVER, rotation.session)
    return roster.with_entries(entries)


def solve_resident_calls(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float
) -> tuple[Roster | None, Outcome]:
    """The residents' in-house call over the year, with the rules read on the open roster."""
    lines = [line for line in program.calls if not line.with_weeks and "faculty" not in line.who]
    model = cp_model.CpModel()
    grid = Grid(program, base)
    choices: dict[str, list[Choice]] = defaultdict(list)
    nights: dict[Night, list[tuple[Person, Any]]] = defaultdict(list)
    for line in lines:
        for day, person in resident_candidates(program, grid, line):
            if base.on_call(line.id, day):
                continue
            literal = model.new_bool_var(f"{person.id} {line.id} {day}")
            choices[person.id].append(Choice(call_duty(program, line, day, person.id), literal))
            nights[Night(line.id, day)].append((person, literal))
    coverage, equity = _cover_residents(program, model, lines, nights, base)
    busy = with_sessions(program, base)
    view = CallRoster(Grid(program, busy), model, choices)
    _spare_the_short(program, busy, view, choices)
    rules = [held for held in ruleset_for(program).only(_RESIDENT_RULES) if held.force is Force.MUST]
    keep(model, view, rules)
    prices = Prices()
    keep(model, view, ruleset_for(program).only(ABOUT_CALLS), prices)
    spacing = _near_calls(model, choices) + prices.total
    levels = [
        Level("uncovered nights of residents", coverage),
        Level("equity: distance from the fair share, tenths of a night", equity),
        Level("preferences: calls within two weeks, near leave, against wishes", spacing),
    ]
    outcome = run(model, levels, watch, stage="residents' call", seed=seed, seconds=seconds)
    if not outcome.found:
        return None, outcome
    calls = {
        night: (CallEntry(person.id, Layer.SOLVER),)
        for night, names in nights.items()
        for person, literal in names
        if chosen(outcome, literal)
    }
    return merged(base, Roster(calls=MappingProxyType(calls))), outcome


def _spare_the_short(program: Program, busy: Roster, view: CallRoster, choices: Mapping[str, list[Choice]]) -> None:
    """No call in a stay that leave has left short of free days; its days off are issued with the half-days."""
    found = judge(FinishedRoster.of(program, busy), ruleset_for(program).only(["one_day_in_seven"]))
    short = [each for each in found if each.is_violation]
    view.short = frozenset((each.who, each.first) for each in short)
    for each in short:
        for choice in choices.get(each.who, ()):
            if each.first <= choice.duty.day <= each.last:
                view.model.add(choice.literal == 0)


def _near_calls(model: cp_model.CpModel, choices: Mapping[str, list[Choice]]) -> Any:
    """How many pairs of calls of one person lie within two weeks."""
    spacing: Any = 0
    for calls in choices.values():
        mine = sorted((c for c in calls if Flag.IN_HOUSE_CALL in c.duty.flags), key=lambda c: c.duty.day)
        for index, one in enumerate(mine):
            for other in mine[index + 1 :]:
                if (other.duty.day - one.duty.day).days > 14:
                    break
                near = model.new_bool_var("calls near")
                model.add(one.literal + other.literal - 1 <= near)
                spacing = spacing + near
    return spacing


def _cover_residents(
    program: Program,
    model: cp_model.CpModel,
    lines: Sequence[CallLine],
    nights: Mapping[Night, list[tuple[Person, Any]]],
    base: Roster,
) -> tuple[Any, Any]:
    """Exactly one name a night or a priced hole, and each person near the share that their eligible nights give."""
    coverage: Any = 0
    equity: Any = 0
    for line in lines:
        mine: dict[str, list[Any]] = defaultdict(list)
        for day in days(program.calendar.first, program.calendar.last):
            if day.weekday() in line.weekdays and not base.on_call(line.id, day):
                names = nights.get(Night(line.id, day), [])
                missing = model.new_bool_var(f"no one on {line.id} {day}")
                model.add_exactly_one([*(literal for _person, literal in names), missing])
                coverage = coverage + missing
                for person, literal in names:
                    mine[person.id].append(literal)
        total = sum(len(each) for each in mine.values()) or 1
        count = sum(day.weekday() in line.weekdays for day in days(program.calendar.first, program.calendar.last))
        for person, literals in mine.items():
            tenths = round(10 * count * len(literals) / total)
            off = model.new_int_var(0, 4000, f"{person} {line.id} off")
            model.add(10 * sum(literals) - tenths <= off)
            model.add(tenths - 10 * sum(literals) <= off)
            equity = equity + off
    return coverage, equity
