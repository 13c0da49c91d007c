"""The commands of leave, carried out: asked for, decided, changed, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.core.events import (
    LeaveAmended,
    LeaveApproved,
    LeaveCanceled,
    LeaveCompleted,
    LeaveRejected,
    LeaveRequested,
    LeaveWithdrawn,
)
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.features.leave.commands import (
    AmendLeave,
    ApproveLeave,
    CancelLeave,
    RecordEmergencyLeave,
    RejectLeave,
    RequestLeave,
    WithdrawLeave,
)
from housestaff.features.leave.model import OPEN, REVIEW_WITHIN, LeaveRecord
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.program.store import Programs
from housestaff.plumbing.access import allow
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.unit import Unit

LONGEST = timedelta(days=366)


@handles(RequestLeave)
def request_leave(ask: RequestLeave, unit: Unit, programs: Programs, records: LeaveRecords, sealer: Sealer) -> str:
    """The wish stands, and waits for somebody who decides. Returns its id."""
    leave = _checked(programs, ask)
    leave = replace(leave, status=LeaveStatus.REQUESTED, leaves_average=ask.leaves_average, rank=ask.rank)
    record = LeaveRecord(leave, reason=ask.reason, requested_by=unit.request.user_id, requested_at=unit.now)
    _refuse_twice(records, record)
    records.add(record)
    _told_to_chain(unit, None, record, sealer)
    unit.tell(
        LeaveRequested(
            leave_id=leave.id,
            person_id=leave.person,
            span=record.span,
            half=record.half,
            kind=leave.kind.value,
            requested_by=unit.request.user_id,
        )
    )
    return leave.id


@handles(RecordEmergencyLeave)
def record_emergency_leave(
    ask: RecordEmergencyLeave, unit: Unit, programs: Programs, records: LeaveRecords, sealer: Sealer
) -> str:
    """The leave blocks from this moment on; somebody looks at it within a week. Returns its id."""
    leave = _checked(programs, ask)
    asked = LeaveRecord(
        replace(leave, status=LeaveStatus.REQUESTED),
        reason=ask.reason,
        requested_by=unit.request.user_id,
        requested_at=unit.now,
        review_by=programs.get().zone.day(unit.now) + REVIEW_WITHIN,
    )
    _refuse_own(unit, leave.person)
    _refuse_twice(records, asked)
    record = replace(asked.approved(unit.request.user_id, unit.now), version=1)
    records.add(record)
    programs.leave_changed()
    _told_to_chain(unit, None, record, sealer)
    unit.tell(_approved(record, emergency=True))
    return leave.id


@handles(ApproveLeave)
def approve_leave(ask: ApproveLeave, unit: Unit, programs: Programs, records: LeaveRecords, sealer: Sealer) -> None:
    """The leave is granted, and blocks every half-day of it."""
    before = records.get(ask.leave_id, lock=True)
    _refuse_own(unit, before.leave.person)
    record = before.approved(unit.request.user_id, unit.now)
    records.keep(record)
    programs.leave_changed()
    _told_to_chain(unit, before, record, sealer)
    unit.tell(_approved(record, emergency=False))


@handles(RejectLeave)
def reject_leave(ask: RejectLeave, unit: Unit, records: LeaveRecords, sealer: Sealer) -> None:
    """The leave is not granted."""
    before = records.get(ask.leave_id, lock=True)
    _refuse_own(unit, before.leave.person)
    record = before.rejected(unit.request.user_id, unit.now)
    records.keep(record)
    _told_to_chain(unit, before, record, sealer, reason_code=ask.reason_code)
    unit.tell(
        LeaveRejected(
            leave_id=record.leave.id, person_id=record.leave.person, span=record.span, by=unit.request.user_id
        )
    )


@handles(WithdrawLeave)
def withdraw_leave(ask: WithdrawLeave, unit: Unit, records: LeaveRecords, sealer: Sealer) -> None:
    """The wish is taken back."""
    before = records.get(ask.leave_id, lock=True)
    _refuse_others(unit, before.leave.person)
    record = before.withdrawn()
    records.keep(record)
    _told_to_chain(unit, before, record, sealer)
    unit.tell(
        LeaveWithdrawn(
            leave_id=record.leave.id, person_id=record.leave.person, span=record.span, by=unit.request.user_id
        )
    )


@handles(AmendLeave)
def amend_leave(ask: AmendLeave, unit: Unit, programs: Programs, records: LeaveRecords, sealer: Sealer) -> None:
    """The leave has other days; it is still the same record."""
    before = records.get(ask.leave_id, lock=True)
    _refuse_own(unit, before.leave.person)
    _check_days(ask.first_day, ask.last_day)
    record = before.amended(ask.first_day, ask.last_day, ask.half)
    if record.span == before.span and record.half == before.half:
        raise BadInput("nothing would change.", place="first_day", remedy="Give other days.")
    records.keep(record)
    programs.leave_changed()
    _told_to_chain(unit, before, record, sealer, reason_code=ask.reason_code)
    unit.tell(
        LeaveAmended(
            leave_id=record.leave.id,
            person_id=record.leave.person,
            span_before=before.span,
            span_after=record.span,
            half_before=before.half,
            half_after=record.half,
        )
    )


@handles(CancelLeave)
def cancel_leave(ask: CancelLeave, unit: Unit, programs: Programs, records: LeaveRecords, sealer: Sealer) -> None:
    """The leave is taken back, and blocks no longer."""
    before = records.get(ask.leave_id, lock=True)
    _refuse_others(unit, before.leave.person)
    decides = unit.principal is None or allow(unit.principal, "leave:approve") is not None
    if not decides and programs.get().zone.day(unit.now) >= before.leave.first:
        raise Stale("This leave has begun. Ask a coordinator to cancel what is left of it.")
    record = before.canceled()
    records.keep(record)
    programs.leave_changed()
    _told_to_chain(unit, before, record, sealer, reason_code=ask.reason_code)
    unit.tell(LeaveCanceled(leave_id=record.leave.id, person_id=record.leave.person, span_before=before.span))


def complete_past_leave(unit: Unit, programs: Programs, records: LeaveRecords) -> None:
    """Granted leave whose last day is over is completed; part of the daily retention."""
    if programs.is_empty():
        return
    today = programs.get().zone.day(unit.now)
    over = [
        record
        for record in records.all(states=[LeaveStatus.APPROVED], between=(date.min, today - timedelta(days=1)))
        if record.leave.last < today
    ]
    for before in over:
        record = before.completed()
        records.keep(record)
        unit.tell(LeaveCompleted(leave_id=record.leave.id, person_id=record.leave.person, span=record.span))
    if over:
        programs.leave_changed()


def _approved(record: LeaveRecord, *, emergency: bool) -> LeaveApproved:
    return LeaveApproved(
        leave_id=record.leave.id,
        person_id=record.leave.person,
        span=record.span,
        half=record.half,
        kind=record.leave.kind.value,
        approved_by=record.decided_by,
        emergency=emergency,
    )


def _checked(programs: Programs, ask: RequestLeave | RecordEmergencyLeave) -> Leave:
    """The leave that is asked for; raises `BadInput` for nobody, for days that cannot be, for a missing reason."""
    if ask.person_id not in programs.get().person_by_id:
        raise BadInput(f"'{ask.person_id}' is nobody here.", place="person_id", remedy="Use the id of a person.")
    _check_days(ask.first_day, ask.last_day)
    if ask.kind is LeaveKind.OTHER and not ask.reason.strip():
        raise BadInput("leave of the kind 'other' needs a reason.", place="reason", remedy="Say why in a few words.")
    return Leave(str(new_id()), ask.person_id, ask.kind, ask.first_day, ask.last_day, ask.half)


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise BadInput("the leave ends before it begins.", place="last_day", remedy="Write a later date.")
    if last - first > LONGEST:
        raise BadInput("the leave is longer than a year.", place="last_day", remedy="Write an earlier date.")


def _refuse_twice(records: LeaveRecords, wanted: LeaveRecord) -> None:
    leave = wanted.leave
    known = records.all(person=leave.person, states=sorted(OPEN), between=(leave.first, leave.last))
    same = (leave.kind, leave.first, leave.last, leave.half)
    if any(same == (each.leave.kind, each.leave.first, each.leave.last, each.leave.half) for each in known):
        raise Stale("The same leave is asked for or granted already.")


def _refuse_own(unit: Unit, person: str) -> None:
    if unit.principal is not None and unit.principal.person_id == person:
        raise NotAllowed("Nobody decides about their own leave. Ask another coordinator or the program director.")


def _refuse_others(unit: Unit, person: str) -> None:
    if unit.principal is not None and allow(unit.principal, "leave:request", person=person) is None:
        raise NotAllowed("This is somebody else's leave.")


def _told_to_chain(
    unit: Unit, before: LeaveRecord | None, after: LeaveRecord, sealer: Sealer, *, reason_code: str = ""
) -> None:
    """What changed, for the audit entry: days in clear, kind and reason as fingerprints."""
    pairs = {name: [old, new] for name, (old, new) in _facts(before, after).items() if old != new}
    if before is None:
        pairs["kind"] = [None, sealer.fingerprint(after.leave.kind.value)]
        pairs["reason"] = [None, sealer.fingerprint(after.reason)]
    unit.is_about("leave", after.leave.id, version=after.version, changes=pairs)
    unit.subject.reason_code = reason_code
    if unit.principal is not None and unit.principal.person_id != after.leave.person:
        unit.subject.on_behalf_of = after.leave.person


def _facts(before: LeaveRecord | None, after: LeaveRecord) -> dict[str, tuple[object, object]]:
    def of(record: LeaveRecord | None) -> dict[str, object]:
        if record is None:
            return {}
        leave = record.leave
        days = {"first_day": str(leave.first), "last_day": str(leave.last), "half": record.half}
        return {"person_id": leave.person, "state": leave.status.value, **days}

    old, new = of(before), of(after)
    return {name: (old.get(name), new[name]) for name in new}
