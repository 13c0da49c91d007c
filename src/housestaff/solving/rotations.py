"""Stage one: the year of rotations. Who is on which rotation in each block or half-block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.calendar import Block
from housestaff.core.grid import Grid
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.time import days
from housestaff.core.view import Bound
from housestaff.core.wishes import WishKind
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for
from housestaff.solving.faculty_calls import week_rotations
from housestaff.solving.model import add_bound
from housestaff.solving.open_roster import OpenRoster
from housestaff.solving.open_service import SHORTEST_WITH_HALVES, OpenService, Option, Pick
from housestaff.solving.presolve import Doubt
from housestaff.solving.run import Level, Outcome, Watch, chosen, run

_PLANNED = {
    LeaveKind.VACATION,
    LeaveKind.CONFERENCE,
    LeaveKind.PERSONAL,
    LeaveKind.PARENTAL,
    LeaveKind.MEDICAL,
    LeaveKind.MILITARY,
}


def options_of(program: Program, person: Person, level: str, block: Block) -> Iterator[Option]:
    """Every way in which a person of a level may spend a block."""
    required = {r.rotation for r in program.requirements if r.level in {level, person.track} or person.id in r.persons}
    halves_allowed = block.length >= SHORTEST_WITH_HALVES
    for rotation in program.rotations:
        if rotation.archived or rotation.code not in required or not _fits(rotation, level):
            continue
        if rotation.is_combined and halves_allowed:
            one, other = rotation.halves
            yield Option(rotation.code, (one, other))
            yield Option(rotation.code, (other, one))
        elif not rotation.is_combined:
            yield Option(rotation.code, (rotation.code, rotation.code) if halves_allowed else (rotation.code,))


def _fits(rotation: Rotation, level: str) -> bool:
    return not rotation.levels or level in rotation.levels


def open_blocks(program: Program, base: Roster, people: Iterable[Person]) -> Iterator[tuple[Person, Block, str]]:
    """Everybody's blocks that are not locked and in which they are employed, with the level they have there."""
    locked = {(stint.person, stint.first) for stint in base.stints if stint.layer in {Layer.MANUAL, Layer.PRELOAD}}
    for person in people:
        for block in program.series_of(person).blocks:
            start = max((d.first for d in person.employment if d.first <= block.last), default=block.first)
            inside = max(start, block.first)
            is_there = person.is_employed(inside) and person.is_employed(block.last)
            if is_there and (person.id, block.first) not in locked:
                yield person, block, person.level_on(inside)


def picks_for(program: Program, model: cp_model.CpModel, base: Roster, people: Iterable[Person]) -> list[Pick]:
    """The picks of everybody in every open block; one a block."""
    found: list[Pick] = []
    for person, block, level in open_blocks(program, base, people):
        picks = [
            Pick(person, block, option, model.new_bool_var(f"{person.id} {option.code} {block.number}"))
            for option in options_of(program, person, level, block)
        ]
        model.add_exactly_one(pick.literal for pick in picks)
        found += picks
    return found


def without_options(program: Program, base: Roster) -> list[Doubt]:
    """For each level, the first open block in which somebody has no rotation to be on."""
    found: dict[str, Doubt] = {}
    for person, block, level in open_blocks(program, base, program.residents):
        if level in found or any(options_of(program, person, level, block)):
            continue
        facts = (
            f"No requirement names a rotation that {level} may do in block {block.number}.",
            f"{person.display_name} is there as {level} and has no stay in this block.",
        )
        sentence = f"{person.display_name} has no rotation to be on in block {block.number}."
        found[level] = Doubt(sentence, facts, is_impossible=True)
    return list(found.values())


def leave_on_services(program: Program, picks: Iterable[Pick]) -> Any:
    """Planned leave days that fall on rotations from which nobody should be away."""
    by_person: dict[str, list[Leave]] = defaultdict(list)
    for leave in program.leaves:
        if leave.blocks and leave.kind in _PLANNED:
            by_person[leave.person].append(leave)
    cost: Any = 0
    for pick in picks:
        count = 0
        for leave in by_person[pick.person.id]:
            for day in days(max(leave.first, pick.block.first), min(leave.last, pick.block.last)):
                rotation = program.rotation_by_code.get(pick.rotation_on(day))
                count += rotation is not None and not rotation.leave_eligible
        if count:
            cost = cost + count * pick.literal
    return cost


