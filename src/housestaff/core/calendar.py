"""The academic calendar as data: blocks, half-blocks, weeks, holidays and institutional events.

Nothing here computes "July 1 plus 28 times n": a generator proposes dates, a person confirms them, files hold them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from housestaff.core.errors import BadInput
from housestaff.core.time import Half, Weekday


class DayType(StrEnum):
    """What sort of day the institution has."""

    NORMAL = "normal"
    FEDERAL_HOLIDAY = "federal_holiday"
    PROGRAM_HOLIDAY = "program_holiday"
    MINIMAL_STAFFING = "minimal_staffing"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class Block:
    """A named period of the program calendar; its halves are days 1-14 and the rest."""

    number: int
    first: date
    last: date

    @property
    def length(self) -> int:
        """Days in the block."""
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> date:
        """The first day of the second half: day 15."""
        return self.first + timedelta(days=14)

    def halves(self) -> tuple[tuple[date, date], tuple[date, date]]:
        """The first and last day of each half of the block."""
        return (self.first, self.middle - timedelta(days=1)), (self.middle, self.last)

    def holds(self, day: date) -> bool:
        """Say whether a date lies in the block."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class BlockSeries:
    """The blocks of an academic year, in order, without hole or overlap; each person follows one series."""

    id: str
    academic_year: int
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        """Refuse a series with a hole or an overlap, naming the dates."""
        if not self.blocks:
            raise BadInput("a series needs at least one block.", place=f"series {self.id}")
        for block in self.blocks:
            if block.last < block.first:
                raise BadInput(
                    f"block {block.number} ends {block.last} before it starts {block.first}.", place=f"series {self.id}"
                )
        for one, other in pairwise(self.blocks):
            if other.first != one.last + timedelta(days=1):
                word = "overlaps" if other.first <= one.last else "leaves a hole after"
                raise BadInput(
                    f"block {other.number} (from {other.first}) {word} block {one.number} (to {one.last}).",
                    place=f"series {self.id}",
                    remedy=f"Let block {other.number} start on {one.last + timedelta(days=1)}.",
                )

    @property
    def first(self) -> date:
        """The first day of the series."""
        return self.blocks[0].first

    @property
    def last(self) -> date:
        """The last day of the series."""
        return self.blocks[-1].last

    def block_on(self, day: date) -> Block | None:
        """The block that holds a date, if any."""
        return next((block for block in self.blocks if block.holds(day)), None)

    def numbered(self, number: int) -> Block:
        """The block of a number."""
        for block in self.blocks:
            if block.number == number:
                return block
        raise BadInput(f"there is no block {number}.", place=f"series {self.id}")

    def half_blocks(self) -> Iterator[tuple[Block, int, date, date]]:
        """Every half-block in order: its block, 0 or 1, its first and last day."""
        for block in self.blocks:
            for index, (first, last) in enumerate(block.halves()):
                yield block, index, first, last


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday with the date it is and the date it is observed, both usable."""

    name: str
    actual: date
    observed: date
    type: DayType = DayType.FEDERAL_HOLIDAY


@dataclass(frozen=True, slots=True)
class InstitutionalEvent:
    """A conference, retreat, training, exam, inspection or closure that binds some people on some dates.

    `scope` is "all", "faculty", "residents", a level or a person id; `activity` is the code that the grid prints.
    """

    name: str
    kind: str
    first: date
    last: date
    activity: str
    scope: tuple[str, ...] = ("all",)
    half: Half | None = None
    binds_inpatient: bool = False

    def covers(self, day: date, half: Half) -> bool:
        """Say whether the event stands on that half-day."""
        return self.first <= day <= self.last and self.half in {None, half}


@dataclass(frozen=True, slots=True)
class DutyWeek:
    """Seven days that belong together on a service, wherever blocks and years begin."""

    first: date

    @property
    def last(self) -> date:
        """The seventh day."""
        return self.first + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that the program knows about its dates."""

    academic_year: int
    series: tuple[BlockSeries, ...]
    holidays: tuple[Holiday, ...] = ()
    events: tuple[InstitutionalEvent, ...] = ()
    week_starts_on: Weekday = Weekday.MONDAY
    capacity: dict[DayType, float] = field(
        default_factory=lambda: {DayType.MINIMAL_STAFFING: 0.25, DayType.CLOSURE: 0.0, DayType.FEDERAL_HOLIDAY: 0.0}
    )

    @property
    def first(self) -> date:
        """The first day of the academic year as its series have it."""
        return min(series.first for series in self.series)

    @property
    def last(self) -> date:
        """The last day of the academic year as its series have it."""
        return max(series.last for series in self.series)

    def series_named(self, name: str) -> BlockSeries:
        """The series of that name; an empty name means the first."""
        for series in self.series:
            if name in {"", series.id}:
                return series
        raise BadInput(f"there is no block series '{name}'.", remedy=f"Known: {', '.join(s.id for s in self.series)}.")

    def holiday_on(self, day: date) -> Holiday | None:
        """The holiday observed on a date, if any."""
        return next((holiday for holiday in self.holidays if holiday.observed == day), None)

    def day_type(self, day: date) -> DayType:
        """What sort of day a date is."""
        holiday = self.holiday_on(day)
        return holiday.type if holiday else DayType.NORMAL

    def is_workday(self, day: date) -> bool:
        """Say whether clinics are open: Monday to Friday and no holiday or closure."""
        return day.weekday() < Weekday.SATURDAY and self.day_type(day) is DayType.NORMAL


