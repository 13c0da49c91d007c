"""Arranging a year: what each person must have is spread over the columns so that every column holds what it may.

Plain seeded search, so that a witness roster does not depend on any version of the solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random

from housestaff.core.errors import BadInput

_TRIES = 6
_STEPS = 400_000
_HOT, _COLD = 1.5, 0.08
_MISPLACED = 4


class GeneratorError(BadInput):
    """The numbers of a reference program cannot all hold; the ones that clash are named."""


@dataclass(frozen=True)
class Puzzle:
    """What is to be arranged.

    `items` are the things each person must have, one a column of that person; `groups` says which counts an item adds
    to; `limits` gives for a group and column (least, most); `may` says whether a person may have an item in a column.
    """

    columns: Mapping[str, Sequence[int]]
    items: Mapping[str, Sequence[str]]
    groups: Callable[[str, str], Sequence[str]]
    limits: Callable[[str, int], tuple[int, int]]
    may: Callable[[str, str, int], bool] = field(default=lambda _person, _item, _column: True)


def arrange(puzzle: Puzzle, dice: Random) -> dict[str, dict[int, str]]:
    """Each person's item in each column; a clash of the numbers stops with what is left over."""
    for person, items in puzzle.items.items():
        if len(items) != len(puzzle.columns[person]):
            raise GeneratorError(f"{person} has {len(puzzle.columns[person])} places for {len(items)} items.")
    left = ""
    for _ in range(_TRIES):
        search = _Search(puzzle, dice)
        if search.run():
            return search.rows
        left = search.told()
    raise GeneratorError(f"no arrangement of the year was found; left over: {left}.", place="witness")


class _Search:
    """Simulated annealing: two columns of one person change places."""

    def __init__(self, puzzle: Puzzle, dice: Random) -> None:
        self.puzzle, self.dice = puzzle, dice
        self.rows: dict[str, dict[int, str]] = {}
        for person, items in puzzle.items.items():
            mixed = list(items)
            dice.shuffle(mixed)
            self.rows[person] = dict(zip(puzzle.columns[person], mixed, strict=True))
        self._groups: dict[tuple[str, str], tuple[str, ...]] = {}
        self._limits: dict[tuple[str, int], tuple[int, int]] = {}
        self.counts: dict[tuple[str, int], int] = defaultdict(int)
        known: set[str] = set()
        for person, row in self.rows.items():
            for column, item in row.items():
                for group in self.groups(person, item):
                    self.counts[group, column] += 1
                    known.add(group)
        every = sorted({column for columns in puzzle.columns.values() for column in columns})
        self.places = [(group, column) for group in sorted(known) for column in every]

    def groups(self, person: str, item: str) -> tuple[str, ...]:
        """The counts that an item of a person adds to."""
        key = person, item
        if key not in self._groups:
            self._groups[key] = tuple(self.puzzle.groups(person, item))
        return self._groups[key]

    def wrong(self, place: tuple[str, int], count: int) -> int:
        """How far a count is outside its limits."""
        if place not in self._limits:
            self._limits[place] = self.puzzle.limits(*place)
        least, most = self._limits[place]
        return max(0, least - count, count - most)

    def cost(self) -> int:
        """All that is wrong."""
        counts = sum(self.wrong(place, self.counts[place]) for place in self.places)
        misplaced = sum(
            not self.puzzle.may(person, item, column)
            for person, row in self.rows.items()
            for column, item in row.items()
        )
        return counts + _MISPLACED * misplaced

    def run(self) -> bool:
        """Search until nothing is wrong or the steps are used up."""
        people = [person for person, row in self.rows.items() if len(set(row.values())) > 1]
        cost = self.cost()
        for step in range(_STEPS):
            if cost == 0:
                return True
            heat = _HOT * (_COLD / _HOT) ** (step / _STEPS)
            person = people[int(self.dice.random() * len(people))]
            row, columns = self.rows[person], self.puzzle.columns[person]
            one = columns[int(self.dice.random() * len(columns))]
            other = columns[int(self.dice.random() * len(columns))]
            if row[one] == row[other]:
                continue
            change = self._swap(person, one, other)
            if change <= 0 or self.dice.random() < exp(-change / heat):
                cost += change
            else:
                self._swap(person, one, other)
        return cost == 0

    def _swap(self, person: str, one: int, other: int) -> int:
        """Let two columns of a person change places and say by how much the cost grew."""
        row, may = self.rows[person], self.puzzle.may
        before_one, before_other = row[one], row[other]
        change = _MISPLACED * (
            (not may(person, before_other, one))
            + (not may(person, before_one, other))
            - (not may(person, before_one, one))
            - (not may(person, before_other, other))
        )
        row[one], row[other] = before_other, before_one
        for column, gone, come in ((one, before_one, before_other), (other, before_other, before_one)):
            for group in self.groups(person, gone):
                change += self._count(group, column, -1)
            for group in self.groups(person, come):
                change += self._count(group, column, 1)
        return change

    def _count(self, group: str, column: int, step: int) -> int:
        place = group, column
        old = self.counts[place]
        self.counts[place] = old + step
        return self.wrong(place, old + step) - self.wrong(place, old)

    def told(self) -> str:
        """What is still wrong, by name."""
        found = [
            f"{group} in {column}"
            for group, column in self.places
            if self.wrong((group, column), self.counts[group, column])
        ]
        return ", ".join(found[:5])
