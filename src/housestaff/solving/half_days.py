"""The model of a block's half-days: clinic, supervision, rooms, role loads, and the days off of the services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.calendar import Block
from housestaff.core.derived import DAY_OFF, POST_CALL
from housestaff.core.duties import Family
from housestaff.core.finding import Force
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Roster
from housestaff.core.time import Half, days
from housestaff.rules.clinic import SPARED, clinic_range, virtual_code
from housestaff.rules.law import ABOUT_CALLS
from housestaff.rules.ruleset import Ruleset, ruleset_for
from housestaff.solving.block_roster import BlockRoster
from housestaff.solving.choices import Choice
from housestaff.solving.clinic import (
    OpenClinic,
    OpenHalfDays,
    Opening,
    is_clinic_shared,
    open_faculty,
    open_residents,
    weeks_of,
)
from housestaff.solving.model import Prices, add_bound, distance_from, keep
from housestaff.solving.nearby import around
from housestaff.solving.run import Level, Outcome, chosen

WEEK = 7
_CLINIC_RULES = {"attendings_in_clinic", "rooms_in_clinic", "preceptor_ratio", "primary_care_exception"}
_YEARLY = {
    "required_rotations",
    "rotation_window",
    "rotation_order",
    "rotation_capacity",
    "demand_met",
    "one_name_a_night",
    "call_spacing",
    "rooms_wanted",
    "supervised",
    *ABOUT_CALLS,
}


class BlockModel:
    """The model of one block for the people who follow its series, or for everybody."""

    def __init__(
        self,
        program: Program,
        base: Roster,
        block: Block,
        people: frozenset[str] | None = None,
        *,
        short: Container[tuple[str, date]],
    ) -> None:
        """Open what nothing has decided between the first and the last date of the block.

        `short` names people and dates that leave has left short of free days.
        """
        self.program, self.block = program, block
        self.people = [person for person in program.people if people is None or person.id in people]
        self.dates = list(days(block.first, block.last))
        self.model = cp_model.CpModel()
        self.opened = OpenHalfDays()
        clinic_of_all = people is None or is_clinic_shared(program)
        near = around(base, block.first, block.last, None if clinic_of_all else people)
        self.grid = Grid(program, near)
        opening = Opening(self.model, self.grid, self.dates, self.opened)
        open_faculty(opening, self.people)
        open_residents(opening, self.people, short)
        self.view = BlockRoster(
            Grid(program, self._with_placeholders(near)),
            self.model,
            self._choices(),
            clinic=OpenClinic(self.grid, self.opened, self.dates),
            people=self.people,
        )
        self.coverage: Any = 0
        self.contract: Any = 0
        self.prices = Prices()

    def _with_placeholders(self, roster: Roster) -> Roster:
        """The roster with a session on every open outpatient half: for the hours it does not matter which one."""
        entries = {
            place: Entry(Layer.SOLVER, next(iter(codes)))
            for place, codes in self.opened.sessions.items()
            if (place.person, place.day) not in self.opened.worked
        }
        return roster.with_entries(entries)

    def _choices(self) -> dict[str, list[Choice]]:
        """The open service days as duties: the morning, and the afternoon where no clinic takes its place."""
        found: dict[str, list[Choice]] = defaultdict(list)
        for (person, day), works in self.opened.worked.items():
            known = self.grid.person(person)
            for half in Half:
                place = HalfDay(person, day, half)
                usual = next(iter(self.opened.sessions.get(place, ())), "")
                duty = known.duty_of(day, half, known.codes.get((day, half), Entry(Layer.SOLVER, usual)))
                if duty is not None:
                    found[person].append(Choice(duty, works, group=f"{place}"))
        return found

    def add_rules(self, rules: Ruleset) -> None:
        """Read the rules on the open block: musts hard, clinic needs with a counted deficit, the rest priced."""
        for held in rules:
            if held.rule.name in _YEARLY or held.rule.judged_only:
                continue
            if held.rule.name in _CLINIC_RULES:
                for bound in held.bounds(self.view):
                    over = self.model.new_int_var(0, 40, "deficit")
                    if add_bound(self.model, self.view, bound, over):
                        self.coverage = self.coverage + over
            else:
                keep(self.model, self.view, [held], self.prices if held.force is not Force.MUST else None)

    def add_ward_presence(self) -> None:
        """On a service no more people are off on a date than one in seven, so that the team stands."""
        off: dict[tuple[str, date], list[Any]] = defaultdict(list)
        for (person, day), works in self.opened.worked.items():
            rotation = self.grid.person(person).rotation_on(day)
            if rotation is not None and rotation.is_service:
                off[rotation.code, day].append(1 - works)
        for literals in off.values():
            if len(literals) > 1:
                away = self.model.new_int_var(0, len(literals), "off together")
                self.model.add(sum(literals) <= ceil(len(literals) / WEEK) + away)
                self.coverage = self.coverage + away
        self.prices.add(1, sum(1 - works for works in self.opened.worked.values()))

    def add_rest_wishes(self) -> None:
        """A day off that only follows a night of call costs a little: one that stands by itself rests more."""
        for (person, day), works in self.opened.worked.items():
            if self.grid.person(person).code(day - timedelta(days=1), Half.PM) == POST_CALL:
                self.prices.add(1, 1 - works)

    def add_resident_clinics(self) -> None:
        """Clinic half-days a week within the range of level and rotation; each one off is priced as contract."""
        virtual = virtual_code(self.program)
        for person in self.people:
            if not person.is_trainee:
                continue
            known = self.grid.person(person.id)
            for week in weeks_of(self.dates):
                asked = clinic_range(self.program, person, known.rotation_on(week[-1]), week[-1])
                places = [HalfDay(person.id, day, half) for day in week for half in Half]
                open_ = [place for place in places if place in self.opened.sessions]
                if asked is None or not open_:
                    continue
                code, least, most = asked
                fixed = sum(
                    known.code(place.day, place.half) in {code, virtual}
                    for place in places
                    if place not in self.opened.sessions
                )
                count = fixed + sum(
                    self.opened.literal(place, code) + self.opened.literal(place, virtual) for place in open_
                )
                possible = fixed + len(open_)
                self._range(count, min(least, max(0, possible - SPARED)), most)

    def _range(self, count: Any, least: int, most: int) -> None:
        off = self.model.new_int_var(0, 20, "outside the range")
        self.model.add(count >= least - off)
        self.model.add(count <= most + off)
        self.contract = self.contract + off

    def add_role_loads(self) -> None:
        """Faculty half-days a week within the ranges of the role, scaled to the half-days they are there."""
        virtual = virtual_code(self.program)
        for person in self.people:
            role = self.program.role_by_code.get(person.role_on(self.block.first)) if person.is_faculty else None
            if role is None or not role.automatic:
                continue
            clinic_total: Any = 0
            for week in weeks_of(self.dates):
                places = [HalfDay(person.id, day, half) for day in week for half in Half]
                open_ = [place for place in places if place in self.opened.sessions]
                for code, least, most in role.half_days:
                    count: Any = sum(self.opened.literal(place, code) for place in open_)
                    if self._is_clinic(code) and self.program.activity_by_code[code].rooms:
                        count = count + sum(self.opened.literal(place, virtual) for place in open_)
                        clinic_total = clinic_total + count
                    if open_:
                        self._range(count, least * len(open_) // 10, most)
                    self._avoid(open_, code, role.avoids_clinic)
            if role.block_most is not None:
                self._range(clinic_total, 0, role.block_most)

    def _avoid(self, places: Sequence[HalfDay], code: str, weekdays: Sequence[int]) -> None:
        if weekdays and self._is_clinic(code):
            for place in places:
                if place.day.weekday() in weekdays:
                    self.prices.add(2, self.opened.literal(place, code))

    def _is_clinic(self, code: str) -> bool:
        activity = self.program.activity_by_code.get(code)
        return activity is not None and activity.family is Family.CLINIC

    def add_clinic_wishes(self) -> None:
        """Not more rooms than wanted, and the wanted share of virtual visits over the block."""
        rooms = self.program.rooms
        sessions: Any = 0
        virtual: Any = 0
        for half in self.view.service.clinic_halves():
            if rooms.wanted is not None:
                over = self.model.new_int_var(0, 20, "over the rooms wanted")
                self.model.add(half.rooms <= rooms.wanted + over)
                self.prices.add(3, over)
            sessions, virtual = sessions + half.sessions, virtual + half.virtual
        if rooms.virtual_share is not None and not isinstance(sessions, int):
            wanted = round(100 * rooms.virtual_share) * sessions
            off = distance_from(self.model, 100 * virtual, wanted, 10**5, "virtual share off", scale=100)
            self.prices.add(1, off)

    def add_full_days(self) -> None:
        """Morning and afternoon of faculty alike where it costs nothing else."""
        for place, codes in self.opened.sessions.items():
            if place.half is Half.AM and self.program.person(place.person).is_faculty:
                after = self.opened.sessions.get(HalfDay(place.person, place.day, Half.PM))
                for code in codes if after else ():
                    if after and code in after:
                        split = self.model.new_bool_var("split day")
                        self.model.add(codes[code] - after[code] <= split)
                        self.prices.add(1, split)

    def levels(self) -> list[Level]:
        """The objective, level by level."""
        return [
            Level("deficits of attendings, rooms and wards", self.coverage, effort=2),
            Level("contract: half-days outside level and role ranges", self.contract, effort=2),
            Level("preferences: rooms wanted, virtual share, days off, full days", self.prices.total, effort=3),
        ]

    def entries(self, outcome: Outcome) -> dict[HalfDay, Entry]:
        """What the outcome puts on the half-days."""
        found: dict[HalfDay, Entry] = {}
        for place, codes in self.opened.sessions.items():
            for code, literal in codes.items():
                if chosen(outcome, literal):
                    found[place] = Entry(Layer.SOLVER, code)
        for (person, day), works in self.opened.worked.items():
            if not chosen(outcome, works):
                for half in Half:
                    found[HalfDay(person, day, half)] = Entry(Layer.SOLVER, DAY_OFF, why="day off issued")
        return found


def block_model(
    program: Program,
    base: Roster,
    block: Block,
    people: frozenset[str] | None = None,
    *,
    short: Container[tuple[str, date]],
) -> BlockModel:
    """The whole model of a block: rules, wards, clinics, role loads and wishes."""
    built = BlockModel(program, base, block, people, short=short)
    built.add_rules(ruleset_for(program).touching(block.first, block.last))
    built.add_ward_presence()
    built.add_rest_wishes()
    built.add_resident_clinics()
    built.add_role_loads()
    built.add_clinic_wishes()
    built.add_full_days()
    return built
