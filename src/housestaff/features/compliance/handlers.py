"""The commands of violations and overrides, carried out; the record that is never changed; the watch over overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from housestaff.core.errors import BadInput
from housestaff.core.events import (
    CellChange,
    DutyChanged,
    DutyReleased,
    Event,
    OverrideApplied,
    OverrideExpired,
    OverrideRevoked,
    OverrideVoided,
    ViolationAcknowledged,
    ViolationEscalated,
    ViolationOpened,
    ViolationReopened,
    ViolationResolved,
    ViolationWorsened,
)
from housestaff.features.compliance.commands import (
    AcknowledgeViolation,
    ApplyOverride,
    EscalateViolation,
    ExpireOverride,
    RevokeOverride,
)
from housestaff.features.compliance.model import (
    ACKNOWLEDGED,
    ACTIVE,
    CRITICAL,
    EXPIRED,
    LAST_STEP,
    OPEN,
    OPENED,
    OVERRIDDEN,
    REOPENED,
    RESOLVED,
    REVOKED,
    VOIDED,
    WORSENED,
)
from housestaff.features.compliance.moving import leave_be
from housestaff.features.compliance.signing import Signing
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import Signed
from housestaff.plumbing import counts
from housestaff.plumbing.access import allow, refuse
from housestaff.plumbing.bus import handles, reacts_to
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import Due, Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

VOIDING = frozenset({"person", "span", "kind"})
"""What makes another duty of one that an override covers."""


@handles(AcknowledgeViolation)
def acknowledge_violation(
    ask: AcknowledgeViolation, unit: Unit, record: ComplianceRecord, timers: Timers, sealer: Sealer
) -> None:
    """Somebody takes care of it, so that it goes no further up the chain."""
    held = record.violation(ask.violation_id, lock=True)
    _check_may(unit, "violation:acknowledge_critical", held.severity)
    record.keep(held.acknowledged(unit.request.user_id, ask.note))
    leave_be(timers, ask.violation_id)
    note = sealer.fingerprint(ask.note) if ask.note else ""
    unit.is_about("violation", ask.violation_id, changes={"state": [held.state, "acknowledged"], "note": [None, note]})
    unit.tell(ViolationAcknowledged(violation_id=ask.violation_id, by=unit.request.user_id))


def _check_may(unit: Unit, permission: str, severity: str) -> None:
    """What concerns a rule that must hold takes a permission of its own."""
    if severity == CRITICAL and unit.principal is not None and allow(unit.principal, permission) is None:
        raise refuse(unit.principal, permission)


@handles(EscalateViolation)
def escalate_violation(
    ask: EscalateViolation, unit: Unit, record: ComplianceRecord, timers: Timers, programs: Programs
) -> None:
    """The next step of the chain is told, unless somebody has acknowledged it, or it is over."""
    held = record.violation(ask.violation_id, lock=True)
    unit.is_about("violation", ask.violation_id, changes={"step": [held.step, held.step]})
    if held.state != OPEN or not held.is_alerting or held.step >= LAST_STEP:
        return
    higher = held.escalated()
    record.keep(higher)
    unit.is_about("violation", ask.violation_id, changes={"step": [held.step, higher.step]})
    unit.tell(ViolationEscalated(violation_id=ask.violation_id, step=higher.step))
    if higher.step < LAST_STEP:
        hours = _policy(unit, programs, "violation_escalate_hours")
        due_at = unit.now + timedelta(hours=hours)
        timers.arm("violation.escalate", ask.violation_id, due_at, purpose=str(higher.step))


def escalation_of(due: Due) -> EscalateViolation:
    """The command of a timer of a violation that nobody has acknowledged."""
    return EscalateViolation(violation_id=UUID(due.subject_id))


@handles(ApplyOverride)
def apply_override(
    ask: ApplyOverride, unit: Unit, record: ComplianceRecord, timers: Timers, programs: Programs, sealer: Sealer
) -> UUID:
    """The violations are accepted until the override ends; why, in words, stands in it and nowhere else."""
    if not ask.violation_ids:
        raise BadInput("no violation is named.", place="violation_ids", remedy="Name at least one.")
    signing = Signing(unit, record, timers, programs, sealer)
    held = record.some(ask.violation_ids, lock=True)
    override = signing.accept(held, Signed(ask.reason_code, ask.justification, ask.expires_at))
    named = [str(each.violation_id) for each in held]
    changes = {"violations": [[], named], **signing.shown(override)}
    unit.is_about("override", override.override_id, changes=changes)
    unit.subject.reason_code = ask.reason_code
    return override.override_id


def _policy(unit: Unit, programs: Programs, key: str) -> int:
    program = programs.get()
    return ProgramSettings(program.policy).number(key, program.zone.day(unit.now))


@handles(RevokeOverride)
def revoke_override(ask: RevokeOverride, unit: Unit, record: ComplianceRecord, timers: Timers) -> None:
    """The override is over at once; what it accepted and still stands is open again."""
    _end(unit, record, ask.override_id, REVOKED)
    timers.cancel("override.expire", ask.override_id)


@handles(ExpireOverride)
def expire_override(ask: ExpireOverride, unit: Unit, record: ComplianceRecord) -> None:
    """The time of the override is over, unless something else has ended it before."""
    unit.is_about("override", ask.override_id)
    held = record.override(ask.override_id, lock=True)
    if held.state == ACTIVE and held.expires_at <= unit.now:
        _end(unit, record, ask.override_id, EXPIRED)


def expiry_of(due: Due) -> ExpireOverride:
    """The command of a timer at the end of an override."""
    return ExpireOverride(override_id=UUID(due.subject_id))


_ENDED = {EXPIRED: OverrideExpired, REVOKED: OverrideRevoked, VOIDED: OverrideVoided}


def _end(unit: Unit, record: ComplianceRecord, override_id: UUID, state: str, *, cause: str = "") -> None:
    held = record.override(override_id, lock=True)
    record.keep_override(held.ended(state, unit.now, unit.request.user_id))
    unit.is_about("override", override_id, changes={"state": [held.state, state]})
    unit.tell(
        _ENDED[state](override_id=override_id, violation_ids=record.covered_by(override_id), cause=cause or state)
    )


@reacts_to(DutyChanged, DutyReleased, as_="compliance.override_watch")
def void_what_covers_another_duty(happened: Occurred, unit: Unit, record: ComplianceRecord) -> None:
    """An override is about the duties that were there when it was signed: one that changes later ends it."""
    event = happened.event
    assert isinstance(event, DutyChanged | DutyReleased)  # noqa: S101 - the consumer takes no other
    is_released = isinstance(event, DutyReleased)
    cells = [cell for cell in event.cells if is_released or VOIDING & set(cell.fields)]
    changed = {name for cell in cells for name in _names(cell)}
    # What had changed before it was signed, or with it, was in sight of who signed.
    active = record.active_on(event.schedule_id, signed_before=happened.occurred_at)
    for override_id in dict.fromkeys(override for _violation, override, duties in active if duties & changed):
        _end(unit, record, override_id, VOIDED, cause="duty_changed")


def _names(cell: CellChange) -> tuple[str, ...]:
    """The ids under which the judge may have named the duty of a cell: a night's holds the name of who had it."""
    return cell.duty_id, *(f"{cell.duty_id}.{person}" for person in cell.people)


