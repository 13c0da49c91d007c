"""Signing an override: who may, for how long, and what follows; of violations on record, or of what a change breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from housestaff.core.errors import BadInput
from housestaff.core.events import OverrideApplied
from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.features.compliance.judging import facts_of
from housestaff.features.compliance.model import (
    ACTIVE,
    CRITICAL,
    SHORTEST_JUSTIFICATION,
    WARNING,
    Override,
    Violation,
    key_of,
    place_of,
)
from housestaff.features.compliance.moving import Moves, leave_be
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import Signed
from housestaff.features.schedules.model import FREEZE_REASONS, Schedule
from housestaff.plumbing.access import allow, refuse
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.ruleset import ruleset_for
from housestaff.rules.settings import ProgramSettings


@dataclass(frozen=True, slots=True)
class Signing:
    """What it takes to sign, in one transaction."""

    unit: Unit
    record: ComplianceRecord
    timers: Timers
    programs: Programs
    sealer: Sealer

    def accept(self, held: Sequence[Violation], signed: Signed) -> Override:
        """Accept violations on record until the override ends; why, in words, stands in it and nowhere else."""
        level = CRITICAL if any(each.severity == CRITICAL for each in held) else WARNING
        principal = self.unit.principal
        needed = f"override:apply_{level}"
        if principal is not None and allow(principal, needed) is None:
            raise refuse(principal, needed)
        program = self.programs.get()
        today = program.zone.day(self.unit.now)
        _check(signed, self.unit, ProgramSettings(program.policy).number("override_max_days", today))
        override = self._override(signed, level)
        self.record.add_override(override, held)
        for each in held:
            self.record.keep(each.overridden())
            leave_be(self.timers, each.violation_id)
        self.timers.arm("override.expire", override.override_id, signed.expires_at)
        self.unit.tell(
            OverrideApplied(
                override_id=override.override_id,
                violation_ids=tuple(each.violation_id for each in held),
                level=level,
                reason_code=signed.reason_code,
                expires_at=signed.expires_at,
                by=self.unit.request.user_id,
            )
        )
        return override

    def accept_findings(
        self, schedule: Schedule, program: Program, broken: Iterable[Finding], signed: Signed
    ) -> Override:
        """Accept what a change of a published schedule newly breaks, in the transaction of the change."""
        known, law = self.record.of_schedule(schedule.schedule_id), ruleset_for(program).hash
        place = place_of(schedule.schedule_id, schedule.number)
        worst: dict[str, Finding] = {}
        for each in broken:
            key = key_of(place, each)
            if key not in worst or each.margin < worst[key].margin:
                worst[key] = each
        moves = Moves(self.unit, self.programs, self.record, self.timers)
        held: list[Violation] = []
        for key, each in sorted(worst.items()):
            facts = facts_of(each, program, schedule.schedule_id, law)
            held.append(moves.found(schedule, key, facts, known.get(key), is_accepted=False))
        return self.accept(held, signed)

    def _override(self, signed: Signed, level: str) -> Override:
        return Override(
            override_id=new_id(),
            level=level,
            state=ACTIVE,
            reason_code=signed.reason_code,
            justification=signed.justification.strip(),
            expires_at=signed.expires_at,
            applied_by=self.unit.request.user_id,
            applied_at=self.unit.now,
        )

    def shown(self, override: Override) -> dict[str, list[Any]]:
        """An override as it stands in the audit chain: the justification only as a fingerprint."""
        return {
            "level": [None, override.level],
            "expires_at": [None, override.expires_at.isoformat()],
            "justification": [None, self.sealer.fingerprint(override.justification)],
        }


def _check(signed: Signed, unit: Unit, days: int) -> None:
    if signed.reason_code not in FREEZE_REASONS:
        codes = ", ".join(FREEZE_REASONS)
        raise BadInput(f"'{signed.reason_code}' is no reason.", place="reason_code", remedy=f"Use {codes}.")
    if len(signed.justification.strip()) < SHORTEST_JUSTIFICATION:
        least = f"Write at least {SHORTEST_JUSTIFICATION} characters."
        raise BadInput("the justification is too short.", place="justification", remedy=least)
    if signed.expires_at.tzinfo is None:
        raise BadInput("the end has no zone.", place="expires_at", remedy="Write an offset, such as Z.")
    if not unit.now < signed.expires_at <= unit.now + timedelta(days=days):
        remedy = f"Choose an end within {days} days."
        raise BadInput("an override ends in the future, and soon.", place="expires_at", remedy=remedy)
