"""A swap tried on a copy: what it would change, and what the judge says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from housestaff.core.changes import Change, diff
from housestaff.core.errors import BadInput, NotFound, RuleBroken, Stale
from housestaff.core.moves import Move, moved
from housestaff.core.program import Program
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.rules.change_judge import Verdicts, judge_change

WHY = "swap"


@dataclass(frozen=True, slots=True)
class Tried:
    """What moves would change, and what follows."""

    change: Change
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Published:
    """The published schedule that holds some duties, with its program and their cells."""

    schedule: Schedule
    program: Program
    cells: Mapping[str, Mapping[str, Any]]

    @property
    def first_start(self) -> datetime:
        """When the first of the duties begins."""
        return min(cell["starts_at"] for cell in self.cells.values())


class Floor:
    """Where swaps are tried: the published schedules of a unit."""

    def __init__(self, programs: Programs, schedules: Schedules) -> None:
        """The stores of one unit."""
        self.programs, self.schedules = programs, schedules

    def holding(self, duty_ids: Iterable[str], *, lock: bool = False) -> Published:
        """The one published schedule that holds all of some duties; raises `NotFound`, `BadInput`."""
        cells: dict[str, Mapping[str, Any]] = {}
        for duty in dict.fromkeys(duty_ids):
            found = self.schedules.cells.of_duty(duty)
            if found is None:
                raise NotFound("There is no such duty in a published schedule.")
            cells[duty] = found
        schedules = {cell["schedule_id"] for cell in cells.values()}
        if len(schedules) != 1:
            raise BadInput("the duties are of two schedules, or there is none.", place="give", remedy="Swap in each.")
        schedule = self.schedules.get(schedules.pop(), lock=lock).as_published()
        return Published(schedule, self.programs.get(schedule.period.first_day), cells)

    def tried(self, there: Published, moves: Iterable[Move]) -> Tried:
        """What moves would do to the newest version; raises `BadInput` or `Stale` where a duty cannot go."""
        view = self.schedules.view(there.schedule, there.program)
        after = moved(view.grid, moves, why=WHY)
        change = diff(view.grid.roster, after)
        if change.is_nothing:
            raise BadInput("nothing would change.", place="give", remedy="Choose other duties.")
        return Tried(change, judge_change(view, after, change))

    def checked(self, there: Published, moves: Iterable[Move]) -> Tried:
        """The same, refused with the findings where a rule that must hold is newly broken."""
        tried = self.tried(there, moves)
        if tried.verdicts.newly_broken:
            raise RuleBroken(tried.verdicts.newly_broken)
        return tried


def refuse_begun(there: Published, now: datetime) -> None:
    """Raise `Stale` where one of the duties has begun."""
    if there.first_start <= now:
        raise Stale("The first of these duties has begun.")
