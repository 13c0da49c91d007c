"""Solving a year: rotations, call, half-days; each stage fixed before the next, everything judged at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from typing import TypeAlias

from housestaff import __version__
from housestaff.core.certificate import StageResult
from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.solving.calls import solve_calls
from housestaff.solving.explain import Clash, explain_rotations
from housestaff.solving.presolve import check_before_solving
from housestaff.solving.rotations import solve_rotations, without_options
from housestaff.solving.run import Watch
from housestaff.solving.sessions import explain_part, solve_sessions

STAGES = ("rotations", "calls", "sessions")
"""The stages in order; each may be run alone with the others taken from the base roster."""


@dataclass(frozen=True)
class Solved:
    """A roster that the judge passes, with how it came about."""

    roster: Roster
    findings: tuple[Finding, ...]
    stages: tuple[StageResult, ...]
    seed: int
    seconds: float
    versions: tuple[tuple[str, str], ...]

    @property
    def violations(self) -> list[Finding]:
        """The MUST rules that the roster breaks; each stands here for a demand that could not be met."""
        return [finding for finding in self.findings if finding.is_violation]


@dataclass(frozen=True)
class Infeasible:
    """Nothing can satisfy all of it: the smallest set of facts found that clash."""

    clash: Clash
    stage: str
    seconds: float


@dataclass(frozen=True)
class OutOfTime:
    """The time ran out, or somebody stopped the solve, before there was a whole roster."""

    stage: str
    seconds: float
    stages: tuple[StageResult, ...]


def versions() -> tuple[tuple[str, str], ...]:
    """What made a roster: the versions of Housestaff and of the solver."""
    return (
        ("housestaff", __version__),
        ("ortools", installed_version("ortools")),
        ("highspy", installed_version("highspy")),
    )


def solve(
    program: Program,
    *,
    base: Roster | None = None,
    stages: Sequence[str] = STAGES,
    seed: int = 0,
    watch: Watch | None = None,
    workers: int = 2,
) -> Solved | Infeasible | OutOfTime:
    """Build the year of a program on what the base roster fixes: preloads, manual cells, history, other stages.

    `workers` blocks are solved side by side; each model has one solver thread, so a seed gives the same roster.
    """
    watch = watch or Watch()
    begun = time.monotonic()
    roster = replace(base or Roster(), complete=(program.calendar.first, program.calendar.last))
    results: list[StageResult] = []
    if doubts := [doubt for doubt in check_before_solving(program, roster) if doubt.is_impossible]:
        return Infeasible(Clash.of_doubts(doubts), "before solving", time.monotonic() - begun)
    for stage in stages:
        answer = _STAGES[stage](program, roster, watch, seed, workers)
        if isinstance(answer, Infeasible | OutOfTime):
            return answer
        roster, done = answer
        results += done
    findings = judge(FinishedRoster.of(program, roster))
    return Solved(roster, tuple(findings), tuple(results), seed, time.monotonic() - begun, versions())


Answer: TypeAlias = tuple[Roster, list[StageResult]] | Infeasible | OutOfTime


def _rotations(program: Program, base: Roster, watch: Watch, seed: int, _workers: int) -> Answer:
    kept = base.with_stints(s for s in base.stints if s.layer is not Layer.SOLVER)
    if doubts := without_options(program, kept):
        return Infeasible(Clash.of_doubts(doubts), "rotations", watch.elapsed)
    stints, outcome = solve_rotations(program, kept, watch, seed=seed, seconds=0.35 * watch.seconds)
    if not outcome.found:
        if outcome.status == "INFEASIBLE":
            return Infeasible(explain_rotations(program, kept), "rotations", watch.elapsed)
        return OutOfTime("rotations", watch.elapsed, (outcome.stage,))
    return kept.with_stints((*kept.stints, *stints)), [outcome.stage]


def _calls(program: Program, base: Roster, watch: Watch, seed: int, workers: int) -> Answer:
    nights = solve_calls(program, base, watch, seed=seed, workers=workers)
    results = [outcome.stage for outcome in nights.outcomes]
    if nights.roster is not None:
        return nights.roster, results
    if nights.outcomes[-1].status == "INFEASIBLE":
        fact = "The residents' call, with the leave and the stays of this year, leaves no way to keep the rules."
        return Infeasible(Clash((fact,)), "calls", watch.elapsed)
    return OutOfTime("calls", watch.elapsed, tuple(results))


def _sessions(program: Program, base: Roster, watch: Watch, seed: int, workers: int) -> Answer:
    if not any(rotation.session or rotation.is_service for rotation in program.rotations) or not program.activities:
        return base, []
    kept = base.without_layer(Layer.SOLVER)
    halves = solve_sessions(program, kept, watch, seed=seed, workers=workers)
    results = [outcome.stage for outcome in halves.outcomes]
    if halves.failed is None:
        return halves.roster, results
    part, outcome = halves.failed
    if outcome.status == "INFEASIBLE":
        return Infeasible(
            explain_part(program, halves.roster, part, short=halves.short), f"half-days of {part.name}", watch.elapsed
        )
    return OutOfTime(f"half-days of {part.name}", watch.elapsed, tuple(results))


_STAGES = {"rotations": _rotations, "calls": _calls, "sessions": _sessions}
