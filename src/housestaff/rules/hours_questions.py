"""What the averages ask of a finished roster: segments, counted minutes, free days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from housestaff.core.calendar import weeks as calendar_weeks
from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.time import Span, Weekday, Zone
from housestaff.core.view import Amount, Interval, Segment, ServiceView
from housestaff.rules.assignments import Assignments
from housestaff.rules.person_hours import Joining, PersonHours, Union
from housestaff.rules.segments import pieces, shared_out, short_days
from housestaff.rules.settings import ProgramSettings


class HoursQuestions:
    """A roster with everybody's hours worked out on demand, and what the averages ask of them."""

    def __init__(self, grid: Grid, *, is_log: bool = False, known: HoursQuestions | None = None) -> None:
        """Read a grid; `known` lends the hours of people whose grid did not change."""
        self.grid, self.is_log = grid, is_log
        self.settings = ProgramSettings(grid.program.policy)
        self._service: ServiceView | None = None
        self._assignments: Assignments | None = None
        self._chosen: frozenset[str] | None = None
        self.focus: Span | None = None
        self._hours: dict[str, PersonHours] = {}
        self._segments: dict[str, list[Segment]] = {}
        if known is not None:
            known.lend(self)

    def lend(self, other: HoursQuestions) -> None:
        """Give another view what is worked out for people whose grid did not change."""
        for id_, hours in self._hours.items():
            if other.grid.has_known(id_, self.grid):
                other._hours[id_] = hours
                if id_ in self._segments:
                    other._segments[id_] = self._segments[id_]

    def in_focus(self, span: Span) -> bool:
        """Say whether a window is asked about."""
        return self.focus is None or span.overlaps(self.focus)

    @property
    def program(self) -> Program:
        """The program whose roster this is."""
        return self.grid.program

    @property
    def zone(self) -> Zone:
        """The program's time zone."""
        return self.grid.program.zone

    @property
    def first_day(self) -> date:
        """The first date that the roster speaks of."""
        return self.grid.period[0]

    @property
    def horizon(self) -> Span:
        """The span over which a blank really means nothing."""
        return self.zone.day_span(*self.grid.period)

    @property
    def residents(self) -> Sequence[Person]:
        """The residents and fellows asked about."""
        return [person for person in self.people if person.is_trainee]

    @property
    def people(self) -> Sequence[Person]:
        """Everybody asked about."""
        chosen = self._chosen
        return [person for person in self.program.people if chosen is None or person.id in chosen]

    def hours(self, person: Person) -> PersonHours:
        """What the duties and the leave of a person add up to."""
        if person.id not in self._hours:
            grid = self.grid.person(person.id)
            first = self.grid.period[0]
            joining = Joining(
                join_gap=self.settings.number("join_gap_minutes", first),
                moonlighting_rests=self.settings.is_on("moonlighting_in_rest_rules", first),
                travel_counts=self.settings.is_on("travel_counts", first),
                weekend_beside_leave_is_leave=not self.settings.is_on("count_weekend_beside_leave", first),
            )
            self._hours[person.id] = PersonHours(self.zone, self.known_duties(person), grid.away, joining)
        return self._hours[person.id]

    def known_duties(self, person: Person) -> Sequence[Duty]:
        """The duties from which the hours of a person are worked out."""
        return self.grid.person(person.id).duties

    def duties(self, person: Person) -> tuple[Duty, ...]:
        """The duties of a person in order of time."""
        return tuple(self.hours(person).duties)

    def holds(self, person: Person, duty: Duty) -> Amount:
        """One: in a finished roster whoever has a duty holds it."""
        return 1

    def stints(self, person: Person) -> Sequence[Stint]:
        """The stays of a person on rotations."""
        return self.grid.person(person.id).stints

    def segments(self, person: Person) -> Sequence[Segment]:
        """The stretches over which the averages of a person are taken, wholly inside what is known."""
        return [segment for segment in self._all_segments(person) if self.in_focus(segment.span)]

    def _all_segments(self, person: Person) -> list[Segment]:
        if person.id not in self._segments:
            self._segments[person.id] = list(self._cut_segments(person))
        return self._segments[person.id]

    def _cut_segments(self, person: Person) -> Iterator[Segment]:
        first, last = self.grid.period
        blocks = self.program.series_of(person).blocks
        grid = self.grid.person(person.id)
        cut = pieces(
            blocks,
            grid.stints,
            shortest=self.settings.number("min_segment_days", first),
            join=self.settings.choice("short_segments", first) == "join",
        )
        hours = self.hours(person)
        for piece in cut:
            if piece.first < first or piece.last > last or not person.is_employed(piece.last):
                continue
            present = 2 * piece.length - hours.leave_in(piece.first, piece.last)
            yield Segment(
                person=person.id,
                rotation=piece.rotations[0],
                first=piece.first,
                last=piece.last,
                span=self.zone.day_span(piece.first, piece.last),
                half_days=2 * piece.length,
                present=present,
                block=piece.block,
                joined=len(piece.rotations) > 1,
            )

    def weeks(self, person: Person, *, starts_on: int) -> Iterable[Span]:
        """Every whole week of the dates known, as the program cuts weeks."""
        first, last = self.grid.period
        for week in calendar_weeks(first, last, Weekday(starts_on)):
            span = self.zone.day_span(week.first, week.last)
            if week.first >= first and week.last <= last and self.in_focus(span):
                yield span

    def minutes(
        self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None, *, external: bool = True
    ) -> Amount:
        """Counted minutes in a span, overlapping duties once; an interval where some are unknown."""
        hours = self.hours(person)
        if not external:
            chosen = Union((each.start, each.end) for each in hours.work if each.duty.counts and not each.is_external)
            return chosen.minutes(span)
        if kinds is not None:
            chosen = Union(
                (piece.start, piece.end) for piece in hours.work if piece.duty.kind in kinds and piece.duty.counts
            )
            return chosen.minutes(span)
        low = hours.counted.minutes(span)
        if not hours.has_unknown:
            return low
        high = hours.counted_at_most.minutes(span)
        return low if low == high else Interval(low, high)

    def call_nights(self, person: Person, span: Span) -> Amount:
        """Nights of in-house call that start in a span; a night entered twice is one."""
        nights = {
            duty.day
            for duty in self.duties(person)
            if Flag.IN_HOUSE_CALL in duty.flags and span.start <= duty.span.start < span.end
        }
        return len(nights)

    def free_days(self, person: Person, segment: Segment) -> Amount:
        """Free days in a segment, the straddling day of an edge given to the longer piece."""
        edges = sorted({edge for each in self._all_segments(person) for edge in (each.span.start, each.span.end)})
        hours = self.hours(person)
        most = self._free(hours.surely_busy, segment.span, edges)
        least = self._free(hours.perhaps_busy, segment.span, edges) if hours.has_unknown else most
        return most if least == most else Interval(least, most)

    def free_days_in_week(self, person: Person, week: Span) -> Amount:
        """Free 24-hour spans inside one week; a leave day is one."""
        hours = self.hours(person)
        away = [hours.zone.half_span(day, half) for day, half in hours.leave_halves]
        on_leave = sum(span.shared(week) for span in away) // (24 * 60)
        return on_leave + self._free(hours.surely_busy, week, [week.start, week.end])

    def _free(self, busy: Union, window: Span, edges: Sequence[int]) -> int:
        reach = Span(max(self.horizon.start, window.start - 40 * 1440), min(self.horizon.end, window.end + 40 * 1440))
        count = 0
        whole_dates = self.settings.choice("day_off_basis", self.first_day) == "calendar_day"
        for gap in busy.gaps(reach):
            start, end = self._midnights(*gap) if whole_dates else gap
            if start < window.end and end > window.start and start < end:
                parts = shared_out(start, end, edges, self._short_days)
                count += sum(found for one, other, found in parts if window.start <= one and other <= window.end)
        return count

    def _midnights(self, start: int, end: int) -> tuple[int, int]:
        """A gap cut down to its whole calendar dates."""
        day, minute = self.zone.wall(start)
        return self.zone.at(day + timedelta(days=1) if minute else day), self.zone.at(self.zone.date_of(end))

    @property
    def _short_days(self) -> tuple[tuple[int, int], ...]:
        """The calendar dates of 23 hours in what is known."""
        return short_days(self.zone, *self.grid.period)

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down."""
        return amount // divisor
