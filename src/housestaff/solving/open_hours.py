"""The averages of an open roster: minutes, nights and free days as expressions over the solver's choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.time import DAY, Half, Span, days
from housestaff.core.view import Amount, Segment
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.segments import shared_out
from housestaff.solving.choices import Choice, Literal, OpenPerson, Piece


class OpenHours(FinishedRoster):
    """A roster in which some duties are still open.

    What the grid holds is fixed; `choices` are the open duties by person. With `exact` the straddling free day at a
    segment's edge is modeled too; without it a solve is a little stricter than the judge, never laxer.
    """

    def __init__(
        self, grid: Grid, model: cp_model.CpModel, choices: Mapping[str, Sequence[Choice]], *, exact: bool = False
    ) -> None:
        """Read a grid of fixed facts and the open choices."""
        super().__init__(grid)
        self.model, self._choices, self._exact = model, choices, exact
        self._open: dict[str, OpenPerson] = {}

    def open(self, person: Person) -> OpenPerson:
        """The fixed and open duties of a person."""
        if person.id not in self._open:
            choices = self._choices.get(person.id, ())
            self._open[person.id] = OpenPerson(self.model, self.zone, self.fixed_duties(person), choices)
        return self._open[person.id]

    def fixed_duties(self, person: Person) -> Iterable[Duty]:
        """The duties that surely happen."""
        return self.grid.person(person.id).duties

    def known_duties(self, person: Person) -> Sequence[Duty]:
        """Only what surely happens: an open day is no work yet, so that a weekend beside leave may be leave."""
        return tuple(self.fixed_duties(person))

    def duties(self, person: Person) -> tuple[Duty, ...]:
        """Every fixed and open duty of a person."""
        return tuple(each.duty for each in self.open(person).choices)

    def _join_gap(self) -> int:
        return self.settings.number("join_gap_minutes", self.first_day)

    # -- averages ------------------------------------------------------------------------------------------------------

    def _cut_segments(self, person: Person) -> Iterator[Segment]:
        """Segments whose leave halves come back where an open duty may fall on them."""
        hours, opened = self.hours(person), self.open(person)
        for segment in super()._cut_segments(person):
            present: Any = segment.present
            for day, half in hours.leave_halves:
                if segment.first <= day <= segment.last:
                    undo = self._undoing(person, day, half)
                    present = present + opened.either([piece for piece in undo if not isinstance(piece.literal, int)])
            yield replace(segment, present=present)

    def _undoing(self, person: Person, day: date, half: Half) -> list[Piece]:
        """The pieces that would put a leave half back: work on it, or for a weekend beside leave, near it."""
        opened, zone = self.open(person), self.zone
        away = self.grid.person(person.id).away
        spans = [zone.half_span(day, half)]
        if (day, half) not in away:
            monday = day - timedelta(days=day.weekday())
            weeks = (monday, monday + timedelta(days=7))
            spans = [zone.day_span(day)]
            spans += [zone.half_span(each, part) for each, part in away if any(0 <= (each - w).days < 5 for w in weeks)]
        touching = [piece for span in spans for piece in opened.touching(span)]
        return [piece for piece in dict.fromkeys(touching) if piece.called_in or piece.duty.counts]

    def minutes(
        self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None, *, external: bool = True
    ) -> Amount:
        """Counted minutes in a span as an expression."""
        opened = self.open(person)
        if kinds is None and external:
            return opened.minutes(span)
        outside = {Flag.MOONLIGHTING}
        keep = {
            each.duty.id: (kinds is None or each.duty.kind in kinds)
            and (external or not (outside & each.duty.flags and Flag.IN_HOUSE not in each.duty.flags))
            for each in opened.choices
        }
        return opened.minutes(span, keep)

    def call_nights(self, person: Person, span: Span) -> Amount:
        """Nights of in-house call that start in a span."""
        return sum(self.open(person).nights(span, Flag.IN_HOUSE_CALL).values())

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down; an expression gets a variable for its quotient."""
        if isinstance(amount, int):
            return amount // divisor
        quotient = self.model.new_int_var(-(10**6), 10**6, "whole")
        self.model.add(quotient * divisor <= amount)
        self.model.add(quotient * divisor >= amount - divisor + 1)
        return quotient

    def is_nothing(self, amount: Amount) -> bool:
        """Say whether an amount is surely zero."""
        return isinstance(amount, int) and amount == 0

    def thin_from(self, limit: Amount, segment: Segment) -> int:
        """The solver draws no line before the limit."""
        return 0

    # -- free days -----------------------------------------------------------------------------------------------------

    def free_days(self, person: Person, segment: Segment) -> Amount:
        """Free days in a segment: as many disjoint free windows as fit between the duties."""
        inside = segment.span.clipped(self.horizon)
        total: Any = self._packed_windows(person, inside)
        if self._exact:
            for edge in (segment.span.start, segment.span.end):
                total = total + self._straddling(person, segment, edge)
        return total

    def free_days_in_week(self, person: Person, week: Span) -> Amount:
        """Free 24-hour spans inside one week; a leave day is one."""
        hours = self.hours(person)
        away = sum(self.zone.half_span(day, half).shared(week) for day, half in hours.leave_halves) // DAY
        total: Any = away + self._packed_windows(person, week.clipped(self.horizon))
        if self._exact:
            whole_week = Segment(person.id, "", self.date_of(week.start), self.date_of(week.end - 1), week, 14, 14)
            for edge in (week.start, week.end):
                total = total + self._straddling(person, whole_week, edge, edges=(week.start, week.end))
        return total

    def _blocking(self, person: Person, span: Span) -> list[tuple[int, int, Literal]]:
        """Everything that keeps time from being free in a span: activity, at-home call, leave."""
        opened, hours = self.open(person), self.hours(person)
        found: list[tuple[int, int, Literal]] = [
            (piece.start, piece.end, piece.literal) for piece in opened.touching(span)
        ]
        found += [
            (each.duty.span.start, each.duty.span.end, each.literal)
            for each in opened.choices
            if Flag.HOME_CALL in each.duty.flags and each.duty.span.overlaps(span)
        ]
        for day, half in hours.leave_halves:
            away = self.zone.half_span(day, half)
            if away.overlaps(span):
                found.append((away.start, away.end, 1))
        return found

    def _packed_windows(self, person: Person, span: Span) -> Amount:
        blocking = self._blocking(person, span)
        fixed = [(start, end) for start, end, literal in blocking if isinstance(literal, int)]
        windows: dict[Span, Literal] = {}
        for start, end in self._window_spans(span, blocking):
            if any(one < end and start < other for one, other in fixed):
                continue
            free = self.model.new_bool_var("free")
            windows[Span(start, end)] = free
            for one, other, literal in blocking:
                if one < end and start < other:
                    self.model.add_at_most_one(free, literal)
        for window in windows:
            overlapping = [free for other, free in windows.items() if other.start <= window.start < other.end]
            if len(overlapping) > 1:
                self.model.add_at_most_one(overlapping)
        return sum(windows.values())

    def _window_spans(self, span: Span, blocking: Sequence[tuple[int, int, Literal]]) -> Iterator[tuple[int, int]]:
        """Where a free day may begin: at the start, at each possible end of work, and whole days after those."""
        if self.settings.choice("day_off_basis", self.first_day) == "calendar_day":
            spans = (self.zone.day_span(day) for day in days(self.date_of(span.start), self.date_of(span.end - 1)))
            yield from ((each.start, each.end) for each in spans if span.holds(each))
            return
        begins = {span.start, *(end for _start, end, _literal in blocking if span.start <= end < span.end)}
        for midnight, next_midnight in self._short_days:
            if span.start <= midnight and next_midnight <= span.end:
                begins.add(next_midnight)
                yield midnight, next_midnight
        starts = {begin + step for begin in begins for step in range(0, span.end - begin - DAY + 1, DAY)}
        yield from ((start, start + DAY) for start in sorted(starts))

    def _straddling(self, person: Person, segment: Segment, edge: int, edges: Sequence[int] | None = None) -> Amount:
        """The free day that a gap over an edge holds beyond its cut pieces, where it goes to this segment."""
        edges = edges or sorted(
            {each for other in self._all_segments(person) for each in (other.span.start, other.span.end)}
        )
        reach = Span(max(self.horizon.start, edge - 9 * DAY), min(self.horizon.end, edge + 9 * DAY))
        blocking = self._blocking(person, reach)
        before = sorted(
            {
                (end, literal if isinstance(literal, int) else literal.index): (end, literal)
                for _s, end, literal in blocking
                if end < edge
            }.values(),
            key=lambda each: each[0],
        )
        after = [(start, literal) for start, _e, literal in blocking if start > edge]
        total: Any = 0
        for end, one in before or [(reach.start, 1)]:
            for start, other in after or [(reach.end, 1)]:
                parts = shared_out(end, start, edges, self._short_days)
                plain = sum((stop - begin) // DAY for begin, stop, _count in parts)
                ours = [
                    (begin, stop, count)
                    for begin, stop, count in parts
                    if segment.span.start <= begin and stop <= segment.span.end
                ]
                extra = sum(count - (stop - begin) // DAY for begin, stop, count in ours)
                if extra <= 0 or sum(count for *_rest, count in parts) == plain:
                    continue
                between = [
                    literal
                    for first, last, literal in blocking
                    if first < start and end < last and not (last == end or first == start)
                ]
                if any(isinstance(literal, int) for literal in between):
                    continue
                credit = self.model.new_bool_var("straddle")
                for literal in (one, other):
                    self.model.add(credit <= literal)
                for literal in between:
                    self.model.add_at_most_one(credit, literal)
                total = total + extra * credit
        return total
