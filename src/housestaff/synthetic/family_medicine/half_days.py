"""The witness's half-days of program A: days off on services, faculty by role, residents' sessions and clinics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import inf
from random import Random

from housestaff.core.derived import DAY_OFF
from housestaff.core.duties import Family
from housestaff.core.grid import Grid
from housestaff.core.people import FacultyRole, Person
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Roster
from housestaff.core.rotations import RequirementUnit, Rotation
from housestaff.core.time import Half, Weekday, days

_OFF_BY_LEVEL = {"PGY-1": Weekday.SATURDAY, "PGY-2": Weekday.SUNDAY, "PGY-3": Weekday.FRIDAY}
"""The weekly day off on a service whose days off are issued; another for each level, so that the team stands."""
_ACTING_SENIOR = Weekday.FRIDAY
_VIRTUAL = "CV"


@dataclass
class _Clinic:
    """What each half-day of the clinic holds so far."""

    quarters: dict[tuple[date, Half], int] = field(default_factory=lambda: defaultdict(int))
    attendings: dict[tuple[date, Half], int] = field(default_factory=lambda: defaultdict(int))
    rooms: dict[tuple[date, Half], int] = field(default_factory=lambda: defaultdict(int))
    sessions: int = 0
    virtual: int = 0

    def add(self, program: Program, person: Person, place: tuple[date, Half], code: str) -> None:
        """Count one cell."""
        activity = program.activity_by_code.get(code)
        if activity is None:
            return
        self.attendings[place] += code in program.attending_demand.given_by
        if activity.family is Family.CLINIC:
            self.rooms[place] += activity.rooms
            self.sessions += bool(activity.rooms or activity.virtual)
            self.virtual += activity.virtual
            if person.is_trainee and activity.needs_supervision:
                need = program.attending_demand.quarters_of(person.level_on(place[0]), procedure=activity.procedure)
                self.quarters[place] += need

    def has_attending_for(self, place: tuple[date, Half], quarters: int) -> bool:
        """Say whether the attendings there can take so many quarters more."""
        return self.quarters[place] + quarters <= 4 * self.attendings[place]

    def wants_virtual(self, share: float | None) -> bool:
        """Say whether fewer visits than wanted are virtual so far."""
        return share is not None and self.virtual < share * self.sessions


class HalfDays:
    """Fills the open half-days of a roster that has stays, nights and leave."""

    def __init__(self, program: Program, roster: Roster, dice: Random) -> None:
        """Take a program with its leave, and a roster with stays and nights."""
        self.program, self.dice = program, dice
        self.grid = Grid(program, roster)
        self.clinic = _Clinic()
        self.entries: dict[HalfDay, Entry] = {}

    def filled(self) -> dict[HalfDay, Entry]:
        """Every decided half-day of residents and faculty, at the layer of the solver."""
        self._services()
        self._fixed()
        for week in self._weeks():
            self._faculty(week)
            self._residents(week)
        return self.entries

    def _put(self, person: Person, place: tuple[date, Half], code: str, why: str = "") -> None:
        self.entries[HalfDay(person.id, *place)] = Entry(Layer.SOLVER, code, why=why)
        self.clinic.add(self.program, person, place, code)

    def _weeks(self) -> Iterator[list[date]]:
        week: list[date] = []
        for day in days(self.program.calendar.first, self.program.calendar.last):
            if week and day.weekday() == Weekday.MONDAY:
                yield week
                week = []
            week.append(day)
        yield week

    # -- what stands already -------------------------------------------------------------------------------------------

    def _services(self) -> None:
        """Write out every service day, with the issued days off and the weekly clinic touch-point."""
        for person in self.program.residents:
            known = self.grid.person(person.id)
            for stint in known.stints:
                rotation = self.program.rotation(stint.rotation)
                if not rotation.is_service or stint.last < self.program.calendar.first:
                    continue
                off = self._day_off(person, rotation, stint.first)
                for day in days(stint.first, stint.last):
                    for half in Half:
                        entry = known.codes.get((day, half))
                        if entry is not None and entry.layer is Layer.TEMPLATE:
                            if day.weekday() == off:
                                self._put(person, (day, half), DAY_OFF, "day off issued")
                            else:
                                self._put(person, (day, half), entry.code)

    def _day_off(self, person: Person, rotation: Rotation, first: date) -> Weekday | None:
        if rotation.days_off.managed_by != "solver":
            return None
        mates = [s for s in self.grid.roster.stints if s.rotation == rotation.code and s.holds(first)]
        level = person.level_on(first)
        twins = sorted(s.person for s in mates if self.program.person(s.person).level_on(first) == level)
        return _OFF_BY_LEVEL[level] if twins[:1] == [person.id] else _ACTING_SENIOR

    def _fixed(self) -> None:
        """Count what patterns and calls put into the clinic, and write the patterns out."""
        first, last = self.program.calendar.first, self.program.calendar.last
        for person in (*self.program.residents, *self.program.faculty):
            for (day, half), entry in self.grid.person(person.id).codes.items():
                place = HalfDay(person.id, day, half)
                if not first <= day <= last or place in self.entries:
                    continue
                if entry.layer is Layer.TEMPLATE and day.weekday() < Weekday.SATURDAY:
                    self._put(person, (day, half), entry.code)
                else:
                    self.clinic.add(self.program, person, (day, half), entry.code)

    # -- faculty -------------------------------------------------------------------------------------------------------

    def _faculty(self, week: Sequence[date]) -> None:
        """Give each faculty member the half-days of the role: attendings first, then clinics, then the rest."""
        plans: list[tuple[Person, FacultyRole, list[tuple[date, Half]], dict[str, int]]] = []
        for person in self.program.faculty:
            role = self.program.role_by_code[person.role_on(week[0])]
            places = self._open(person, week)
            if role.automatic and places:
                plans.append((person, role, places, self._counts(role, len(places))))
        for step in ("AT", "C", ""):
            for person, role, places, counts in plans:
                for code in [c for c in counts if c == step or not step]:
                    for _ in range(counts.pop(code)):
                        self._put_faculty(person, role, places, code)

    def _open(self, person: Person, week: Sequence[date]) -> list[tuple[date, Half]]:
        known = self.grid.person(person.id)
        return [
            (day, half)
            for day in week
            for half in Half
            if self.program.calendar.is_workday(day)
            and (day, half) not in known.codes
            and HalfDay(person.id, day, half) not in self.entries
            and person.may_be_scheduled(day, half)
        ]

    def _counts(self, role: FacultyRole, count: int) -> dict[str, int]:
        """How many half-days of each activity: from the scaled least evenly toward the most."""
        ranges = {code: (least * count // 10, most) for code, least, most in role.half_days}
        have = {code: least for code, (least, _most) in ranges.items()}
        while sum(have.values()) < count:
            room = [code for code, (_least, most) in ranges.items() if have[code] < most]
            nearest = {
                code: (have[code] - ranges[code][0] + 0.3 * self.dice.random()) / (ranges[code][1] - ranges[code][0])
                for code in room
            }
            have[min(room, key=lambda code: nearest[code])] += 1
        return have

    def _put_faculty(self, person: Person, role: FacultyRole, places: list[tuple[date, Half]], code: str) -> None:
        clinic = self.clinic

        def price(place: tuple[date, Half]) -> float:
            if code == "AT":
                short = max(0, clinic.quarters[place] - 4 * clinic.attendings[place])
                return clinic.attendings[place] - 5 * short
            if code == "C":
                return clinic.rooms[place] + 10 * (place[0].weekday() in role.avoids_clinic)
            return 0.0

        chosen = min(places, key=lambda place: price(place) + self.dice.random())
        places.remove(chosen)
        virtual = code == "C" and clinic.wants_virtual(self.program.rooms.virtual_share)
        self._put(person, chosen, _VIRTUAL if virtual else code)

    # -- residents -----------------------------------------------------------------------------------------------------

    def _residents(self, week: Sequence[date]) -> None:
        """Give residents the clinics that their level and rotation ask, and the rotation's own session otherwise."""
        for person in self.program.residents:
            self._touch_point(person, week)
            places = self._open(person, week)
            by_rotation: dict[str, list[tuple[date, Half]]] = defaultdict(list)
            for place in places:
                rotation = self.grid.person(person.id).rotation_on(place[0])
                if rotation is not None:
                    by_rotation[rotation.code].append(place)
            for code, mine in by_rotation.items():
                self._sessions(person, self.program.rotation(code), mine, len(places))

    def _sessions(self, person: Person, rotation: Rotation, places: list[tuple[date, Half]], open_: int) -> None:
        code, least, most = self._asked(person, rotation, places[0][0])
        wanted = least + (self.dice.random() < 0.5 and least < most)
        if any(cell.activity == code and person.level_on(places[0][0]) in cell.levels for cell in rotation.pattern):
            wanted -= 1
        for _ in range(min(wanted * len(places) // max(open_, 1), max(0, len(places) - 2))):
            self._put_clinic(person, places, code)
        for place in places:
            self._put(person, place, rotation.session)

    def _asked(self, person: Person, rotation: Rotation, day: date) -> tuple[str, int, int]:
        """The clinic code of the level, with the least and most half-days a week on the rotation."""
        level = person.level_on(day)
        asked = next(
            r for r in self.program.requirements if r.unit is RequirementUnit.HALF_DAYS_A_WEEK and r.level == level
        )
        own = next(((least, most) for who, least, most in rotation.clinic_half_days if who in {"all", level}), None)
        if own is None and (rotation.is_service or rotation.continuity_exempt):
            own = 0, 0
        least, most = own or (asked.least, asked.most)
        return asked.rotation, least, most

    def _put_clinic(self, person: Person, places: list[tuple[date, Half]], code: str) -> None:
        need = self.program.attending_demand.quarters_of(person.level_on(places[0][0]))
        wanted = self.program.rooms.wanted
        most = inf if wanted is None else wanted
        fits = [
            place for place in places if self.clinic.has_attending_for(place, need) and self.clinic.rooms[place] < most
        ]
        if fits:
            load = {place: self.clinic.rooms[place] + self.dice.random() for place in fits}
            chosen = min(fits, key=lambda place: load[place])
            places.remove(chosen)
            virtual = self.clinic.wants_virtual(self.program.rooms.virtual_share)
            self._put(person, chosen, _VIRTUAL if virtual else code)

    def _touch_point(self, person: Person, week: Sequence[date]) -> None:
        """One clinic afternoon a week on a service that asks for it, in place of the ward."""
        known = self.grid.person(person.id)
        places: list[tuple[date, Half]] = []
        for day in week:
            rotation = known.rotation_on(day)
            entry = self.entries.get(HalfDay(person.id, day, Half.PM))
            serves = rotation is not None and rotation.is_service and entry is not None and entry.code == rotation.code
            if rotation is not None and serves and rotation.clinic_half_days and self.program.calendar.is_workday(day):
                places.append((day, Half.PM))
        if places:
            rotation = self.program.rotation(self.grid.person(person.id).stint_on(places[0][0]).rotation)  # pyright: ignore[reportOptionalMemberAccess]
            self._put_clinic(person, places, self._asked(person, rotation, places[0][0])[0])
