"""The hours of one person, worked out once: counted pieces, work periods, leave halves, gaps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.leave import Leave
from housestaff.core.time import Half, Span, Weekday, Zone, days


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of real activity: a duty, or the part of an at-home call that was worked."""

    start: int
    end: int
    duty: Duty
    called_in: bool = False

    @property
    def is_clinical(self) -> bool:
        """Say whether patients are cared for; work after being called in is."""
        return self.called_in or Flag.CLINICAL in self.duty.flags

    @property
    def is_external(self) -> bool:
        """Say whether it is moonlighting outside the program's own hospitals."""
        return Flag.MOONLIGHTING in self.duty.flags and Flag.IN_HOUSE not in self.duty.flags

    @property
    def is_scheduled(self) -> bool:
        """Say whether it stood in the schedule; work after being called in did not."""
        return not self.called_in and (Flag.SCHEDULED in self.duty.flags or Flag.MOONLIGHTING in self.duty.flags)


@dataclass(frozen=True, slots=True)
class Period:
    """Duties of one person joined over short gaps: a work period."""

    start: int
    end: int
    work: tuple[Work, ...]

    @property
    def duties(self) -> tuple[Duty, ...]:
        """The duties in it, in order."""
        return tuple(dict.fromkeys(piece.duty for piece in self.work))


class Union:
    """A set of minutes as disjoint spans with running sums, so that a sum over any window is two look-ups."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Merge spans; overlapping minutes count once."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            elif end > start:
                self.starts.append(start)
                self.ends.append(end)
        self._sums = [0]
        for start, end in zip(self.starts, self.ends, strict=True):
            self._sums.append(self._sums[-1] + end - start)

    def minutes(self, span: Span) -> int:
        """Minutes of the set inside a window."""
        return self._before(span.end) - self._before(span.start)

    def _before(self, instant: int) -> int:
        index = bisect_right(self.starts, instant)
        if index == 0:
            return 0
        return self._sums[index] - max(0, self.ends[index - 1] - instant)

    def gaps(self, span: Span) -> Iterator[tuple[int, int]]:
        """The free stretches of a window."""
        at = span.start
        for index in range(bisect_left(self.ends, span.start), len(self.starts)):
            if self.starts[index] >= span.end:
                break
            if self.starts[index] > at:
                yield at, self.starts[index]
            at = max(at, self.ends[index])
        if at < span.end:
            yield at, span.end


@dataclass(frozen=True, slots=True)
class Joining:
    """How work is joined and counted: the settings that shape a person's hours."""

    join_gap: int
    moonlighting_rests: bool
    travel_counts: bool
    weekend_beside_leave_is_leave: bool


