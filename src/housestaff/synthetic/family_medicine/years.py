"""The witness's year of rotations of program A."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from housestaff.core.calendar import Block
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.synthetic.arranging import GeneratorError, Puzzle, arrange

_ONE_PER_BLOCK_OF_NIGHTS = 2
"""Two people have night float in each block: one in each half."""


def rotations_of_the_year(program: Program, extras: Mapping[str, list[str]], dice: Random) -> list[Stint]:
    """Every resident's stays of the year: the least of the requirements, and extras dealt out."""
    columns = {person.id: _blocks_of(program, person) for person in program.residents}
    items = _items(program, columns, extras, dice)
    windows = {
        (person.id, r.rotation): r.window for person in program.residents for r in _asked(program, person) if r.window
    }

    def may(person: str, item: str, column: int) -> bool:
        window = windows.get((person, item))
        return not window or column in window

    def groups(person: str, item: str) -> tuple[str, ...]:
        level = level_of(program, program.person(person))
        if item == "IPT":
            return (f"IPT {level}",)
        return ("NF", item) if item.startswith("NF+") else (item,)

    rows = arrange(Puzzle(columns, items, groups, _limits(program), may), dice)
    return list(_stays(program, rows, dice))


def level_of(program: Program, person: Person) -> str:
    """The level that a resident has in their first block of the year."""
    start = max(program.calendar.first, person.employment[0].first)
    return person.level_on(start)


def _blocks_of(program: Program, person: Person) -> list[int]:
    return [
        b.number for b in program.series_of(person).blocks if person.is_employed(b.first) and person.is_employed(b.last)
    ]


def _asked(program: Program, person: Person) -> Iterator[Requirement]:
    """The requirements in blocks that are for a person."""
    level = level_of(program, person)
    for requirement in program.requirements:
        named = person.id in requirement.persons or (not requirement.persons and requirement.level == level)
        if requirement.unit is RequirementUnit.BLOCKS and named and person.id not in requirement.not_for:
            yield requirement


def _items(
    program: Program, columns: Mapping[str, list[int]], extras: Mapping[str, list[str]], dice: Random
) -> dict[str, list[str]]:
    """What each resident has: the least of every requirement, then extras of the level where blocks are left."""
    items: dict[str, list[str]] = {}
    for person in program.residents:
        items[person.id] = [r.rotation for r in _asked(program, person) for _ in range(r.least)]
        if len(items[person.id]) > len(columns[person.id]):
            raise GeneratorError(
                f"the requirements of {level_of(program, person)} need {len(items[person.id])} blocks, "
                f"{person.id} has {len(columns[person.id])}."
            )
    for level, left in extras.items():
        people = [p.id for p in program.residents if level_of(program, p) == level]
        room = {id_: len(columns[id_]) - len(items[id_]) for id_ in people}
        if sum(room.values()) != len(left):
            raise GeneratorError(f"{level} has {sum(room.values())} open blocks for {len(left)} extras.")
        for id_, more in _dealt(room, left, dice).items():
            items[id_] += more
    return items


def _dealt(room: Mapping[str, int], extras: list[str], dice: Random) -> dict[str, list[str]]:
    """Deal extras out so that nobody has one kind twice."""
    while True:
        deck = list(extras)
        dice.shuffle(deck)
        dealt: dict[str, list[str]] = {}
        for id_, count in room.items():
            dealt[id_], deck = deck[:count], deck[count:]
        if all(len(set(hand)) == len(hand) for hand in dealt.values()):
            return dealt


def _limits(program: Program):  # noqa: ANN202
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
