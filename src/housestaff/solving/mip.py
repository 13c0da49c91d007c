"""A model of CP-SAT as a mixed-integer program for HiGHS, where the linear relaxation is the better guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from highspy._core import _Highs as QuietHighs  # pyright: ignore[reportPrivateUsage]
from ortools.sat.python import cp_model

_INFINITE = highspy.kHighsInf
_HUGE = 2**62


@dataclass
class MipAnswer:
    """What HiGHS came to: the values of the variables (none where it found nothing), its objective and bound."""

    values: list[int]
    objective: float
    bound: float
    is_infeasible: bool


class _Rows:
    """The rows of a program in the making."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.starts: list[int] = [0]
        self.columns: list[int] = []
        self.factors: list[float] = []

    def add(self, terms: dict[int, float], low: float, high: float) -> None:
        """Add low <= sum <= high."""
        self.columns += terms.keys()
        self.factors += terms.values()
        self.starts.append(len(self.columns))
        self.low.append(low)
        self.high.append(high)

    def add_literals(self, literals: Sequence[int], low: float, high: float) -> None:
        """Add a bound on how many literals are true; a negative one is the negation of its variable."""
        terms: dict[int, float] = {}
        shift = 0
        for literal in literals:
            if literal >= 0:
                terms[literal] = terms.get(literal, 0.0) + 1
            else:
                terms[-literal - 1] = terms.get(-literal - 1, 0.0) - 1
                shift += 1
        self.add(terms, low - shift, high - shift)


def _expression(linear: Any) -> tuple[dict[int, float], float]:
    terms: dict[int, float] = {}
    for column, factor in zip(linear.vars, linear.coeffs, strict=True):
        if column < 0:
            raise ValueError("a negated reference in a linear expression")
        terms[column] = terms.get(column, 0.0) + factor
    return terms, float(getattr(linear, "offset", 0))


def _clip(value: int) -> float:
    return -_INFINITE if value <= -_HUGE else _INFINITE if value >= _HUGE else float(value)


def _add_constraint(rows: _Rows, constraint: Any) -> None:
    """Turn one constraint into rows; a kind that is not linear is an error, never left out."""
    kind = constraint.WhichOneof("constraint") if hasattr(constraint, "WhichOneof") else _kind(constraint)
    enforced = list(constraint.enforcement_literal)
    if kind == "bool_and" and enforced:
        for literal in constraint.bool_and.literals:
            rows.add_literals([*(-each - 1 for each in enforced), literal], 1, _INFINITE)
    elif enforced:
        raise ValueError(f"an enforced {kind} has no linear form here")
    elif kind == "linear":
        terms, _offset = _expression(constraint.linear)
        domain = list(constraint.linear.domain)
        rows.add(terms, _clip(domain[0]), _clip(domain[-1]))
    elif kind == "bool_or":
        rows.add_literals(list(constraint.bool_or.literals), 1, _INFINITE)
    elif kind == "at_most_one":
        rows.add_literals(list(constraint.at_most_one.literals), -_INFINITE, 1)
    elif kind == "exactly_one":
        rows.add_literals(list(constraint.exactly_one.literals), 1, 1)
    elif kind == "lin_max":
        _add_maximum(rows, constraint.lin_max)
    else:
        raise ValueError(f"a constraint of kind {kind} has no linear form here")


def _kind(constraint: Any) -> str:
    kinds = ("linear", "bool_or", "bool_and", "at_most_one", "exactly_one", "lin_max")
    return next((kind for kind in kinds if getattr(constraint, f"has_{kind}")()), "unknown")


def _add_maximum(rows: _Rows, maximum: Any) -> None:
    """The largest of some Booleans: at least each of them, at most their sum."""
    target, shift = _expression(maximum.target)
    total = dict(target)
    sums = -shift
    for each in maximum.exprs:
        terms, offset = _expression(each)
        above = dict(target)
        for column, factor in terms.items():
            above[column] = above.get(column, 0.0) - factor
            total[column] = total.get(column, 0.0) - factor
        rows.add(above, offset - shift, _INFINITE)
        sums += offset
    rows.add(total, -_INFINITE, sums)


def solve_mip(
    model: cp_model.CpModel, cost: Any, *, seconds: float, seed: int, start: Sequence[int] = (), gap: float = 0.0
) -> MipAnswer:
    """Make a cost as small as possible under a model's constraints; `start` is an answer to begin from."""
    model.minimize(cost)
    proto: Any = model.proto
    rows = _Rows()
    for constraint in proto.constraints:
        _add_constraint(rows, constraint)
    count = len(proto.variables)
    objective = np.zeros(count)
    for column, factor in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        objective[column] += factor
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = count, len(rows.low)
    program.col_cost_ = objective
    program.col_lower_ = np.array([float(variable.domain[0]) for variable in proto.variables])
    program.col_upper_ = np.array([float(list(variable.domain)[-1]) for variable in proto.variables])
    program.row_lower_, program.row_upper_ = np.array(rows.low), np.array(rows.high)
    program.offset_ = float(proto.objective.offset)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(rows.starts)
    program.a_matrix_.index_ = np.array(rows.columns)
    program.a_matrix_.value_ = np.array(rows.factors)
    program.integrality_ = [highspy.HighsVarType.kInteger] * count
    # The public class prints a banner on standard output, where the answer of a command with --json stands.
    highs = QuietHighs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", seed),
        ("time_limit", seconds),
        ("mip_rel_gap", gap),
    ):
        highs.setOptionValue(name, value)
    highs.passModel(program)
    if start:
        solution = highspy.HighsSolution()
        solution.col_value = [float(value) for value in start]
        highs.setSolution(solution)
    highs.run()
    status = highs.getModelStatus()
    info = highs.getInfo()
    has_answer = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = [round(value) for value in highs.getSolution().col_value] if has_answer else []
    return MipAnswer(
        values, info.objective_function_value, info.mip_dual_bound, status == highspy.HighsModelStatus.kInfeasible
    )
