"""What the rules about leave ask of a finished roster: what begins on it, and what is worked on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from housestaff.core.duties import Duty, Flag
from housestaff.core.people import Person
from housestaff.core.time import Half, Span
from housestaff.core.view import Amount
from housestaff.rules.event_questions import EventQuestions


class LeaveQuestions(EventQuestions):
    """The hours and events of a finished roster, asked about leave."""

    def duties_on_leave(self, person: Person) -> Iterable[tuple[Duty, Amount]]:
        """Duties that begin on a half-day of approved leave; at-home call and moonlighting have rules of their own."""
        away = self.grid.person(person.id).away
        if not away:
            return
        for duty in self.duties(person):
            if not self.in_focus(duty.span):
                continue
            excused = Flag.HOME_CALL in duty.flags or Flag.MOONLIGHTING in duty.flags
            if self.zone.half_of(duty.span.start) in away and not excused:
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
