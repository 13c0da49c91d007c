"""The program: all that a program file says, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeAlias

from housestaff.core.calendar import BlockSeries, Calendar
from housestaff.core.demand import AttendingDemand, CallLine, ClinicRooms, Demand
from housestaff.core.duties import Activity
from housestaff.core.errors import BadInput, NotFound
from housestaff.core.leave import Balance, Leave, halves_away
from housestaff.core.people import FacultyRole, Person
from housestaff.core.rotations import Requirement, Rotation
from housestaff.core.supervision import SupervisionNeed, SupervisionPool
from housestaff.core.time import Half, Zone
from housestaff.core.wishes import Wish

MOST_EXCEPTED_HOURS = 88
"""What a Review Committee may grant at most (6.24)."""

Value: TypeAlias = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Dated:
    """A value that holds from a date on; without a date it always held."""

    value: Value
    since: date | None = None


@dataclass(frozen=True)
class Policy:
    """The numbers and choices of the program, each with the date from which it holds and where it comes from."""

    values: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict[str, "tuple[Dated, ...]"])

    def on(self, key: str, day: date) -> Value | None:
        """The value in force on a date; nothing where the program does not say."""
        held = None
        for dated in self.values.get(key, ()):
            if dated.since is None or dated.since <= day:
                held = dated.value
        return held


@dataclass(frozen=True, slots=True)
class HourException:
    """A Review Committee's leave to exceed 80 hours on one rotation, at most 88, with its letter and approvals."""

    rotation: str
    weekly_hours: int
    first: date
    last: date
    letter: date | None = None
    gmec: date | None = None
    dio: date | None = None

    def __post_init__(self) -> None:
        """Refuse more than the ACGME can grant."""
        if self.weekly_hours > MOST_EXCEPTED_HOURS:
            raise BadInput(
                f"an exception of {self.weekly_hours} hours cannot be granted.",
                place=f"exception of {self.rotation}",
                remedy=f"Write at most {MOST_EXCEPTED_HOURS}.",
            )


@dataclass(frozen=True, slots=True)
class StayByChoice:
    """A resident stayed on own initiative after handing off all else; exists only in the hours log."""

    person: str
    day: date
    minutes: int
    reason: str
    handed_off: bool = False
    own_initiative: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """A dated approval on file, for example of moonlighting by the program director."""

    kind: str
    person: str
    first: date
    last: date | None = None


@dataclass(frozen=True)
class Program:
    """One residency or fellowship: people, rotations, calendar, demand, leave and its numbers."""

    id: str
    name: str
    zone: Zone
    calendar: Calendar
    specialty: str = ""
    boards: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    state: str = ""
    people: tuple[Person, ...] = ()
    roles: tuple[FacultyRole, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    activities: tuple[Activity, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    demand: tuple[Demand, ...] = ()
    calls: tuple[CallLine, ...] = ()
    attending_demand: AttendingDemand = field(default_factory=AttendingDemand)
    rooms: ClinicRooms = field(default_factory=ClinicRooms)
    supervision: tuple[SupervisionNeed, ...] = ()
    supervision_pools: tuple[SupervisionPool, ...] = ()
    leaves: tuple[Leave, ...] = ()
    balances: tuple[Balance, ...] = ()
    wishes: tuple[Wish, ...] = ()
    policy: Policy = Policy()
    hour_exceptions: tuple[HourException, ...] = ()
    stays: tuple[StayByChoice, ...] = ()
    approvals: tuple[Approval, ...] = ()
    half_day_times: tuple[tuple[Half, int, int], ...] = ((Half.AM, 480, 720), (Half.PM, 780, 1020))

    @cached_property
    def person_by_id(self) -> Mapping[str, Person]:
        """People by id."""
        return {person.id: person for person in self.people}

    @cached_property
    def rotation_by_code(self) -> Mapping[str, Rotation]:
        """Rotations by code."""
        return {rotation.code: rotation for rotation in self.rotations}

    @cached_property
    def activity_by_code(self) -> Mapping[str, Activity]:
        """Activities by code."""
        return {activity.code: activity for activity in self.activities}

    @cached_property
    def role_by_code(self) -> Mapping[str, FacultyRole]:
        """Faculty roles by code."""
        return {role.code: role for role in self.roles}

    @cached_property
    def call_by_id(self) -> Mapping[str, CallLine]:
        """Call lines by id."""
        return {line.id: line for line in self.calls}

    @property
    def residents(self) -> tuple[Person, ...]:
        """The residents and fellows, in the order of the file."""
        return tuple(person for person in self.people if person.is_trainee)

    @property
    def faculty(self) -> tuple[Person, ...]:
        """The faculty, in the order of the file."""
        return tuple(person for person in self.people if person.is_faculty)

    def person(self, id_: str) -> Person:
        """The person of an id."""
        try:
            return self.person_by_id[id_]
        except KeyError:
            raise NotFound(f"There is no person '{id_}' in {self.name}.") from None

    def rotation(self, code: str) -> Rotation:
        """The rotation of a code."""
        try:
            return self.rotation_by_code[code]
        except KeyError:
            raise NotFound(f"There is no rotation '{code}' in {self.name}.") from None

    def name_of(self, person: str) -> str:
        """The name of a person; the id of somebody who is there no longer."""
        known = self.person_by_id.get(person)
        return known.display_name if known else person

    def is_work(self, code: str) -> bool:
        """Say whether a code on a half-day means that somebody is at work."""
        activity = self.activity_by_code.get(code)
        return activity.is_work if activity is not None else code in self.rotation_by_code

    def first_of_week(self, rotation: str, day: date) -> date:
        """The first day of the week of a rotation that holds a date."""
        known = self.rotation_by_code.get(rotation)
        starts_on = known.week_starts_on if known and known.week_starts_on is not None else self.calendar.week_starts_on
        return day - timedelta(days=(day.weekday() - starts_on) % 7)

    def known(self, people: Iterable[str]) -> list[str]:
        """Those of some ids that are people of the program."""
        return [person for person in people if person in self.person_by_id]

    @cached_property
    def blocking_leaves(self) -> Mapping[str, Sequence[Leave]]:
        """The leave of each person that really blocks; whoever has none is not there."""
        found: dict[str, list[Leave]] = {}
        for leave in self.leaves:
            if leave.blocks:
                found.setdefault(leave.person, []).append(leave)
        return found

    @cached_property
    def halves_away(self) -> Mapping[tuple[str, date, Half], Leave]:
        """The blocking leave of each person and half-day."""
        return halves_away(self.leaves)

    @cached_property
    def weekly_lines(self) -> frozenset[str]:
        """Call lines that come with a week of service; their nights follow one another by design."""
        return frozenset(line.id for line in self.calls if line.with_weeks)

    def series_of(self, person: Person) -> BlockSeries:
        """The block series that a person follows."""
        return self.calendar.series_named(person.series)

    def half_day(self, half: Half) -> tuple[int, int]:
        """Start and end of a half-day session, in minutes of the day."""
        return next((start, end) for name, start, end in self.half_day_times if name is half)
