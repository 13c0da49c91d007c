"""What a rule yields and what it is made of: bounds, amounts, intervals, segments and stretches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from housestaff.core.duties import Duty
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

    `half_days` counts all AM and PM halves, `present` those that are not leave.
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

    `given` names duties that raise the question only when all of them are held: the judge looks at real ones, the
    solver forbids the combination, unless one of `unless` lies between. `barred` says why it is broken at any amount,
    `soft` makes it an advisory. `thin_from` is the amount from which a kept bound is called thin. `weight` is what one
    unit too many costs where it may be broken.
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
    weight: int = 1
