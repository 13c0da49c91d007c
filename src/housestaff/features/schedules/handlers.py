"""The commands of drafts, carried out: loaded, judged, kept, told."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from housestaff.core.cells import MOST_CELLS, cell_changes, cell_events, holdings
from housestaff.core.changes import Change, diff
from housestaff.core.edits import change_of, edited
from housestaff.core.errors import BadInput, NotFound, Stale
from housestaff.core.events import DutyAnnotated, Period, ScheduleCreated, ScheduleDiscarded, ScheduleUpdated
from housestaff.core.locks import Lock
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import (
    AnnotateDuty,
    CreateSchedule,
    DiscardSchedule,
    EditDraft,
    ImportDraft,
    LockPlaces,
    SolveDraft,
    UndoDraft,
)
from housestaff.features.schedules.model import METHODS, Schedule
from housestaff.features.schedules.store import DUTY_NOTE, Schedules
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import Verdicts, judge_change, stats_of
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for


@handles(CreateSchedule)
def create_schedule(ask: CreateSchedule, unit: Unit, programs: Programs, schedules: Schedules) -> UUID:
    """A draft of the period stands ready, with how good it is."""
    program = programs.get(ask.first_day)
    period = _period(ask, program)
    if ask.method not in METHODS:
        raise BadInput(f"'{ask.method}' is no way to make one.", place="method", remedy=f"Choose {', '.join(METHODS)}.")
    if schedules.published_in(period):
        raise Stale("A published schedule covers days of this period. Amend that one, or choose other days.")
    roster = _first_roster(ask, programs, schedules)
    roster = replace(roster, complete=(period.first_day, period.last_day))
    id_, law = ask.schedule_id or new_id(), ruleset_for(program).hash
    view = FinishedRoster.of(program, roster)
    stats = stats_of(judge(view), sum(1 for _ in holdings(view.grid, program.person_by_id)))
    schedule = Schedule(
        id_, period, "draft", ask.method, 1, None, frozenset(), asdict(stats), unit.request.user_id, unit.now
    )
    schedules.add(schedule, roster, cause=ask.method, ruleset_hash=law)
    schedules.remember(schedule, roster, view)
    unit.is_about(
        "schedule",
        id_,
        version=1,
        changes={
            "period": [None, [str(period.first_day), str(period.last_day)]],
            "method": [None, ask.method],
            "ruleset_hash": [None, law],
        },
    )
    unit.tell(ScheduleCreated(schedule_id=id_, period=period, method=ask.method, ruleset_hash=law, stats=stats))
    return id_


def _period(ask: CreateSchedule, program: Program) -> Period:
    calendar = program.calendar
    if ask.last_day < ask.first_day:
        raise BadInput("the period ends before it begins.", place="last_day", remedy="Write a later date.")
    if ask.first_day < calendar.first or calendar.last < ask.last_day:
        known = f"{calendar.first} to {calendar.last}"
        raise BadInput("the calendar does not reach so far.", place="first_day", remedy=f"Stay within {known}.")
    return Period(first_day=ask.first_day, last_day=ask.last_day)


def _first_roster(ask: CreateSchedule, programs: Programs, schedules: Schedules) -> Roster:
    if ask.method == "copied":
        if ask.copy_of is None:
            raise BadInput("nothing to copy is named.", place="copy_of", remedy="Name a schedule.")
        source = schedules.get(ask.copy_of)
        return schedules.roster(source.schedule_id, source.revision)
    if ask.roster is not None:
        return ask.roster
    return programs.base_roster()


@handles(EditDraft)
def edit_draft(ask: EditDraft, unit: Unit, programs: Programs, schedules: Schedules) -> Verdicts:
    """The draft has the edits as a new revision; what they do to the rules comes back with it."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(ask.revision)
    program = programs.get(schedule.period.first_day)
    roster = schedules.roster(schedule.schedule_id, schedule.revision)
    after = edited(program, roster, ask.edits, by=unit.role, on=unit.now.date())
    change = change_of(roster, after, ask.edits)
    return _keep_draft(unit, programs, schedules, schedule, after, cause="edit", reason=ask.reason, change=change)


