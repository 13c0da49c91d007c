"""What is read of leave: dates for everybody of the program, kind and reason for its person and those who decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from housestaff.core.errors import NotFound
from housestaff.core.leave import LeaveStatus
from housestaff.features.leave.model import LeaveRecord
from housestaff.features.leave.store import LeaveRecords
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit

AWAY = "away"
"""What stands instead of the kind for those who may not know it."""

_FOR_EVERYBODY = frozenset({LeaveStatus.APPROVED, LeaveStatus.COMPLETED})


@dataclass(frozen=True)
class LeaveSeen:
    """A record as somebody may see it."""

    leave_id: str
    person_id: str
    first_day: date
    last_day: date
    half: str | None
    state: str
    kind: str
    reason: str
    leaves_average: bool | None
    version: int
    requested_at: datetime | None
    decided_at: datetime | None
    review_by: date | None
    is_own: bool
    knows_why: bool


def leaves(
    unit: Unit,
    records: LeaveRecords,
    *,
    person: str | None = None,
    state: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[LeaveSeen]:
    """Records in order of their first day; those that are not granted only for their person and who decides."""
    between = (first or date.min, last or date.max) if first or last else None
    states = [LeaveStatus(state)] if state else []
    found = [seen(unit, each) for each in records.all(person=person, states=states, between=between)]
    return [each for each in found if each.knows_why or LeaveStatus(each.state) in _FOR_EVERYBODY]


def one(unit: Unit, records: LeaveRecords, *, leave_id: str) -> LeaveSeen:
    """One record; one that is not granted is not there for those who do not decide about it."""
    found = seen(unit, records.get(leave_id))
    if not found.knows_why and LeaveStatus(found.state) not in _FOR_EVERYBODY:
        raise NotFound("There is no such leave.")
    return found


def seen(unit: Unit, record: LeaveRecord) -> LeaveSeen:
    """A record as the asker may see it."""
    leave, asker = record.leave, unit.principal
    knows = asker is None or allow(asker, "leave:read_kind", person=leave.person) is not None
    return LeaveSeen(
        leave_id=leave.id,
        person_id=leave.person,
        first_day=leave.first,
        last_day=leave.last,
        half=record.half,
        state=leave.status.value,
        kind=leave.kind.value if knows else AWAY,
        reason=record.reason if knows else "",
        leaves_average=leave.leaves_average if knows else None,
        version=record.version,
        requested_at=record.requested_at if knows else None,
        decided_at=record.decided_at if knows else None,
        review_by=record.review_by if knows else None,
        is_own=asker is not None and asker.person_id == leave.person,
        knows_why=knows,
    )
