"""Program A with leave and witness: a year that keeps every rule, built by plain seeded search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random
from types import MappingProxyType

from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import Roster, Stint
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.family_medicine.calls import crews, faculty_nights, inpatient_weeks, resident_nights
from housestaff.synthetic.family_medicine.half_days import HalfDays
from housestaff.synthetic.family_medicine.leaves import away_days, faculty_leaves, resident_leaves, with_own_weekends
from housestaff.synthetic.family_medicine.program import bare_program, history_a
from housestaff.synthetic.family_medicine.years import rotations_of_the_year
from housestaff.synthetic.reference import Reference

_ATTENDING_WEEK = "FMIT"
_DEALS = 20


@cache
def reference_a(seed: int) -> Reference:
    """Program A of a seed with its leave, its history and its witness roster."""
    dice = Random(seed)
    program = bare_program(seed)
    history = history_a(program)
    stays = rotations_of_the_year(program, tables.table("family_medicine")["witness"]["extras"], dice)
    weeks = inpatient_weeks(program, history.stints, _ATTENDING_WEEK, dice)
    lines = program.call_by_id
    crew_on = crews(program, lines["weekend_night"], stays)
    leaves = (*_leaves_that_fit(program, stays, crew_on, dice), *faculty_leaves(program, weeks, dice))
    program = replace(program, leaves=leaves)
    away = away_days(leaves)
    held = [stint for stint in (*history.stints, *weeks) if stint.rotation == _ATTENDING_WEEK]
    calls = {
        **faculty_nights(program, lines["faculty_call"], held, away, dice),
        **resident_nights(program, lines["weekend_night"], crew_on, with_own_weekends(away), dice),
    }
    stints = sorted((*history.stints, *stays, *weeks), key=lambda stint: (stint.person, stint.first))
    roster = Roster(
        stints=tuple(stints),
        calls=MappingProxyType(dict(sorted(calls.items()))),
        complete=(program.calendar.first, program.calendar.last),
    )
    halves = HalfDays(program, roster, dice).filled()
    cells = {place: (halves[place],) for place in sorted(halves)}
    return Reference(program, history, replace(roster, halves=MappingProxyType(cells)))


def _leaves_that_fit(
    program: Program, stays: Sequence[Stint], crew_on: dict[date, set[str]], dice: Random
) -> list[Leave]:
    """The residents' leave; a deal of the dice that runs out of places is dealt anew."""
    for _ in range(_DEALS - 1):
        try:
            return resident_leaves(program, stays, crew_on, dice)
        except GeneratorError:
            continue
    return resident_leaves(program, stays, crew_on, dice)


def program_a(seed: int) -> Program:
    """The program file of family medicine A."""
    return reference_a(seed).program
