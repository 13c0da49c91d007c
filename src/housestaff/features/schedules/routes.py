"""The HTTP face of schedules."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from housestaff.core.edits import Edit, SetCall, SetHalf, SetStint
from housestaff.core.time import Half
from housestaff.features.schedules import queries
from housestaff.features.schedules.commands import (
    AmendSchedule,
    ArchiveSchedule,
    CreateSchedule,
    DiscardSchedule,
    EditDraft,
    LockPlaces,
    PublishSchedule,
    RollBackSchedule,
    Signed,
    UndoDraft,
)
from housestaff.features.schedules.solving import StartSolve
from housestaff.features.schedules.views import RosterGrid, ScheduleSummary, summary_of
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.http_views import UNCHANGED, answered, check_marks
from housestaff.plumbing.pages import Cursor, Limit, page
from housestaff.rules.change_judge import Verdicts

router = APIRouter(prefix="/schedules", tags=["schedules"], responses=PROBLEMS)


class NewSchedule(BaseModel):
    """A draft to be made."""

    first_day: date
    last_day: date
    method: Literal["empty", "copied", "solved"] = "empty"
    copy_of: UUID | None = None
    seconds: int = Field(60, ge=1, le=3600)
    seed: int = 0


class HalfEdit(BaseModel):
    """A code on a half-day, or none."""

    kind: str = Field("half", pattern="^half$")
    person: str
    day: date
    half: Half
    code: str | None


class CallEdit(BaseModel):
    """Somebody on a night of call, or nobody."""

    kind: str = Field("call", pattern="^call$")
    line: str
    day: date
    person: str | None


class StintEdit(BaseModel):
    """A stay on a rotation, or none."""

    kind: str = Field("stint", pattern="^stint$")
    person: str
    first: date
    last: date
    rotation: str | None


AnyEdit = HalfEdit | CallEdit | StintEdit


class Edits(BaseModel):
    """Edits to the revision that somebody saw."""

    revision: int
    changes: list[AnyEdit] = Field(min_length=1, max_length=500)
    reason: str = ""


class Amendment(BaseModel):
    """Edits to a published version."""

    base_number: int
    changes: list[AnyEdit] = Field(min_length=1, max_length=500)
    reason_code: str = ""
    reason: str = ""
    override: Signed | None = None


class Check(BaseModel):
    """Edits to be judged without being kept."""

    changes: list[AnyEdit] = Field(default=[], max_length=500)


class Seen(BaseModel):
    """The revision that somebody saw."""

    revision: int


class Locks(BaseModel):
    """Places to lock and to unlock."""

    lock: list[str] = []
    unlock: list[str] = []


class Solve(BaseModel):
    """How long a solve may take."""

    time_limit_s: int = Field(60, ge=1, le=3600)
    seed: int = 0


class RollBack(BaseModel):
    """The version to go back to."""

    to_number: int
    reason_code: str = ""


def _edit(given: AnyEdit) -> Edit:
    facts = given.model_dump(exclude={"kind"})
    if isinstance(given, HalfEdit):
        return SetHalf(**facts)
    return SetCall(**facts) if isinstance(given, CallEdit) else SetStint(**facts)


def edits_of(given: list[AnyEdit]) -> tuple[Edit, ...]:
    """Edits as the core has them."""
    return tuple(_edit(each) for each in given)


def _verdicts(found: Verdicts) -> dict[str, Any]:
    return {"newly_broken": found.newly_broken, "findings": [each for each in found.findings if each.is_violation]}


@router.post(
    "",
    status_code=201,
    responses={202: {"description": "a solve that makes it has begun"}},
    openapi_extra=needs("schedule:write"),
)
def create(body: NewSchedule, asked: InProgram, response: Response) -> dict[str, Any]:
    """Make a draft; one that is to be solved is made when the solve is done."""
    if body.method == "solved":
        start = StartSolve(first_day=body.first_day, last_day=body.last_day, seconds=body.seconds, seed=body.seed)
        response.status_code = 202
        return asked.do(start, lambda run: {"job_id": run})
    create_schedule = CreateSchedule(**body.model_dump(exclude={"seconds", "seed"}))
    return asked.do(create_schedule, lambda made: {"schedule_id": made, "draft_revision": 1})


@router.get("", openapi_extra=needs("schedule:read"))
def listed(asked: InProgram, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """The schedules of the program."""
    found = asked.read(queries.listed, needs="schedule:read")
    return page(found, lambda each: each.schedule_id, limit, cursor, put=summary_of)


@router.get(
    "/{schedule_id}", responses={200: {"model": ScheduleSummary}, **UNCHANGED}, openapi_extra=needs("schedule:read")
)
def one(schedule_id: UUID, asked: InProgram, http: HttpRequest) -> Response:
    """One schedule in summary."""
    return answered(http, asked, "schedule_summary", schedule_id=schedule_id)


@router.get(
    "/{schedule_id}/roster", responses={200: {"model": RosterGrid}, **UNCHANGED}, openapi_extra=needs("schedule:read")
)
def roster(
    schedule_id: UUID,
    http: HttpRequest,
    asked: InProgram,
    number: int | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    person: str | None = None,
    rotation: str | None = None,
) -> Response:
    """The cells of a schedule."""
    filters = {"number": number, "first": first, "last": last, "person": person, "rotation": rotation}
    given = {name: value for name, value in filters.items() if value is not None}
    return answered(http, asked, "roster_grid", schedule_id=schedule_id, **given)


@router.patch("/{schedule_id}/draft", openapi_extra=needs("schedule:write"))
def edit(schedule_id: UUID, body: Edits, asked: InProgram, http: HttpRequest) -> dict[str, Any]:
    """Change cells of a draft; with `If-Match` only where nothing was changed since that was read."""
    check_marks(http, asked, "roster_grid", schedule_id=schedule_id)
    command = EditDraft(
        schedule_id=schedule_id, revision=body.revision, edits=edits_of(body.changes), reason=body.reason
    )
    return {"draft_revision": body.revision + 1, **_verdicts(asked.do(command))}


@router.post("/{schedule_id}/undo", openapi_extra=needs("schedule:write"))
def undo(schedule_id: UUID, body: Seen, asked: InProgram) -> dict[str, Any]:
    """Take the newest revision of a draft back."""
    command = UndoDraft(schedule_id=schedule_id, revision=body.revision)
    return asked.do(
        command, lambda found: {"draft_revision": body.revision + 1, "lifted": found.lifted, **_verdicts(found)}
    )


@router.post("/{schedule_id}/locks", openapi_extra=needs("schedule:write"))
def lock(schedule_id: UUID, body: Locks, asked: InProgram) -> dict[str, Any]:
    """Lock places of a draft against solving, or unlock them."""
    command = LockPlaces(schedule_id=schedule_id, lock=tuple(body.lock), unlock=tuple(body.unlock))
    return asked.do(command, lambda locked: {"locked": locked})


@router.post("/{schedule_id}/check", openapi_extra=needs("schedule:read_draft"))
def check(schedule_id: UUID, body: Check, asked: InProgram) -> dict[str, Any]:
    """Judge a schedule, or edits to it, and keep nothing."""
    given: dict[str, Any] = {"schedule_id": schedule_id, "edits": edits_of(body.changes)}
    found: queries.Judged = asked.read(queries.checked, needs="schedule:read_draft", **given)
    said = {"newly_broken": found.newly_broken, "lifted": found.lifted, "findings": found.findings}
    return {**said, "diff": found.cells}


@router.post("/{schedule_id}/solve", status_code=202, openapi_extra=needs("schedule:write"))
def solve(schedule_id: UUID, body: Solve, asked: InProgram) -> dict[str, Any]:
    """Start a solve of a draft."""
    command = StartSolve(schedule_id=schedule_id, seconds=body.time_limit_s, seed=body.seed)
    return asked.do(command, lambda run: {"job_id": run})


@router.post("/{schedule_id}/discard", status_code=204, openapi_extra=needs("schedule:write"))
def discard(schedule_id: UUID, asked: InProgram) -> None:
    """Throw a draft away."""
    asked.do(DiscardSchedule(schedule_id=schedule_id))


@router.post("/{schedule_id}/publish", openapi_extra=needs("schedule:publish"))
def publish(schedule_id: UUID, body: Seen, asked: InProgram) -> dict[str, Any]:
    """Put a draft in force."""
    command = PublishSchedule(schedule_id=schedule_id, revision=body.revision)
    return asked.do(command, lambda number: {"number": number})


@router.post("/{schedule_id}/amendments", status_code=201, openapi_extra=needs("schedule:publish"))
def amend(schedule_id: UUID, body: Amendment, asked: InProgram) -> dict[str, Any]:
    """Change a published schedule."""
    command = AmendSchedule(
        schedule_id=schedule_id,
        base_number=body.base_number,
        edits=edits_of(body.changes),
        reason_code=body.reason_code,
        reason=body.reason,
        override=body.override,
    )
    return asked.do(command, lambda made: {"number": made[0], **_verdicts(made[1])})


@router.post("/{schedule_id}/roll-back", status_code=201, openapi_extra=needs("schedule:publish"))
def roll_back(schedule_id: UUID, body: RollBack, asked: InProgram) -> dict[str, Any]:
    """Put an earlier version in force again."""
    command = RollBackSchedule(schedule_id=schedule_id, **body.model_dump())
    return asked.do(command, lambda made: {"number": made[0]})


@router.post("/{schedule_id}/archive", status_code=204, openapi_extra=needs("schedule:publish"))
def archive(schedule_id: UUID, asked: InProgram) -> None:
    """Put a schedule away."""
    asked.do(ArchiveSchedule(schedule_id=schedule_id))


@router.get("/{schedule_id}/versions", openapi_extra=needs("schedule:read"))
def versions(schedule_id: UUID, asked: InProgram, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """The history of a schedule, the newest first; drafts' revisions only for those who may see drafts."""
    found = asked.read(queries.history, needs="schedule:read", schedule_id=schedule_id)
    return page(found, lambda each: each.revision, limit, cursor, put=lambda each: each)


@router.get("/{schedule_id}/versions/{first}/diff/{second}", openapi_extra=needs("schedule:read"))
def difference(schedule_id: UUID, first: int, second: int, asked: InProgram) -> dict[str, Any]:
    """The cells that differ between two versions."""
    cells = asked.read(queries.difference, needs="schedule:read", schedule_id=schedule_id, first=first, second=second)
    return {"cells": cells}


@router.get("/{schedule_id}/stack", openapi_extra=needs("schedule:read"))
def stack(schedule_id: UUID, person: str, day: date, half: Half, asked: InProgram) -> dict[str, Any]:
    """All facts about one half-day."""
    return asked.read(queries.stack, needs="schedule:read", schedule_id=schedule_id, person=person, day=day, half=half)
