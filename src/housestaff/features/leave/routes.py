"""The HTTP face of leave."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from housestaff.core.leave import LeaveKind
from housestaff.core.time import Half
from housestaff.features.leave import queries
from housestaff.features.leave.commands import (
    AmendLeave,
    ApproveLeave,
    CancelLeave,
    RecordEmergencyLeave,
    RejectLeave,
    RequestLeave,
    WithdrawLeave,
)
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(prefix="/leaves", tags=["leave"], responses=PROBLEMS)

State = Literal["requested", "approved", "rejected", "withdrawn", "canceled", "completed"]


class Days(BaseModel):
    """The days of a leave, both included; with `half` only that half of each."""

    first_day: date
    last_day: date
    half: Half | None = None


class Wanted(Days):
    """Leave that somebody asks for; `emergency` grants it at once, for those who decide about leave."""

    person_id: str = Field(max_length=200)
    kind: LeaveKind
    reason: str = Field("", max_length=2000)
    leaves_average: bool = True
    rank: int | None = Field(None, ge=1, le=1000)
    emergency: bool = False


class Amended(Days):
    """The days that a granted leave is to have."""

    reason_code: str = Field("", max_length=40)


class Why(BaseModel):
    """Why, as a code."""

    reason_code: str = Field("", max_length=40)


@router.post("", status_code=201, openapi_extra=needs("leave:request"))
def request_leave(body: Wanted, asked: InProgram) -> dict[str, Any]:
    """Ask for leave, or record an emergency."""
    if body.emergency:
        ask = RecordEmergencyLeave(
            person_id=body.person_id,
            kind=body.kind,
            first_day=body.first_day,
            last_day=body.last_day,
            half=body.half,
            reason=body.reason,
        )
        return asked.do(ask, lambda id_: {"leave_id": id_, "state": "approved"})
    wanted = RequestLeave(
        person_id=body.person_id,
        kind=body.kind,
        first_day=body.first_day,
        last_day=body.last_day,
        half=body.half,
        reason=body.reason,
        leaves_average=body.leaves_average,
        rank=body.rank,
    )
    return asked.do(wanted, lambda id_: {"leave_id": id_, "state": "requested"})


@router.get("", openapi_extra=needs("leave:read"))
def leaves(
    asked: InProgram,
    *,
    person: str | None = None,
    state: State | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Leave in order of its first day."""
    found = asked.read(queries.leaves, needs="leave:read", person=person, state=state, first=first, last=last)
    return page(found, lambda each: f"{each.first_day}:{each.leave_id}", limit, cursor, put=asdict)


@router.get("/{leave_id}", openapi_extra=needs("leave:read"))
def one(leave_id: str, asked: InProgram) -> dict[str, Any]:
    """One record of leave."""
    return asdict(asked.read(queries.one, needs="leave:read", leave_id=leave_id))


@router.post("/{leave_id}/approve", status_code=204, openapi_extra=needs("leave:approve"))
def approve(leave_id: str, asked: InProgram) -> None:
    """Grant it."""
    asked.do(ApproveLeave(leave_id=leave_id))


@router.post("/{leave_id}/reject", status_code=204, openapi_extra=needs("leave:approve"))
def reject(leave_id: str, body: Why, asked: InProgram) -> None:
    """Do not grant it."""
    asked.do(RejectLeave(leave_id=leave_id, reason_code=body.reason_code))


@router.post("/{leave_id}/withdraw", status_code=204, openapi_extra=needs("leave:request"))
def withdraw(leave_id: str, asked: InProgram) -> None:
    """Ask for it no longer."""
    asked.do(WithdrawLeave(leave_id=leave_id))


@router.post("/{leave_id}/amend", status_code=204, openapi_extra=needs("leave:approve"))
def amend(leave_id: str, body: Amended, asked: InProgram) -> None:
    """Give it other days."""
    asked.do(
        AmendLeave(
            leave_id=leave_id,
            first_day=body.first_day,
            last_day=body.last_day,
            half=body.half,
            reason_code=body.reason_code,
        )
    )


@router.post("/{leave_id}/cancel", status_code=204, openapi_extra=needs("leave:request"))
def cancel(leave_id: str, body: Why, asked: InProgram) -> None:
    """Take it back."""
    asked.do(CancelLeave(leave_id=leave_id, reason_code=body.reason_code))
