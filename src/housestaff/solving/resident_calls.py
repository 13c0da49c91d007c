"""The residents' nights of call beside rotations with ordinary weeks: one model for the year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.demand import CallLine
from housestaff.core.duties import Flag
from housestaff.core.finding import Force
from housestaff.core.grid import Grid
from housestaff.core.nights import duties_of_night
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Layer, Night, Roster, merged
from housestaff.core.time import days
from housestaff.core.view import Segment
from housestaff.rules.fairness.shares import Availability, nights_of
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import ABOUT_CALLS
from housestaff.rules.ruleset import ruleset_for
from housestaff.rules.service import is_for
from housestaff.solving.choices import Choice
from housestaff.solving.model import Prices, distance_from, keep
from housestaff.solving.nearby import with_sessions
from housestaff.solving.open_roster import OpenRoster
from housestaff.solving.run import Level, Outcome, Watch, chosen, run

_DAY = timedelta(days=1)

RESIDENT_RULES = (
    "twenty_four_hours",
    "four_more_hours",
    "fourteen_after_call",
    "eight_hours_between",
    "every_third_night",
    "every_third_night_each",
    "one_day_in_seven",
    "eighty_hours",
    "one_duty_at_a_time",
    "never_on_leave",
)


def shared_resident_lines(program: Program) -> list[CallLine]:
    """The residents' lines that belong to no service: whoever is on a call-eligible rotation may be named."""
    return [line for line in program.calls if not line.with_weeks and not line.on and "faculty" not in line.who]


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


def solve_resident_calls(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float, workers: int = 1
) -> tuple[Roster | None, Sequence[Outcome]]:
    """The residents' in-house call over the year as one model, with the rules read on the open roster."""
    del workers
    lines = shared_resident_lines(program)
    model = cp_model.CpModel()
    grid = Grid(program, base)
    choices: dict[str, list[Choice]] = defaultdict(list)
    nights: dict[Night, list[tuple[Person, Any]]] = defaultdict(list)
    for line in lines:
        for day, person in resident_candidates(program, grid, line):
            if base.on_call(line.id, day):
                continue
            literal = model.new_bool_var(f"{person.id} {line.id} {day}")
            choices[person.id] += [Choice(duty, literal) for duty in duties_of_night(program, line, day, person.id)]
            nights[Night(line.id, day)].append((person, literal))
    _one_line_a_night(model, nights)
    coverage, equity = _cover_residents(program, model, lines, nights, base)
    busy = with_sessions(program, base)
    view = CallRoster(Grid(program, busy), model, choices)
    _spare_the_short(program, busy, view, choices)
    rules = [held for held in ruleset_for(program).only(RESIDENT_RULES) if held.force is Force.MUST]
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
        return None, [outcome]
    calls = {
        night: (CallEntry(person.id, Layer.SOLVER),)
        for night, names in nights.items()
        for person, literal in names
        if chosen(outcome, literal)
    }
    return merged(base, Roster(calls=MappingProxyType(calls))), [outcome]


def _one_line_a_night(model: cp_model.CpModel, nights: Mapping[Night, list[tuple[Person, Any]]]) -> None:
    """Nobody stands by in a night of call; of two calls the rules say so themselves."""
    held: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for night, names in nights.items():
        for person, literal in names:
            held[person.id, night.day].append(literal)
    for literals in held.values():
        if len(literals) > 1:
            model.add_at_most_one(literals)


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
        for day in nights_of(line, program.calendar.first, program.calendar.last):
            if not base.on_call(line.id, day):
                names = nights.get(Night(line.id, day), [])
                missing = model.new_bool_var(f"no one on {line.id} {day}")
                model.add_exactly_one([*(literal for _person, literal in names), missing])
                coverage = coverage + missing
                for person, literal in names:
                    mine[person.id].append(literal)
        total = sum(len(each) for each in mine.values()) or 1
        count = len(nights_of(line, program.calendar.first, program.calendar.last))
        for person, literals in mine.items():
            tenths = round(10 * count * len(literals) / total)
            equity = equity + distance_from(model, 10 * sum(literals), tenths, 4000, f"{person} {line.id} off")
    return coverage, equity
