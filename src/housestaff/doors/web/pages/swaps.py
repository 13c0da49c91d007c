"""Swaps: give a duty away or change it with somebody, answer, decide, take back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from housestaff.core.errors import BadInput, HousestaffError, RuleBroken, Stale
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.portal import swap_board
from housestaff.features.schedules.model import FREEZE_REASONS
from housestaff.features.swaps.commands import (
    AcceptSwap,
    ApproveSwap,
    DeclineSwap,
    RejectSwap,
    RequestSwap,
    RollBackSwap,
    WithdrawSwap,
)

router = APIRouter(prefix="/swaps")
Duties = Annotated[list[str], Query(min_length=1, max_length=50)]


@router.get("")
def swaps(page: Page) -> Response:
    """What waits for somebody, what they have asked, and the duties that they could give."""
    return page.page("swaps.html", board=page.read(swap_board.swap_board, needs="swap:read"))


@router.get("/new")
def new(page: Page, duty: Duties, partner: str = "") -> Response:
    """Who could take some duties, and for everybody else why not."""
    return _form(page, tuple(duty), partner, None)


def _form(
    page: Visitor,
    duties: tuple[str, ...],
    partner: str,
    problem: BadInput | RuleBroken | Stale | None,
    status: int = 200,
) -> Response:
    form = page.read(swap_board.swap_form, needs="swap:request", duty_ids=duties, to=partner)
    return page.page("swap_new.html", status=status, form=form, problem=problem)


@router.post("")
def ask(page: Page, sent: Sent) -> Response:
    """Ask for a swap."""
    give, partner = tuple(sent.all("give")), sent.text("to")
    asked = RequestSwap(
        person_id=sent.text("person_id"),
        give=give,
        want=tuple(sent.all("want")),
        to=partner or None,
        reason=sent.text("reason"),
    )
    try:
        swap = page.do(asked)
    except (BadInput, RuleBroken, Stale) as problem:
        return _form(page, give, partner, problem, status=422 if isinstance(problem, RuleBroken) else 400)
    return to(f"/swaps/{swap}", said="swap_asked")


@router.get("/{swap_id}")
def one(swap_id: UUID, page: Page) -> Response:
    """One swap, with what can be done about it."""
    return _one(page, swap_id, None)


def _one(page: Visitor, swap_id: UUID, problem: HousestaffError | None, status: int = 200) -> Response:
    line = page.read(swap_board.swap_line, needs="swap:read", swap_id=swap_id)
    return page.page("swap.html", status=status, line=line, problem=problem, reasons=FREEZE_REASONS)


@router.post("/{swap_id}/{act}")
def act(swap_id: UUID, act: str, page: Page, sent: Sent) -> Response:
    """Answer it, decide about it, take it back."""
    person = sent.text("person_id")
    asked = {
        "accept": AcceptSwap(swap_id=swap_id, person_id=person),
        "decline": DeclineSwap(swap_id=swap_id, person_id=person),
        "withdraw": WithdrawSwap(swap_id=swap_id),
        "approve": ApproveSwap(swap_id=swap_id, freeze_reason=sent.text("reason_code")),
        "reject": RejectSwap(swap_id=swap_id),
        "roll-back": RollBackSwap(swap_id=swap_id, reason_code=sent.text("reason_code")),
    }.get(act)
    if asked is None:
        raise BadInput(f"'{act}' cannot be done with a swap.", remedy="Go back to its page.")
    try:
        page.do(asked)
    except (BadInput, RuleBroken) as problem:
        return _one(page, swap_id, problem, 422 if isinstance(problem, RuleBroken) else 400)
    return to(f"/swaps/{swap_id}", said="saved")
