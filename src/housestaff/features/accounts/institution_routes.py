"""The HTTP face of reading over all programs of an institution."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from housestaff.features.accounts import across
from housestaff.features.accounts.across import AcrossPrograms, Asker
from housestaff.plumbing.http import PROBLEMS, SignedIn, client_of, correlation_of, needs
from housestaff.plumbing.pages import Limit

router = APIRouter(prefix="/institution", tags=["institution"], responses=PROBLEMS)


class Why(BaseModel):
    """What the reading is for."""

    reason: str = Field("", max_length=1000)


class Opened(BaseModel):
    """A quarter of an hour in which may be read."""

    reading_id: UUID
    expires_at: datetime


def _asker(http: HttpRequest, identity: SignedIn) -> Asker:
    return Asker(identity.user_id, correlation_of(http), client_of(http)[0])


def _across(http: HttpRequest) -> AcrossPrograms:
    return http.app.state.across


AskedBy = Annotated[Asker, Depends(_asker)]
Across = Annotated[AcrossPrograms, Depends(_across)]


@router.post("/readings", status_code=201, openapi_extra=needs("schedule:read", across=True))
def open_reading(body: Why, asker: AskedBy, programs: Across) -> Opened:
    """Say why all programs are to be read; it holds for a quarter of an hour."""
    made = programs.open(asker, body.reason)
    return Opened(reading_id=made.reading_id, expires_at=made.expires_at)


@router.get("/programs", openapi_extra=needs("schedule:read", across=True))
def programs(asker: AskedBy, programs: Across) -> dict[str, Any]:
    """The programs of the institution."""
    return {"items": programs.read(asker, across.programs, needs="schedule:read"), "cursor": None}


@router.get("/audit", openapi_extra=needs("audit:read", across=True))
def audit(
    asker: AskedBy, programs: Across, action: str | None = None, limit: Limit = 50, cursor: UUID | None = None
) -> dict[str, Any]:
    """What was done in all programs, the newest first."""
    question = partial(across.audit_of_programs, action=action, limit=limit, before=cursor)
    items = programs.read(asker, question, needs="audit:read")
    return {"items": items, "cursor": items[-1]["entry_id"] if len(items) == limit else None}
