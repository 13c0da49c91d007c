"""One person's minutes, leave halves, work periods and segments."""

from dataclasses import dataclass
from datetime import date, timedelta

from .model import (
    ACTIVE,
    COUNTED,
    DEFAULTS,
    EMERGENCY_PLAN,
    HOME_CALL,
    Clock,
    Duty,
    Json,
    day,
    days_between,
    read_duty,
)

Half = tuple[date, str]
Span = tuple[int, int]


@dataclass(frozen=True)
class Segment:
    """The days over which an average is taken, with the rotations they hold."""

    rotations: tuple[str, ...]
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many dates the segment has."""
        return (self.last - self.first).days + 1


def edition(when: date) -> int:
    """The year of the rules in force on a date: 2003, 2011 or 2017; 0 before there were any."""
    starts = [(date(2017, 7, 1), 2017), (date(2011, 7, 1), 2011), (date(2003, 7, 1), 2003)]
    return next((year for start, year in starts if when >= start), 0)


class World:
    """One person's life, minute by minute, either with the unknown duties or without them."""

    def __init__(self, scenario: Json, clock: Clock, person: Json, *, with_unknown: bool) -> None:
        self.scenario, self.clock, self.record = scenario, clock, person
        self.person: str = person["id"]
        self.settings: Json = DEFAULTS | scenario["settings"]
        self.log = scenario["reading"] == "log"
        duties = [
            read_duty(clock, record, scenario["reading"])
            for record in scenario["duties"]
            if record["person"] == self.person
        ]
        self.has_unknown = any(duty.unknown for duty in duties)
        self.duties = [duty for duty in duties if with_unknown or not duty.unknown]
        self.minutes = self._lived(self.duties)
        self.rest = self.minutes
        if not self.settings["moonlighting_in_rest_rules"]:
            self.rest = self._lived([duty for duty in self.duties if not duty.is_("moonlighting")])
        self.segments = segments(scenario, self.person, self.settings)
        self.asked_leave = self._asked_leave()
        self.leave = self._leave()

    def _lived(self, duties: list[Duty]) -> list[int]:
        """Write duties into a fresh list of minutes."""
        minutes = [0] * self.clock.length
        for duty in duties:
            bits = duty.bits()
            if duty.is_("moonlighting") and "in_house" not in duty.flags and edition(duty.night) == 2003:
                bits &= ~COUNTED  # until 2011 only internal moonlighting counted
            for start, end in duty.pieces:
                for minute in range(start, end):
                    minutes[minute] |= bits
            planned = HOME_CALL if duty.is_("home_call") else EMERGENCY_PLAN if duty.kind == "emergency_shift" else 0
            for minute in range(duty.start, duty.end):
                minutes[minute] |= planned
        return minutes

    def half_span(self, half: Half) -> Span:
        """The minutes of the morning or the afternoon of a date."""
        noon = self.clock.noon[self.clock.index[half[0]]]
        return (self.clock.start(half[0]), noon) if half[1] == "AM" else (noon, self.clock.end(half[0]))

    def count(self, start: int, end: int, bits: int) -> int:
        """How many minutes between two have one of the bits."""
        return sum(1 for minute in range(start, end) if self.minutes[minute] & bits)

    def _asked_leave(self) -> set[Half]:
        """The halves covered by approved leave, worked or not."""
        halves: set[Half] = set()
        for record in self.scenario["leave"]:
            if record["person"] != self.person:
                continue
            for when in days_between(day(record["from"]), day(record["to"])):
                halves |= {(when, half) for half in ("AM", "PM") if record.get("half") in (None, half)}
        return halves

    def _leave(self) -> set[Half]:
        """The halves that leave the averages: no counted minute on them; and weekends beside a week of leave."""
        halves = {half for half in self.asked_leave if not self.count(*self.half_span(half), COUNTED)}
        if self.settings["count_weekend_beside_leave"]:
            return halves
        weekends: set[Half] = set()
        for monday in {when - timedelta(days=when.weekday()) for when, _ in halves}:
            workweek = days_between(monday, monday + timedelta(days=4))
            if all((when, half) in halves for when in workweek for half in ("AM", "PM")):
                for offset in (-2, -1, 5, 6):
                    when = monday + timedelta(days=offset)
                    if not self.count(self.clock.start(when), self.clock.end(when), COUNTED):
                        weekends |= {(when, "AM"), (when, "PM")}
        return halves | weekends

    def halves_counted(self, segment: Segment) -> int:
        """The half-day count h of a segment: its halves that are not leave."""
        dates = days_between(segment.first, segment.last)
        return sum(1 for when in dates for half in ("AM", "PM") if (when, half) not in self.leave)

    def level(self, when: date) -> str:
        """The person's level of training on a date."""
        for span in self.record["levels"]:
            if day(span["from"]) <= when and (span["to"] is None or when <= day(span["to"])):
                return str(span["level"])
        return ""

    def intermediate(self, when: date) -> bool:
        """Whether the person is at the intermediate level of the 2011 edition: PGY-2 unless the program says so."""
        stage = self.record.get("stage")
        return stage == "intermediate" if stage else self.level(when) == "PGY-2"

    def periods(self, bit: int = ACTIVE) -> list[Span]:
        """Work periods: minutes with the bit, joined whenever the gap is at most the join gap.

        Moonlighting takes part unless the setting leaves it out of the rules about rest.
        """
        spans: list[list[int]] = []
        join_gap = self.settings["join_gap_minutes"]
        for minute, bits in enumerate(self.rest):
            if bits & bit:
                if spans and minute - spans[-1][1] <= join_gap:
                    spans[-1][1] = minute + 1
                else:
                    spans.append([minute, minute + 1])
        return [(start, end) for start, end in spans]

    def limit_length(self, start: int, end: int) -> int:
        """A length as the length limits see it: the autumn hour is forgiven unless the setting says elapsed."""
        elapsed = end - start
        if self.settings["clock_change"] == "elapsed":
            return elapsed
        return min(elapsed, self.clock.wall(start, end))


