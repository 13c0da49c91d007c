"""What a rule may ask of a roster, and what it answers: bounds.

The same questions are answered with numbers by the judge and with expressions by the solver, so a rule is written once.
An amount is an int, an `Interval` where facts are missing, or an expression over the solver's choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias

from housestaff.core.duties import Duty, DutyKind
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.rotations import Rotation
from housestaff.core.time import Span

Amount: TypeAlias = Any
"""An int, an `Interval`, or a linear expression of the solver: all of them add, subtract and scale."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An amount of which only the least and the most are known."""

    low: int
    high: int

    def __add__(self, other: Interval | int) -> Interval:
        """Add the ends."""
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        """Turn the ends around."""
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval | int) -> Interval:
        """Subtract the ends crosswise."""
        low, high = ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: int) -> Interval:
        """Subtract from a known amount."""
        return Interval(other - self.high, other - self.low)

    def __mul__(self, factor: int) -> Interval:
        """Scale both ends."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Interval(low, high)

    __rmul__ = __mul__


def ends(amount: Interval | int) -> tuple[int, int]:
    """The least and the most of a judged amount."""
    return (amount.low, amount.high) if isinstance(amount, Interval) else (amount, amount)


@dataclass(frozen=True, slots=True)
class Segment:
    """The days over which an average is taken: one rotation inside one block.

    `half_days` counts all AM and PM halves, `present` those that are not leave; `leave_days` is for the arithmetic panel.
    """

    person: str
    rotation: str
    first: date
    last: date
    span: Span
    half_days: int
    present: Amount
    block: int = 0
    joined: bool = False

    @property
    def days(self) -> int:
        """Calendar days in the segment."""
        return self.half_days // 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Duties that stand together, and how long: work joined into one period, or the rest between two periods.

    `minutes` is the judged length, `shown` the elapsed one where a clock change makes the two differ.
    """

    person: str
    span: Span
    minutes: int
    duties: tuple[Duty, ...]
    shown: int | None = None
    note: str = ""
    limit: int | None = None
    unless: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """The answer of a rule: over `span`, this amount of `who` is at most, or at least, that.

    `given` names duties that raise the question only when all of them are held: the judge looks at real ones, the solver
    forbids the combination, unless one of `unless` lies between. `thin_from` is the amount from which a kept bound is called thin. `of` is the person's rule
    subject when it is not a person (a line of demand, a clinic half-day).
    """

    who: str
    span: Span
    amount: Amount
    at_most: Amount | None = None
    at_least: Amount | None = None
    unit: str = "minutes"
    given: tuple[Duty, ...] = ()
    unless: tuple[Duty, ...] = ()
    thin_from: int | None = None
    name: str = ""
    segment: Segment | None = None
    duties: tuple[Duty, ...] | None = None
    shown: int | None = None
    note: str = ""
    rotation: str = ""
    level: int | None = None
    unknown: str = ""
    soft: bool = False
    barred: str = ""


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


class RosterView(Protocol):
    """The questions a rule may ask, answered with numbers by the judge and with expressions by the solver."""

    @property
    def program(self) -> Program:
        """The program whose roster this is."""
        ...

    @property
    def settings(self) -> Settings:
        """The numbers and choices of the program."""
        ...

    @property
    def is_log(self) -> bool:
        """Say whether these are hours really worked, not a plan."""
        ...

    @property
    def residents(self) -> Sequence[Person]:
        """The residents and fellows asked about."""
        ...

    @property
    def people(self) -> Sequence[Person]:
        """Everybody asked about."""
        ...

    def segments(self, person: Person) -> Sequence[Segment]:
        """The stretches over which the averages of a person are taken."""
        ...

    def weeks(self, person: Person, *, starts_on: int) -> Iterable[Span]:
        """Every whole week of the dates asked about."""
        ...

    def minutes(self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None) -> Amount:
        """Counted minutes in a span, overlapping duties once; only of some kinds where they are given."""
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

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down."""
        ...

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """The rest between each two scheduled work periods; the solver names only those under a length."""
        ...

    def rests_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """The rest after each work period with that many in-house minutes."""
        ...

    def clinical_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Clinical work inside each work period, first to last minute; the solver names only those over a length."""
        ...

    def work_periods(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each work period; the solver names only those over a length."""
        ...

    def rotation_on(self, person: Person, day: date) -> Rotation | None:
        """The rotation of a person on a date."""
        ...


def named(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a name, or the name itself where none is known."""
    return mapping.get(key, key)
