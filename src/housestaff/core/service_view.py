"""The questions about services and assignments: who is where, how the clinic stands, how nights were dealt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from housestaff.core.bound import Amount
from housestaff.core.demand import CallLine, Demand
from housestaff.core.duties import Duty
from housestaff.core.people import Person
from housestaff.core.rotations import Requirement
from housestaff.core.time import Half, Span


@dataclass(frozen=True, slots=True)
class ClinicHalf:
    """What one clinic half-day holds: quarters of an attending needed, attendings there, people in rooms.

    `preceptors` are the attendings who have nothing else to do, `early` the first-year residents there.
    """

    day: date
    half: Half
    span: Span
    quarters: Amount
    attendings: Amount
    rooms: Amount
    virtual: Amount
    sessions: Amount
    residents: Amount = 0
    preceptors: Amount = 0
    early: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dealt:
    """How the nights of one kind were dealt: counts, and fair shares in tenths, people with none included.

    `within` is how far a count may lie from the fair share.
    """

    line: str
    kind: str
    counts: Mapping[str, int]
    fair: Mapping[str, int]
    within: int

    @property
    def furthest(self) -> float:
        """The largest distance of a count from its fair share, in nights."""
        return max((abs(10 * count - self.fair[person]) for person, count in self.counts.items()), default=0) / 10

    @property
    def spread(self) -> int:
        """Most minus least."""
        return max(self.counts.values(), default=0) - min(self.counts.values(), default=0)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A cell that contradicts what follows from calls, weeks and leave."""

    person: Person
    span: Span
    note: str


class ServiceView(Protocol):
    """The questions about who is on which service."""

    @property
    def year(self) -> Span:
        """The academic year as far as the roster holds it."""
        ...

    def required(self) -> Iterator[tuple[Person, Requirement]]:
        """Every resident with every requirement of rotations that is for them."""
        ...

    def amount_of(self, person: Person, requirement: Requirement, *, outside: bool = False) -> Amount:
        """How much of a required rotation a person has; `outside` counts only what stands outside its window."""
        ...

    def order(self, person: Person, requirement: Requirement) -> Iterator[tuple[Amount, Amount, Span]]:
        """For each stay on a rotation that comes after another: one stay, and how many of the other came before."""
        ...

    def holders(self, demand: Demand) -> Iterator[tuple[Amount, Span]]:
        """How many holders a line of demand has, for each run of days with the same number."""
        ...

    def crowds(self) -> Iterator[tuple[str, str, Amount, int, Span]]:
        """For each rotation and level with a roof: the people at one time, the roof, and when."""
        ...

    def names_on_call(self, line: CallLine) -> Iterator[tuple[Amount, Span, date]]:
        """How many names each night of a call line has."""
        ...

    def clinic_halves(self) -> Iterator[ClinicHalf]:
        """Every half-day on which the clinic is open, with what it needs and has."""
        ...

    def shares(self) -> Sequence[Dealt]:
        """How the nights of the shared call lines were dealt, when the whole year is there."""
        ...

    def weekends_dealt(self) -> Sequence[Dealt]:
        """How the weekends with duty fell on the residents of each level, when the whole year is there."""
        ...

    def holidays_dealt(self) -> Sequence[Dealt]:
        """How the holidays with duty fell on the residents of each level, when the whole year is there."""
        ...

    def nights_on_rotation(self, person: Person) -> Iterator[tuple[int, Span, bool]]:
        """Days on night rotations: of each unbroken run, and, as the last and said so, of the whole year."""
        ...


class AssignmentsView(Protocol):
    """The questions about single assignments."""

    def while_away(self, person: Person) -> Iterator[tuple[date, Span]]:
        """Stays and calls on dates when a person is not employed or deployed."""
        ...

    def with_credential(self, person: Person) -> Iterator[tuple[Duty, str]]:
        """Every duty of a person that needs a credential, and which."""
        ...

    def mismatches(self, person: Person) -> Iterator[Mismatch]:
        """Decided cells that contradict what follows, and what follows without a cause."""
        ...
