"""Variants of program A that nobody can schedule, each with the few facts that clash."""

from __future__ import annotations

from dataclasses import replace

from housestaff.core.demand import Demand
from housestaff.core.program import Program
from housestaff.core.rotations import Requirement
from housestaff.synthetic.family_medicine.program import EARLY, LATE
from housestaff.synthetic.reference import Infeasible

_SECOND_YEAR = "r08"


def infeasible_a(program: Program) -> tuple[Infeasible, ...]:
    """Three variants: too many blocks of a rotation, a line that every window forbids, two windows on one block."""
    return _too_many_blocks(program), _nobody_for_the_line(program), _two_windows(program)


def _too_many_blocks(program: Program) -> Infeasible:
    """Two emergency blocks for each PGY-3 are more than one place and thirteen blocks hold."""
    kept = [r for r in program.requirements if (r.level, r.rotation) != ("PGY-3", "ED")]
    twice = Requirement("PGY-3", "ED", 2, 2, not_for=(EARLY,))
    once = Requirement("PGY-3", "ED", 1, 1, persons=(EARLY,), note="who finishes after block 10")
    return Infeasible(
        "capacity",
        replace(program, requirements=(*kept, twice, once)),
        (
            "capacity of ED: 1 at one time, 13 blocks",
            "requirement PGY-1 ED: 1 block for 6 residents",
            "requirement PGY-3 ED: 2 blocks for 4 residents, 1 for another",
        ),
    )


def _nobody_for_the_line(program: Program) -> Infeasible:
    """The inpatient team wants an intern in block 1, when all of them are in orientation or not there yet."""
    demand = Demand("Inpatient team PGY-1 in block 1", "IPT", "PGY-1", 1, at_most=1, blocks=(1,))
    return Infeasible(
        "window",
        replace(program, demand=(*program.demand, demand)),
        (
            "demand Inpatient team PGY-1 in block 1: at least 1",
            "requirement PGY-1 ORI: 1 block in block 1 for 5 residents",
            f"employment of {LATE}: from block 3",
        ),
    )


def _two_windows(program: Program) -> Infeasible:
    """Two whole blocks are asked of one resident in the same block."""
    asked = tuple(
        Requirement("PGY-2", rotation, 1, 1, window=(3,), persons=(_SECOND_YEAR,), note="clinic director")
        for rotation in ("GYN", "PALL")
    )
    return Infeasible(
        "two windows",
        replace(program, requirements=(*program.requirements, *asked)),
        (
            f"requirement GYN for {_SECOND_YEAR}: 1 block in block 3",
            f"requirement PALL for {_SECOND_YEAR}: 1 block in block 3",
        ),
    )
