"""`compliance.check`: what a change touched is judged again, and the violations on record follow what is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from housestaff.core.changes import diff
from housestaff.core.events import (
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    LeaveAmended,
    LeaveApproved,
    LeaveCanceled,
    OverrideExpired,
    OverrideRevoked,
    OverrideVoided,
    Period,
    PersonChanged,
    ScheduleCreated,
    SchedulePublished,
    ViolationOpened,
    ViolationReopened,
    ViolationResolved,
    ViolationWorsened,
)
from housestaff.core.finding import Finding
from housestaff.core.nights import people_touched
from housestaff.core.program import Program
from housestaff.core.time import Span
from housestaff.features.compliance.judging import EVERYTHING, Scope, facts_of, judged, touched
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
from housestaff.features.compliance.store import CHECKER, ComplianceRecord
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import span_of
from housestaff.rules.ruleset import ruleset_for
from housestaff.rules.settings import ProgramSettings

MATERIAL = frozenset({"person", "span", "kind", "rotation", "role"})
"""What the law reads of a duty."""

OF_PEOPLE = frozenset({"levels", "credentials", "employment", "roles", "kind", "unavailable", "series", "stage"})
"""What the law reads of a person."""

_Move: TypeAlias = type[ViolationOpened | ViolationWorsened | ViolationResolved | ViolationReopened]
_MOVES: Mapping[str, _Move] = {
    OPENED: ViolationOpened,
    WORSENED: ViolationWorsened,
    RESOLVED: ViolationResolved,
    REOPENED: ViolationReopened,
}


@reacts_to(
    ScheduleCreated,
    SchedulePublished,
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    PersonChanged,
    LeaveApproved,
    LeaveAmended,
    LeaveCanceled,
    OverrideExpired,
    OverrideRevoked,
    OverrideVoided,
    as_=CHECKER,
)
def check_what_was_touched(
    happened: Occurred,
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    record: ComplianceRecord,
    timers: Timers,
) -> None:
    """The people whom a change touched are judged at the newest state; several changes that wait are judged at once."""
    event, check = happened.event, _Check(unit, programs, schedules, record, timers)
    if isinstance(event, PersonChanged):
        if set(event.fields) & OF_PEOPLE:
            for schedule in schedules.all():
                check.again(schedule, Scope(frozenset({event.person_id})))
    elif isinstance(event, LeaveApproved | LeaveAmended | LeaveCanceled):
        for schedule in schedules.all():
            check.again(schedule, Scope(frozenset({event.person_id})))
    elif isinstance(event, OverrideExpired | OverrideRevoked | OverrideVoided):
        for schedule_id, scope in _scopes(record.some(event.violation_ids)):
            check.again(schedules.get(schedule_id), scope)
    elif isinstance(event, ScheduleCreated | SchedulePublished | DutyAssigned | DutyReleased) or (
        isinstance(event, DutyChanged) and set(event.changed_fields) & MATERIAL
    ):
        check.catch_up(schedules.get(event.schedule_id))


def _scopes(violations: Iterable[Violation]) -> Iterable[tuple[UUID, Scope]]:
    """For each schedule, the people and windows of some violations."""
    mine: dict[UUID, list[Violation]] = {}
    for each in violations:
        mine.setdefault(each.schedule_id, []).append(each)
    for schedule_id, some in mine.items():
        spans = [each.finding["span"] for each in some]
        span = Span(min(start for start, _end in spans), max(end for _start, end in spans))
        yield schedule_id, touched((each.person_id for each in some if each.person_id), span)


@dataclass(frozen=True, slots=True)
class _Check:
    """One check in one transaction."""

    unit: Unit
    programs: Programs
    schedules: Schedules
    record: ComplianceRecord
    timers: Timers

    def catch_up(self, schedule: Schedule) -> None:
        """Judge what has changed since the schedule was judged last; everything where it never was, or the law has."""
        known = self.record.lock_check(schedule.schedule_id)
        # Whoever held the lock has perhaps seen a newer state than we had read.
        schedule = self.schedules.get(schedule.schedule_id)
        if schedule.state not in {"draft", "published"}:
            return
        program = self.programs.get(schedule.period.first_day)
        law = ruleset_for(program).hash
        if known.revision >= schedule.revision and known.ruleset_hash == law:
            return
        scope = EVERYTHING
        if known.revision and known.ruleset_hash == law and schedule.number != 1:
            before, after = (
                self.schedules.roster(schedule.schedule_id, each) for each in (known.revision, schedule.revision)
            )
            change = diff(before, after)
            people = program.known(people_touched(program, change, before, after))
            scope = touched(people, span_of(program, change))
        self._judge(schedule, program, scope)
        self.record.keep_check(
            schedule.schedule_id, revision=schedule.revision, number=schedule.number, ruleset_hash=law
        )

    def again(self, schedule: Schedule, scope: Scope) -> None:
        """Judge a part of a schedule that was judged before; one that never was waits for its own event."""
        known = self.record.lock_check(schedule.schedule_id)
        if known.revision == 0 or schedule.state not in {"draft", "published"}:
            return
        self._judge(schedule, self.programs.get(schedule.period.first_day), scope)

    def _judge(self, schedule: Schedule, program: Program, scope: Scope) -> None:
        law, place = ruleset_for(program), place_of(schedule.schedule_id, schedule.number)
        if schedule.number is not None:
            self.record.move_to_published(schedule.schedule_id, schedule.number)
        found, asked = judged(self.schedules.view(schedule, program), law, scope, place)
        self._follow(schedule, program, found, asked)

    def _follow(self, schedule: Schedule, program: Program, found: Mapping[str, Finding], asked: Scope) -> None:
        """The violations on record are those that were found; each move is told."""
        known = self.record.of_schedule(schedule.schedule_id)
        accepted = {violation for violation, _override, _duties in self.record.active_on(schedule.schedule_id)}
        law = ruleset_for(program).hash
        for key in sorted(found):
            facts, held = facts_of(found[key], program, schedule.schedule_id, law), known.get(key)
            if held is None:
                self._open(schedule, key, facts)
                continue
            is_accepted = held.violation_id in accepted
            now, move = held.seen(facts, self.unit.now, is_accepted=is_accepted)
            self._move(replace(now, number=schedule.number), move, held)
        for key in sorted(known.keys() - found.keys()):
            held = known[key]
            if held.state != RESOLVED and asked.had(held):
                self._move(replace(held.gone(), number=schedule.number), RESOLVED, held)

    def _open(self, schedule: Schedule, key: str, facts: Mapping[str, Any]) -> None:
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

    def _move(self, violation: Violation, move: str, before: Violation) -> None:
        self.record.keep(violation)
        if move:
            self._tell(violation, move, before)

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
