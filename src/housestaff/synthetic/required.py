"""What each resident must have in a year of blocks: the least of the requirements, and extras where blocks are left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random

from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.synthetic.arranging import GeneratorError


def level_of(program: Program, person: Person) -> str:
    """The level that a resident has on their first day of the year."""
    return person.level_on(max(program.calendar.first, person.employment[0].first))


def blocks_of(program: Program, person: Person) -> list[int]:
    """The numbers of the blocks for all of which a resident is there."""
    blocks = program.series_of(person).blocks
    return [block.number for block in blocks if person.is_employed(block.first) and person.is_employed(block.last)]


def asked(program: Program, person: Person) -> Iterator[Requirement]:
    """The requirements in blocks that are for a person."""
    level = level_of(program, person)
    for requirement in program.requirements:
        named = person.id in requirement.persons or (not requirement.persons and requirement.level == level)
        if requirement.unit is RequirementUnit.BLOCKS and named and person.id not in requirement.not_for:
            yield requirement


def windows(program: Program) -> Callable[[str, str, int], bool]:
    """Whether a person may have a rotation in a block, by the windows of the requirements."""
    held = {(p.id, r.rotation): r.window for p in program.residents for r in asked(program, p) if r.window}

    def may(person: str, item: str, column: int) -> bool:
        window = held.get((person, item))
        return not window or column in window

    return may


def items_of(
    program: Program, columns: Mapping[str, list[int]], extras: Mapping[str, list[str]], dice: Random
) -> dict[str, list[str]]:
    """What each resident has; requirements that need more blocks than there are stop with their numbers."""
    items: dict[str, list[str]] = {}
    for person in program.residents:
        items[person.id] = [r.rotation for r in asked(program, person) for _ in range(r.least)]
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