class PersonHours:
    """What the duties and the leave of one person add up to."""

    def __init__(
        self, zone: Zone, duties: Sequence[Duty], leave: dict[tuple[date, Half], Leave], joining: Joining
    ) -> None:
        """Take the duties in order of time and the blocking leave by half-day."""
        self.zone, self.duties, self._leave, self.joining = zone, duties, leave, joining

    @cached_property
    def work(self) -> tuple[Work, ...]:
        """Every piece of known or assumed activity in order of start."""
        return tuple(sorted(self._pieces(unknown=False), key=lambda piece: (piece.start, piece.end)))

    def _pieces(self, *, unknown: bool) -> Iterator[Work]:
        for duty in self.duties:
            if duty.kind is DutyKind.JEOPARDY or (duty.certainty is Certainty.UNKNOWN) is not unknown:
                continue
            if Flag.HOME_CALL in duty.flags or duty.work:
                for span in duty.work:
                    yield Work(span.start, span.end, duty, called_in=Flag.HOME_CALL in duty.flags)
            else:
                yield Work(duty.span.start, duty.span.end, duty)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Work periods of everything, called-in work and (by setting) moonlighting included."""
        return self._periods(self.work)

    @cached_property
    def doubtful_periods(self) -> tuple[Period, ...]:
        """Work periods as they would be if every unknown duty were worked; none where nothing is unknown."""
        return self._periods(self._with_unknown) if self.has_unknown else ()

    @cached_property
    def doubtful_scheduled_periods(self) -> tuple[Period, ...]:
        """The same of what stands in the schedule."""
        return self._periods([piece for piece in self._with_unknown if piece.is_scheduled]) if self.has_unknown else ()

    @cached_property
    def _with_unknown(self) -> list[Work]:
        return sorted([*self.work, *self._pieces(unknown=True)], key=lambda piece: (piece.start, piece.end))

    @cached_property
    def scheduled_periods(self) -> tuple[Period, ...]:
        """Work periods of what stood in the schedule."""
        scheduled = [piece for piece in self.work if piece.is_scheduled]
        return self.periods if len(scheduled) == len(self.work) else self._periods(scheduled)

    def _periods(self, work: Sequence[Work]) -> tuple[Period, ...]:
        groups: list[list[Work]] = []
        ends: list[int] = []
        rests, gap = self.joining.moonlighting_rests, self.joining.join_gap
        for piece in work:
            if not rests and Flag.MOONLIGHTING in piece.duty.flags:
                continue
            if groups and piece.start - ends[-1] <= gap:
                groups[-1].append(piece)
                ends[-1] = max(ends[-1], piece.end)
            else:
                groups.append([piece])
                ends.append(piece.end)
        return tuple(Period(group[0].start, end, tuple(group)) for group, end in zip(groups, ends, strict=True))

    @cached_property
    def counted(self) -> Union:
        """The minutes that surely count toward the hours."""
        return Union([*self._counted(self.work), *self._travel()])

    @cached_property
    def counted_at_most(self) -> Union:
        """The minutes that count if every unknown day was worked."""
        return Union([*self._counted([*self.work, *self._pieces(unknown=True)]), *self._travel()])

    @staticmethod
    def _counted(work: Iterable[Work]) -> Iterator[tuple[int, int]]:
        return ((piece.start, piece.end) for piece in work if piece.called_in or piece.duty.counts)

    def _travel(self) -> Iterator[tuple[int, int]]:
        """The joined gap between two sites, when the program counts travel."""
        if not self.joining.travel_counts:
            return
        for period in self.periods:
            for one, other in pairwise(period.work):
                if one.duty.site and other.duty.site and one.duty.site != other.duty.site and one.end < other.start:
                    yield one.end, other.start

    @cached_property
    def has_unknown(self) -> bool:
        """Say whether any duty is unknown."""
        return any(duty.certainty is Certainty.UNKNOWN for duty in self.duties)

    @cached_property
    def leave_halves(self) -> frozenset[tuple[date, Half]]:
        """The halves that leave the average: leave without a counted minute, weekends beside a leave week too."""
        away = {place for place, leave in self._leave.items() if leave.leaves_average}
        clear = away - self._worked_halves
        if self.joining.weekend_beside_leave_is_leave:
            clear |= set(self._weekends_beside(clear))
        return frozenset(clear)

    @cached_property
    def worked_leave(self) -> tuple[tuple[date, Half], ...]:
        """The leave halves on which counted work falls: put back on both sides of the average."""
        return tuple(sorted(self._worked_halves))

    @cached_property
    def _worked_halves(self) -> frozenset[tuple[date, Half]]:
        return frozenset(place for place in self._leave if self.counted.minutes(self.zone.half_span(*place)))

    def _weekends_beside(self, clear: set[tuple[date, Half]]) -> Iterator[tuple[date, Half]]:
        mondays = {day - timedelta(days=day.weekday()) for day, _half in clear}
        for monday in mondays:
            week = [monday + timedelta(days=n) for n in range(5)]
            if all((day, half) in clear for day in week for half in Half):
                for offset in (-2, -1, Weekday.SATURDAY, Weekday.SUNDAY):
                    day = monday + timedelta(days=int(offset))
                    if not self.counted_at_most.minutes(self.zone.day_span(day)):
                        yield from ((day, half) for half in Half)

    def leave_in(self, first: date, last: date) -> int:
        """Leave halves between two dates, both included."""
        return sum(first <= day <= last for day, _half in self.leave_halves)

    def busy(self, *, unknown: bool) -> Union:
        """Everything that keeps a day from being free: activity, at-home call, and leave, which is no day off."""
        spans = [(piece.start, piece.end) for piece in self.work]
        spans += [(duty.span.start, duty.span.end) for duty in self.duties if Flag.HOME_CALL in duty.flags]
        if unknown:
            spans += [(piece.start, piece.end) for piece in self._pieces(unknown=True)]
        for day, half in self.leave_halves:
            away = self.zone.half_span(day, half)
            spans.append((away.start, away.end))
        return Union(spans)

    @cached_property
    def surely_busy(self) -> Union:
        """Busy time without unknown duties."""
        return self.busy(unknown=False)

    @cached_property
    def perhaps_busy(self) -> Union:
        """Busy time with every unknown duty worked."""
        return self.busy(unknown=True) if self.has_unknown else self.surely_busy

    def dates_with_duty(self, *, spill: bool) -> list[date]:
        """The calendar dates on which work falls; with `spill` also those that a night only runs into."""
        found, today = set[date](), Span(0, 0)
        spans = [(piece.start, piece.end) for piece in self.work if spill or not piece.called_in]
        spans += [(duty.span.start, duty.span.end) for duty in self.duties if Flag.HOME_CALL in duty.flags]
        for start, end in spans:
            if not today.start <= start < today.end:
                today = self.zone.day_span(self.zone.date_of(start))
                found.add(self.zone.date_of(start))
            if spill and end > today.end:
                found.update(days(self.zone.date_of(start), self.zone.date_of(end - 1)))
        return sorted(found)
