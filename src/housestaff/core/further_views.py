"""Further questions of the rules, by subject: calls and what lies near them, supervision, wishes, clinic weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from housestaff.core.duties import Duty
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Person
from housestaff.core.supervision import Supervision
from housestaff.core.time import Span
from housestaff.core.wishes import Wish


@dataclass(frozen=True, slots=True)
class Watched:
    """A piece of a resident's duty: whether it is held, how many then supervise closely enough, and what is needed."""

    duty: Duty
    span: Span
    held: Any
    supervisors: Any
    needed: Supervision


@dataclass(frozen=True, slots=True)
class Moonlit:
    """The moonlighting of a person in a segment: shifts, minutes, and shifts with too little rest before work."""

    shifts: int
    minutes: int
    hurried: int


@dataclass(frozen=True, slots=True)
class ClinicWeek:
    """The continuity clinics of a resident in a whole week on one rotation, and how many are asked for."""

    span: Span
    rotation: str
    count: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Graded:
    """Two calls of a person that stand near, the nights between, the nights wished, and what each night less costs."""

    calls: tuple[Duty, Duty]
    span: Span
    nights: int
    wished: int
    price: int


class CallsView(Protocol):
    """The questions about nights of call and what lies near them."""

    def of(self, person: Person) -> Sequence[Duty]:
        """Every in-house and at-home call of a person in order of time."""
        ...

    def before_leave(self, person: Person) -> Iterator[tuple[Duty, Leave]]:
        """Calls whose next morning is the first of a leave."""
        ...

    def after_leave(self, person: Person, kind: LeaveKind) -> Iterator[tuple[Duty, Leave, int]]:
        """Calls in the days of recovery after a leave of a kind, and how many such days there are."""
        ...

    def near_week(self, person: Person, *, within: int) -> Iterator[tuple[Duty, Span]]:
        """Calls that start in, or within some days of, an inpatient week of a faculty member."""
        ...

    def graded(self, person: Person) -> Iterator[Graded]:
        """Each two calls that are far enough apart and still felt to be near."""
        ...

    def into_another_site(self, person: Person) -> Iterator[tuple[Duty, str]]:
        """Nights that end on the first day of a rotation at another site, and which."""
        ...

    def moonlit(self, person: Person, span: Span, *, rest: int) -> Moonlit:
        """The moonlighting in a span, and how much of it left less than a rest before work."""
        ...

    def called_in(self, person: Person, span: Span) -> int:
        """Minutes worked in a span after being called in from home."""
        ...


class SupervisionView(Protocol):
    """The questions about who supervises whom."""

    def pieces(self, person: Person, *, months: int | None = None) -> Iterator[Watched]:
        """Every piece of a resident's patient care for which the program names a pool of supervisors."""
        ...

    def has_passed(self, person: str, day: date, *, months: int) -> bool:
        """Say whether a person has completed so many months of training on a date."""
        ...


class WishesView(Protocol):
    """The questions about what people would like."""

    def unmet(self) -> Iterator[tuple[Wish, Any, Span]]:
        """Every wish inside the dates known, with how far it is from being met: nothing is a wish come true."""
        ...


class ClinicWeeksView(Protocol):
    """The questions about a resident's continuity clinics."""

    def weeks(self, person: Person) -> Iterator[ClinicWeek]:
        """Every whole week on one rotation that asks for clinics."""
        ...

    def weeks_with_clinic(self, person: Person) -> tuple[int, int, int] | None:
        """Weeks of the year with a clinic, clinics of the year, and days employed; nothing for part of a year."""
        ...

    def gaps(self, person: Person) -> Iterator[tuple[int, Span]]:
        """Days without clinic between two clinics, leave and exempt rotations left out."""
        ...
