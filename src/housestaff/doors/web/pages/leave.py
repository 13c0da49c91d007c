"""Leave: ask for it, see who is away, decide; and what cannot both hold."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, Stale
from housestaff.core.leave import LeaveKind
from housestaff.core.time import Half
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.leave.commands import (
    AmendLeave,
    ApproveLeave,
    CancelLeave,
    RecordEmergencyLeave,
    RejectLeave,
    RequestLeave,
    WithdrawLeave,
)
from housestaff.features.portal import leave_board

router = APIRouter()
_DECISIONS: dict[str, type[ApproveLeave | RejectLeave | WithdrawLeave | CancelLeave]] = {
    "approve": ApproveLeave, "reject": RejectLeave, "withdraw": WithdrawLeave, "cancel": CancelLeave,
}  # fmt: skip


@router.get("/leave")
def leave(page: Page) -> Response:
    """One's own leave, who is away, and what waits for a decision."""
    return _board(page, {}, [])


def _board(page: Visitor, typed: dict[str, str], problems: list[BadInput], status: int = 200) -> Response:
    board = page.read(leave_board.leave_board, needs="leave:read")
    return page.page("leave.html", status=status, board=board, typed=typed, problems=problems, kinds=list(LeaveKind))


@router.post("/leave")
def ask(page: Page, sent: Sent) -> Response:
    """Ask for leave, or record an emergency."""
    try:
        page.do(_asked(sent))
    except BadInput as error:
        return _board(page, sent.fields(), [error], 400)
    except Stale as error:
        return _board(page, sent.fields(), [BadInput(str(error))], 409)
    return to("/leave", said="leave_recorded" if "emergency" in sent else "leave_asked")


def _asked(sent: Form) -> Command:
    given: dict[str, Any] = {
        "person_id": sent.text("person_id"),
        "kind": _kind(sent.text("kind")),
        "first_day": sent.day("first_day"),
        "last_day": sent.day("last_day") if sent.text("last_day") else sent.day("first_day"),
        "half": _half(sent),
        "reason": sent.text("reason"),
    }
    return RecordEmergencyLeave(**given) if "emergency" in sent else RequestLeave(**given)


def _kind(text: str) -> LeaveKind:
    try:
        return LeaveKind(text)
    except ValueError:
        known = ", ".join(LeaveKind)
        raise BadInput(f"'{text}' is no kind of leave.", place="kind", remedy=f"Choose {known}.") from None


def _half(sent: Form) -> Half | None:
    text = sent.text("half")
    return Half(text) if text in set(Half) else None


@router.get("/leave/{leave_id}")
def one(leave_id: str, page: Page) -> Response:
    """One leave: what it collides with, who else is away, and what can be done."""
    return _one(page, leave_id, [])


def _one(page: Visitor, leave_id: str, problems: list[BadInput], status: int = 200) -> Response:
    found = page.read(leave_board.leave_page, needs="leave:read", leave_id=leave_id)
    return page.page("leave_one.html", status=status, found=found, problems=problems)


@router.post("/leave/{leave_id}/amend")
def amend(leave_id: str, page: Page, sent: Sent) -> Response:
    """Give it other days."""
    try:
        first, last = sent.day("first_day"), sent.day("last_day")
        page.do(AmendLeave(leave_id=leave_id, first_day=first, last_day=last, half=_half(sent)))
    except BadInput as error:
        return _one(page, leave_id, [error], 400)
    return to(f"/leave/{leave_id}", said="saved")


@router.post("/leave/{leave_id}/{decision}")
def decide(leave_id: str, decision: str, page: Page) -> Response:
    """Grant it, refuse it, take it back."""
    if decision not in _DECISIONS:
        raise BadInput(f"'{decision}' is no decision.", remedy=f"One of {', '.join(_DECISIONS)}.")
    page.do(_DECISIONS[decision](leave_id=leave_id))
    return to(f"/leave/{leave_id}", said="saved")


@router.get("/conflicts")
def conflicts(page: Page) -> Response:
    """What cannot both hold, in order of its days."""
    found = page.read(leave_board.conflict_board, needs="schedule:read")
    return page.page("conflicts.html", conflicts=found)