@handles(UndoDraft)
def undo_draft(ask: UndoDraft, unit: Unit, programs: Programs, schedules: Schedules) -> Verdicts:
    """The draft is as it was one step ago, as a new revision; a further undo goes a step further back."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(ask.revision)
    before = schedules.before_newest_step(schedule.schedule_id)
    if before is None:
        raise Stale("There is nothing to undo.")
    earlier = schedules.roster(schedule.schedule_id, before)
    return _keep_draft(unit, programs, schedules, schedule, earlier, cause="undo", reason="")


@handles(SolveDraft)
def solve_draft(ask: SolveDraft, unit: Unit, programs: Programs, schedules: Schedules) -> Verdicts:
    """The draft has what the solve has built."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(ask.revision)
    return _keep_draft(unit, programs, schedules, schedule, ask.roster, cause="solve", reason="")


@handles(ImportDraft)
def import_draft(ask: ImportDraft, unit: Unit, programs: Programs, schedules: Schedules) -> Verdicts:
    """The draft has what was imported."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(ask.revision)
    return _keep_draft(unit, programs, schedules, schedule, ask.roster, cause="import", reason="")


def _keep_draft(
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    schedule: Schedule,
    roster: Roster,
    *,
    cause: str,
    reason: str,
    change: Change | None = None,
) -> Verdicts:
    program = programs.get(schedule.period.first_day)
    before = schedules.roster(schedule.schedule_id, schedule.revision)
    roster = replace(roster, complete=before.complete)
    change = diff(before, roster) if change is None else change
    revised = schedule.revised()
    found = judge_change(schedules.view(schedule, program), roster, change)
    cells = cell_changes(found.before.grid, found.after.grid, found.people)
    schedules.keep(revised, roster, change, cause=cause, reason=reason)
    schedules.remember(revised, roster, found.after)
    unit.is_about("schedule", schedule.schedule_id, version=revised.revision, changes={"cells": [0, len(cells)]})
    unit.tell(
        ScheduleUpdated(
            schedule_id=schedule.schedule_id,
            draft_revision=revised.revision,
            changes=cells[:MOST_CELLS],
            reason=reason or cause,
        )
    )
    for event in cell_events(schedule.schedule_id, cells, cause=cause, draft_revision=revised.revision):
        unit.tell(event)
    return found


@handles(LockPlaces)
def lock_places(ask: LockPlaces, unit: Unit, programs: Programs, schedules: Schedules) -> list[str]:
    """The places are locked or unlocked; a solve leaves what stands on locked ones alone."""
    schedule = schedules.get(ask.schedule_id, lock=True).as_draft(None)
    for each in ask.lock:
        Lock.read(each, programs.get().person_by_id)
    locked = (schedule.locked | set(ask.lock)) - set(ask.unlock)
    schedules.keep_state(replace(schedule, locked=frozenset(locked)))
    unit.is_about(
        "schedule",
        ask.schedule_id,
        version=schedule.revision,
        changes={"locked": [sorted(schedule.locked), sorted(locked)]},
    )
    unit.tell(
        ScheduleUpdated(schedule_id=ask.schedule_id, draft_revision=schedule.revision, changes=(), reason="locks")
    )
    return sorted(locked)


@handles(DiscardSchedule)
def discard_schedule(ask: DiscardSchedule, unit: Unit, schedules: Schedules) -> None:
    """The draft is thrown away; its revisions stay in the books."""
    schedule = schedules.get(ask.schedule_id, lock=True).discarded()
    schedules.keep_state(schedule)
    unit.is_about("schedule", ask.schedule_id, changes={"state": ["draft", "discarded"]})
    unit.tell(ScheduleDiscarded(schedule_id=ask.schedule_id, period=schedule.period))


@handles(AnnotateDuty)
def annotate_duty(ask: AnnotateDuty, unit: Unit, programs: Programs, schedules: Schedules) -> UUID:
    """The note stands on the duty; the newest is shown."""
    schedule = schedules.get(ask.schedule_id)
    if schedule.number is not None:
        is_there = schedules.cells.of_duty(ask.duty_id, ask.schedule_id) is not None
    else:
        program = programs.get(schedule.period.first_day)
        grid = schedules.view(schedule, program).grid
        is_there = any(each.duty_id == ask.duty_id for each in holdings(grid, program.person_by_id))
    if not is_there:
        raise NotFound("There is no such duty in this schedule.")
    note = new_id()
    unit.connection.execute(
        DUTY_NOTE.insert().values(
            program_id=unit.program_id,
            note_id=note,
            schedule_id=ask.schedule_id,
            duty_id=ask.duty_id,
            text=ask.text,
            author=unit.request.user_id,
            at=unit.now,
        )
    )
    unit.is_about("duty", ask.duty_id)
    unit.tell(DutyAnnotated(duty_id=ask.duty_id, note_id=note, schedule_id=ask.schedule_id))
    return note