def segments(scenario: Json, person: str, settings: Json) -> list[Segment]:
    """The person's segments, block by block."""
    found: list[Segment] = []
    for block in scenario["blocks"]:
        runs = rotation_runs(scenario, person, day(block["first"]), day(block["last"]))
        pieces = [piece for run in runs for piece in cut_long(run)]
        if settings["short_segments"] == "join":
            pieces = join_short(pieces, settings["min_segment_days"])
        found += pieces
    return found


def rotation_runs(scenario: Json, person: str, first: date, last: date) -> list[Segment]:
    """The longest runs of dates on one rotation inside a block."""
    runs: list[Segment] = []
    for when in days_between(first, last):
        for stint in scenario["stints"]:
            if stint["person"] != person or not day(stint["first"]) <= when <= day(stint["last"]):
                continue
            same = runs and runs[-1].rotations == (stint["rotation"],)
            if same and runs[-1].last == when - timedelta(days=1):
                runs[-1] = Segment(runs[-1].rotations, runs[-1].first, when)
            else:
                runs.append(Segment((stint["rotation"],), when, when))
            break
    return runs


def cut_long(run: Segment) -> list[Segment]:
    """While more than 31 days remain, 28 are cut off."""
    pieces: list[Segment] = []
    while run.days > 31:
        edge = run.first + timedelta(days=27)
        pieces.append(Segment(run.rotations, run.first, edge))
        run = Segment(run.rotations, edge + timedelta(days=1), run.last)
    return [*pieces, run]


def join_short(pieces: list[Segment], least: int) -> list[Segment]:
    """Join segments that are too short, from left to right, until none is left that can be joined."""
    place = 0
    while place < len(pieces):
        other = place - 1 if place > 0 else 1
        if pieces[place].days < least and other < len(pieces):
            left, right = sorted((pieces[place], pieces[other]), key=lambda each: each.first)
            touching = right.first - left.last == timedelta(days=1)
            if touching and left.days + right.days <= 31:
                rotations = tuple(dict.fromkeys(left.rotations + right.rotations))
                low = min(place, other)
                pieces = [*pieces[:low], Segment(rotations, left.first, right.last), *pieces[low + 2 :]]
                place = 0
                continue
        place += 1
    return pieces
