"""A reference program with its proof: the program, what stood before the year, and a roster that keeps every rule."""

from __future__ import annotations

from dataclasses import dataclass

from housestaff.core.program import Program
from housestaff.core.roster import Roster


@dataclass(frozen=True)
class Reference:
    """A generated program, its history and its witness; the witness holds the history too."""

    program: Program
    history: Roster
    witness: Roster


@dataclass(frozen=True)
class Infeasible:
    """A program that nobody can schedule, and the facts that clash, at most five."""

    name: str
    program: Program
    facts: tuple[str, ...]
