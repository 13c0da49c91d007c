"""What a rule may ask of a roster, and what it answers: bounds.

The same questions are answered with numbers by the judge and with expressions by the solver, so a rule is written once.
An amount is an int, an `Interval` where facts are missing, or an expression over the solver's choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from housestaff.core.bound import Amount, Bound, Interval, Segment, Stretch, ends
from housestaff.core.duties import Duty, DutyKind
from housestaff.core.event_view import EventView
from housestaff.core.further_views import CallsView, ClinicWeeksView, SupervisionView, WishesView
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.rotations import Rotation
from housestaff.core.service_view import AssignmentsView, ClinicHalf, Dealt, Mismatch, ServiceView
from housestaff.core.time import Span

__all__ = [
    "Amount",
    "Bound",
    "ClinicHalf",
    "Dealt",
    "Interval",
    "Mismatch",
    "RosterView",
    "Segment",
    "ServiceView",
    "Stretch",
    "ends",
]


class Settings(Protocol):
    """The numbers and choices of a program on a date."""

    def number(self, key: str, day: date) -> int:
        """A whole number in force on a date."""
        ...

    def choice(self, key: str, day: date) -> str:
        """A word in force on a date."""
        ...

    def is_on(self, key: str, day: date) -> bool:
        """A yes or no in force on a date."""
        ...


class RosterView(EventView, Protocol):
    """The questions a rule may ask, answered with numbers by the judge and with expressions by the solver."""

    is_log: bool
    """Whether these are hours really worked, not a plan."""
    focus: Span | None
    """The time asked about; nothing where all of it is."""

    @property
    def program(self) -> Program:
        """The program whose roster this is."""
        ...

    @property
    def settings(self) -> Settings:
        """The numbers and choices of the program."""
        ...

    @property
    def service(self) -> ServiceView:
        """Who is on which service, counted."""
        ...

    @property
    def assignments(self) -> AssignmentsView:
        """Facts about single assignments."""
        ...

    @property
    def calls(self) -> CallsView:
        """Nights of call and what lies near them."""
        ...

    @property
    def supervision(self) -> SupervisionView:
        """Who supervises whom."""
        ...

    @property
    def wishes(self) -> WishesView:
        """What people would like."""
        ...

    @property
    def clinic_weeks(self) -> ClinicWeeksView:
        """The continuity clinics of residents."""
        ...

    @property
    def residents(self) -> Sequence[Person]:
        """The residents and fellows asked about."""
        ...

    @property
    def people(self) -> Sequence[Person]:
        """Everybody asked about."""
        ...

    @property
    def first_day(self) -> date:
        """The first date that the roster speaks of."""
        ...

    @property
    def horizon(self) -> Span:
        """The span over which a blank really means nothing."""
        ...

    def in_focus(self, span: Span) -> bool:
        """Say whether a window is asked about."""
        ...

    def duties(self, person: Person) -> Sequence[Duty]:
        """The duties that a person holds or may hold, in order of time."""
        ...

    def holds(self, person: Person, duty: Duty) -> Amount:
        """One where the person holds the duty."""
        ...

    def stints(self, person: Person) -> Sequence[Stint]:
        """The stays of a person on rotations."""
        ...

    def changes(self, person: Person) -> Amount | None:
        """Duties of a person that came or went against the published roster; nothing where none is published."""
        ...

    def segments(self, person: Person) -> Sequence[Segment]:
        """The stretches over which the averages of a person are taken."""
        ...

    def weeks(self, person: Person, *, starts_on: int) -> Iterable[Span]:
        """Every whole week of the dates asked about."""
        ...

    def minutes(
        self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None, *, external: bool = True
    ) -> Amount:
        """Counted minutes in a span, overlapping duties once; only of some kinds, or without external moonlighting."""
        ...

    def call_nights(self, person: Person, span: Span) -> Amount:
        """Nights of in-house call that start in a span."""
        ...

    def free_days(self, person: Person, segment: Segment) -> Amount:
        """Free days in a segment, the straddling day of an edge given to the longer piece."""
        ...

    def free_days_in_week(self, person: Person, week: Span) -> Amount:
        """Free 24-hour spans inside one week; a leave day is one."""
        ...

    def free_days_after_call(self, person: Person, segment: Segment) -> Amount:
        """Free days whose gap begins when a call or a night ends."""
        ...

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down."""
        ...

    def is_nothing(self, amount: Amount) -> bool:
        """Say whether an amount is surely zero."""
        ...

    def known(self, amount: Amount) -> int | None:
        """An amount as a number where it is one."""
        ...

    def thin_from(self, limit: Amount, segment: Segment) -> int:
        """The amount of hours from which a kept average is thin."""
        ...

    def hours_allowed(self, segment: Segment, usual: int) -> tuple[int, str]:
        """The weekly hours of a segment, an exception included, and a note about it."""
        ...

    def days_off_are_the_wards(self, person: Person, segment: Segment) -> str:
        """Why free days are not known; empty where they are."""
        ...

    def each_week(self, key: str) -> bool:
        """Say whether weekly caps are judged on each week instead of on the average."""
        ...

    def rotation_on(self, person: Person, day: date) -> Rotation | None:
        """The rotation of a person on a date."""
        ...

    def date_of(self, instant: int) -> date:
        """The local date of an instant."""
        ...
