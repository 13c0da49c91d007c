"""The year of rotations while it is open: the ways to spend a block, and the services counted as expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.calendar import Block
from housestaff.core.demand import Demand
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.core.time import Span
from housestaff.rules.service import FinishedService, is_for, weeks_in

SHORTEST_WITH_HALVES = 22
"""A block of fewer days than this is one unit; a longer one has two halves."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to spend a block: a rotation for all of it, or two halves of a combined one, in either order."""

    code: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """An option of a person in a block with its literal."""

    person: Person
    block: Block
    option: Option
    literal: Any

    def rotation_on(self, day: date) -> str:
        """The rotation of the option on a date of the block."""
        second = len(self.option.parts) > 1 and day >= self.block.middle
        return self.option.parts[1 if second else 0]


class OpenService(FinishedService):
    """The services of a year that is still open: the same counts as expressions over the picks."""

    def __init__(self, model: cp_model.CpModel, grid: Grid, picks: Sequence[Pick]) -> None:
        """Take the picks of everybody; stays in the grid (locked ones, history) are counted as they stand."""
        super().__init__(grid)
        self.model, self.picks = model, picks
        self._of: dict[tuple[str, int], list[Pick]] = defaultdict(list)
        for pick in picks:
            self._of[pick.person.id, pick.block.number].append(pick)

    @property
    def whole_year(self) -> bool:
        """The whole year is being decided."""
        return True

    @property
    def first(self) -> date:
        """The first date of the year."""
        return self.program.calendar.first

    @property
    def last(self) -> date:
        """The last date of the year."""
        return self.program.calendar.last

    def amount_of(self, person: Person, requirement: Requirement, *, outside: bool = False) -> Any:
        """How much of a required rotation a person may have."""
        total: Any = 0
        codes = self._codes(requirement.rotation)
        for block in self.program.series_of(person).blocks:
            if outside and (not requirement.window or block.number in requirement.window):
                continue
            picks = self._of[person.id, block.number]
            if not picks:
                total = total + self.amount_in(person, requirement, block)
            for pick in picks:
                total = total + self._worth(pick, requirement, codes, block) * pick.literal
        return total

    @staticmethod
    def _worth(pick: Pick, requirement: Requirement, codes: set[str], block: Block) -> int:
        parts = pick.option.parts
        if requirement.unit is RequirementUnit.WEEKS:
            return weeks_in(block) if parts[0] in codes else 0
        if len(codes) > 1:
            return int(set(parts) == codes)
        if requirement.unit is RequirementUnit.HALF_BLOCKS:
            return sum(part in codes for part in parts) * (1 if len(parts) > 1 else 2)
        return int(all(part in codes for part in parts))

    def order(self, person: Person, requirement: Requirement) -> Iterator[tuple[Any, Any, Span]]:
        """For each block: a stay on the later rotation, and the stays on the earlier one before it."""
        codes = self._codes(requirement.rotation)
        before: Any = sum(stint.rotation == requirement.after for stint in self.grid.person(person.id).stints)
        for block in self.program.series_of(person).blocks:
            picks = self._of[person.id, block.number]
            here = [pick.literal for pick in picks if set(pick.option.parts) & codes]
            if here:
                yield sum(here), before, self.program.zone.day_span(block.first, block.last)
            before = before + sum(pick.literal for pick in picks if requirement.after in pick.option.parts)

    @cached_property
    def _periods(self) -> list[date]:
        """The first days of the periods in which nobody changes rotation."""
        starts = {self.first}
        for pick in self.picks:
            starts.add(pick.block.first)
            if pick.block.length >= SHORTEST_WITH_HALVES:
                starts.add(pick.block.middle)
        return sorted(starts)

    @cached_property
    def _on(self) -> dict[tuple[str, date], list[Pick]]:
        found: dict[tuple[str, date], list[Pick]] = defaultdict(list)
        for pick in self.picks:
            for day in self._periods:
                if pick.block.holds(day):
                    found[pick.rotation_on(day), day].append(pick)
        return found

    def holders(self, demand: Demand) -> Iterator[tuple[Any, Span]]:
        """How many holders a line may have in each period of the year."""
        wanted = set(self._days_of(demand))
        for number, start in enumerate(self._periods):
            if start in wanted:
                end = self._periods[number + 1] - timedelta(days=1) if number + 1 < len(self._periods) else self.last
                locked = [p for p in self._on_service.get((demand.where, start), ()) if is_for(p, demand.who, start)]
                open_ = [
                    pick.literal for pick in self._on[demand.where, start] if is_for(pick.person, demand.who, start)
                ]
                yield len(locked) + sum(open_), self.program.zone.day_span(start, end)

    def crowds(self) -> Iterator[tuple[str, str, Any, int, Span]]:
        """For each rotation and level with a roof and each period: the people who may be there."""
        for rotation in self.program.rotations:
            for level, _least, most in rotation.capacity:
                for start in self._periods:
                    picks = [
                        pick.literal
                        for pick in self._on[rotation.code, start]
                        if level == "all" or is_for(pick.person, level, start)
                    ]
                    locked = sum(
                        level == "all" or is_for(person, level, start)
                        for person in self._on_service.get((rotation.code, start), ())
                    )
                    if locked + len(picks) > most:
                        yield rotation.code, level, locked + sum(picks), most, self.program.zone.day_span(start)
