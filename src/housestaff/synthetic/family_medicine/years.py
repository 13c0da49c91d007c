"""The witness's year of rotations of program A."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from housestaff.core.calendar import Block
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.synthetic.arranging import Puzzle, arrange
from housestaff.synthetic.required import blocks_of, items_of, level_of, windows

_ONE_PER_BLOCK_OF_NIGHTS = 2
"""Two people have night float in each block: one in each half."""


def rotations_of_the_year(program: Program, extras: Mapping[str, list[str]], dice: Random) -> list[Stint]:
    """Every resident's stays of the year: the least of the requirements, and extras dealt out."""
    columns = {person.id: blocks_of(program, person) for person in program.residents}
    items = items_of(program, columns, extras, dice)

    def groups(person: str, item: str) -> tuple[str, ...]:
        level = level_of(program, program.person(person))
        if item == "IPT":
            return (f"IPT {level}",)
        return ("NF", item) if item.startswith("NF+") else (item,)

    rows = arrange(Puzzle(columns, items, groups, _limits(program), windows(program)), dice)
    return list(_stays(program, rows, dice))


def _limits(program: Program) -> Callable[[str, int], tuple[int, int]]:
    demanded = {(f"IPT {d.who}", block): d.at_least for d in program.demand if d.where == "IPT" for block in d.blocks}

    def limits(group: str, column: int) -> tuple[int, int]:
        if group.startswith("IPT "):
            count = demanded.get((group, column), 0)
            return count, count
        if group == "NF":
            return _ONE_PER_BLOCK_OF_NIGHTS, _ONE_PER_BLOCK_OF_NIGHTS
        rotation = program.rotation(group)
        roofs = [program.rotation(code).capacity_of("all")[1] or 99 for code in rotation.halves or (group,)]
        return 0, max(roofs) if group.startswith("NF+") else min(roofs)

    return limits


def _stays(program: Program, rows: Mapping[str, Mapping[int, str]], dice: Random) -> Iterator[Stint]:
    """The stays that follow from the blocks; of two people with night float one has it in each half."""
    nights_before = ""
    for block in program.calendar.series[0].blocks:
        night_people = [id_ for id_, row in rows.items() if row.get(block.number, "").startswith("NF+")]
        dice.shuffle(night_people)
        if night_people[0] == nights_before:
            night_people.reverse()
        nights_before = night_people[-1]
        for id_, row in rows.items():
            code = row.get(block.number)
            if code is not None:
                yield from _parts(program, id_, block, code, night_first=id_ == night_people[0])


def _parts(program: Program, person: str, block: Block, code: str, *, night_first: bool) -> Iterator[Stint]:
    halves = program.rotation(code).halves
    if not halves:
        yield Stint(person, code, block.first, block.last)
        return
    night = code.startswith("NF+")
    ordered = halves if not night or night_first else halves[::-1]
    for (first, last), part in zip(block.halves(), ordered, strict=True):
        yield Stint(person, part, first, last)
