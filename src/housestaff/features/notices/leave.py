"""What people are told of leave: the coordinators what it collides with, its own person what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from housestaff.core.cells import instant
from housestaff.core.events import (
    ConflictOpened,
    LeaveAmended,
    LeaveApproved,
    LeaveCanceled,
    LeaveConflictsFound,
    LeaveRejected,
)
from housestaff.core.leave import LeaveStatus
from housestaff.core.program import Program
from housestaff.features.accounts.store import APP_USER
from housestaff.features.conflicts.model import HIGH, Conflict, mark_of
from housestaff.features.conflicts.store import Conflicts
from housestaff.features.leave.model import OPEN, LeaveRecord
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.notices.changes import what_it_is
from housestaff.features.notices.model import URGENT, Audience
from housestaff.features.notices.notify import Message, Notifier
from housestaff.features.program.store import Programs
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit

_DECIDED = (LeaveApproved, LeaveRejected, LeaveAmended, LeaveCanceled)
_SOON = timedelta(hours=24)


@reacts_to(LeaveConflictsFound, *_DECIDED, as_="notices.leave")
def tell_of_leave(
    happened: Occurred, unit: Unit, notifier: Notifier, programs: Programs, records: LeaveRecords, conflicts: Conflicts
) -> None:
    """Coordinators get one message with all that a leave collides with; its person learns what was decided."""
    event = happened.event
    assert isinstance(event, (LeaveConflictsFound, *_DECIDED))  # noqa: S101 - the consumer takes no other
    record = records.get(event.leave_id)
    program = programs.get(record.leave.first)
    if record.leave.person not in program.person_by_id:
        return
    if isinstance(event, LeaveConflictsFound):
        listed = [each.conflict for each in conflicts.listed(leave_id=event.leave_id)]
        _tell_coordinators(happened, notifier, program, record, listed)
        return
    author = unit.connection.execute(
        sa.select(APP_USER.c.display_name).where(APP_USER.c.user_id == happened.author)
    ).scalar_one_or_none()
    context = {
        **_days(record),
        "author": author or "",
        "state": record.leave.status.value,
        "is_amended": isinstance(event, LeaveAmended),
    }
    key = f"leave:{record.leave.id}:{record.version}:{record.leave.status.value}"
    message = Message("leave_decided", context, key, happened.event_id, link="/leave")
    notifier.notify(message, Audience(persons=(record.leave.person,)))


def _tell_coordinators(
    happened: Occurred, notifier: Notifier, program: Program, record: LeaveRecord, listed: list[Conflict]
) -> None:
    leave = record.leave
    if leave.status not in OPEN:
        return
    context = {**_days(record), "name": program.person(leave.person).display_name, "state": leave.status.value}
    link = f"/leave/{leave.id}"
    if not listed:
        if leave.status is LeaveStatus.REQUESTED:
            key = f"leave:{leave.id}:{record.version}"
            message = Message("leave_requested", context, key, happened.event_id, link=link)
            notifier.notify(message, Audience(roles=("coordinator",)))
        return
    items = [_item(program, each) for each in listed]
    soonest = min((each.first_day for each in listed if each.duty_ids), default=leave.first)
    is_soon = instant(program.zone.at(soonest)) < happened.occurred_at + _SOON
    message = Message(
        "leave_conflict",
        {**context, "items": items},
        f"leave:{leave.id}:{mark_of(listed)}",
        happened.event_id,
        link=link,
        priority=URGENT if is_soon else "",
    )
    notifier.notify(message, Audience(roles=("coordinator",)))


def _days(record: LeaveRecord) -> dict[str, Any]:
    leave = record.leave
    return {"first_day": leave.first, "last_day": leave.last, "half": record.half, "kind": leave.kind.value}


def _item(program: Program, each: Conflict) -> Mapping[str, Any]:
    return {
        "kind": each.kind,
        "severity": each.severity,
        "first_day": each.first_day,
        "last_day": each.last_day,
        "what": what_it_is(program, each.what, each.what) if each.kind == "on_leave" else each.what,
    }


@reacts_to(ConflictOpened, as_="notices.conflict")
def tell_of_a_conflict(happened: Occurred, notifier: Notifier, programs: Programs, conflicts: Conflicts) -> None:
    """Coordinators learn of a grave conflict that is still there; those of a leave stand in the leave's own message."""
    event = happened.event
    assert isinstance(event, ConflictOpened)  # noqa: S101 - the consumer takes no other
    known = conflicts.open_one(event.conflict_id)
    if event.severity != HIGH or event.leave_id is not None or known is None:
        return
    found = known.conflict
    name = programs.get(found.first_day).person(found.person_id).display_name
    context = {"name": name, "kind": found.kind, "first_day": found.first_day, "last_day": found.last_day}
    message = Message("conflict_found", context, f"conflict:{event.conflict_id}", happened.event_id, link="/conflicts")
    notifier.notify(message, Audience(roles=("coordinator",)))