def weeks(first: date, last: date, starts_on: Weekday) -> Iterator[DutyWeek]:
    """Every week that starts on a weekday and touches the dates; the edge weeks reach over them."""
    start = first - timedelta(days=(first.weekday() - starts_on) % 7)
    while start <= last:
        yield DutyWeek(start)
        start += timedelta(days=7)


def propose_blocks(academic_year: int, *, starts_on: Weekday = Weekday.THURSDAY, number: int = 13) -> BlockSeries:
    """Propose a year of 28-day blocks: a long first one up to the weekday, and whatever is left in the last.

    For 2025 with Thursday this is 30, eleven times 28, and 27 days. The proposal is data to confirm, not a rule.
    """
    first, last = date(academic_year, 7, 1), date(academic_year + 1, 6, 30)
    second = first + timedelta(days=28)
    second += timedelta(days=(starts_on - second.weekday()) % 7)
    blocks = [Block(1, first, second - timedelta(days=1))]
    for count in range(2, number):
        blocks.append(Block(count, second, second + timedelta(days=27)))
        second += timedelta(days=28)
    blocks.append(Block(number, second, last))
    return BlockSeries("main", academic_year, tuple(blocks))


def propose_holidays(academic_year: int) -> tuple[Holiday, ...]:
    """Propose the eleven federal holidays of an academic year, actual and observed date kept apart."""
    start, end = date(academic_year, 7, 1), date(academic_year + 1, 6, 30)
    found: list[Holiday] = []
    for year in (academic_year, academic_year + 1):
        fixed = {"Independence Day": (7, 4), "Veterans Day": (11, 11), "Christmas Day": (12, 25)}
        fixed |= {"New Year's Day": (1, 1), "Juneteenth": (6, 19)}
        dates = {name: date(year, *month_day) for name, month_day in fixed.items()}
        dates["Labor Day"] = _nth(year, 9, Weekday.MONDAY, 1)
        dates["Columbus Day"] = _nth(year, 10, Weekday.MONDAY, 2)
        dates["Thanksgiving Day"] = _nth(year, 11, Weekday.THURSDAY, 4)
        dates["Birthday of Martin Luther King, Jr."] = _nth(year, 1, Weekday.MONDAY, 3)
        dates["Washington's Birthday"] = _nth(year, 2, Weekday.MONDAY, 3)
        dates["Memorial Day"] = _nth(year, 6, Weekday.MONDAY, 1) - timedelta(days=7)
        for name, actual in dates.items():
            shift = {Weekday.SATURDAY: -1, Weekday.SUNDAY: 1}.get(Weekday(actual.weekday()), 0)
            if start <= actual <= end:
                found.append(Holiday(name, actual, actual + timedelta(days=shift)))
    return tuple(sorted(found, key=lambda holiday: holiday.actual))


def _nth(year: int, month: int, weekday: Weekday, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
