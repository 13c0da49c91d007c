"""Seven weeks of an internal medicine program in five cohorts, small enough to be solved in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from housestaff.core.calendar import BlockSeries
from housestaff.core.leave import Leave
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster, Stint
from housestaff.synthetic.internal_medicine.program import bare_program

LAST = date(2025, 8, 17)
INTERNS, SENIORS = ("MICU", "MICU", "WARDS", "NF"), ("MICU", "MICU", "CONS", "CONS", "CONS", "CCU")
"""What the first people of each cohort are on; with every stint all of them move up by one place."""


def seven_weeks(*leaves: Leave, only: str = "") -> tuple[Program, Roster]:
    """The first weeks of program B with a few people of each cohort, their stays, and the call lines asked for."""
    bare = bare_program(7)
    calendar = replace(bare.calendar, series=tuple(map(_cut, bare.calendar.series)))
    people = {person: rows for rows in (INTERNS, SENIORS) for person in _first_of_each_cohort(bare, rows)}
    calls = tuple(line for line in bare.calls if line.id.startswith(only))
    program = replace(bare, calendar=calendar, people=tuple(people), demand=(), requirements=(), calls=calls)
    program = replace(program, leaves=leaves)
    stints = [stint for person, rows in people.items() for stint in _stays(program, person, rows)]
    return program, Roster(stints=tuple(stints), complete=(calendar.first, calendar.last))


def _cut(series: BlockSeries) -> BlockSeries:
    blocks = [block for block in series.blocks if block.first <= LAST]
    return replace(series, blocks=(*blocks[:-1], replace(blocks[-1], last=LAST)))


def _first_of_each_cohort(program: Program, rows: tuple[str, ...]) -> Iterator[Person]:
    level = [p for p in program.residents if (p.level_on(LAST) == "PGY-1") == (rows is INTERNS)]
    for cohort in range(1, 6):
        yield from [person for person in level if person.cohort == cohort][: len(rows)]


def _stays(program: Program, person: Person, rows: tuple[str, ...]) -> Iterator[Stint]:
    place = int(person.id[1:])
    for block in program.series_of(person).blocks:
        is_clinic_week = (block.number - 1) % 3 == (person.cohort or 0) // 2 % 3
        rotation = "Y" if is_clinic_week else rows[(place + block.number) % len(rows)]
        yield Stint(person.id, rotation, block.first, block.last)
