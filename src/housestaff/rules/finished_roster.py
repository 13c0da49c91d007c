"""Reading one of the rules: a finished roster, whose answers are numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program, StayByChoice
from housestaff.core.roster import Roster
from housestaff.core.time import DAY, HOUR, Span, days
from housestaff.core.view import Amount, Segment, ServiceView, Stretch
from housestaff.rules.assignments import Assignments, overlapping
from housestaff.rules.call_facts import Calls
from housestaff.rules.clinic import ClinicWeeks
from housestaff.rules.leave_questions import LeaveQuestions
from housestaff.rules.person_hours import Period
from housestaff.rules.service import FinishedService
from housestaff.rules.watching import Watching
from housestaff.rules.wishing import Wishing


class FinishedRoster(LeaveQuestions):
    """A finished roster: every question of a rule answered with numbers; narrowed views share what is known."""

    published: Grid | None = None
    """The roster that people have in their hands, where changes against it are asked about."""

    @classmethod
    def of(
        cls, program: Program, roster: Roster, *, is_log: bool = False, published: Roster | None = None
    ) -> FinishedRoster:
        """Read a program and a roster, and the published one that it would replace."""
        view = cls(Grid(program, roster), is_log=is_log)
        view.published = None if published is None else Grid(program, published)
        return view

    def narrowed(self, people: Iterable[str], span: Span) -> FinishedRoster:
        """The same roster, asked only about some people and only about windows that touch a span."""
        view = FinishedRoster(self.grid, is_log=self.is_log)
        view._hours, view._segments = self._hours, self._segments
        view._chosen, view.focus, view.published = frozenset(people), span, self.published
        return view

    @property
    def calls(self) -> Calls:
        """Nights of call and what lies near them."""
        return self._calls

    @cached_property
    def _calls(self) -> Calls:
        return Calls(self)

    @property
    def supervision(self) -> Watching:
        """Who supervises whom."""
        return self._supervision

    @cached_property
    def _supervision(self) -> Watching:
        return Watching(self)

    @property
    def wishes(self) -> Wishing:
        """What people would like."""
        return self._wishes

    @cached_property
    def _wishes(self) -> Wishing:
        return Wishing(self)

    @property
    def clinic_weeks(self) -> ClinicWeeks:
        """The continuity clinics of residents."""
        return self._clinic_weeks

    @cached_property
    def _clinic_weeks(self) -> ClinicWeeks:
        return ClinicWeeks(self, self.grid)

    def changes(self, person: Person) -> Amount | None:
        """Duties of a person that came or went against the published roster; nothing where none is published."""
        if self.published is None:
            return None
        before = {(duty.id, duty.activity, duty.span) for duty in self.published.person(person.id).duties}
        now = {(duty.id, duty.activity, duty.span): self.holds(person, duty) for duty in self.duties(person)}
        return sum((1 - held if key in before else held) for key, held in now.items()) + len(before - set(now))

    @property
    def service(self) -> ServiceView:
        """Who is on which service, counted."""
        if self._service is None:
            self._service = FinishedService(self.grid, self.focus, self._chosen)
        return self._service

    @property
    def assignments(self) -> Assignments:
        """Facts about single assignments."""
        if self._assignments is None:
            self._assignments = Assignments(self.grid, self.in_focus)
        return self._assignments

    def overlapping(self, person: Person) -> Iterable[tuple[Duty, Duty, Amount]]:
        """Each two duties of a person that share minutes."""
        for one, other, minutes in overlapping(self.hours(person)):
            if self.in_focus(one.span):
                yield one, other, minutes

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
        """The weekly hours of a segment: the usual ones, or an exception in force and approved on all its days."""
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
        """Nights of at-home call in a span, and those with work in the hours of sleep."""
        nights = [
            duty
            for duty in self.duties(person)
            if Flag.HOME_CALL in duty.flags and span.start <= duty.span.start < span.end
        ]
        taxed = 0
        for duty in nights:
            start, end = (self.settings.number(f"home_call_sleep_{edge}_hour", duty.day) for edge in ("first", "last"))
            late = Span(self.zone.at(duty.day, start * HOUR), self.zone.at(duty.day + timedelta(days=1), end * HOUR))
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
        mine = (
            duty for duty in self.duties(person) if duty.kind in kinds and duty.line not in self.program.weekly_lines
        )
        calls = sorted(mine, key=lambda each: each.span.start)
        for one, other in pairwise(calls):
            span = Span(one.span.start, other.span.end)
            if one.day != other.day and self.in_focus(span):
                yield (other.day - one.day).days - 1, span, (one, other)

    def shift_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Continuous scheduled hours in the emergency department."""
        for period in self.hours(person).periods:
            shifts = [piece for piece in period.work if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
            if shifts:
                span = Span(shifts[0].start, max(piece.end for piece in shifts))
                if self.in_focus(span):
                    yield self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in shifts)))

    def rests_after_shift(self, person: Person) -> Iterable[Stretch]:
        """The rest between neighboring shifts in the department, the scheduled length of the first as its limit."""
        shifts = [piece for piece in self.hours(person).work if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
        for one, other in pairwise(shifts):
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
        for end in days(*self._ends_in_focus(first + timedelta(days=length - 1), last, length)) if length else ():
            start = end - timedelta(days=length - 1)
            span = self.zone.day_span(start, end)
            if not self.in_focus(span):
                continue
            present = 2 * length - (bisect_right(away, end) - bisect_left(away, start))
            minutes = hours.counted.minutes(span)
            if present and (worst is None or minutes / present > worst[0]):
                worst = (minutes / present, minutes, present, span)
        return worst and worst[1:]

    def _ends_in_focus(self, first: date, last: date, length: int) -> tuple[date, date]:
        """Of the dates on which windows of so many days may end, those whose window can touch the focus."""
        if self.focus is None:
            return first, last
        latest = self.date_of(self.focus.end) + timedelta(days=length - 1)
        return max(first, self.date_of(self.focus.start)), min(last, latest)
