"""The scenario as the oracle sees it: one person, a list of minutes, one bit for each thing true of a minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
DAY = 24 * 60

# What can be true of one minute of one person's life.
ACTIVE = 1  # works, learns or hands off
COUNTED = 2  # the minute counts toward the eighty hours
CLINICAL = 4
IN_HOUSE = 8
SCHEDULED = 16
EDUCATION = 32
TRANSITION = 64
NEW_PATIENTS = 128
HOME_CALL = 256  # at-home call is assigned, working or not
CALLED_IN = 512  # works during at-home call
MOONLIGHTING = 1024
CALL = 2048  # in-house call
EMERGENCY = 4096  # works a shift in the emergency department
EMERGENCY_PLAN = 8192  # is scheduled for a shift in the emergency department

FLAG_BITS = {
    "in_house": IN_HOUSE,
    "scheduled": SCHEDULED,
    "clinical": CLINICAL,
    "education": EDUCATION,
    "transition": TRANSITION,
    "new_patients": NEW_PATIENTS,
    "moonlighting": MOONLIGHTING,
    "in_house_call": CALL,
}
DEFAULTS: Json = {
    "join_gap_minutes": 60,
    "free_days_rounding": "floor",
    "call_nights_rounding": "floor",
    "day_off_basis": "continuous_24h",
    "post_call_days_off_max": 1,
    "count_weekend_beside_leave": False,
    "min_segment_days": 7,
    "short_segments": "join",
    "home_call_starts_new_rest": False,
    "moonlighting_in_rest_rules": True,
    "night_float_days_off": "averaged",
    "eight_hours_force": "SHOULD",
    "clock_change": "lenient",
    "early_warning_days": 28,
    "thin_margin_percent": 5,
    "every_third_night_averaged": True,
    "stays_by_choice_max": 2,
    "home_call_disturbed_percent": 50,
    "em_hours_basis": "each_week",
    "six_in_a_row": 6,
    "six_nights": 6,
    "ten_hours_between": None,
    "long_run": 24,
    "call_spacing": 2,
    "sixteen_hours_first_year": None,
    "spill_counts": True,
    "moonlighting_ban": False,
    "verified_rows": [],
}


@dataclass(frozen=True)
class Result:
    """One verdict of one rule about one person over some dates."""

    rule: str
    person: str
    first: date
    last: date
    verdict: str
    amount: int | None = None
    limit: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Duty:
    """One duty: its planned span, the spans really worked, and everything the rules ask about it, in minutes."""

    kind: str
    flags: frozenset[str]
    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    counts: bool
    unknown: bool
    night: date

    def is_(self, name: str) -> bool:
        """Whether the duty is of this kind or carries this flag."""
        return self.kind == name or name in self.flags

    def bits(self) -> int:
        """What is true of each minute worked in this duty."""
        if self.is_("home_call"):
            return ACTIVE | COUNTED | CLINICAL | CALLED_IN
        bits = ACTIVE | (COUNTED if self.counts else 0)
        for flag in self.flags:
            bits |= FLAG_BITS.get(flag, 0)
        for kind, bit in (("moonlighting", MOONLIGHTING), ("in_house_call", CALL), ("emergency_shift", EMERGENCY)):
            bits |= bit if self.kind == kind else 0
        return bits


def day(text: str) -> date:
    """A date written as in the scenario."""
    return date.fromisoformat(text)


def days_between(first: date, last: date) -> list[date]:
    """All dates from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


class Clock:
    """Numbers the minutes that really pass, from a local midnight before everything to one after everything."""

    def __init__(self, zone: str, first: date, last: date) -> None:
        self.zone = ZoneInfo(zone)
        self.dates = days_between(first, last)
        self._origin = datetime.combine(first, time(), self.zone).astimezone(UTC)
        self.midnight = [self.at(datetime.combine(each, time())) for each in self.dates]
        self.midnight.append(self.at(datetime.combine(last + timedelta(days=1), time())))
        self.noon = [self.at(datetime.combine(each, time(12))) for each in self.dates]
        self.length = self.midnight[-1]
        self.index = {each: number for number, each in enumerate(self.dates)}
        self.day_of = [0] * self.length
        for number in range(len(self.dates)):
            for minute in range(self.midnight[number], self.midnight[number + 1]):
                self.day_of[minute] = number

    def at(self, local: datetime) -> int:
        """The number of the minute at which the local wall clock shows this time."""
        return round((local.replace(tzinfo=self.zone).astimezone(UTC) - self._origin).total_seconds() / 60)

    def date_of(self, minute: int) -> date:
        """The local date on which a minute lies."""
        return self.dates[self.day_of[min(max(minute, 0), self.length - 1)]]

    def start(self, when: date) -> int:
        """The first minute of a date."""
        return self.midnight[self.index[when]]

    def end(self, when: date) -> int:
        """The minute after the last one of a date."""
        return self.midnight[self.index[when] + 1]

    def wall(self, start: int, end: int) -> int:
        """How far the wall clock moves between two minutes."""
        shown = [
            (self._origin + timedelta(minutes=each)).astimezone(self.zone).replace(tzinfo=None) for each in (start, end)
        ]
        return round((shown[1] - shown[0]).total_seconds() / 60)


def clock_of(scenario: Json) -> Clock:
    """A clock that covers every date the scenario names, and a few more on both sides."""
    named = [day(scenario["complete"]["from"]), day(scenario["complete"]["to"])]
    for duty in scenario["duties"]:
        named += [day(duty["start"][:10]), day(duty["end"][:10])]
        named += [day(piece[key][:10]) for piece in duty.get("work", []) for key in ("start", "end")]
    for stint in scenario["stints"]:
        named += [day(stint["first"]), day(stint["last"])]
    for leave in scenario["leave"]:
        named += [day(leave["from"]), day(leave["to"])]
    return Clock(scenario["zone"], min(named) - timedelta(days=9), max(named) + timedelta(days=9))


def moment(clock: Clock, record: Json, key: str) -> int:
    """The minute of a local time of a record; "fold": 1 means the second pass of a repeated hour."""
    return clock.at(datetime.fromisoformat(record[key]).replace(fold=record.get("fold", 0)))


def read_duty(clock: Clock, record: Json, reading: str) -> Duty:
    """One duty record. What was worked is the logged work where there is some, else the planned span."""
    start, end = moment(clock, record, "start"), moment(clock, record, "end")
    logged = tuple((moment(clock, piece, "start"), moment(clock, piece, "end")) for piece in record.get("work", []))
    home = record["kind"] == "home_call" or "home_call" in record["flags"]
    pieces = ((start, end),)
    if home or (reading == "log" and logged):
        pieces = logged
    return Duty(
        kind=record["kind"],
        flags=frozenset(record["flags"]),
        start=start,
        end=end,
        pieces=pieces,
        counts=record.get("counts", True),
        unknown=record.get("certainty", "known") == "unknown",
        night=day(record["start"][:10]),
    )
