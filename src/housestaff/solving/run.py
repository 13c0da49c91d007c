"""Running a model level by level: each optimum is fixed, with its tolerance, before the next level is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

from housestaff.core.certificate import LevelResult, StageResult
from housestaff.solving.mip import solve_mip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve is: its stage and level, what it has, the proven bound, and the time."""

    stage: str
    level: str
    objective: float
    bound: float
    seconds: float
    part: str = ""

    @property
    def gap_percent(self) -> float:
        """How far the objective may still be from the best, in percent."""
        if self.objective == self.bound:
            return 0.0
        return 100 * abs(self.objective - self.bound) / max(1.0, abs(self.objective))


Watcher: TypeAlias = Callable[[Progress], None]


@dataclass
class Watch:
    """Who watches a solve, and whether it was told to stop."""

    tell: Watcher | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 60.0

    @property
    def elapsed(self) -> float:
        """Seconds since the solve began."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds that remain of the time given."""
        return max(0.1, self.seconds - self.elapsed)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective: a cost to make as small as possible, and how much of it may be given back later."""

    name: str
    cost: Any
    tolerance: int = 0
    effort: float = 1.0


@dataclass
class Outcome:
    """What a staged run came to: the values of the model's variables, if any, and the levels."""

    status: str
    values: list[int] | None
    """None where there is no answer; empty for a model in which nothing was left to decide."""
    stage: StageResult

    @property
    def found(self) -> bool:
        """Say whether there is an answer."""
        return self.values is not None


class _Reporter(cp_model.CpSolverSolutionCallback):
    def __init__(self, watch: Watch, stage: str, level: str, part: str) -> None:
        super().__init__()
        self._watch, self._stage, self._level, self._part = watch, stage, level, part

    def on_solution_callback(self) -> None:
        if self._watch.tell is not None:
            self._watch.tell(
                Progress(
                    self._stage,
                    self._level,
                    self.objective_value,
                    self.best_objective_bound,
                    self._watch.elapsed,
                    self._part,
                )
            )
        if self._watch.stop.is_set():
            self.stop_search()


@dataclass
class _Step:
    """What one level came to."""

    status: str
    values: list[int] | None
    value: float
    bound: float
    spent: float


def run(
    model: cp_model.CpModel,
    levels: Sequence[Level],
    watch: Watch,
    *,
    stage: str,
    part: str = "",
    seed: int = 0,
    seconds: float = 10.0,
    as_mip: bool = False,
) -> Outcome:
    """Solve a model level by level within a time; `as_mip` gives it to HiGHS, whose relaxation is the better guide.

    Every optimum is fixed before the next level. A level that finds nothing in its time keeps the earlier answer.
    CP-SAT's time is counted in its own steps, not by the clock, so that a seed gives the same answer.
    """
    begun = time.monotonic()
    values: list[int] | None = None
    results: list[LevelResult] = []
    status = "UNKNOWN"
    effort = sum(level.effort for level in levels) or 1.0
    left = seconds
    for level in levels:
        if watch.stop.is_set():
            break
        if isinstance(level.cost, int) and values is not None:
            results.append(LevelResult(level.name, float(level.cost), float(level.cost)))
            continue
        share = min(watch.left, max(0.5, left) * level.effort / effort)
        effort -= level.effort
        search = _by_mip if as_mip and _has_variables(model) else _by_cp
        step = search(model, level, values or [], watch, (stage, part), seed, share)
        status, left = step.status, left - step.spent
        if step.values is None:
            if values is None:
                return Outcome(status, None, StageResult(stage, status, time.monotonic() - begun, tuple(results)))
            break
        values = step.values
        results.append(LevelResult(level.name, step.value, step.bound))
        if watch.tell is not None:
            watch.tell(Progress(stage, level.name, step.value, step.bound, watch.elapsed, part))
        if not isinstance(level.cost, int):
            model.add(level.cost <= round(step.value) + level.tolerance)
    return Outcome(status, values, StageResult(stage, status, time.monotonic() - begun, tuple(results)))


def _has_variables(model: cp_model.CpModel) -> bool:
    proto: Any = model.proto
    return len(proto.variables) > 0


def _by_cp(
    model: cp_model.CpModel,
    level: Level,
    start: Sequence[int],
    watch: Watch,
    place: tuple[str, str],
    seed: int,
    seconds: float,
) -> _Step:
    """One level by CP-SAT with one worker: deterministic for a seed as long as the clock does not stop it."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = max(0.5, seconds)
    solver.parameters.max_time_in_seconds = max(0.5, 3 * seconds + 2)
    solver.parameters.linearization_level = 2
    model.clear_hints()
    for index, value in enumerate(start):
        model.add_hint(model.get_int_var_from_proto_index(index), value)
    model.minimize(level.cost)
    code = solver.solve(model, _Reporter(watch, place[0], level.name, place[1]))
    if code not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return _Step(solver.status_name(code), None, 0.0, 0.0, seconds)
    response: Any = solver.response_proto
    values: list[int] = list(response.solution)
    spent = float(response.deterministic_time)
    return _Step(solver.status_name(code), values, solver.objective_value, solver.best_objective_bound, spent)


def _by_mip(
    model: cp_model.CpModel,
    level: Level,
    start: Sequence[int],
    watch: Watch,
    place: tuple[str, str],
    seed: int,
    seconds: float,
) -> _Step:
    """One level by HiGHS with one thread."""
    del watch, place
    begun = time.monotonic()
    answer = solve_mip(model, level.cost, seconds=max(0.5, seconds), seed=seed, start=start)
    if not answer.values:
        return _Step("INFEASIBLE" if answer.is_infeasible else "UNKNOWN", None, 0.0, 0.0, seconds)
    proven = abs(answer.objective - answer.bound) < 0.5
    return _Step(
        "OPTIMAL" if proven else "FEASIBLE",
        answer.values,
        answer.objective,
        answer.objective if proven else answer.bound,
        time.monotonic() - begun,
    )


def chosen(outcome: Outcome, literal: Any) -> int:
    """The value of a variable, or of a plain number, in an outcome."""
    index: int = -1 if isinstance(literal, int) else literal.index
    if index < 0:
        return int(literal)
    if outcome.values is None:
        raise LookupError("a variable has no value where there is no answer")
    return outcome.values[index]
