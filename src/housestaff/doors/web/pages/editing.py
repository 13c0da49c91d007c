"""Editing on the pages: a cell with its stack and its rules, what a change would do, and the change itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from housestaff.core.edits import Edit
from housestaff.core.errors import BadInput, RuleBroken
from housestaff.core.time import Half
from housestaff.doors.web.pages.schedules import schedule_of, show
from housestaff.doors.web.visitor import Form, Page, Sent, to
from housestaff.features.portal import cells
from housestaff.features.schedules.commands import AmendSchedule, EditDraft
from housestaff.features.schedules.routes import AnyEdit, edits_of
from housestaff.features.schedules.solving import StartSolve, StopSolve, run

router = APIRouter(prefix="/schedules")
_CHANGES: TypeAdapter[list[AnyEdit]] = TypeAdapter(list[AnyEdit])


@router.get("/{schedule_id}/cell")
def cell(schedule_id: UUID, page: Page, person: str, day: date, half: Half) -> Response:
    """One half-day: what stands there, everything under it, and the rules that look at it."""
    found = page.read(cells.half_day, needs="schedule:read", schedule_id=schedule_id, person=person, day=day, half=half)
    return show(page, "cell.html", schedule_id, cell=found, tab="block")


@router.get("/{schedule_id}/stay")
def stay(schedule_id: UUID, page: Page, person: str, day: date) -> Response:
    """The stay of a person that holds a day, to be changed."""
    found = page.read(cells.stay, needs="schedule:read", schedule_id=schedule_id, person=person, day=day)
    return show(page, "stay.html", schedule_id, stay=found, tab="year")


@router.get("/{schedule_id}/night")
def night(schedule_id: UUID, page: Page, line: str, day: date) -> Response:
    """A night of call: who has it, and who else may."""
    found = page.read(cells.night, needs="schedule:read", schedule_id=schedule_id, line=line, day=day)
    return show(page, "night.html", schedule_id, night=found, tab="calls")


@router.post("/{schedule_id}/what-if")
def what_if(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """What changes would do; nothing is kept."""
    found = page.read(cells.what_if, needs="schedule:read_draft", schedule_id=schedule_id, edits=_changes(sent))
    return show(page, "what_if.html", schedule_id, found=found, tab="block")


@router.post("/{schedule_id}/change")
def change(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Keep changes: in a draft as they are, in a published schedule as a new version if they break nothing."""
    schedule, edits = schedule_of(page, schedule_id), _changes(sent)
    seen, reason = sent.number("seen"), sent.text("reason")
    try:
        if schedule.state == "draft":
            page.do(EditDraft(schedule_id=schedule_id, revision=seen, edits=edits, reason=reason))
        else:
            code = sent.text("reason_code")
            page.do(
                AmendSchedule(schedule_id=schedule_id, base_number=seen, edits=edits, reason_code=code, reason=reason)
            )
    except RuleBroken as error:
        if "HX-Request" not in page.http.headers:
            raise
        return page.page("refused.html", status=422, findings=error.findings)
    if "HX-Request" in page.http.headers:
        return Response(status_code=204)
    return to(f"/schedules/{schedule_id}/block", said="saved")


def _changes(sent: Form) -> tuple[Edit, ...]:
    """The changes of a form: a list as a script sends it, or the fields of one."""
    try:
        if sent.text("changes"):
            return edits_of(_CHANGES.validate_json(sent.text("changes")))
        fields = {name: value or None for name, value in sent.fields("edit.").items()}
        return edits_of(_CHANGES.validate_python([fields]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BadInput(f"{first['msg']}.", place=place, remedy="Fill the form again.") from error


# -- solving -----------------------------------------------------------------------------------------------------------


@router.get("/{schedule_id}/solve")
def solve_page(schedule_id: UUID, page: Page) -> Response:
    """How long a solve of a draft may take, and what it leaves alone."""
    return show(page, "solve.html", schedule_id, tab="year")


@router.post("/{schedule_id}/solve")
def solve(schedule_id: UUID, page: Page, sent: Sent) -> Response:
    """Start a solve of a draft."""
    started = page.do(StartSolve(schedule_id=schedule_id, seconds=sent.number("seconds"), seed=sent.number("seed")))
    return to(f"/schedules/runs/{started}")


@router.get("/runs/{run_id}")
def look(run_id: UUID, page: Page) -> Response:
    """A solve as it goes on, and what it came to."""
    found: dict[str, Any] = page.read(run, needs="schedule:write", run_id=run_id)
    return page.page("run.html", run=found)


@router.post("/runs/{run_id}/stop")
def stop(run_id: UUID, page: Page) -> Response:
    """Stop a solve; the best so far is kept."""
    page.do(StopSolve(run_id=run_id))
    return to(f"/schedules/runs/{run_id}")
