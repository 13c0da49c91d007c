"""Reading one of the rules: a finished roster, whose answers are numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property

from housestaff.core.calendar import weeks as calendar_weeks
from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program, StayByChoice
from housestaff.core.roster import Roster
from housestaff.core.rotations import Rotation
from housestaff.core.time import DAY, HOUR, NOON, Half, Span, Weekday, Zone, days
from housestaff.core.view import Amount, Interval, Segment, ServiceView, Stretch
from housestaff.rules.assignments import Assignments, overlapping
from housestaff.rules.person_hours import Joining, Period, PersonHours, Union
from housestaff.rules.segments import pieces, shared_out, short_days
from housestaff.rules.service import FinishedService
from housestaff.rules.settings import ProgramSettings


class FinishedRoster:
    """A roster with everybody's hours worked out on demand; narrowed views share what is already known."""

    def __init__(self, grid: Grid, *, is_log: bool = False, known: FinishedRoster | None = None) -> None:
        """Read a grid; `known` lends the hours of people whose grid did not change."""
        self.grid, self.is_log = grid, is_log
        self.settings = ProgramSettings(grid.program.policy)
        self._service: ServiceView | None = None
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
        return tuple(self.hours(person).duties)

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

    # -- stretches -----------------------------------------------------------------------------------------------------

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """The rest between each two scheduled work periods."""
        hours = self.hours(person)
        called_in_too = self.settings.is_on("home_call_starts_new_rest", self.first_day)
        yield from self._rests(person, hours.periods if called_in_too else hours.scheduled_periods)
        yield from _doubtful(
            self._rests(person, hours.doubtful_periods if called_in_too else hours.doubtful_scheduled_periods)
        )

    def _rests(self, person: Person, periods: Sequence[Period]) -> Iterator[Stretch]:
        for one, other in zip(periods, periods[1:], strict=False):
            span, rest = Span(one.start, other.start + 1), Span(one.end, other.start)
            if self.in_focus(span):
                note = "clock change" if self.zone.wall_minutes(rest) != rest.minutes else ""
                yield Stretch(person.id, span, rest.minutes, (one.work[-1].duty, other.work[0].duty), note=note)

    def rests_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """The rest after each work period with that many in-house minutes, up to the next work."""
        hours = self.hours(person)
        yield from self._rests_after_call(person, hours.periods, call)
        yield from _doubtful(self._rests_after_call(person, hours.doubtful_periods, call))

    def _rests_after_call(self, person: Person, periods: Sequence[Period], call: int) -> Iterator[Stretch]:
        for one, other in zip(periods, periods[1:], strict=False):
            span = Span(one.start, other.start + 1)
            if self._is_triggered(one, call) and self.in_focus(span):
                yield Stretch(person.id, span, other.start - one.end, (*one.duties, other.work[0].duty))

    def home_call_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """At-home call assigned within the rest after 24 hours: the rest is at risk though nothing is worked yet."""
        if self.is_log:
            return
        hours = self.hours(person)
        home = [duty for duty in hours.duties if Flag.HOME_CALL in duty.flags]
        for one in hours.periods:
            if self._is_triggered(one, call):
                for duty in home:
                    rest = max(0, duty.span.start - one.end)
                    span = Span(one.start, max(one.end, duty.span.start) + 1)
                    worked = any(0 <= work.start - one.end < under for work in duty.work)
                    if rest < under and duty.span.end > one.end and not worked and self.in_focus(span):
                        yield Stretch(person.id, span, rest, (*one.duties, duty))

    def _is_triggered(self, period: Period, call: int) -> bool:
        """Say whether a work period holds that many in-house minutes; short ones are out at a glance."""
        return period.end - period.start + HOUR >= call and self._trigger_minutes(period) >= call

    def _trigger_minutes(self, period: Period) -> int:
        """In-house minutes of a work period, the larger of elapsed and wall clock, joined gaps included."""
        in_house = [piece for piece in period.work if Flag.IN_HOUSE in piece.duty.flags and not piece.called_in]
        if not in_house:
            return 0
        span = Span(in_house[0].start, max(piece.end for piece in in_house))
        return self._longer(span)

    def _longer(self, span: Span) -> int:
        """The larger of elapsed and wall-clock minutes, where the program does not ask for elapsed ones only."""
        if self.settings.choice("clock_change", self.zone.date_of(span.start)) == "elapsed":
            return span.minutes
        return max(span.minutes, self.zone.wall_minutes(span))

    def clinical_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Clinical work inside each work period, from its first clinical minute to its last."""
        hours = self.hours(person)
        yield from self._clinical(person, hours.periods)
        yield from _doubtful(self._clinical(person, hours.doubtful_periods))

    def _clinical(self, person: Person, periods: Sequence[Period]) -> Iterator[Stretch]:
        for period in periods:
            clinical = [piece for piece in period.work if piece.is_clinical]
            if clinical:
                span = Span(clinical[0].start, max(piece.end for piece in clinical))
                if self.in_focus(span):
                    yield self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in clinical)))

    def work_periods(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each work period of any activity."""
        hours = self.hours(person)
        yield from self._whole_periods(person, hours.periods)
        yield from _doubtful(self._whole_periods(person, hours.doubtful_periods))

    def _whole_periods(self, person: Person, periods: Sequence[Period]) -> Iterator[Stretch]:
        for period in periods:
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
        hours = self.hours(person)
        sure = {day for day in hours.dates_with_duty(spill=spill) if day not in whole_leave}
        yield from self._runs(sorted(sure))
        if hours.has_unknown:
            perhaps = {
                self.zone.date_of(duty.span.start) for duty in hours.duties if duty.certainty is Certainty.UNKNOWN
            }
            for count, span, _duties in self._runs(sorted(sure | (perhaps - whole_leave))):
                surely = [found for found, inside, _none in self._runs(sorted(sure)) if span.holds(inside)]
                if count > most >= max(surely, default=0):
                    yield Interval(max(surely, default=0), count), span, ()

    def night_runs(
        self, person: Person, *, most: int, since: date | None, until: date | None
    ) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
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
        return [
            stay
            for stay in self.program.stays
            if stay.person == person.id and span.shared(self.zone.day_span(stay.day))
        ]

    # -- services and single assignments -------------------------------------------------------------------------------

    @property
    def service(self) -> ServiceView:
        """Who is on which service, counted."""
        if self._service is None:
            self._service = FinishedService(self.grid, self.focus)
        return self._service

    @property
    def assignments(self) -> Assignments:
        """Facts about single assignments."""
        return Assignments(self.grid, self.in_focus)

    def overlapping(self, person: Person) -> Iterable[tuple[Duty, Duty, Amount]]:
        """Each two duties of a person that share minutes."""
        for one, other, minutes in overlapping(self.hours(person)):
            if self.in_focus(one.span):
                yield one, other, minutes

    # -- small answers -------------------------------------------------------------------------------------------------

    def date_of(self, instant: int) -> date:
        """The local date of an instant."""
        return self.zone.date_of(instant)

    def is_nothing(self, amount: Amount) -> bool:
        """Say whether an amount is surely zero."""
        return amount == 0

    def known(self, amount: Amount) -> int | None:
        """An amount as a number where it is one."""
        return amount if isinstance(amount, int) else None

    def each_week(self, key: str) -> bool:
        """Say whether weekly caps are judged on each week instead of on the average."""
        return self.settings.choice(key, self.grid.period[0]) == "each_week"

    def thin_from(self, limit: Amount, segment: Segment) -> int:
        """The amount of hours from which a kept average is thin: less than the set margin is left."""
        percent = self.settings.number("thin_margin_percent", segment.first)
        return limit * (100 - percent) // 100 + 1

    def hours_allowed(self, segment: Segment, usual: int) -> tuple[int, str]:
        """The weekly hours of a segment: the usual ones, or an exception in force with its approvals on all its days."""
        for record in self.program.hour_exceptions:
            covers = record.first <= segment.first and segment.last <= record.last
            if record.rotation == segment.rotation and covers and not segment.joined:
                if record.gmec is None or record.dio is None:
                    return usual, "approval missing"
                return record.weekly_hours, f"exception of the Review Committee: {record.weekly_hours} hours"
        return usual, ""

    def days_off_are_the_wards(self, person: Person, segment: Segment) -> str:
        """Why free days are not known: the ward manages them, and nothing was issued; empty where they are known."""
        rotation = self.program.rotation_by_code.get(segment.rotation)
        if rotation is None or rotation.days_off.managed_by != "ward":
            return ""
        unknown = any(
            duty.certainty is Certainty.UNKNOWN and duty.span.overlaps(segment.span) for duty in self.duties(person)
        )
        return f"ward-managed, {rotation.days_off.per_28_days} declared" if unknown else ""

    def free_days_after_call(self, person: Person, segment: Segment) -> Amount:
        """Free days whose gap begins when a call or a night ends."""
        hours = self.hours(person)
        ends = {duty.span.end for duty in hours.duties if Flag.IN_HOUSE_CALL in duty.flags}
        ends |= {period.end for period in hours.periods if self._is_triggered(period, DAY)}
        count = 0
        for start, end in hours.surely_busy.gaps(Span(max(segment.span.start, self.horizon.start), segment.span.end)):
            count += int(start in ends and end - start >= DAY)
        return count

    def stay_minutes(self, person: Person, period: Stretch) -> tuple[int, str]:
        """Minutes of a work period that were a stay by choice with reason and both flags; only in the hours log."""
        if not self.is_log:
            return 0, ""
        allowed = [
            stay for stay in self.stays(person, period.span) if stay.reason and stay.handed_off and stay.own_initiative
        ]
        minutes = sum(stay.minutes for stay in allowed)
        return minutes, f"{minutes} minutes by choice: {allowed[0].reason}" if allowed else ""

    def periods_with(self, person: Person, stay: StayByChoice) -> Iterable[Stretch]:
        """The work periods that touch the date of a stay by choice and are long enough to need it."""
        day = self.zone.day_span(stay.day)
        return [
            each for each in self.work_periods(person, over=0) if each.span.overlaps(day) and each.minutes > 24 * 60
        ]

    def moonlighting(self, person: Person) -> list[Duty]:
        """The moonlighting duties of a person that are asked about."""
        return [duty for duty in self.duties(person) if Flag.MOONLIGHTING in duty.flags and self.in_focus(duty.span)]

    def moonlights(self, person: Person, span: Span) -> bool:
        """Say whether a person moonlights in a span."""
        return any(duty.span.overlaps(span) for duty in self.moonlighting(person))

    def worked(self, person: Person, duty: Duty) -> Amount:
        """The minutes of a duty if the person holds it."""
        return duty.span.minutes

    def home_call_nights(self, person: Person, span: Span) -> tuple[int, int]:
        """Nights of at-home call in a span, and those with work between 22:00 and 06:00."""
        nights = [
            duty
            for duty in self.duties(person)
            if Flag.HOME_CALL in duty.flags and span.start <= duty.span.start < span.end
        ]
        taxed = 0
        for duty in nights:
            late = Span(self.zone.at(duty.day, 22 * 60), self.zone.at(duty.day, 30 * 60))
            taxed += any(late.overlaps(work) for work in duty.work)
        return len(nights), taxed

    def night_windows(self, person: Person, nights: int) -> Iterable[Span]:
        """Every window of that many nights that starts with a night of call."""
        calls = sorted({duty.day for duty in self.duties(person) if Flag.IN_HOUSE_CALL in duty.flags})
        for day in calls:
            span = self.zone.day_span(day, day + timedelta(days=nights - 1))
            if self.in_focus(span):
                yield span

    def nights_between_calls(self, person: Person) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Between each two neighboring calls of a person: the nights that lie between."""
        kinds = {DutyKind.IN_HOUSE_CALL, DutyKind.HOME_CALL} if person.is_faculty else {DutyKind.IN_HOUSE_CALL}
        mine = (duty for duty in self.duties(person) if duty.kind in kinds and duty.line not in self._weekly_lines)
        calls = sorted(mine, key=lambda each: each.span.start)
        for one, other in zip(calls, calls[1:], strict=False):
            span = Span(one.span.start, other.span.end)
            if one.day != other.day and self.in_focus(span):
                yield (other.day - one.day).days - 1, span, (one, other)

    @cached_property
    def _weekly_lines(self) -> frozenset[str]:
        """Call lines that come with a week of service; their nights follow one another by design."""
        return frozenset(line.id for line in self.program.calls if line.with_weeks)

    def shift_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Continuous scheduled hours in the emergency department."""
        for period in self.hours(person).periods:
            shifts = [piece for piece in period.work if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
            if shifts:
                span = Span(shifts[0].start, max(piece.end for piece in shifts))
                if self.in_focus(span):
                    yield self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in shifts)))

    def rests_after_shift(self, person: Person) -> Iterable[Stretch]:
        """The rest between neighboring shifts in the department, with the scheduled length of the first as its limit."""
        shifts = [piece for piece in self.hours(person).work if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
        for one, other in zip(shifts, shifts[1:], strict=False):
            span = Span(one.end, max(one.end, other.start))
            if self.in_focus(Span(one.start, other.end)):
                scheduled = one.duty.span.minutes
                yield Stretch(person.id, span, span.minutes, (one.duty, other.duty), limit=scheduled)

    def emergency_weeks(self, person: Person) -> Iterable[Span]:
        """The whole weeks that a person spends on an emergency medicine rotation."""
        starts_on = self.program.calendar.week_starts_on
        for week in self.weeks(person, starts_on=starts_on):
            rotation = self.rotation_on(person, self.date_of(week.start))
            if rotation is not None and rotation.emergency:
                yield week

    def work_chains(self, person: Person, *, rest: int, over: int) -> Iterable[Stretch]:
        """Chains of work periods separated by less than a rest, with the minutes worked in them."""
        chain: list[Period] = []
        for period in [*self.hours(person).periods, None]:
            if chain and (period is None or period.start - chain[-1].end >= rest):
                span = Span(chain[0].start, chain[-1].end)
                if self.in_focus(span):
                    minutes = sum(each.end - each.start for each in chain)
                    yield Stretch(person.id, span, minutes, tuple(duty for each in chain for duty in each.duties))
                chain = []
            if period is not None:
                chain.append(period)

    def worst_trailing_window(self, person: Person) -> tuple[Amount, int, Span] | None:
        """The trailing window with the most hours, its leave halves left out; nothing where the warning is off."""
        first, last = self.grid.period
        length = self.settings.number("early_warning_days", first)
        hours = self.hours(person)
        away = sorted(day for day, _half in hours.leave_halves)
        worst: tuple[float, int, int, Span] | None = None
        for end in days(first + timedelta(days=length - 1), last) if length else ():
            start = end - timedelta(days=length - 1)
            span = self.zone.day_span(start, end)
            if not self.in_focus(span):
                continue
            present = 2 * length - (bisect_right(away, end) - bisect_left(away, start))
            minutes = hours.counted.minutes(span)
            if present and (worst is None or minutes / present > worst[0]):
                worst = (minutes / present, minutes, present, span)
        return worst and worst[1:]

    # -- leave ---------------------------------------------------------------------------------------------------------

    def duties_on_leave(self, person: Person) -> Iterable[tuple[Duty, Amount]]:
        """Duties that begin on a half-day of approved leave; at-home call and moonlighting have rules of their own."""
        away = self.grid.person(person.id).away
        if not away:
            return
        for duty in self.duties(person):
            excused = Flag.HOME_CALL in duty.flags or Flag.MOONLIGHTING in duty.flags
            day, minute = self.zone.wall(duty.span.start)
            half = Half.AM if minute < NOON else Half.PM
            if (day, half) in away and not excused and self.in_focus(duty.span):
                yield duty, 1

    def work_on_leave(self, person: Person) -> Iterable[tuple[Span, Amount]]:
        """The leave halves on which counted work falls, with its minutes."""
        hours = self.hours(person)
        worked: dict[date, list[Span]] = defaultdict(list)
        for day, half in hours.worked_leave:
            worked[day].append(self.zone.half_span(day, half))
        for spans in worked.values():
            span = Span(spans[0].start, spans[-1].end)
            if self.in_focus(span):
                yield span, sum(hours.counted.minutes(each) for each in spans)

    def home_calls_on_leave(self, person: Person) -> Iterable[tuple[Duty, Span]]:
        """At-home calls that begin on a half-day of approved leave, and that half-day."""
        away = self.grid.person(person.id).away
        for duty in self.duties(person) if away else ():
            if Flag.HOME_CALL in duty.flags and (duty.day, Half.PM) in away and self.in_focus(duty.span):
                yield duty, self.zone.half_span(duty.day, Half.PM)


def _doubtful(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Only the stretches that an unknown duty makes; the judge calls them unknown where they break a rule."""
    return (each for each in stretches if any(duty.certainty is Certainty.UNKNOWN for duty in each.duties))