def stints_of(picks: Iterable[Pick]) -> list[Stint]:
    """The stays of chosen picks: equal neighbors are one stay."""
    parts: list[Stint] = []
    for pick in sorted(picks, key=lambda each: (each.person.id, each.block.first)):
        spans = pick.block.halves() if len(pick.option.parts) > 1 else ((pick.block.first, pick.block.last),)
        for (first, last), rotation in zip(spans, pick.option.parts, strict=True):
            previous = parts[-1] if parts else None
            follows = previous is not None and previous.person == pick.person.id and previous.rotation == rotation
            if previous is not None and follows and previous.last + timedelta(days=1) == first:
                parts[-1] = Stint(pick.person.id, rotation, previous.first, last)
            else:
                parts.append(Stint(pick.person.id, rotation, first, last))
    return [_employed(stint, pick_people(picks)) for stint in parts]


def pick_people(picks: Iterable[Pick]) -> dict[str, Person]:
    """The people of some picks by id."""
    return {pick.person.id: pick.person for pick in picks}


def _employed(stint: Stint, people: dict[str, Person]) -> Stint:
    """A stay that does not begin before the person does."""
    for dates in people[stint.person].employment:
        if stint.first < dates.first <= stint.last:
            return Stint(stint.person, stint.rotation, dates.first, stint.last, stint.layer)
    return stint


_RULES = ("required_rotations", "rotation_window", "rotation_order", "rotation_capacity", "demand_met")


class OpenYear(OpenRoster):
    """The open year as a view: its services are expressions over the picks."""

    def __init__(self, program: Program, grid: Grid, model: cp_model.CpModel, picks: Sequence[Pick]) -> None:
        """Take the picks and what is locked."""
        super().__init__(grid, model, {})
        self._service = OpenService(model, grid, picks)


def rotation_bounds(view: OpenYear, rules: Ruleset) -> Iterator[tuple[Held, Bound]]:
    """What the rules of the year ask of the picks."""
    for held in rules.only(_RULES):
        for bound in held.bounds(view):
            weekly = bound.rotation in {rotation.code for rotation in week_rotations(view.program)}
            if not weekly:
                yield held, bound


def rotation_model(program: Program, base: Roster) -> tuple[cp_model.CpModel, list[Level], list[Pick]]:
    """The model of the year of rotations: all rules of the year hard, then planned leave, equity, wishes."""
    model = cp_model.CpModel()
    picks = picks_for(program, model, base, program.residents)
    view = OpenYear(program, Grid(program, base), model, picks)
    for _held, bound in rotation_bounds(view, ruleset_for(program)):
        add_bound(model, view, bound, 0)
    levels = [
        Level("planned leave on services, days", leave_on_services(program, picks), effort=2),
        Level("equity: nights and services shared out", _uneven(program, model, picks)),
        Level("preferences: wishes not met", _unmet(program, picks)),
    ]
    return model, levels, picks


def solve_rotations(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float
) -> tuple[list[Stint], Outcome]:
    """The year of rotations on what the base roster fixes; no stays where there is no way, or no time."""
    model, levels, picks = rotation_model(program, base)
    outcome = run(model, levels, watch, stage="year of rotations", seed=seed, seconds=seconds, as_mip=True)
    if not outcome.found:
        return [], outcome
    return stints_of([pick for pick in picks if chosen(outcome, pick.literal)]), outcome


def _uneven(program: Program, model: cp_model.CpModel, picks: Sequence[Pick]) -> Any:
    """The spread of nights and inpatient services between the people of a level."""
    hard = {r.code for r in program.rotations if r.night or r.kind is RotationKind.INPATIENT}
    loads: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for pick in picks:
        weight = sum(part in hard for part in pick.option.parts) * (1 if len(pick.option.parts) > 1 else 2)
        if weight:
            loads[pick.person.level_on(pick.block.first)][pick.person.id] += weight * pick.literal
    total: Any = 0
    for people in loads.values():
        most = model.new_int_var(0, 200, "most")
        least = model.new_int_var(0, 200, "least")
        for load in people.values():
            model.add(load <= most)
            model.add(load >= least)
        total = total + most - least
    return total


def _unmet(program: Program, picks: Sequence[Pick]) -> Any:
    """Rotations wished for a block ("CARD@5") or to be avoided there, weighted by rank."""
    cost: Any = 0
    for wish in program.wishes:
        if wish.kind not in {WishKind.ROTATION, WishKind.AVOID_ROTATION}:
            continue
        code, block = wish.in_block
        for pick in picks:
            if (
                pick.person.id == wish.person
                and str(pick.block.number) == block
                and code in {pick.option.code, *pick.option.parts}
            ):
                cost = cost + (-1 if wish.kind is WishKind.ROTATION else 1) * wish.weight * pick.literal
    return cost
