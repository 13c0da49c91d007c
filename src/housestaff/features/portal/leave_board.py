"""Leave as people look at it: their own, who is away, what waits for a decision, and what one leave collides with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.leave import LeaveStatus
from housestaff.core.program import Program
from housestaff.features.conflicts import queries as conflict_queries
from housestaff.features.conflicts.queries import ConflictSeen
from housestaff.features.conflicts.store import Conflicts
from housestaff.features.leave import queries as leave_queries
from housestaff.features.leave.queries import LeaveSeen
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.notices.changes import what_it_is
from housestaff.features.program.store import Programs
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit

AHEAD = timedelta(weeks=12)
"""So far ahead it is shown who is away."""


@dataclass(frozen=True)
class LeaveLine:
    """A record with the name of its person, and how many conflicts it is known to have."""

    leave: LeaveSeen
    name: str
    conflicts: int = 0


@dataclass(frozen=True)
class ConflictLine:
    """A conflict with the names of its person and of what it is about."""

    conflict: ConflictSeen
    name: str
    what: str


@dataclass(frozen=True)
class LeaveBoard:
    """The page of leave for one reader."""

    today: date
    own: tuple[LeaveLine, ...]
    waiting: tuple[LeaveLine, ...]
    to_review: tuple[LeaveLine, ...]
    away: tuple[LeaveLine, ...]
    people: tuple[tuple[str, str], ...]
    """Whom the reader may ask for: themselves, or everybody."""


@dataclass(frozen=True)
class LeavePage:
    """One record: what it collides with, and who else is away then."""

    line: LeaveLine
    today: date
    conflicts: tuple[ConflictLine, ...]
    others: tuple[LeaveLine, ...]


def leave_board(unit: Unit, programs: Programs, records: LeaveRecords, conflicts: Conflicts) -> LeaveBoard:
    """Leave for one reader."""
    program, asker = programs.get(), unit.principal
    today = program.zone.day(unit.now)
    known = _lines(unit, program, records, conflicts, first=today - timedelta(days=60))
    may_decide = asker is None or allow(asker, "leave:approve") is not None
    mine = asker.person_id if asker is not None else None
    waiting = [each for each in known if each.leave.state == LeaveStatus.REQUESTED.value and may_decide]
    to_review = [each for each in known if each.leave.review_by is not None and each.leave.review_by >= today]
    away = [
        each
        for each in known
        if each.leave.state == LeaveStatus.APPROVED.value
        and each.leave.last_day >= today
        and each.leave.first_day <= today + AHEAD
    ]
    may_ask = [
        person
        for person in program.people
        if asker is None or allow(asker, "leave:request", person=person.id) is not None
    ]
    return LeaveBoard(
        today=today,
        own=tuple(each for each in known if each.leave.person_id == mine),
        waiting=tuple(waiting),
        to_review=tuple(to_review) if may_decide else (),
        away=tuple(away),
        people=tuple((person.id, person.display_name) for person in may_ask),
    )


def leave_page(
    unit: Unit, programs: Programs, records: LeaveRecords, conflicts: Conflicts, *, leave_id: str
) -> LeavePage:
    """One record with all that is known around it."""
    program = programs.get()
    seen = leave_queries.one(unit, records, leave_id=leave_id)
    around = _lines(unit, program, records, conflicts, first=seen.first_day, last=seen.last_day)
    listed = conflict_queries.listed(unit, conflicts, leave_id=leave_id)
    blocking = {LeaveStatus.APPROVED.value, LeaveStatus.REQUESTED.value}
    return LeavePage(
        line=LeaveLine(seen, program.name_of(seen.person_id), len(listed)),
        today=program.zone.day(unit.now),
        conflicts=tuple(_conflict(program, each) for each in listed),
        others=tuple(each for each in around if each.leave.leave_id != leave_id and each.leave.state in blocking),
    )


def conflict_board(unit: Unit, programs: Programs, conflicts: Conflicts) -> list[ConflictLine]:
    """The open conflicts that the reader may see and that are not over, in order of their days."""
    program = programs.get()
    since = program.zone.day(unit.now)
    return [_conflict(program, each) for each in conflict_queries.listed(unit, conflicts, since=since)]


def _lines(
    unit: Unit,
    program: Program,
    records: LeaveRecords,
    conflicts: Conflicts,
    *,
    first: date,
    last: date | None = None,
) -> list[LeaveLine]:
    counts: dict[str, int] = {}
    for each in conflict_queries.listed(unit, conflicts):
        if each.leave_id is not None:
            counts[each.leave_id] = counts.get(each.leave_id, 0) + 1
    found = leave_queries.leaves(unit, records, first=first, last=last)
    return [LeaveLine(each, program.name_of(each.person_id), counts.get(each.leave_id, 0)) for each in found]


def _conflict(program: Program, each: ConflictSeen) -> ConflictLine:
    what = what_it_is(program, each.what, each.what) if each.kind == "on_leave" else each.what
    return ConflictLine(each, program.name_of(each.person_id), what)
