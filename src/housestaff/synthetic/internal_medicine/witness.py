"""Program B with leave and witness: stints, call by chairs, days off, half-days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from math import ceil
from random import Random
from types import MappingProxyType

from housestaff.core.grid import Grid
from housestaff.core.person_grid import PersonGrid
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.time import Half, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.internal_medicine.chairs import nights_of_call, rested_on
from housestaff.synthetic.internal_medicine.leaves import leaves_of_the_year
from housestaff.synthetic.internal_medicine.program import TABLE, bare_program
from housestaff.synthetic.internal_medicine.stints import stints_of_the_year
from housestaff.synthetic.reference import Reference

_DAY = timedelta(days=1)
IN_HOUSE = ("micu_intern_1", "micu_intern_2", "micu_senior")


@cache
def reference_b(seed: int) -> Reference:
    """Program B of a seed with its leave and its witness roster; it has no history."""
    dice, rows = Random(seed), tables.table(TABLE)
    program = bare_program(seed)
    stints = stints_of_the_year(program, rows, dice)
    calls = nights_of_call(program, stints)
    on_call = rested_on(calls, IN_HOUSE)
    program = replace(program, leaves=leaves_of_the_year(program, stints, on_call, rows["leave"], dice))
    roster = Roster(
        stints=tuple(stints),
        calls=MappingProxyType(dict(sorted(calls.items()))),
        complete=(program.calendar.first, program.calendar.last),
    )
    return Reference(
        program, Roster(), replace(roster, halves=MappingProxyType(_half_days(program, roster, on_call, dice)))
    )


def program_b(seed: int) -> Program:
    """The program file of internal medicine B."""
    return reference_b(seed).program


def _half_days(
    program: Program, roster: Roster, on_call: Mapping[str, set[date]], dice: Random
) -> dict[HalfDay, tuple[Entry, ...]]:
    """A code on every half-day that is not leave or after call, with the issued days off."""
    grid = Grid(program, roster)
    found: dict[HalfDay, tuple[Entry, ...]] = {}
    for person in program.residents:
        known = grid.person(person.id)
        for stint in known.stints:
            off = set(_days_off(program, stint, known, on_call.get(person.id, set()), dice))
            rotation = program.rotation(stint.rotation)
            for day in days(stint.first, stint.last):
                for half in Half:
                    entry = known.codes.get((day, half))
                    if entry is not None and entry.layer > Layer.TEMPLATE:
                        continue
                    session = rotation.session_of({person.stage})
                    code = "OFF" if day in off else entry.code if entry else session
                    found[HalfDay(person.id, day, half)] = (Entry(Layer.SOLVER, code),)
    return dict(sorted(found.items()))


def _days_off(program: Program, stint: Stint, known: PersonGrid, on_call: set[date], dice: Random) -> Sequence[date]:
    """One day off for each begun week of a service: on a working day, never beside leave, not at the very end."""
    if program.rotation(stint.rotation).days_off.managed_by != "solver":
        return ()
    count = ceil(((stint.last - stint.first).days + 1) / 7 - 0.15)
    quiet = [
        day
        for day in days(stint.first, stint.last)
        if day not in on_call
        and _is_template(known, day)
        and not _near_leave(known, day)
        and not (stint.rotation == "MICU" and (day == stint.first or stint.last - day < 2 * _DAY))
    ]
    if stint.rotation == "MICU":
        return sorted(dice.sample(quiet, min(count, len(quiet))))
    weekday = dice.choice([Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY])
    chosen: list[date] = []
    for n in range(count):
        week = [day for day in quiet if n * 7 <= (day - stint.first).days < n * 7 + 7]
        chosen += [day for day in week if day.weekday() == weekday][:1] or week[-1:]
    return chosen


def _is_template(known: PersonGrid, day: date) -> bool:
    entries = [known.codes.get((day, half)) for half in Half]
    return all(entry is not None and entry.layer is Layer.TEMPLATE for entry in entries)


def _near_leave(known: PersonGrid, day: date) -> bool:
    return any((day + n * _DAY, half) in known.away for n in (-1, 1) for half in Half)
