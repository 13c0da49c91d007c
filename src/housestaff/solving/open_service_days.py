"""The open days and nights of people on a service with call: worked or off, on call or not, and what follows a call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.duties import Duty, DutyKind
from housestaff.core.finding import Force
from housestaff.core.grid import Grid
from housestaff.core.nights import duties_of_night
from housestaff.core.people import Person
from housestaff.core.person_grid import PersonGrid
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster
from housestaff.core.time import Half, Span, days
from housestaff.core.view import Segment
from housestaff.rules.fairness.shares import Availability
from housestaff.rules.ruleset import ruleset_for
from housestaff.solving.call_windows import Circle, LikeLines, Window
from housestaff.solving.choices import Choice
from housestaff.solving.model import keep
from housestaff.solving.nearby import around
from housestaff.solving.open_roster import OpenRoster
from housestaff.solving.resident_calls import RESIDENT_RULES

_DAY = timedelta(days=1)
_REACH = 2 * _DAY
"""How far from a stay duties still matter to the rests around its calls."""


class ServiceRoster(OpenRoster):
    """The open roster of a window: only the stays with call are asked about, and only what stands near them."""

    people_asked: frozenset[str]
    asked: Mapping[str, Sequence[tuple[date, date]]]
    replaced: frozenset[str]

    def segments(self, person: Person) -> Sequence[Segment]:
        """The segments in which a night is open."""
        asked = self.asked.get(person.id, ())
        return [
            segment
            for segment in super().segments(person)
            if any(first <= segment.last and segment.first <= last for first, last in asked)
        ]

    def fixed_duties(self, person: Person) -> Iterator[Duty]:
        """The duties near the stays with call, without those that are open."""
        asked = self.asked.get(person.id, ())
        for duty in self.grid.person(person.id).duties:
            near = any(first - _REACH <= duty.day <= last + _REACH for first, last in asked)
            if near and duty.id not in self.replaced:
                yield duty

    @property
    def people(self) -> Sequence[Person]:
        """The people of the window."""
        return [person for person in self.program.residents if person.id in self.people_asked]


class OpenServiceDays:
    """The literals of a window: names of nights, and for each day of a service whether it is worked."""

    def __init__(
        self, program: Program, roster: Roster, circle: Circle, window: Window, *, short: Container[tuple[str, date]]
    ) -> None:
        """Open the nights of the window and the days of the stays that hold them, but for those short of free days."""
        self.program, self.circle, self.window = program, circle, window
        self.model = cp_model.CpModel()
        self.near = around(roster, window.low, window.until, circle.people)
        self.grid = Grid(program, self.near)
        self.names: dict[tuple[LikeLines, date], list[tuple[str, Any]]] = defaultdict(list)
        self.calls: dict[str, dict[date, Any]] = defaultdict(dict)
        self.works: dict[tuple[str, date], Any] = {}
        self._choices: dict[str, list[Choice]] = defaultdict(list)
        self._replaced: set[str] = set()
        self._away = Availability(program)
        self._short = short
        self._stays = self._stays_asked()
        standby = {line.id for line in program.calls if line.is_standby}
        for night, names in self.near.calls.items():
            for entry in names if night.line not in standby else ():
                if entry.person in self._stays:
                    self.calls[entry.person][night.day] = 1
        for id_, stays in self._stays.items():
            for first, last in stays:
                self._open_stay(program.person(id_), first, last)

    def _stays_asked(self) -> dict[str, list[tuple[date, date]]]:
        """The stays with call inside the window by person, without those that leave has left short of free days."""
        found: dict[str, list[tuple[date, date]]] = defaultdict(list)
        rotations = {code for group in self.circle.groups for code in group.line.on}
        for stint in self.near.stints:
            first, last = max(stint.first, self.window.low), min(stint.last, self.window.until)
            in_circle = stint.person in self.circle.people and stint.rotation in rotations
            short = any((stint.person, day) in self._short for day in days(first, last))
            if in_circle and first <= last and last >= self.window.first and not short:
                found[stint.person].append((first, last))
        return found

    def _open_stay(self, person: Person, first: date, last: date) -> None:
        """Open the days of a stay, then its nights, each with the day after it."""
        known = self.grid.person(person.id)
        for day in days(first, last):
            if self._may_be_off(known, day):
                self._open_day(known, day)
        for day in days(max(first, self.window.first), last):
            mine = [(group, self._open_night(group, known, day)) for group in self._groups_for(known, day)]
            if mine:
                self.model.add_at_most_one(literal for _group, literal in mine)
            calls = [literal for group, literal in mine if not group.line.is_standby]
            if calls:
                self.calls[person.id][day] = calls[0] if len(calls) == 1 else self._any_of(calls)

    def _any_of(self, literals: Sequence[Any]) -> Any:
        found = self.model.new_bool_var("on call")
        self.model.add(sum(literals) == found)
        return found

    def _may_be_off(self, known: PersonGrid, day: date) -> bool:
        rotation = known.rotation_on(day)
        return rotation is not None and rotation.days_off.managed_by == "solver" and _is_open(known, day)

    def _open_day(self, known: PersonGrid, day: date) -> Any:
        """A day that may be off, or that falls away after a call, as one duty from morning to evening."""
        id_ = known.person.id
        if (id_, day) not in self.works:
            works = self.works[id_, day] = self.model.new_bool_var(f"{id_} works {day}")
            halves = [known.duty_of(day, half, known.codes[day, half]) for half in Half if (day, half) in known.codes]
            duties = [duty for duty in halves if duty is not None]
            self._replaced |= {duty.id for duty in duties}
            for duty in _as_one(duties):
                self._choices[id_].append(Choice(duty, works, group=f"{id_} {day}"))
        return self.works[id_, day]

    def _groups_for(self, known: PersonGrid, day: date) -> Iterator[LikeLines]:
        """The lines that a person may have on a night, by stay, level, leave and what else stands there."""
        rotation, person = known.rotation_on(day), known.person
        fixed = any(person.id in self.near.on_call(line.id, day) for line in self.program.calls)
        if rotation is None or fixed or not self._away.may_take(person, day):
            return
        for group in self.circle.groups:
            line = group.line
            in_house = line.kind is DutyKind.IN_HOUSE_CALL
            at_work = (person.id, day) in self.works or known.code(day, Half.PM) == rotation.code
            fits = rotation.code in line.on and day.weekday() in line.weekdays and group.takes(person, day)
            if fits and (at_work or not in_house):
                yield group

    def _open_night(self, group: LikeLines, known: PersonGrid, day: date) -> Any:
        """A night that a person may have: it follows a day of work, and the next day is what the line says."""
        line, id_ = group.line, known.person.id
        literal = self.model.new_bool_var(f"{id_} {line.id} {day}")
        self.names[group, day].append((id_, literal))
        for duty in duties_of_night(self.program, line, day, id_):
            self._choices[id_].append(Choice(duty, literal))
        if line.kind is DutyKind.IN_HOUSE_CALL and (id_, day) in self.works:
            self.model.add_implication(literal, self.works[id_, day])
        if line.after:
            self._after(known, day + _DAY, literal)
        return literal

    def _after(self, known: PersonGrid, day: date, call: Any) -> None:
        """The day after a call falls away; without the call it stands as it was."""
        id_ = known.person.id
        if not _is_open(known, day):
            return
        was_open = (id_, day) in self.works
        works = self._open_day(known, day)
        if was_open:
            self.model.add(works + call <= 1)
        else:
            self.model.add(works + call == 1)

    def keep_rules(self) -> int:
        """Add the bounds of the rules that must hold; returns how many."""
        bare = self.grid
        view = ServiceRoster(bare, self.model, self._choices)
        view.people_asked, view.asked = frozenset(self._stays), self._stays
        view.replaced = frozenset(self._replaced)
        rules = [held for held in ruleset_for(self.program).only(RESIDENT_RULES) if held.force is Force.MUST]
        return keep(self.model, view, rules)


def _is_open(known: PersonGrid, day: date) -> bool:
    """Say whether a date holds work that a day off or a call could take away."""
    entries = [known.codes.get((day, half)) for half in Half]
    return all(entry is not None and entry.layer in {Layer.TEMPLATE, Layer.SOLVER} for entry in entries) and any(
        known.duty_of(day, half, known.codes[day, half]) is not None for half in Half
    )


def _as_one(duties: Sequence[Duty]) -> list[Duty]:
    """The halves of a date that join without a gap as one duty; with fewer pieces the rules are read faster."""
    if len(duties) == len(Half) and duties[0].span.end == duties[1].span.start and duties[0].kind is duties[1].kind:
        return [replace(duties[0], span=Span(duties[0].span.start, duties[1].span.end))]
    return list(duties)
