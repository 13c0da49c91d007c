"""The pages of schedules: the list of them, and the life of one: made, published, thrown away, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.core.calendar import Calendar
from housestaff.core.people import Person
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.program.store import Programs
from housestaff.features.schedules import queries
from housestaff.features.schedules.commands import (
    ArchiveSchedule,
    CreateSchedule,
    DiscardSchedule,
    LockPlaces,
    PublishSchedule,
    RollBackSchedule,
    UndoDraft,
)
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.solving import StartSolve, open_runs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.unit import Unit

router = APIRouter(prefix="/schedules")


@router.get("")
def listed(page: Page) -> Response:
    """Every schedule, with what can be begun."""
    found: list[Schedule] = page.read(queries.listed, needs="schedule:read")
    runs: list[dict[str, Any]] = page.read(open_runs, needs="schedule:write") if page.may("schedule:write") else []
    now, years = page.read(_calendars, needs="schedule:read")
    return page.page("schedules.html", schedules=found, runs=runs, first=now.first, last=now.last, years=years)


def _calendars(programs: Programs) -> tuple[Calendar, list[Calendar]]:
    """The calendar of today, and those of all academic years."""
    return programs.get().calendar, [each.calendar for each in programs.years()]


@router.post("")
def make(page: Page, sent: Sent) -> Response:
    """Make a draft: empty, a copy, or one that is solved."""
    first, last = sent.day("first_day"), sent.day("last_day")
    method = sent.text("method", "empty")
    if method == "solved":
        run = page.do(StartSolve(first_day=first, last_day=last, seconds=sent.number("seconds")))
        return to(f"/schedules/runs/{run}")
    copy = method.removeprefix("copy:") if method.startswith("copy:") else ""
    command = CreateSchedule(
        first_day=first,
        last_day=last,
        method="copied" if copy else method,
        copy_of=UUID(copy) if copy else None,
    )
    return to(f"/schedules/{page.do(command)}", said="made")


@router.post("/{schedule_id}/publish")
def publish(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Put a draft in force."""
    page.do(PublishSchedule(schedule_id=schedule_id, revision=sent.number("revision")))
    return to(f"/schedules/{schedule_id}", said="published")


@router.post("/{schedule_id}/undo")
def undo(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Take the newest change of a draft back."""
    page.do(UndoDraft(schedule_id=schedule_id, revision=sent.number("revision")))
    return to(_back(sent, schedule_id), said="undone")


@router.post("/{schedule_id}/discard")
def discard(schedule_id: UUID, page: Page) -> Response:
    """Throw a draft away."""
    page.do(DiscardSchedule(schedule_id=schedule_id))
    return to("/schedules", said="discarded")


@router.post("/{schedule_id}/archive")
def archive(schedule_id: UUID, page: Page) -> Response:
    """Put a schedule away whose period is long over."""
    page.do(ArchiveSchedule(schedule_id=schedule_id))
    return to("/schedules", said="saved")


@router.post("/{schedule_id}/roll-back")
def roll_back(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Put an earlier version in force again."""
    command = RollBackSchedule(
        schedule_id=schedule_id, to_number=sent.number("to_number"), reason_code=sent.text("reason_code")
    )
    page.do(command)
    return to(f"/schedules/{schedule_id}/versions", said="saved")


@router.post("/{schedule_id}/locks")
def lock(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Lock places of a draft against solving, or unlock them."""
    lock, unlock = sent.all("lock"), sent.all("unlock")
    if sent.text("person"):
        dates = "..".join(each for each in (sent.text("first"), sent.text("last")) if each)
        lock.append(f"{sent.text('person')} {dates}".strip())
    page.do(LockPlaces(schedule_id=schedule_id, lock=tuple(lock), unlock=tuple(unlock)))
    return to(f"/schedules/{schedule_id}/locks", said="saved")


@router.get("/{schedule_id}/locks")
def locks(schedule_id: UUID, page: Page) -> Response:
    """What is locked against solving."""
    schedule, people = page.read(_with_people, needs="schedule:write", schedule_id=schedule_id)
    return page.page("schedule_locks.html", schedule=schedule, people=people, tab="locks")


def _with_people(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID
) -> tuple[Schedule, tuple[Person, ...]]:
    schedule = queries.one(unit, schedules, schedule_id=schedule_id)
    return schedule, programs.get(schedule.period.first_day).people


def schedule_of(page: Visitor, schedule_id: UUID) -> Schedule:
    """A schedule for the head of its pages."""
    return page.read(queries.one, needs="schedule:read", schedule_id=schedule_id)


def show(page: Visitor, template: str, schedule_id: UUID, **context: Any) -> Response:
    """A page of a schedule, under its head; it can be edited where it is open and the reader may."""
    schedule = schedule_of(page, schedule_id)
    may_edit = page.may("schedule:write" if schedule.state == "draft" else "schedule:publish")
    is_open = schedule.state in {"draft", "published"}
    return page.page(template, schedule=schedule, may_edit=may_edit and is_open, **context)


def _back(sent: Form, schedule_id: UUID) -> str:
    """The page of the schedule from which a form was sent."""
    wanted, home = sent.text("back"), f"/schedules/{schedule_id}"
    return wanted if wanted.startswith(f"{home}/") else home
