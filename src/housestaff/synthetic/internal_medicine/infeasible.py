"""Variants of program B that nobody can schedule, each with the few facts that clash."""

from __future__ import annotations

from dataclasses import replace

from housestaff.core.demand import Demand
from housestaff.core.program import Program
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.synthetic.reference import Infeasible

_SOMEBODY = "r100"


def infeasible_b(program: Program) -> tuple[Infeasible, ...]:
    """Three variants: more interns wanted than there are, more weeks than a year has, two windows on one stint."""
    return _too_many_wanted(program), _too_many_weeks(program), _two_windows(program)


def _too_many_wanted(program: Program) -> Infeasible:
    """The wards want more interns in a week than the program has."""
    blocks = program.calendar.series[0].blocks
    demand = Demand("WARDS interns in winter", "WARDS", "PGY-1", 75, first=blocks[15].first, last=blocks[15].last)
    return Infeasible(
        "demand",
        replace(program, demand=(*program.demand, demand)),
        (f"demand WARDS interns in winter: at least 75 from {demand.first}", "interns: 74"),
    )


def _too_many_weeks(program: Program) -> Infeasible:
    """Consults and the clinic weeks of a second-year resident need more weeks than the year has."""
    requirements = tuple(
        replace(r, least=44, most=44) if (r.level, r.rotation) == ("PGY-2", "CONS") else r for r in program.requirements
    )
    return Infeasible(
        "weeks",
        replace(program, requirements=requirements),
        ("requirement PGY-2 CONS: 44 weeks", "requirement PGY-2 Y: 10 weeks", "weeks of the year: 52"),
    )


def _two_windows(program: Program) -> Infeasible:
    """Two services are asked of one resident in the same stint."""
    weeks = RequirementUnit.WEEKS
    asked = tuple(
        Requirement("PGY-2", rotation, 2, 4, weeks, window=(5,), persons=(_SOMEBODY,), note="promised")
        for rotation in ("CCU", "CONS")
    )
    return Infeasible(
        "two windows",
        replace(program, requirements=(*program.requirements, *asked)),
        tuple(f"requirement {each.rotation} for {_SOMEBODY}: 2 weeks in stint 5" for each in asked),
    )
