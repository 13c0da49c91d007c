"""Call inside a service as data: lines that are alike, people who share them, and the windows of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from housestaff.core.demand import CallLine
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster, Stint
from housestaff.rules.service import is_for

_DAY = timedelta(days=1)
_STEP, _AHEAD, _SHORTEST = 28, 13, 14
"""A window decides four weeks, and looks nearly two weeks ahead, so that it leaves the next one a way."""


@dataclass(frozen=True)
class LikeLines:
    """Call lines that differ only in their names: whoever may have one may have the other."""

    lines: tuple[CallLine, ...]

    @property
    def line(self) -> CallLine:
        """The line that stands for all of them."""
        return self.lines[0]

    def takes(self, person: Person, day: date) -> bool:
        """Say whether a line asks for people of this level or skill."""
        return any(is_for(person, who, day) for who in self.line.who)

    def stays(self, program: Program, roster: Roster) -> list[Stint]:
        """The stays from which the names come."""
        people = program.person_by_id
        return [s for s in roster.stints if s.rotation in self.line.on and self.takes(people[s.person], s.first)]


@dataclass(frozen=True)
class Circle:
    """Lines whose holders are the same people now and then, so that they are dealt together."""

    groups: tuple[LikeLines, ...]
    people: frozenset[str]

    @property
    def name(self) -> str:
        """The rotations and levels that it is about."""
        rotations = dict.fromkeys(code for group in self.groups for code in group.line.on)
        levels = dict.fromkeys(who for group in self.groups for who in group.line.who)
        return f"{', '.join(rotations)} ({', '.join(levels)})"


@dataclass(frozen=True)
class Window:
    """The nights from `first` to `last` are decided; facts from `low` on and nights up to `until` are looked at."""

    low: date
    first: date
    last: date
    until: date


def service_lines(program: Program) -> list[CallLine]:
    """The lines whose names come from the people on a service."""
    return [line for line in program.calls if line.on and not line.with_weeks]


def circles(program: Program, roster: Roster) -> list[Circle]:
    """The lines of a program by the people who share them."""
    alike: dict[CallLine, list[CallLine]] = {}
    for line in service_lines(program):
        alike.setdefault(replace(line, id="", name=""), []).append(line)
    found: list[Circle] = []
    for lines in alike.values():
        group = LikeLines(tuple(lines))
        people = frozenset(stint.person for stint in group.stays(program, roster))
        beside = [circle for circle in found if circle.people & people]
        found = [circle for circle in found if circle not in beside]
        groups = (*(each for circle in beside for each in circle.groups), group)
        found.append(Circle(groups, people.union(*(circle.people for circle in beside))))
    return found


def windows(program: Program, roster: Roster, circle: Circle) -> Iterator[Window]:
    """The windows of the year; each begins early and ends late enough to hold the stays at its edges whole."""
    stays = [part for group in circle.groups for stint in group.stays(program, roster) for part in cut(program, stint)]
    first, end = program.calendar.first, program.calendar.last
    while first <= end:
        last = first + (_STEP - 1) * _DAY
        last = end if (end - last).days < _SHORTEST else last
        ahead = min(end, last + _AHEAD * _DAY)
        low = min([start for start, stop in stays if start <= first <= stop], default=first)
        until = max([stop for start, stop in stays if start <= last <= stop], default=ahead)
        yield Window(low, first, last, max(until, ahead))
        first = last + _DAY


def cut(program: Program, stint: Stint) -> Sequence[tuple[date, date]]:
    """A stay cut at the edges of the person's blocks, over which averages are taken."""
    blocks = program.series_of(program.person(stint.person)).blocks
    return [
        (max(stint.first, block.first), min(stint.last, block.last))
        for block in blocks
        if block.first <= stint.last and stint.first <= block.last
    ]
