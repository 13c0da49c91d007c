"""The HTTP face of conflicts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from housestaff.features.conflicts import queries
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(prefix="/conflicts", tags=["conflicts"], responses=PROBLEMS)


@router.get("", openapi_extra=needs("schedule:read"))
def conflicts(
    asked: InProgram,
    *,
    state: Literal["open", "closed"] = "open",
    leave: str | None = None,
    schedule: UUID | None = None,
    since: date | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Conflicts in order of their days; the whole program's for those who read drafts, else one's own."""
    found = asked.read(
        queries.listed, needs="schedule:read", state=state, leave_id=leave, schedule_id=schedule, since=since
    )
    return page(found, lambda each: each.conflict_id, limit, cursor, put=asdict)
