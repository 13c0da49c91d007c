"""Publishing and what comes after: amendments, going back, putting away. Judged before it happens, then told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.cells import MOST_CELLS, cell_changes, cell_events, holdings
from housestaff.core.changes import Change, applied, diff
from housestaff.core.edits import change_of, edited
from housestaff.core.errors import BadInput, NotAllowed, NotJudged, RuleBroken, Stale
from housestaff.core.events import CellChange, ScheduleAmended, ScheduleArchived, SchedulePublished, people_of
from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import (
    AmendSchedule,
    ArchiveSchedule,
    PublishSchedule,
    RollBackSchedule,
    Signed,
)
from housestaff.features.schedules.model import FREEZE_REASONS, Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.access import allow
from housestaff.plumbing.bus import handles
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import Verdicts, judge_change, stats_of
from housestaff.rules.ruleset import ruleset_for
from housestaff.rules.settings import ProgramSettings

Judge: TypeAlias = Callable[[Program, Roster], list[Finding]]
"""The port through which a whole roster is judged."""

ROLL_BACK_WITHIN = timedelta(hours=24)
_DAY = timedelta(days=1)
_PUBLISHING = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('publish:' || :program, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change that is to be in force: what caused it, on which version it was made, and why."""

    change: Change
    cause: str
    base_number: int
    reason_code: str = ""
    reason: str = ""
    is_agreed: bool = False
    """Whoever may has agreed to it before, with a reason where it takes one."""
    override: Signed | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The overrides in force that accept some of what is broken, and what none of them accepts."""

    override_ids: tuple[UUID, ...]
    left: tuple[Finding, ...]


Accepted: TypeAlias = Callable[[UUID, Sequence[Finding]], Acceptance]
"""The port through which a schedule asks which of its broken rules somebody has accepted."""


IsGivenUp: TypeAlias = Callable[[Schedule], bool]
"""The port through which a schedule asks whether its checking has given up."""


Sign: TypeAlias = Callable[[Schedule, Program, Sequence[Finding], Signed], Mapping[str, Any]]
"""The port that records an override of what a change newly breaks; it gives what the audit chain shows of it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What must say yes before a schedule is published; where nothing judges, nothing is published."""

    judge: Judge | None
    accepted: Accepted
    is_given_up: IsGivenUp
    sign: Sign


@handles(PublishSchedule)
def publish_schedule(ask: PublishSchedule, unit: Unit, programs: Programs, schedules: Schedules, gate: Gate) -> int:
    """The draft is in force as version 1, if the judge finds no rule broken that must hold."""
    # One publication of a program at a time: two drafts of the same days cannot both find the days free.
    unit.connection.execute(_PUBLISHING, {"program": str(unit.program_id)})
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(ask.revision)
    if schedules.published_in(schedule.period):
        raise Stale("Another published schedule covers days of this period.")
    if gate.is_given_up(schedule):
        raise NotJudged("The checking of this draft has given up, so nobody knows what it breaks. Tell your IT.")
    program = programs.get(schedule.period.first_day)
    roster = schedules.roster(schedule.schedule_id, schedule.revision)
    findings, override_ids = _pass(gate, schedule.schedule_id, program, roster)
    law = ruleset_for(program).hash
    held = list(holdings(schedules.view(schedule, program).grid, program.person_by_id))
    stats = stats_of(findings, len(held))
    published = replace(schedule.published(), stats=asdict(stats))
    nothing = Change(Roster(), Roster())
    schedules.keep(published, roster, nothing, cause="publish", ruleset_hash=law)
    schedules.remember(published, roster)
    schedules.cells.add(published, held)
    unit.is_about("schedule", ask.schedule_id, version=published.revision, changes={"state": ["draft", "published"]})
    unit.tell(
        SchedulePublished(
            schedule_id=ask.schedule_id,
            number=1,
            period=schedule.period,
            person_ids=tuple(dict.fromkeys(each.person for each in held)),
            stats=stats,
            ruleset_hash=law,
            override_ids=override_ids,
        )
    )
    return 1


def _pass(gate: Gate, schedule_id: UUID, program: Program, roster: Roster) -> tuple[list[Finding], tuple[UUID, ...]]:
    """All findings and the overrides that accept the broken ones, if nothing stands in the way."""
    if gate.judge is None:
        raise NotAllowed("Nothing here can judge a schedule, so none is published. Tell your IT.")
    findings = gate.judge(program, roster)
    broken = [each for each in findings if each.is_violation]
    acceptance = gate.accepted(schedule_id, broken) if broken else Acceptance((), ())
    if acceptance.left:
        raise RuleBroken(acceptance.left)
    return findings, acceptance.override_ids


@handles(AmendSchedule)
def amend_schedule(
    ask: AmendSchedule, unit: Unit, programs: Programs, schedules: Schedules, gate: Gate
) -> tuple[int, Verdicts]:
    """The edits are in force as a new version, if they newly break no rule that must hold."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_published()
    program = programs.get(schedule.period.first_day)
    seen = schedules.roster(schedule.schedule_id, schedules.revision_of(schedule.schedule_id, ask.base_number))
    wanted = change_of(seen, edited(program, seen, ask.edits, by=unit.role, on=unit.now.date()), ask.edits)
    amendment = Amendment(
        change=wanted,
        cause="edit",
        base_number=ask.base_number,
        reason_code=ask.reason_code,
        reason=ask.reason,
        override=ask.override,
    )
    return amend(unit, programs, schedules, schedule, amendment, gate=gate)


