"""What conflicts do when leave or duties change: each source is looked at as it stands now."""

from __future__ import annotations

from datetime import timedelta

from housestaff.core.events import (
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    LeaveAmended,
    LeaveApproved,
    LeaveCanceled,
    LeaveConflictsFound,
    LeaveRejected,
    LeaveRequested,
    LeaveWithdrawn,
    PersonChanged,
    ScheduleArchived,
    ScheduleDiscarded,
    SchedulePublished,
    ScheduleUpdated,
    people_of,
)
from housestaff.features.conflicts import found
from housestaff.features.conflicts.model import counted, mark_of
from housestaff.features.conflicts.sources import Sources
from housestaff.features.conflicts.store import Conflicts
from housestaff.features.leave.model import OPEN, LeaveRecord
from housestaff.features.schedules.model import Schedule
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit

_OF_LEAVE = (LeaveRequested, LeaveApproved, LeaveRejected, LeaveWithdrawn, LeaveAmended, LeaveCanceled)
_OF_DUTIES = (DutyAssigned, DutyChanged, DutyReleased)
_OVER = (ScheduleDiscarded, ScheduleArchived)
_DAY = timedelta(days=1)


@reacts_to(*_OF_LEAVE, as_="leave.conflicts")
def find_what_a_leave_collides_with(
    happened: Occurred,
    unit: Unit,
    sources: Sources,
    conflicts: Conflicts,
) -> None:
    """The duties and other leave that a leave collides with stand as conflicts, and all of it is told at once."""
    event = happened.event
    assert isinstance(event, _OF_LEAVE)  # noqa: S101 - the consumer takes no other
    record = sources.records.get(event.leave_id)
    tell_of_leave(unit, record, sources, conflicts)
    for schedule in sources.schedules.all():
        is_met = schedule.period.first_day <= record.leave.last and record.leave.first <= schedule.period.last_day
        if schedule.state == "draft" and is_met:
            _settle_typed(schedule, sources, conflicts)


def tell_of_leave(
    unit: Unit, record: LeaveRecord, sources: Sources, conflicts: Conflicts, *, always: bool = True
) -> None:
    """Settle what a leave collides with; told where it is asked to, or where the set is another than before."""
    before = conflicts.listed(leave_id=record.leave.id)
    known = conflicts.settle(f"leave:{record.leave.id}", sources.at_leave(record))
    if not always and {each.conflict_id for each in before} == {each.conflict_id for each in known}:
        return
    listed = [each.conflict for each in known]
    unit.tell(
        LeaveConflictsFound(
            leave_id=record.leave.id,
            leave_version=record.version,
            person_id=record.leave.person,
            conflict_ids=tuple(each.conflict_id for each in known),
            items=counted(listed),
            conflict_set=mark_of(listed),
        )
    )


@reacts_to(*_OF_DUTIES, ScheduleUpdated, SchedulePublished, *_OVER, PersonChanged, as_="schedules.conflicts")
def find_what_stands_against_itself(
    happened: Occurred,
    unit: Unit,
    sources: Sources,
    conflicts: Conflicts,
) -> None:
    """The people whom a change touches are looked at anew: two duties at once, a missing skill, a duty on leave."""
    event = happened.event
    if isinstance(event, PersonChanged):
        today = sources.programs.get().zone.day(unit.now)
        for schedule in sources.schedules.all():
            if schedule.state in {"draft", "published"} and schedule.period.last_day >= today:
                _settle(schedule, (event.person_id,), sources, conflicts)
        return
    assert isinstance(event, (*_OF_DUTIES, ScheduleUpdated, SchedulePublished, *_OVER))  # noqa: S101 - no other comes
    schedule = sources.schedules.get(event.schedule_id)
    if isinstance(event, _OVER) or schedule.state not in {"draft", "published"}:
        conflicts.close_all(f"schedule:{schedule.schedule_id}:")
        return
    _settle_typed(schedule, sources, conflicts)
    if isinstance(event, ScheduleUpdated):
        # Its cells come with the events of the duties.
        return
    people = event.person_ids if isinstance(event, SchedulePublished) else people_of(event.cells)
    _settle(schedule, people, sources, conflicts)
    if schedule.state == "published":
        period = (schedule.period.first_day, schedule.period.last_day)
        for record in sources.records.all(states=sorted(OPEN), between=period):
            if record.leave.person in people:
                tell_of_leave(unit, record, sources, conflicts, always=False)


def _settle(schedule: Schedule, people: tuple[str, ...], sources: Sources, conflicts: Conflicts) -> None:
    program = sources.programs.get(schedule.period.first_day)
    view = sources.schedules.view(schedule, program)
    for person, each in found.in_roster(schedule, view, people).items():
        conflicts.settle(f"schedule:{schedule.schedule_id}:{person}", each)


def _settle_typed(schedule: Schedule, sources: Sources, conflicts: Conflicts) -> None:
    """What was put by hand on leave: of a draft only, since a published version says what was planned before it."""
    program = sources.programs.get(schedule.period.first_day)
    is_draft = schedule.state == "draft"
    roster = sources.schedules.roster(schedule.schedule_id, schedule.revision)
    typed = found.typed_on_leave(schedule, program, roster) if is_draft else ()
    conflicts.settle(f"schedule:{schedule.schedule_id}:typed", typed)
