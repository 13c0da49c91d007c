"""The HTTP face of swaps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from housestaff.features.swaps import queries
from housestaff.features.swaps.commands import (
    AcceptSwap,
    ApproveSwap,
    DeclineSwap,
    RejectSwap,
    RequestSwap,
    RollBackSwap,
    WithdrawSwap,
)
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(prefix="/swaps", tags=["swaps"], responses=PROBLEMS)

Duties = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)]


class Wanted(BaseModel):
    """What somebody gives, what they want in return, and from whom; without `to`, whoever takes it."""

    person_id: str = Field(max_length=200)
    give: Duties
    want: Duties = []
    to: str | None = Field(None, max_length=200)
    reason: str = Field("", max_length=2000)


class Answer(BaseModel):
    """Who answers."""

    person_id: str = Field(max_length=200)


class Approval(BaseModel):
    """When it is to happen (at once, where nothing is said), and the reason for a change of what starts soon."""

    execute_at: datetime | None = None
    freeze_reason: str = Field("", max_length=40)


class Why(BaseModel):
    """Why, as a code."""

    reason_code: str = Field("", max_length=40)


@router.post("", status_code=201, openapi_extra=needs("swap:request"))
def request_swap(body: Wanted, asked: InProgram) -> dict[str, Any]:
    """Ask for a swap."""
    ask = RequestSwap(
        person_id=body.person_id, give=tuple(body.give), want=tuple(body.want), to=body.to, reason=body.reason
    )
    return asked.do(ask, lambda id_: {"swap_id": id_, "state": "requested"})


@router.get("", openapi_extra=needs("swap:read"))
def swaps(
    asked: InProgram,
    *,
    state: Literal[
        "requested",
        "agreed",
        "approved",
        "failed",
        "executed",
        "declined",
        "rejected",
        "withdrawn",
        "expired",
        "rolled_back",
    ]
    | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Swaps, the newest first."""
    found = asked.read(queries.listed, needs="swap:read", state=state)
    return page(found, lambda each: each.swap_id, limit, cursor, put=asdict)


@router.get("/partners", openapi_extra=needs("swap:request"))
def partners(asked: InProgram, duty: Annotated[list[str], Query(min_length=1, max_length=50)]) -> dict[str, Any]:
    """Who could take some duties, and for each other person why not."""
    found = asked.read(queries.partners, needs="swap:request", duty_ids=tuple(duty))
    return {"items": [asdict(each) for each in found]}


@router.get("/{swap_id}", openapi_extra=needs("swap:read"))
def one(swap_id: UUID, asked: InProgram) -> dict[str, Any]:
    """One swap."""
    return asdict(asked.read(queries.one, needs="swap:read", swap_id=swap_id))


@router.post("/{swap_id}/accept", status_code=204, openapi_extra=needs("swap:answer"))
def accept(swap_id: UUID, body: Answer, asked: InProgram) -> None:
    """Say yes, or take an open offer."""
    asked.do(AcceptSwap(swap_id=swap_id, person_id=body.person_id))


@router.post("/{swap_id}/decline", status_code=204, openapi_extra=needs("swap:answer"))
def decline(swap_id: UUID, body: Answer, asked: InProgram) -> None:
    """Say no."""
    asked.do(DeclineSwap(swap_id=swap_id, person_id=body.person_id))


@router.post("/{swap_id}/withdraw", status_code=204, openapi_extra=needs("swap:request"))
def withdraw(swap_id: UUID, asked: InProgram) -> None:
    """Want it no longer."""
    asked.do(WithdrawSwap(swap_id=swap_id))


@router.post("/{swap_id}/approve", status_code=204, openapi_extra=needs("swap:approve"))
def approve(swap_id: UUID, body: Approval, asked: InProgram) -> None:
    """Let it happen."""
    asked.do(ApproveSwap(swap_id=swap_id, execute_at=body.execute_at, freeze_reason=body.freeze_reason))


@router.post("/{swap_id}/reject", status_code=204, openapi_extra=needs("swap:approve"))
def reject(swap_id: UUID, body: Why, asked: InProgram) -> None:
    """Do not let it happen."""
    asked.do(RejectSwap(swap_id=swap_id, reason_code=body.reason_code))


@router.post("/{swap_id}/roll-back", openapi_extra=needs("swap:roll_back"))
def roll_back(swap_id: UUID, body: Why, asked: InProgram) -> dict[str, int]:
    """Give back what it has moved."""
    return asked.do(RollBackSwap(swap_id=swap_id, reason_code=body.reason_code), lambda number: {"number": number})
