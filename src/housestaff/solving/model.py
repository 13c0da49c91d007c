"""Reading two: the bounds of the rules as constraints of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.duties import Duty
from housestaff.core.finding import Force
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.view import Bound
from housestaff.rules.ruleset import Held, Ruleset
from housestaff.solving.choices import Choice
from housestaff.solving.open_roster import OpenRoster


@dataclass
class Prices:
    """What breaking the rules that may be broken costs: a sum of priced slacks."""

    terms: list[tuple[int, Any]] = field(default_factory=list[tuple[int, Any]])

    def add(self, weight: int, slack: Any) -> None:
        """Price a slack."""
        self.terms.append((weight, slack))

    @property
    def total(self) -> Any:
        """The whole price as an expression."""
        return sum(weight * slack for weight, slack in self.terms)


def keep(model: cp_model.CpModel, view: OpenRoster, rules: Iterable[Held], prices: Prices | None = None) -> int:
    """Add every bound of the rules: a MUST as it stands, anything weaker with a priced slack. Returns how many."""
    count = 0
    for held in rules:
        if held.rule.judged_only:
            continue
        for bound in held.bounds(view):
            if held.force is Force.MUST and not bound.soft:
                add_bound(model, view, bound, 0)
            elif prices is not None:
                over = model.new_int_var(0, 10**6, "over")
                if add_bound(model, view, bound, over):
                    prices.add(bound.weight, over)
            count += 1
    return count


def add_bound(model: cp_model.CpModel, view: OpenRoster, bound: Bound, over: Any) -> bool:
    """Add one bound with a slack; says whether it constrains anything."""
    if bound.given:
        return _forbid_together(model, view, bound, over)
    if bound.at_least is not None:
        low, high = bound.at_least, bound.amount + over
    else:
        low, high = bound.amount, (bound.at_most if bound.at_most is not None else 0) + over
    return _at_most(model, low, high)


def _forbid_together(model: cp_model.CpModel, view: OpenRoster, bound: Bound, over: Any) -> bool:
    """Duties that together break a limit are not all held, unless another duty lies between."""
    short = bound.at_least is not None and bound.amount < bound.at_least
    long = bound.at_most is not None and bound.amount > bound.at_most
    if not (short or long or bound.barred):
        return False
    opened = view.open(view.program.person(bound.who))
    held = [opened.literal(duty) for duty in bound.given]
    saved = [opened.literal(duty) for duty in bound.unless]
    together: Any = sum(held) - len(held) + 1
    return _at_most(model, together, sum(saved) + over)


def distance_from(model: cp_model.CpModel, amount: Any, target: Any, most: int, name: str, *, scale: int = 1) -> Any:
    """How far an amount is from a target, both ways, in units of `scale`: a new variable that is at least that."""
    off = model.new_int_var(0, most, name)
    model.add(amount - target <= scale * off)
    model.add(target - amount <= scale * off)
    return off


def _at_most(model: cp_model.CpModel, low: Any, high: Any) -> bool:
    """Add low <= high; two plain numbers that break it leave no way, and say so."""
    if isinstance(low, int) and isinstance(high, int):
        if low > high:
            model.add_bool_or([])
        return low > high
    model.add(low <= high)
    return True


class _Pinned(OpenRoster):
    """An open roster in which nothing is fixed: every duty is a choice of its own, pinned."""

    def fixed_duties(self, person: Person) -> Iterable[Duty]:
        """No duty besides the choices."""
        return ()


def pinned_is_feasible(program: Program, roster: Roster, rules: Ruleset, *, published: Roster | None = None) -> bool:
    """Pin every duty of a finished roster in the solver's model and say whether its MUST rules leave it standing."""
    grid = Grid(program, roster)
    model = cp_model.CpModel()
    choices: dict[str, list[Choice]] = {}
    for cell in grid.cells():
        if cell.person is not None:
            literal = model.new_bool_var(cell.duty.id)
            model.add(literal == 1)
            choices.setdefault(cell.person, []).append(Choice(cell.duty, literal))
    bare = Grid(program, Roster(stints=roster.stints, complete=grid.period))
    view = _Pinned(bare, model, choices, exact=True)
    view.published = None if published is None else Grid(program, published)
    keep(model, view, rules)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
