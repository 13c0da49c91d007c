"""How violations on record move when a rule is found broken or kept again; each move is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from housestaff.core.events import Period, ViolationOpened, ViolationReopened, ViolationResolved, ViolationWorsened
from housestaff.features.compliance.model import (
    LAST_STEP,
    OPEN,
    OPENED,
    REOPENED,
    RESOLVED,
    WORSENED,
    Violation,
    place_of,
)
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

_Move: TypeAlias = type[ViolationOpened | ViolationWorsened | ViolationResolved | ViolationReopened]
_MOVES: Mapping[str, _Move] = {
    OPENED: ViolationOpened,
    WORSENED: ViolationWorsened,
    RESOLVED: ViolationResolved,
    REOPENED: ViolationReopened,
}


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of violations in one transaction."""

    unit: Unit
    programs: Programs
    record: ComplianceRecord
    timers: Timers

    def found(
        self, schedule: Schedule, key: str, facts: Mapping[str, Any], held: Violation | None, *, is_accepted: bool
    ) -> Violation:
        """A rule is broken: for the first time, again, by more, or as before."""
        if held is None:
            return self._open(schedule, key, facts)
        now, move = held.seen(facts, self.unit.now, is_accepted=is_accepted)
        return self._move(replace(now, number=schedule.number), move, held)

    def gone(self, schedule: Schedule, held: Violation) -> None:
        """A rule is kept again."""
        self._move(replace(held.gone(), number=schedule.number), RESOLVED, held)

    def _open(self, schedule: Schedule, key: str, facts: Mapping[str, Any]) -> Violation:
        now = self.unit.now
        violation = Violation(
            violation_id=new_id(),
            number=schedule.number,
            place=place_of(schedule.schedule_id, schedule.number),
            key=key,
            state=OPEN,
            first_seen=now,
            last_seen=now,
            opened_at=now,
            times_opened=1,
            step=0,
            acknowledged_by=None,
            note="",
            **facts,
        )
        self.record.add(violation)
        self._tell(violation, OPENED, None)
        return violation

    def _move(self, violation: Violation, move: str, before: Violation) -> Violation:
        self.record.keep(violation)
        if move:
            self._tell(violation, move, before)
        return violation

    def _tell(self, violation: Violation, move: str, before: Violation | None) -> None:
        self.unit.tell(
            _MOVES[move](
                violation_id=violation.violation_id,
                key=violation.key,
                rule=violation.rule,
                force=violation.force,
                severity=violation.severity,
                person_id=violation.person_id,
                rotation_id=violation.rotation_id,
                window=Period(first_day=violation.first_day, last_day=violation.last_day),
                value=violation.value,
                limit=violation.limit,
                margin=violation.margin,
                unit=violation.unit,
                certainty=violation.certainty,
                citation=violation.citation,
                schedule_id=violation.schedule_id,
                number=violation.number,
                previous_value=before.value if before is not None and move == WORSENED else None,
            )
        )
        was_told = move == WORSENED and before is not None and before.is_alerting
        if violation.state == OPEN and violation.is_alerting and not was_told:
            self._arm(violation)
        elif violation.state == RESOLVED:
            leave_be(self.timers, violation.violation_id)

    def _arm(self, violation: Violation) -> None:
        """Nobody may sleep on it: what nobody acknowledges in time goes up the chain."""
        program = self.programs.get()
        hours = ProgramSettings(program.policy).number("violation_escalate_hours", program.zone.day(self.unit.now))
        self.timers.arm("violation.escalate", violation.violation_id, self.unit.now + timedelta(hours=hours))


def leave_be(timers: Timers, violation_id: UUID) -> None:
    """A violation goes no further up the chain."""
    for step in range(LAST_STEP):
        timers.cancel("violation.escalate", violation_id, purpose=str(step or ""))
