"""Facts about single assignments: who is assigned while away, without a credential, twice, or against what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from housestaff.core.derived import LEAVE
from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.grid import Grid
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Person
from housestaff.core.roster import Entry, Layer
from housestaff.core.time import Half, Span, days
from housestaff.core.view import Amount, Mismatch
from housestaff.rules.person_hours import PersonHours

_FOLLOWS = {"PCAT", "DO"}
_AWAY = {LEAVE, "TDY", "DEP"}


def overlapping(hours: PersonHours) -> Iterator[tuple[Duty, Duty, Amount]]:
    """Each two neighboring duties of a person that share minutes; at-home call and backup overlap nothing."""
    duties = [duty for duty in hours.duties if Flag.HOME_CALL not in duty.flags and duty.kind is not DutyKind.JEOPARDY]
    for one, other in pairwise(sorted(duties, key=lambda duty: (duty.span.start, duty.span.end))):
        shared = one.span.shared(other.span)
        if shared and not (
            Flag.IN_HOUSE_CALL in one.flags and Flag.IN_HOUSE_CALL in other.flags and one.day == other.day
        ):
            yield one, other, shared


class Assignments:
    """The assignments of a grid, asked one by one."""

    def __init__(self, grid: Grid, in_focus: Callable[[Span], bool]) -> None:
        """Read a grid; `in_focus` says which spans are asked about."""
        self.grid, self.program, self._in_focus = grid, grid.program, in_focus

    def while_away(self, person: Person) -> Iterator[tuple[date, Span]]:
        """Stays, calls and decided half-days on dates when a person is not employed or deployed."""
        grid, zone = self.grid.person(person.id), self.program.zone
        away = {day for (day, _half), leave in grid.away.items() if leave.kind is LeaveKind.MILITARY}
        assigned: set[date] = set()
        for stint in grid.stints:
            if not any(each.holds(stint.first) and each.holds(stint.last) for each in person.employment):
                assigned.update(day for day in days(stint.first, stint.last) if not person.is_employed(day))
        for night, entries in self.grid.roster.calls.items():
            for entry in entries:
                if entry.person == person.id and (night.day in away or not person.is_employed(night.day)):
                    assigned.add(night.day)
        run: list[date] = []
        for day in [*sorted(assigned), None]:
            if run and (day is None or (day - run[-1]).days > 1):
                span = zone.day_span(run[0], run[-1])
                if self._in_focus(span):
                    yield run[0], span
                run = []
            if day is not None:
                run.append(day)

    def with_credential(self, person: Person) -> Iterator[tuple[Duty, str]]:
        """Every duty of a person that needs a credential, and which."""
        for duty in self.grid.person(person.id).duties:
            activity = self.program.activity_by_code.get(duty.activity)
            rotation = self.program.rotation_by_code.get(duty.activity)
            credential = (activity and activity.credential) or (rotation and rotation.credential) or ""
            if credential and self._in_focus(duty.span):
                yield duty, credential

    def mismatches(self, person: Person) -> Iterator[Mismatch]:
        """Decided cells that contradict what follows, and what follows without a cause."""
        grid, zone = self.grid.person(person.id), self.program.zone
        # In order of time: in which order the entries were written down is nobody's business.
        for (day, half), decided in sorted(_decided(grid.stored), key=lambda each: each[0]):
            note = self._contradiction(decided, grid.follows.get((day, half)), grid.away.get((day, half)))
            if note and self._in_focus(zone.half_span(day, half)):
                yield Mismatch(person, zone.half_span(day, half), f"{day:%a %b %-d} {half}: {note}")

    def _contradiction(self, decided: Entry, derived: Entry | None, leave: Leave | None) -> str:
        """Why a decided cell does not fit what follows; empty where it does."""
        if leave is not None:
            return f"leave without its cell, {decided.code} stands there" if self.program.is_work(decided.code) else ""
        if decided.code in _AWAY:
            return f"{decided.code} without a leave record"
        if derived is not None and derived.code != decided.code:
            return f"{derived.code} is missing ({derived.why}), {decided.code} stands there"
        if derived is None and decided.code in _FOLLOWS:
            return f"{decided.code} is left over, no call precedes it"
        return ""


def _decided(stored: Mapping[tuple[date, Half], tuple[Entry, ...]]) -> Iterator[tuple[tuple[date, Half], Entry]]:
    """The half-days that somebody decided by hand or beforehand, each with the entry that says so."""
    for place, entries in stored.items():
        for entry in reversed(entries):
            if entry.layer is Layer.MANUAL or entry.layer is Layer.PRELOAD:
                yield place, entry
                break
