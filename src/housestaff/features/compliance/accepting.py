"""What the gate of publishing asks: what overrides accept of a broken law, and whether the checking has given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.features.compliance.model import OVERRIDDEN, key_of, place_of, step_of
from housestaff.features.compliance.signing import Signing
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.schedules.commands import Signed
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.publishing import Acceptance


def accepted(record: ComplianceRecord, schedule_id: UUID, broken: Iterable[Finding]) -> Acceptance:
    """The overrides that accept what a draft breaks, and what none of them does.

    An override accepts what was signed: where a rule is broken by more than that, it accepts nothing.
    """
    known, place = record.of_schedule(schedule_id), place_of(schedule_id, None)
    active = {violation: override for violation, override, _duties in record.active_on(schedule_id)}
    used: dict[UUID, None] = {}
    left: list[Finding] = []
    for each in broken:
        held = known.get(key_of(place, each))
        is_as_signed = held is not None and held.margin - each.margin < step_of(held.unit)
        if held is not None and is_as_signed and held.state == OVERRIDDEN and held.violation_id in active:
            used[active[held.violation_id]] = None
        else:
            left.append(each)
    return Acceptance(tuple(used), tuple(left))


def is_given_up(record: ComplianceRecord, schedule: Schedule) -> bool:
    """Whether the newest state of a schedule is unjudged for good: it waits for a person, not for a worker."""
    is_behind = record.checked_up_to(schedule.schedule_id) < schedule.revision
    return is_behind and record.has_given_up(schedule.schedule_id)


def sign(
    signing: Signing, schedule: Schedule, program: Program, broken: Sequence[Finding], signed: Signed
) -> Mapping[str, Any]:
    """Record an override of what a change newly breaks; what the audit chain shows of it."""
    override = signing.accept_findings(schedule, program, broken, signed)
    return {"override": [None, str(override.override_id)], **signing.shown(override)}
