"""Variants of program C that nobody can schedule, each with the few facts that clash."""

from __future__ import annotations

from dataclasses import replace

from housestaff.core.demand import Demand
from housestaff.core.program import Program
from housestaff.synthetic.reference import Infeasible


def infeasible_c(program: Program) -> tuple[Infeasible, ...]:
    """Two variants: a department that wants more of a level than there is, and more blocks than a rotation holds."""
    return _too_many_wanted(program), _too_many_blocks(program)


def _too_many_wanted(program: Program) -> Infeasible:
    """The department wants more third-year residents in one block than the program has."""
    demand = Demand("Department PGY-3 in block 5", "ED", "PGY-3", 13, blocks=(5,))
    return Infeasible(
        "demand",
        replace(program, demand=(*program.demand, demand)),
        ("demand Department PGY-3 in block 5: at least 13", "residents of PGY-3 in block 5: 12"),
    )


def _too_many_blocks(program: Program) -> Infeasible:
    """Everybody of the first year must be on trauma in the first block, which takes three."""
    requirements = tuple(
        replace(r, window=(1,)) if (r.level, r.rotation) == ("PGY-1", "TRAUMA") else r for r in program.requirements
    )
    return Infeasible(
        "capacity",
        replace(program, requirements=requirements),
        ("requirement PGY-1 TRAUMA: 1 block in block 1 for 12 residents", "capacity of TRAUMA: 3 at one time"),
    )
