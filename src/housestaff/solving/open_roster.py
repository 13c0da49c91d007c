"""Reading two of the rules: an open roster, whose answers are expressions over the solver's choices."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.people import Person
from housestaff.core.time import DAY, Half, Span
from housestaff.core.view import Amount, Stretch
from housestaff.solving.choices import Literal, Piece, chains
from housestaff.solving.open_hours import OpenHours


class OpenRoster(OpenHours):
    """A roster in which some duties are still open, with all that a rule may ask of it."""

    # -- stretches -----------------------------------------------------------------------------------------------------

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """Each two scheduled pieces with too short a rest between them, unless work lies between."""
        yield from self._short_rests(person, self.open(person).known_pieces(scheduled=True), under)

    def _short_rests(self, person: Person, pieces: Sequence[Piece], under: int) -> Iterator[Stretch]:
        joined = self._join_gap()
        for index, one in enumerate(pieces):
            for other in pieces[index + 1 :]:
                gap = other.start - one.end
                if gap >= under + DAY:
                    break
                if joined < gap < under and not self._same_group(one, other):
                    between = self._between(pieces, one, other)
                    yield Stretch(
                        person.id, Span(one.start, other.start + 1), gap, (one.duty, other.duty), unless=between
                    )

    @staticmethod
    def _same_group(one: Piece, other: Piece) -> bool:
        return bool(one.group) and one.group == other.group

    @staticmethod
    def _between(pieces: Sequence[Piece], one: Piece, other: Piece) -> tuple[Duty, ...]:
        """The duties that would fill part of a gap, so that the two are not neighbors."""
        return tuple(dict.fromkeys(piece.duty for piece in pieces if piece.start < other.start and piece.end > one.end))

    def rests_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """Each chain of in-house duties of that length with a duty that begins too soon after it."""
        pieces, joined = self.open(person).known_pieces(), self._join_gap()
        starts = [piece.start for piece in pieces]
        for chain in chains(pieces, joined, call + under):
            in_house = [piece for piece in chain if Flag.IN_HOUSE in piece.duty.flags and not piece.called_in]
            if not in_house:
                continue
            span = Span(in_house[0].start, max(piece.end for piece in in_house))
            if self._longer(span) < call:
                continue
            last = max(chain, key=lambda piece: piece.end)
            for other in pieces[bisect_right(starts, last.end + joined) : bisect_left(starts, last.end + under)]:
                duties = tuple(dict.fromkeys((*(piece.duty for piece in chain), other.duty)))
                between = self._between(pieces, last, other)
                span = Span(chain[0].start, other.start + 1)
                yield Stretch(person.id, span, other.start - last.end, duties, unless=between)

    def home_call_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """At-home call after call is a warning of the judge; a plan is not shaped by it."""
        return ()

    def clinical_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each chain of joined duties whose clinical work is too long."""
        for chain in chains(self.open(person).known_pieces(), self._join_gap(), over):
            clinical = [piece for piece in chain if piece.is_clinical]
            if clinical:
                span = Span(clinical[0].start, max(piece.end for piece in clinical))
                stretch = self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in chain)))
                if stretch.minutes > over:
                    yield stretch

    def work_periods(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each chain of joined duties that is longer than a length."""
        for chain in chains(self.open(person).known_pieces(), self._join_gap(), over + 6 * 60):
            span = Span(chain[0].start, max(piece.end for piece in chain))
            stretch = self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in chain)))
            if stretch.minutes > over:
                yield stretch

    def shift_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Chains of shifts in the department that are too long."""
        shifts = [piece for piece in self.open(person).known_pieces() if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
        for chain in chains(shifts, self._join_gap(), over):
            span = Span(chain[0].start, max(piece.end for piece in chain))
            stretch = self._stretch(person, span, tuple(dict.fromkeys(piece.duty for piece in chain)))
            if stretch.minutes > over:
                yield stretch

    def rests_after_shift(self, person: Person) -> Iterable[Stretch]:
        """Each two shifts in the department with less rest between than the first was long."""
        shifts = [piece for piece in self.open(person).known_pieces() if piece.duty.kind is DutyKind.EMERGENCY_SHIFT]
        for index, one in enumerate(shifts):
            length = one.duty.span.minutes
            for other in shifts[index + 1 :]:
                gap = other.start - one.end
                if gap >= length:
                    break
                if not self._same_group(one, other):
                    yield Stretch(
                        person.id,
                        Span(one.end, max(one.end, other.start)),
                        max(0, gap),
                        (one.duty, other.duty),
                        limit=length,
                    )

    # -- runs ----------------------------------------------------------------------------------------------------------

    def duty_runs(self, person: Person, *, most: int) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Every window of one date more than allowed, with the dates that carry duty."""
        dates = self.open(person).dates(spill=self.settings.is_on("spill_counts", self.first_day))
        away = self.hours(person).leave_halves
        on_leave = {day for day, _half in away if (day, Half.AM) in away and (day, Half.PM) in away}
        yield from self._windows({day: literal for day, literal in dates.items() if day not in on_leave}, most)

    def night_runs(
        self, person: Person, *, most: int, since: date | None, until: date | None
    ) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Every window of one night more than allowed."""
        nights = self.open(person).nights(self.horizon, Flag.NIGHT_FLOAT)
        held = {
            day: literal
            for day, literal in nights.items()
            if (since is None or since <= day) and (until is None or day <= until)
        }
        yield from self._windows(held, most)

    def _windows(self, dates: Mapping[date, Literal], most: int) -> Iterator[tuple[Amount, Span, tuple[Duty, ...]]]:
        for day in sorted(dates):
            window = [day + timedelta(days=n) for n in range(most + 1)]
            if all(each in dates for each in window):
                yield sum(dates[each] for each in window), self.zone.day_span(window[0], window[-1]), ()

    def night_windows(self, person: Person, nights: int) -> Iterable[Span]:
        """Every window of that many nights that may start with a night of call."""
        for day in sorted(self.open(person).nights(self.horizon, Flag.IN_HOUSE_CALL)):
            yield self.zone.day_span(day, day + timedelta(days=nights - 1))

    def nights_between_calls(self, person: Person) -> Iterable[tuple[Amount, Span, tuple[Duty, ...]]]:
        """Each two calls of a person that may stand too near to one another."""
        kinds = {DutyKind.IN_HOUSE_CALL, DutyKind.HOME_CALL} if person.is_faculty else {DutyKind.IN_HOUSE_CALL}
        calls = sorted(
            (duty for duty in self.duties(person) if duty.kind in kinds and duty.line not in self.program.weekly_lines),
            key=lambda duty: duty.span,
        )
        for index, one in enumerate(calls):
            for other in calls[index + 1 :]:
                nights = (other.day - one.day).days - 1
                if nights > 6:
                    break
                if nights >= 0:
                    yield nights, Span(one.span.start, other.span.end), (one, other)

    def overlapping(self, person: Person) -> Iterable[tuple[Duty, Duty, Amount]]:
        """Each two duties of a person that share minutes, unless they exclude one another anyway."""
        pieces = [piece for piece in self.open(person).pieces if not piece.called_in]
        for index, one in enumerate(pieces):
            for other in pieces[index + 1 :]:
                if other.start >= one.end:
                    break
                if not self._same_group(one, other):
                    yield one.duty, other.duty, min(one.end, other.end) - other.start

    # -- single duties -------------------------------------------------------------------------------------------------

    def holds(self, person: Person, duty: Duty) -> Amount:
        """The literal of the duty: one if the person holds it."""
        return self.open(person).literal(duty)

    def worked(self, person: Person, duty: Duty) -> Amount:
        """The minutes of a duty if the person holds it."""
        return duty.span.minutes * self.open(person).literal(duty)

    def duties_on_leave(self, person: Person) -> Iterable[tuple[Duty, Amount]]:
        """Open and fixed duties that begin on approved leave."""
        for duty, _one in super().duties_on_leave(person):
            yield duty, self.open(person).literal(duty)
