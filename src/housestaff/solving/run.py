"""Running a model level by level: each optimum is fixed, with its tolerance, before the next level is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

from housestaff.core.certificate import LevelResult, StageResult
from housestaff.core.errors import HousestaffError


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


class Stopped(HousestaffError):
    """The solve was stopped before it had a first answer."""


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
    values: list[int]
    stage: StageResult

    @property
    def found(self) -> bool:
        """Say whether there is an answer."""
        return bool(self.values)


class _Reporter(cp_model.CpSolverSolutionCallback):
    def __init__(self, watch: Watch, stage: str, level: str, part: str) -> None:
        super().__init__()
        self._watch, self._stage, self._level, self._part = watch, stage, level, part

    def on_solution_callback(self) -> None:
        if self._watch.tell is not None:
            self._watch.tell(
                Progress(self._stage, self._level, self.objective_value, self.best_objective_bound, self._watch.elapsed, self._part)
            )
        if self._watch.stop.is_set():
            self.stop_search()


def run(
    model: cp_model.CpModel,
    levels: Sequence[Level],
    watch: Watch,
    *,
    stage: str,
    part: str = "",
    seed: int = 0,
    seconds: float = 10.0,
) -> Outcome:
    """Solve a model level by level within a time; deterministic for a seed as long as the time does not run out.

    The deterministic limit does the stopping; the wall clock is only a guard for slow machines.
    """
    begun = time.monotonic()
    values: list[int] = []
    results: list[LevelResult] = []
    status = "UNKNOWN"
    effort = sum(level.effort for level in levels) or 1.0
    for level in levels or (Level("any", 0),):
        is_constant = isinstance(level.cost, int)
        if is_constant and values:
            results.append(LevelResult(level.name, float(level.cost), float(level.cost)))
            continue
        solver = cp_model.CpSolver()
        share = seconds * level.effort / effort
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = max(0.5, share)
        solver.parameters.max_time_in_seconds = max(0.5, min(watch.left, 3 * share + 2))
        solver.parameters.linearization_level = 2
        model.clear_hints()
        for index, value in enumerate(values):
            model.add_hint(model.get_int_var_from_proto_index(index), value)
        if not is_constant:
            model.minimize(level.cost)
        code = solver.solve(model, _Reporter(watch, stage, level.name, part))
        status = solver.status_name(code)
        if code not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            if values:
                # The earlier level's answer still stands; this level found nothing better in its time.
                results.append(LevelResult(level.name, float("nan"), float("nan")))
                break
            return Outcome(status, [], StageResult(stage, status, time.monotonic() - begun, tuple(results)))
        values = [solver.response_proto.solution[index] for index in range(len(model.proto.variables))]
        value = float(level.cost) if is_constant else solver.objective_value
        bound = float(level.cost) if is_constant else solver.best_objective_bound
        results.append(LevelResult(level.name, value, bound))
        if not is_constant:
            model.add(level.cost <= int(round(value)) + level.tolerance)
        if watch.stop.is_set():
            break
    return Outcome(status, values, StageResult(stage, status, time.monotonic() - begun, tuple(results)))


def chosen(outcome: Outcome, literal: Any) -> int:
    """The value of a variable, or of a plain number, in an outcome."""
    return literal if isinstance(literal, int) else outcome.values[literal.index]
