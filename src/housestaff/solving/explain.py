"""Why not: the smallest set of demands found that clash, in sentences, and what would free it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.finding import measured
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.view import Bound
from housestaff.rules.ruleset import Held, ruleset_for
from housestaff.solving.presolve import Doubt
from housestaff.solving.rotations import OpenYear, picks_for, rotation_bounds

MOST_FACTS = 5


@dataclass(frozen=True)
class Clash:
    """Facts that cannot all hold, and the single relaxations that were tried and do free it."""

    facts: tuple[str, ...]
    fixes: tuple[str, ...] = ()
    is_minimal: bool = False

    @classmethod
    def of_doubts(cls, doubts: Sequence[Doubt]) -> Clash:
        """The clash that counting found: the first doubt with its facts, and the sentences of the others."""
        return cls(doubts[0].facts, tuple(doubt.sentence for doubt in doubts[1:MOST_FACTS]), is_minimal=True)


class _Switched:
    """The model of the year in which each fact has a switch."""

    def __init__(self, program: Program, base: Roster) -> None:
        self.model = cp_model.CpModel()
        picks = picks_for(program, self.model, base, program.residents)
        self.view = OpenYear(program, Grid(program, base), self.model, picks)
        self.switches: dict[str, Any] = {}
        self.told: dict[str, tuple[Held, Bound]] = {}
        self.slack: dict[str, Any] = {}
        for held, bound in rotation_bounds(self.view, ruleset_for(program)):
            self._add(f"{held.name}|{bound.name}|{'least' if bound.at_least is not None else 'most'}", held, bound)

    def _add(self, fact: str, held: Held, bound: Bound) -> None:
        if fact not in self.switches:
            self.switches[fact] = self.model.new_bool_var(fact)
            self.slack[fact] = self.model.new_bool_var(f"one more for {fact}")
            self.told[fact] = held, bound
        low, high = (bound.at_least, bound.amount) if bound.at_least is not None else (bound.amount, bound.at_most)
        if isinstance(low, int) and isinstance(high, int):
            if low > high:
                self._enforce(self.slack[fact] >= low - high, fact)
            return
        self._enforce(low <= high + self.slack[fact], fact)

    def _enforce(self, condition: Any, fact: str) -> None:
        constraint: Any = self.model.add(condition)
        constraint.only_enforce_if(self.switches[fact])

    def is_feasible(
        self, facts: Iterable[str], *, relaxed: str = "", seconds: float = 1.0
    ) -> tuple[bool | None, list[str]]:
        """Whether the facts can hold together, and if not the ones the solver used; None where time ran out."""
        chosen = list(facts)
        self.model.clear_assumptions()
        self.model.add_assumptions([self.switches[fact] for fact in chosen])
        self.model.add_assumptions([self.slack[fact].negated() for fact in self.switches if fact != relaxed])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            core = set(solver.sufficient_assumptions_for_infeasibility())
            return False, [fact for fact in chosen if self.switches[fact].index in core]
        return (True if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None), []


def explain_rotations(program: Program, base: Roster, *, seconds: float = 8.0) -> Clash:
    """The facts of the year that clash, shrunk one by one, in sentences, with the single relaxations that free them."""
    begun = time.monotonic()
    switched = _Switched(program, base)
    _feasible, core = switched.is_feasible(switched.switches, seconds=seconds / 2)
    core = core or list(switched.switches)
    minimal = True
    for fact in list(core):
        if len(core) == 1 or time.monotonic() - begun > seconds:
            minimal = False
            break
        without = [other for other in core if other != fact]
        feasible, smaller = switched.is_feasible(without, seconds=1.0)
        if feasible is False:
            core = smaller or without
    fixes = [
        _relaxed(*switched.told[fact])
        for fact in core
        if time.monotonic() - begun < 1.2 * seconds
        and switched.is_feasible(switched.switches, relaxed=fact, seconds=1.0)[0]
    ]
    facts = [_sentence(*switched.told[fact]) for fact in core]
    facts += _who_is_missing(program, [switched.told[fact] for fact in core])
    return Clash(tuple(facts[:MOST_FACTS]), tuple(fixes), is_minimal=minimal and len(facts) <= MOST_FACTS)


def _sentence(held: Held, bound: Bound) -> str:
    kind = {
        "rotation_capacity": "Capacity",
        "demand_met": "Demand",
        "required_rotations": "Requirement",
        "rotation_window": "Window",
        "rotation_order": "Order",
    }.get(held.name, "Rule")
    if held.name == "rotation_order":
        return f"{kind}: {bound.name}."
    if held.name == "rotation_window":
        return f"{kind}: {bound.name} only."
    word, limit = ("at least", bound.at_least) if bound.at_least is not None else ("at most", bound.at_most)
    return f"{kind}: {bound.name}, {word} {measured(int(limit or 0), bound.unit)}."


def _who_is_missing(program: Program, told: Sequence[tuple[Held, Bound]]) -> list[str]:
    """People of the level that a demand asks for who are not in the program at that time."""
    found: list[str] = []
    for held, bound in told:
        if held.name != "demand_met":
            continue
        day = program.zone.date_of(bound.span.start)
        who = next(demand.who for demand in program.demand if demand.line == bound.who)
        for person in program.residents:
            if not person.is_employed(day) and any(span.level == who for span in person.levels):
                start = min((dates.first for dates in person.employment if dates.first > day), default=None)
                found.append(
                    f"Employment: {person.display_name} " + (f"starts on {start}." if start else f"is gone by {day}.")
                )
    return list(dict.fromkeys(found))


def _relaxed(held: Held, bound: Bound) -> str:
    if held.name in {"rotation_order", "rotation_window"}:
        return f"Give way once on: {bound.name}."
    limit = int((bound.at_least if bound.at_least is not None else bound.at_most) or 0)
    other = limit - 1 if bound.at_least is not None else limit + 1
    return f"{bound.name}: {other} instead of {limit} (tried, it frees the year)."
