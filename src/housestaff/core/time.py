"""Instants, spans, half-days and zones: every length in the core is a whole number of minutes.

An instant is a count of minutes since 1970-01-01T00:00 UTC. It is zone-aware by construction: a `Zone` is the only
way from a wall clock to an instant and back, so a night over a clock change has its true length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from housestaff.core.errors import BadInput

HOUR = 60
DAY = 24 * HOUR
NOON = 12 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()


class Half(StrEnum):
    """One of the two halves of a calendar day: morning to noon, noon to midnight."""

    AM = "AM"
    PM = "PM"


class Weekday(IntEnum):
    """A day of the week, Monday first; files hold its name, never its number."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6

    @classmethod
    def named(cls, text: str) -> Weekday:
        """Read a weekday from its English name or its first three letters."""
        for day in cls:
            if text.strip().lower() in {day.name.lower(), day.name[:3].lower()}:
                return day
        raise BadInput(f"'{text}' is no weekday.", remedy="Write a name such as monday.")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time from one instant up to, not including, another."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Elapsed minutes."""
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share at least a minute."""
        return self.start < other.end and other.start < self.end

    def shared(self, other: Span) -> int:
        """Minutes that both cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def clipped(self, other: Span) -> Span:
        """The part of this span inside the other; empty spans have equal ends."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))

    def holds(self, other: Span) -> bool:
        """Say whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone that turns wall clocks into instants and back."""

    name: str

    def __post_init__(self) -> None:
        """Refuse a zone that nobody knows."""
        try:
            ZoneInfo(self.name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(
                f"'{self.name}' is no time zone.", remedy="Write an IANA name such as America/Chicago."
            ) from error

    def day(self, moment: datetime) -> date:
        """The date that the wall clock shows at a moment."""
        return moment.astimezone(ZoneInfo(self.name)).date()

    def at(self, day: date, minute: int = 0) -> int:
        """The instant at a minute of the wall clock of a date; minutes over 1440 run into the next days."""
        if minute >= DAY:
            day, minute = day + timedelta(days=minute // DAY), minute % DAY
        start = _midnight(self.name, day.toordinal())
        if _midnight(self.name, day.toordinal() + 1) - start == DAY:
            return start + minute
        moment = datetime(day.year, day.month, day.day, minute // HOUR, minute % HOUR, tzinfo=ZoneInfo(self.name))
        return int(moment.timestamp()) // 60

    def date_of(self, instant: int) -> date:
        """The local calendar date of an instant."""
        return date.fromordinal(_ordinal(self.name, instant))

    def wall(self, instant: int) -> tuple[date, int]:
        """The local date and minute of the day that clocks show at an instant."""
        ordinal = _ordinal(self.name, instant)
        start = _midnight(self.name, ordinal)
        if _midnight(self.name, ordinal + 1) - start == DAY:
            return date.fromordinal(ordinal), instant - start
        moment = datetime.fromtimestamp(instant * 60, ZoneInfo(self.name))
        return moment.date(), moment.hour * HOUR + moment.minute

    def half_of(self, instant: int) -> tuple[date, Half]:
        """The half-day of the wall clock that holds an instant."""
        day, minute = self.wall(instant)
        return day, Half.AM if minute < NOON else Half.PM

    def half_at(self, moment: datetime) -> tuple[date, Half]:
        """The half-day of the wall clock that holds a moment."""
        return self.half_of(int(moment.timestamp()) // 60)

    def wall_minutes(self, span: Span) -> int:
        """The length of a span as the clocks on the wall show it; differs from elapsed over a clock change."""
        if _is_plain(self.name, _ordinal(self.name, span.start), _ordinal(self.name, span.end)):
            return span.end - span.start
        (first, start), (last, end) = self.wall(span.start), self.wall(span.end)
        return (last - first).days * DAY + end - start

    def day_span(self, first: date, last: date | None = None) -> Span:
        """The span from midnight at the start of one date to midnight at the end of another."""
        return Span(self.at(first), self.at((last or first) + timedelta(days=1)))

    def half_span(self, day: date, half: Half) -> Span:
        """The morning or the afternoon of a date: midnight to noon, noon to midnight."""
        if half is Half.AM:
            return Span(self.at(day), self.at(day, NOON))
        return Span(self.at(day, NOON), self.at(day + timedelta(days=1)))

    def clock(self, instant: int) -> str:
        """An instant as people write it, for example "Wed 2025-08-13 07:00"."""
        day, minute = self.wall(instant)
        return f"{day:%a %Y-%m-%d} {minute // HOUR:02}:{minute % HOUR:02}"


@lru_cache(maxsize=65536)
def _midnight(zone: str, ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp()) // 60


@lru_cache(maxsize=65536)
def _is_plain(zone: str, first: int, last: int) -> bool:
    """Say whether no clock changes between two dates."""
    return _midnight(zone, last + 1) - _midnight(zone, first) == (last + 1 - first) * DAY


def _ordinal(zone: str, instant: int) -> int:
    guess = instant // DAY + _EPOCH
    if _midnight(zone, guess) > instant:
        return guess - 1
    return guess + 1 if _midnight(zone, guess + 1) <= instant else guess


def days(first: date, last: date) -> Iterator[date]:
    """Every date from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def hours_and_minutes(minutes: int) -> str:
    """Minutes as people say them, for example "252 h 00"."""
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // HOUR} h {abs(minutes) % HOUR:02}"


def minute_of_day(text: str) -> int:
    """Read "07:30" as minutes after midnight; "24:00" is the end of the day."""
    hour, colon, minute = text.strip().partition(":")
    if not (
        colon and hour.isdigit() and minute.isdigit() and int(hour) * HOUR + int(minute) <= DAY and int(minute) < HOUR
    ):
        raise BadInput(f"'{text}' is no time of day.", remedy="Write it as 07:30.")
    return int(hour) * HOUR + int(minute)
