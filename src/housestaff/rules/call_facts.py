"""Nights of call and what lies near them: leave, inpatient weeks, other calls, a change of site, moonlighting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.further_views import Graded, Moonlit
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Person
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Span
from housestaff.core.view import RosterView
from housestaff.rules.recovery import Recovery, recoveries

_DAY = timedelta(days=1)
_CALLS = {DutyKind.IN_HOUSE_CALL, DutyKind.HOME_CALL}


def graded_price(short: int) -> int:
    """What it costs that so many nights are missing between two calls: 1 for one, 3 for two, 7 for three."""
    return 2**short - 1


class Calls:
    """The calls of everybody on a roster, asked about what lies near them."""

    def __init__(self, view: RosterView) -> None:
        """Read them from a view, whichever way it answers."""
        self._view = view
        self._of: dict[str, list[Duty]] = {}

    def of(self, person: Person) -> Sequence[Duty]:
        """Every in-house and at-home call of a person in order of time."""
        if person.id not in self._of:
            mine = (duty for duty in self._view.duties(person) if duty.kind in _CALLS)
            self._of[person.id] = sorted(mine, key=lambda duty: (duty.span, duty.id))
        return self._of[person.id]

    def _asked(self, person: Person) -> Iterator[Duty]:
        return (duty for duty in self.of(person) if self._view.in_focus(duty.span))

    def before_leave(self, person: Person) -> Iterator[tuple[Duty, Leave]]:
        """Calls whose next morning is the first of a leave."""
        mine = self._view.program.blocking_leaves.get(person.id, ())
        starts = {leave.first: leave for leave in mine if leave.half is not Half.PM}
        for duty in self._asked(person) if mine else ():
            leave = starts.get(duty.day + _DAY)
            if leave is not None and not any(other.first <= duty.day <= other.last for other in mine):
                yield duty, leave

    def after_leave(self, person: Person, kind: LeaveKind) -> Iterator[tuple[Duty, Leave, int]]:
        """Calls in the days of recovery after a leave of a kind, and how many such days there are."""
        mine = [each for each in self._recoveries.get(person.id, ()) if each.leave.kind is kind]
        for duty in self._asked(person) if mine else ():
            for each in mine:
                if duty.day in each.dates:
                    yield duty, each.leave, each.length

    @cached_property
    def _recoveries(self) -> dict[str, list[Recovery]]:
        found: dict[str, list[Recovery]] = {}
        for each in recoveries(self._view.program):
            found.setdefault(each.leave.person, []).append(each)
        return found

    @cached_property
    def _weekly(self) -> dict[str, Rotation]:
        return {each.code: each for each in self._view.program.rotations if each.week_starts_on is not None}

    def near_week(self, person: Person, *, within: int) -> Iterator[tuple[Duty, Span]]:
        """Calls that start in, or within some days of, an inpatient week of a faculty member."""
        weeks = [each for each in self._view.stints(person) if each.rotation in self._weekly]
        for duty in self._asked(person) if weeks and person.is_faculty else ():
            for week in weeks:
                near = week.first - within * _DAY <= duty.day <= week.last + within * _DAY
                if near and duty.line not in self._view.program.weekly_lines:
                    yield duty, self._view.program.zone.day_span(week.first, week.last)

    def graded(self, person: Person) -> Iterator[Graded]:
        """Each two calls that are far enough apart and still felt to be near, the nearer the dearer."""
        settings, calls = (
            self._view.settings,
            [d for d in self.of(person) if d.line not in self._view.program.weekly_lines],
        )
        for index, one in enumerate(calls):
            least = settings.number("call_minimum_nights_between", one.day)
            wished = least + settings.number("call_graded_nights", one.day)
            for other in calls[index + 1 :]:
                nights, span = (other.day - one.day).days - 1, Span(one.span.start, other.span.end)
                if nights >= wished:
                    break
                if nights >= least and self._view.in_focus(span):
                    yield Graded((one, other), span, nights, wished, graded_price(wished - nights))

    def into_another_site(self, person: Person) -> Iterator[tuple[Duty, str]]:
        """Nights that end on the first day of a rotation at another site, and which."""
        changes: dict[date, str] = {}
        rotations = self._view.program.rotation_by_code
        for one, other in pairwise(self._view.stints(person)):
            before, after = rotations.get(one.rotation), rotations.get(other.rotation)
            if before and after and other.first - one.last == _DAY and _site(before) != _site(after):
                changes[other.first] = other.rotation
        for duty in self._view.duties(person) if changes else ():
            morrow = duty.day + _DAY
            if morrow in changes and duty.span.end > self._view.program.zone.at(morrow):
                at_home = Flag.HOME_CALL in duty.flags
                if not at_home and self._view.in_focus(duty.span):
                    yield duty, changes[morrow]

    def moonlit(self, person: Person, span: Span, *, rest: int) -> Moonlit:
        """The moonlighting in a span, and how much of it left less than a rest before work."""
        shifts = [duty for duty in self._view.moonlighting(person) if duty.span.overlaps(span)]
        starts = sorted(
            duty.span.start
            for duty in self._view.duties(person)
            if Flag.SCHEDULED in duty.flags and not {Flag.MOONLIGHTING, Flag.HOME_CALL} & duty.flags
        )
        after = [next((start for start in starts if start >= shift.span.end), None) for shift in shifts]
        hurried = sum(
            start is not None and start - shift.span.end < rest for shift, start in zip(shifts, after, strict=True)
        )
        return Moonlit(len(shifts), sum(shift.span.minutes for shift in shifts), hurried)

    def called_in(self, person: Person, span: Span) -> int:
        """Minutes worked in a span after being called in from home."""
        return sum(work.shared(span) for duty in self.of(person) if Flag.HOME_CALL in duty.flags for work in duty.work)


def _site(rotation: Rotation) -> tuple[str, bool]:
    return rotation.site, rotation.off_site
