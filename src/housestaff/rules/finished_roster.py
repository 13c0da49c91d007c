"""Reading one of the rules: a finished roster, whose answers are numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property

from housestaff.core.calendar import weeks as calendar_weeks
from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program, StayByChoice
from housestaff.core.roster import Roster
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Span, Weekday, Zone, days
from housestaff.core.view import Amount, Interval, Segment, Stretch
from housestaff.rules.person_hours import Joining, Period, PersonHours, Union
from housestaff.rules.segments import is_short, pieces, shared_out
from housestaff.rules.settings import ProgramSettings


class FinishedRoster:
    """A roster with everybody's hours worked out on demand; narrowed views share what is already known."""

    def __init__(self, grid: Grid, *, is_log: bool = False, known: FinishedRoster | None = None) -> None:
        """Read a grid; `known` lends the hours of people whose grid did not change."""
        self.grid, self.is_log = grid, is_log
        self.settings = ProgramSettings(grid.program.policy)
        self._chosen: frozenset[str] | None = None
        self.focus: Span | None = None
        self._hours: dict[str, PersonHours] = {}
        self._segments: dict[str, list[Segment]] = {}
        if known is not None:
            for id_ in known._hours:
                if grid.has_known(id_, known.grid):
                    self._hours[id_] = known._hours[id_]
                    if id_ in known._segments:
                        self._segments[id_] = known._segments[id_]

    @classmethod
    def of(cls, program: Program, roster: Roster, *, is_log: bool = False) -> FinishedRoster:
        """Read a program and a roster."""
        return cls(Grid(program, roster), is_log=is_log)

    def narrowed(self, people: Iterable[str], span: Span) -> FinishedRoster:
        """The same roster, asked only about some people and only about windows that touch a span."""
        view = FinishedRoster(self.grid, is_log=self.is_log)
        view._hours, view._segments = self._hours, self._segments
        view._chosen, view.focus = frozenset(people), span
        return view

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

    @cached_property
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

    @property
    def is_narrowed(self) -> bool:
        """Say whether only a part of the roster is asked about."""
        return self._chosen is not None

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
            self._hours[person.id] = PersonHours(self.zone, grid.duties, grid.away, joining)
        return self._hours[person.id]

    def duties(self, person: Person) -> tuple[Duty, ...]:
        """The duties of a person in order of time."""
        return self.hours(person).duties

    # -- segments ------------------------------------------------------------------------------------------------------

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

    # -- amounts -------------------------------------------------------------------------------------------------------

    def minutes(self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None) -> Amount:
        """Counted minutes in a span, overlapping duties once; an interval where some are unknown."""
        hours = self.hours(person)
        if kinds is not None:
            chosen = Union((piece.start, piece.end) for piece in hours.work if piece.duty.kind in kinds and piece.duty.counts)
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
        for start, end in busy.gaps(reach):
            if start < window.end and end > window.start:
                parts = shared_out(start, end, edges, self._short_days)
                count += sum(found for one, other, found in parts if window.start <= one and other <= window.end)
        return count

    @cached_property
    def _short_days(self) -> tuple[tuple[int, int], ...]:
        """The calendar dates of 23 hours in what is known."""
        found: list[tuple[int, int]] = []
        for day in days(*self.grid.period):
            span = self.zone.day_span(day)
            if is_short(span.start, span.end):
                found.append((span.start, span.end))
        return tuple(found)

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down."""
        return amount // divisor

    # -- stretches -----------------------------------------------------------------------------------------------------

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """The rest between each two scheduled work periods."""
        hours = self.hours(person)
        periods: Sequence[Period] = hours.scheduled_periods
        if self.settings.is_on("home_call_starts_new_rest", self.grid.period[0]):
            periods = hours.periods
        yield from self._rests(person, periods)

    def _rests(self, person: Person, periods: Sequence[Period]) -> Iterator[Stretch]:
        for one, other in zip(periods, periods[1:], strict=False):
            span = Span(one.end, other.start)
            if self.in_focus(span):
                note = "clock change" if self.zone.wall_minutes(span) != span.minutes else ""
                yield Stretch(person.id, span, span.minutes, (one.work[-1].duty, other.work[0].duty), note=note)

    def rests_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """The rest after each work period with that many in-house minutes, up to the next work or at-home call."""
        hours = self.hours(person)
        for one, other in zip(hours.periods, hours.periods[1:], strict=False):
            in_house = self._trigger_minutes(one)
            span = Span(one.end, other.start)
            if in_house >= call and self.in_focus(Span(one.start, max(other.start, one.end + 1))):
                yield Stretch(person.id, span, span.minutes, (*one.duties, other.work[0].duty), limit=in_house)

    def home_call_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """At-home call assigned within the rest after 24 hours: the rest is at risk though nothing is worked yet."""
        hours = self.hours(person)
        home = [duty for duty in hours.duties if Flag.HOME_CALL in duty.flags]
        for one in hours.periods:
            if self._trigger_minutes(one) >= call:
                for duty in home:
                    span = Span(one.end, duty.span.start)
                    if 0 <= span.minutes < under and self.in_focus(Span(one.start, duty.span.end)):
                        yield Stretch(person.id, span, span.minutes, (*one.duties, duty))

    def _trigger_minutes(self, period: Period) -> int:
        """In-house minutes of a work period, the larger of elapsed and wall clock, joined gaps included."""
        in_house = [piece for piece in period.work if Flag.IN_HOUSE in piece.duty.flags and not piece.called_in]
        if not in_house:
            return 0
        span = Span(in_house[0].start, max(piece.end for piece in in_house))
        return max(span.minutes, self.zone.wall_minutes(span))

    def clinical_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Clinical work inside each work period, from its first clinical minute to its last."""
        for period in self.hours(person).periods:
            clinical = [piece for piece in period.work if piece.is_clinical]
            if clinical:
                span = Span(clinical[0].start, max(piece.end for piece in clinical))
                if self.in_focus(span):
                    yield self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in clinical)))

    def work_periods(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each work period of any activity."""
        for period in self.hours(person).periods:
            span = Span(period.start, period.end)
            if self.in_focus(span):
                yield self._stretch(person, span, period.duties)

    def _stretch(self, person: Person, span: Span, duties: tuple[Duty, ...]) -> Stretch:
        """A stretch with its judged length: under the lenient reading an autumn hour is only a note."""
        wall = self.zone.wall_minutes(span)
        if wall == span.minutes:
            return Stretch(person.id, span, span.minutes, duties)
        lenient = self.settings.choice("clock_change", self.zone.date_of(span.start)) == "lenient"
        judged = min(span.minutes, wall) if lenient else span.minutes
        return Stretch(person.id, span, judged, duties, shown=span.minutes, note="clock change")

    def after(self, stretch: Stretch, minutes: int) -> int:
        """The instant a number of judged minutes after the start of a stretch."""
        return stretch.span.start + minutes + ((stretch.shown or stretch.minutes) - stretch.minutes)

    def new_patients_after(self, stretch: Stretch, instant: int) -> int:
        """Minutes after an instant that are clinical or take new patients: only handoff and education may stand there."""
        allowed = (Flag.TRANSITION, Flag.EDUCATION)
        late = [
            (max(duty.span.start, instant), min(duty.span.end, stretch.span.end))
            for duty in stretch.duties
            if Flag.NEW_PATIENTS in duty.flags or not any(flag in duty.flags for flag in allowed)
        ]
        return Union((start, end) for start, end in late if end > start).minutes(stretch.span)

    # -- runs ----------------------------------------------------------------------------------------------------------

    def duty_runs(self, person: Person, *, most: int) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Each run of consecutive calendar dates with duty: how many, and when."""
        spill = self.settings.is_on("spill_counts", self.grid.period[0])
        leave = self.hours(person).leave_halves
        whole_leave = {day for day, _half in leave if (day, Half.AM) in leave and (day, Half.PM) in leave}
        dates = [day for day in self.hours(person).dates_with_duty(spill=spill) if day not in whole_leave]
        yield from self._runs(dates)

    def night_runs(self, person: Person, *, most: int, since: date | None, until: date | None) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Each run of consecutive nights of night float that fall under an edition of the rule."""
        nights = sorted({duty.day for duty in self.duties(person) if Flag.NIGHT_FLOAT in duty.flags})
        held = [day for day in nights if (since is None or since <= day) and (until is None or day <= until)]
        yield from self._runs(held)

    def _runs(self, dates: Sequence[date]) -> Iterator[tuple[int, Span, tuple[Duty, ...]]]:
        run: list[date] = []
        for day in [*dates, None]:
            if run and (day is None or day - run[-1] != timedelta(days=1)):
                span = self.zone.day_span(run[0], run[-1])
                if self.in_focus(span):
                    yield len(run), span, ()
                run = []
            if day is not None:
                run.append(day)

    def rotation_on(self, person: Person, day: date) -> Rotation | None:
        """The rotation of a person on a date."""
        return self.grid.person(person.id).rotation_on(day)

    def stays(self, person: Person, span: Span) -> list[StayByChoice]:
        """The stays by choice of a person that are logged inside a span."""
        return [stay for stay in self.program.stays if stay.person == person.id and span.shared(self.zone.day_span(stay.day))]
