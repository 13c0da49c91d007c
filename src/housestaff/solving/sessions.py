"""Stage three: half-days and days off, a block at a time for the people who follow its series."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from ortools.sat.python import cp_model

from housestaff.core.calendar import Block
from housestaff.core.finding import Force
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Roster
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for
from housestaff.solving.clinic import is_clinic_shared
from housestaff.solving.explain import MOST_FACTS, Clash
from housestaff.solving.half_days import BlockModel, block_model
from housestaff.solving.nearby import short_of_free_days
from housestaff.solving.run import Outcome, Watch, run


@dataclass(frozen=True)
class Part:
    """What is solved by itself: a block, and the people who follow its series; without people everybody."""

    name: str
    block: Block
    people: frozenset[str] | None = None


def rounds(program: Program) -> list[list[Part]]:
    """The parts of the year; those of one round share no open half-day and are solved side by side.

    People of several series who share a clinic come one series after the other, each on what the earlier ones left.
    """
    series = program.calendar.series
    if len(series) == 1:
        return [[Part(f"block {block.number}", block) for block in series[0].blocks]]
    found: list[list[Part]] = []
    for each in series:
        people = frozenset(person.id for person in program.people if program.series_of(person) is each)
        found.append([Part(f"{each.id}, block {block.number}", block, people) for block in each.blocks])
    return found if is_clinic_shared(program) else [[part for parts in found for part in parts]]


@dataclass(frozen=True)
class Halves:
    """The half-days of the year as far as they were found, and the part that has none, if any."""

    roster: Roster
    outcomes: tuple[Outcome, ...]
    short: Container[tuple[str, date]]
    """People and dates that leave has left short of free days before anything was solved."""
    failed: tuple[Part, Outcome] | None = None


def solve_sessions(program: Program, base: Roster, watch: Watch, *, seed: int, workers: int) -> Halves:
    """Every part of the year by itself, a few side by side, within the time that is left."""
    roster, outcomes = base, list[Outcome]()
    every = rounds(program)
    short = short_of_free_days(program, base, [person.id for person in program.residents])
    seconds = max(1.0, 0.8 * watch.left * workers / sum(len(parts) for parts in every))
    for parts in every:
        known = roster

        def one(part: Part, known: Roster = known) -> tuple[dict[HalfDay, Entry], Outcome]:
            return _solve_part(program, known, part, (watch, seed, seconds), short)

        with ThreadPoolExecutor(max_workers=workers) as pool:
            answers = list(pool.map(one, parts))
        outcomes += [outcome for _found, outcome in answers]
        failed = [(part, outcome) for part, (_f, outcome) in zip(parts, answers, strict=True) if not outcome.found]
        if failed:
            return Halves(roster, tuple(outcomes), short, failed[0])
        roster = roster.with_entries({place: entry for found, _o in answers for place, entry in found.items()})
    return Halves(roster, tuple(outcomes), short)


def _solve_part(
    program: Program,
    base: Roster,
    part: Part,
    given: tuple[Watch, int, float],
    short: Container[tuple[str, date]],
) -> tuple[dict[HalfDay, Entry], Outcome]:
    watch, seed, seconds = given
    built = block_model(program, base, part.block, part.people, short=short)
    outcome = run(
        built.model, built.levels(), watch, stage="half-days", part=part.name, seed=seed, seconds=seconds, as_mip=True
    )
    return (built.entries(outcome) if outcome.found else {}), outcome


def explain_part(program: Program, base: Roster, part: Part, *, short: Container[tuple[str, date]]) -> Clash:
    """The rules without which a part would have a solution, each tried by leaving it out."""
    rules = ruleset_for(program).touching(part.block.first, part.block.last)
    freeing: list[Held] = []
    for held in _musts(rules):
        built = BlockModel(program, base, part.block, part.people, short=short)
        built.add_rules(Ruleset(other for other in rules if other.name != held.name))
        if _is_feasible(built.model, 2.0):
            freeing.append(held)
    facts = [f"Rule: {held.rule.says} ({held.citation})" for held in freeing[: MOST_FACTS - 1]]
    facts.append(f"What is fixed in {part.name} (stays, calls, preloads, leave) leaves no way to keep it.")
    return Clash(tuple(facts), tuple(f"Without {held.name} the block has a solution." for held in freeing))


def _musts(rules: Iterable[Held]) -> Iterator[Held]:
    return (held for held in rules if held.force is Force.MUST and not held.rule.judged_only)


def _is_feasible(model: cp_model.CpModel, seconds: float) -> bool:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    return solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