_MOVES: Mapping[str, str] = {
    ViolationOpened.type: OPENED,
    ViolationWorsened.type: WORSENED,
    ViolationResolved.type: RESOLVED,
    ViolationReopened.type: REOPENED,
    ViolationAcknowledged.type: ACKNOWLEDGED,
    OverrideApplied.type: OVERRIDDEN,
}


@reacts_to(
    ViolationOpened,
    ViolationWorsened,
    ViolationResolved,
    ViolationReopened,
    ViolationAcknowledged,
    OverrideApplied,
    as_="compliance.ledger",
    inline=True,
)
def enter_in_the_record(event: Event, unit: Unit, record: ComplianceRecord) -> None:
    """Each move is written down for good, in the transaction of the move."""
    told = next(each for each in unit.told if each.event is event)
    ids = event.violation_ids if isinstance(event, OverrideApplied) else (UUID(event.aggregate_id),)
    for violation in record.some(ids):
        move = _MOVES[event.type]
        record.enter(replace(violation, state=_STATES.get(move, violation.state)), move, told.event_id)
        counts.count(unit, "violations_total", rule=violation.rule, severity=violation.severity, move=move)


_STATES = {OPENED: OPEN, REOPENED: OPEN, ACKNOWLEDGED: ACKNOWLEDGED, OVERRIDDEN: OVERRIDDEN, RESOLVED: RESOLVED}
"""Where moves lead; one transaction may make several of them, and the row shows only the last."""
