"""What the rules about single events ask of a finished roster: rests, stretches, runs of days and nights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from housestaff.core.duties import Certainty, Duty, Flag
from housestaff.core.people import Person
from housestaff.core.program import StayByChoice
from housestaff.core.rotations import Rotation
from housestaff.core.time import HOUR, Half, Span
from housestaff.core.view import Amount, Interval, Stretch
from housestaff.rules.hours_questions import HoursQuestions
from housestaff.rules.person_hours import Period, Union


class EventQuestions(HoursQuestions):
    """The hours of a finished roster, asked about single events."""

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """The rest between each two scheduled work periods."""
        hours = self.hours(person)
        called_in_too = self.settings.is_on("home_call_starts_new_rest", self.first_day)
        yield from self._rests(person, hours.periods if called_in_too else hours.scheduled_periods)
        yield from _doubtful(
            self._rests(person, hours.doubtful_periods if called_in_too else hours.doubtful_scheduled_periods)
        )

    def _rests(self, person: Person, periods: Sequence[Period]) -> Iterator[Stretch]:
        for one, other in pairwise(periods):
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
        for one, other in pairwise(periods):
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
            if not self.in_focus(Span(period.start, period.end)):
                continue
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
        """Minutes after an instant that are neither handoff nor education, or that take new patients."""
        allowed = (Flag.TRANSITION, Flag.EDUCATION)
        late = [
            (max(duty.span.start, instant), min(duty.span.end, stretch.span.end))
            for duty in stretch.duties
            if Flag.NEW_PATIENTS in duty.flags or not any(flag in duty.flags for flag in allowed)
        ]
        return Union((start, end) for start, end in late if end > start).minutes(stretch.span)

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


def _doubtful(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Only the stretches that an unknown duty makes; the judge calls them unknown where they break a rule."""
    return (each for each in stretches if any(duty.certainty is Certainty.UNKNOWN for duty in each.duties))