@handles(RollBackSchedule)
def roll_back_schedule(
    ask: RollBackSchedule, unit: Unit, programs: Programs, schedules: Schedules, gate: Gate
) -> tuple[int, Verdicts]:
    """The cells of an earlier version are in force again, as a new version."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_published()
    revision = schedules.revision_of(schedule.schedule_id, ask.to_number)
    later = next((each for each in reversed(schedules.history(schedule.schedule_id)) if each.revision > revision), None)
    if later is None:
        raise Stale("This version is in force.")
    if unit.now > later.at + ROLL_BACK_WITHIN:
        raise Stale(f"Version {ask.to_number} was replaced more than 24 hours ago. Amend the schedule instead.")
    before = schedules.roster(schedule.schedule_id, schedule.revision)
    amendment = Amendment(
        change=diff(before, schedules.roster(schedule.schedule_id, revision)),
        cause="rollback",
        base_number=schedule.number or 0,
        reason_code=ask.reason_code,
        reason=f"back to version {ask.to_number}",
    )
    return amend(unit, programs, schedules, schedule, amendment, gate=gate)


def amend(
    unit: Unit, programs: Programs, schedules: Schedules, schedule: Schedule, amendment: Amendment, *, gate: Gate
) -> tuple[int, Verdicts]:
    """Judge a change, and put it in force as a new version where it newly breaks nothing that must hold."""
    change, reason_code = amendment.change, amendment.reason_code
    if gate.judge is None:
        raise NotAllowed("Nothing here can judge a schedule, so none is changed. Tell your IT.")
    program = programs.get(schedule.period.first_day)
    if change.is_nothing:
        raise BadInput("nothing would change.", place="edits", remedy="Name cells and what they should be.")
    if not amendment.is_agreed:
        check_freeze(unit, program, change.days, reason_code=reason_code, reason=amendment.reason)
    before = schedules.roster(schedule.schedule_id, schedule.revision)
    after = applied(before, change)
    found = judge_change(schedules.view(schedule, program), after, change)
    if found.newly_broken and amendment.override is None:
        raise RuleBroken(found.newly_broken)
    amended = schedule.amended()
    cells = cell_changes(found.before.grid, found.after.grid, found.people)
    schedules.keep(
        amended, after, change, cause=amendment.cause, reason=amendment.reason, base_number=amendment.base_number
    )
    schedules.remember(amended, after, found.after)
    _add_changed_cells(schedules, amended, found, cells, found.people)
    number = amended.number or 0
    changes: dict[str, Any] = {"number": [number - 1, number]}
    if found.newly_broken and amendment.override is not None:
        changes |= gate.sign(amended, program, found.newly_broken, amendment.override)
    unit.is_about("schedule", amended.schedule_id, version=amended.revision, changes=changes)
    unit.subject.reason_code = reason_code
    unit.tell(
        ScheduleAmended(
            schedule_id=amended.schedule_id,
            number=number,
            base_number=amendment.base_number,
            changes=cells[:MOST_CELLS],
            cause=amendment.cause,
            reason_code=reason_code,
            person_ids=people_of(cells),
        )
    )
    told = cell_events(amended.schedule_id, cells, cause=amendment.cause, number=number, reason_code=reason_code)
    for event in told:
        unit.tell(event)
    return number, found


def _add_changed_cells(
    schedules: Schedules, schedule: Schedule, found: Verdicts, cells: Iterable[CellChange], people: Iterable[str]
) -> None:
    named, listed = {cell.duty_id for cell in cells}, list(people)
    there = [each for each in holdings(found.after.grid, listed) if each.duty_id in named]
    still = {each.duty_id for each in there}
    gone = [each for each in holdings(found.before.grid, listed) if each.duty_id in named - still]
    schedules.cells.add(schedule, there, gone)


def check_freeze(
    unit: Unit, program: Program, changed: tuple[date, date] | None, *, reason_code: str, reason: str = ""
) -> None:
    """A change (of these first and last days) of what starts soon needs a reason, and somebody who may give one."""
    if reason_code and reason_code not in FREEZE_REASONS:
        raise BadInput(
            f"'{reason_code}' is no reason.", place="reason_code", remedy=f"Use {', '.join(FREEZE_REASONS)}."
        )
    today = program.zone.day(unit.now)
    horizon = ProgramSettings(program.policy).number("freeze_horizon_days", today)
    first, last = changed or (today, today)
    is_frozen = first <= today + horizon * _DAY and last >= today
    if not is_frozen:
        return
    if not reason_code:
        raise BadInput(
            f"what starts within {horizon} days is frozen.",
            place="reason_code",
            remedy=f"Give a reason: {', '.join(FREEZE_REASONS)}.",
        )
    if reason_code == "other" and len(reason) < 10:
        raise BadInput("'other' needs words.", place="reason", remedy="Write at least ten characters.")
    if unit.principal is not None and allow(unit.principal, "schedule:break_freeze") is None:
        raise NotAllowed("This needs the permission schedule:break_freeze.")


@handles(ArchiveSchedule)
def archive_schedule(ask: ArchiveSchedule, unit: Unit, programs: Programs, schedules: Schedules) -> None:
    """The schedule is put away."""
    today = programs.get().zone.day(unit.now)
    schedule = schedules.get(ask.schedule_id, lock=True).archived(today)
    schedules.keep_state(schedule)
    unit.is_about("schedule", ask.schedule_id, changes={"state": ["published", "archived"]})
    unit.tell(ScheduleArchived(schedule_id=ask.schedule_id, number=schedule.number or 1, period=schedule.period))
