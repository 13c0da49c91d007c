"""The HTTP face of single duties."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from housestaff.features.schedules import queries
from housestaff.features.schedules.commands import AnnotateDuty
from housestaff.plumbing.http import PROBLEMS, InProgram, needs

router = APIRouter(prefix="/duties", tags=["schedules"], responses=PROBLEMS)


class Note(BaseModel):
    """A note on a duty."""

    schedule_id: UUID
    text: str = Field(max_length=2000)


@router.get("/{duty_id}", openapi_extra=needs("schedule:read"))
def duty(duty_id: str, asked: InProgram) -> dict[str, Any]:
    """One duty with its note."""
    return asked.read(queries.duty, needs="schedule:read", duty_id=duty_id)


@router.put("/{duty_id}/note", status_code=204, openapi_extra=needs("schedule:write"))
def annotate(duty_id: str, body: Note, asked: InProgram) -> None:
    """Write a note on a duty."""
    asked.do(AnnotateDuty(duty_id=duty_id, schedule_id=body.schedule_id, text=body.text))
