"""The grid: every half-day of every person with the whole stack of what stands there, and the duties that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from housestaff.core.changes import Change
from housestaff.core.nights import people_touched
from housestaff.core.person_grid import PersonGrid, RosterFacts
from housestaff.core.program import Program
from housestaff.core.roster import Cell, Entry, HalfDay, Roster
from housestaff.core.stack import stack_told
from housestaff.core.time import Half


class Grid:
    """A program and a roster read together; a person is worked out when first asked for and then remembered."""

    def __init__(self, program: Program, roster: Roster, *, known: Mapping[str, PersonGrid] | None = None) -> None:
        """Read a roster; `known` carries people whose facts did not change over from an older grid."""
        self.program, self.roster = program, roster
        self._people: dict[str, PersonGrid] = dict(known or {})
        self._facts: RosterFacts | None = None

    @property
    def period(self) -> tuple[date, date]:
        """First and last date that the roster speaks of."""
        return self.roster.complete or (self.program.calendar.first, self.program.calendar.last)

    def person(self, id_: str) -> PersonGrid:
        """The half-days and duties of one person."""
        if id_ not in self._people:
            if self._facts is None:
                self._facts = RosterFacts(self.program, self.roster)
            self._people[id_] = PersonGrid(self.program, self.program.person(id_), self._facts, self.period)
        return self._people[id_]

    def changed(self, roster: Roster, change: Change) -> Grid:
        """The grid of the roster that a change makes of this one: only what the change touches is worked out anew."""
        if Grid(self.program, roster).period != self.period:
            return Grid(self.program, roster)
        people = people_touched(self.program, change, self.roster, roster)
        grid = Grid(self.program, roster, known={id_: mine for id_, mine in self._people.items() if id_ not in people})
        facts = self._facts
        if facts is None or not change.is_of_halves or bool(roster.halves) != facts.has_halves:
            return grid
        places = [*change.removed.halves, *change.added.halves]
        grid._facts = facts.with_entries(roster.halves, places)
        mine: dict[str, set[tuple[date, Half]]] = defaultdict(set)
        for place in places:
            mine[place.person].add((place.day, place.half))
        for id_, touched in mine.items():
            older = self._people.get(id_)
            newer = older.edited(grid._facts, touched) if older else None
            if newer is not None:
                grid._people[id_] = newer
        return grid

    def has_known(self, id_: str, older: Grid) -> bool:
        """Say whether a person's half-days were taken over from an older grid unchanged."""
        return id_ in self._people and self._people[id_] is older._people.get(id_)

    def stack(self, place: HalfDay) -> tuple[Entry, ...]:
        """All facts about a half-day, lowest layer first."""
        return self.person(place.person).stack(place.day, place.half)

    def code(self, place: HalfDay) -> str:
        """The code that stands on a half-day; empty where nothing is known."""
        return self.person(place.person).code(place.day, place.half)

    def cells(self) -> list[Cell]:
        """Every duty of the period and who holds it."""
        return [Cell(duty, person.id) for person in self.program.people for duty in self.person(person.id).duties]

    def explain(self, place: HalfDay) -> str:
        """Tell a cell's whole stack in a sentence: what stands, and everything under it."""
        return stack_told(place, self.stack(place))
