"""`compliance.check`: what a change touched is judged again, and the violations on record follow what is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    PersonChanged,
    ScheduleCreated,
    SchedulePublished,
)
from housestaff.core.finding import Finding
from housestaff.core.nights import people_touched
from housestaff.core.program import Program
from housestaff.core.time import Span
from housestaff.features.compliance.judging import EVERYTHING, Scope, facts_of, judged, touched
from housestaff.features.compliance.model import (
    RESOLVED,
    Violation,
    place_of,
)
from housestaff.features.compliance.moving import Moves
from housestaff.features.compliance.store import CHECKER, ComplianceRecord
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import span_of
from housestaff.rules.ruleset import ruleset_for

MATERIAL = frozenset({"person", "span", "kind", "rotation", "role"})
"""What the law reads of a duty."""

OF_PEOPLE = frozenset({"levels", "credentials", "employment", "roles", "kind", "unavailable", "series", "stage"})
"""What the law reads of a person."""


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
    event, check = happened.event, _Check(programs, schedules, record, Moves(unit, programs, record, timers))
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

    programs: Programs
    schedules: Schedules
    record: ComplianceRecord
    moves: Moves

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
            self.moves.found(schedule, key, facts, held, is_accepted=held is not None and held.violation_id in accepted)
        for key in sorted(known.keys() - found.keys()):
            held = known[key]
            if held.state != RESOLVED and asked.had(held):
                self.moves.gone(schedule, held)
