"""The HTTP face of violations and overrides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from housestaff.features.compliance import queries
from housestaff.features.compliance.commands import AcknowledgeViolation, ApplyOverride, RevokeOverride
from housestaff.features.compliance.queries import Wanted
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(prefix="/violations", tags=["violations"], responses=PROBLEMS)

overrides = APIRouter(prefix="/overrides", tags=["violations"], responses=PROBLEMS)

Instant = Annotated[AwareDatetime | None, Query(description="as it stood at this instant")]


class Acknowledgement(BaseModel):
    """What somebody says who takes care of a violation."""

    note: str = Field("", max_length=2000)


class NewOverride(BaseModel):
    """Named violations that are to be accepted for a time."""

    violation_ids: list[UUID] = Field(min_length=1, max_length=100)
    reason_code: str
    justification: str = Field(max_length=4000)
    expires_at: datetime


@router.get("", openapi_extra=needs("violation:read"))
def listed(
    asked: InProgram,
    *,
    state: str = queries.STANDING,
    severity: Literal["critical", "warning"] | None = None,
    person: str = "",
    schedule_id: UUID | None = None,
    as_of: Instant = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """The violations that stand, the gravest first; one's own for those who see no others."""
    if as_of is not None:
        found = asked.read(queries.as_of, needs="violation:read", at=as_of)
        return page(found, lambda each: each["violation_id"], limit, cursor, put=lambda each: each)
    wanted = Wanted(state=state, severity=severity or "", person=person, schedule_id=schedule_id)
    violations = asked.read(queries.listed, needs="violation:read", wanted=wanted)
    return page(violations, lambda each: each.violation_id, limit, cursor, put=lambda each: each)


@router.get("/{violation_id}", openapi_extra=needs("violation:read"))
def one(violation_id: UUID, asked: InProgram, as_of: Instant = None) -> dict[str, Any]:
    """One violation with its sum, everything that was entered about it, and its overrides."""
    told: queries.Told = asked.read(queries.one, needs="violation:read", violation_id=violation_id, as_of=as_of)
    if as_of is not None:
        return {"violation_id": violation_id, "as_of": as_of, **told.entries[-1], "entries": told.entries}
    return {"violation": told.violation, "entries": told.entries, "overrides": told.overrides}


@router.post("/{violation_id}/acknowledge", status_code=204, openapi_extra=needs("violation:acknowledge"))
def acknowledge(violation_id: UUID, body: Acknowledgement, asked: InProgram) -> None:
    """Say that one takes care of it."""
    asked.do(AcknowledgeViolation(violation_id=violation_id, note=body.note))


@overrides.post("", status_code=201, openapi_extra=needs("override:apply_warning"))
def apply(body: NewOverride, asked: InProgram) -> dict[str, Any]:
    """Accept violations for a time; of a rule that must hold, only the director may."""
    given = body.model_dump(exclude={"violation_ids"})
    return asked.do(ApplyOverride(violation_ids=tuple(body.violation_ids), **given), lambda made: {"override_id": made})


@overrides.post("/{override_id}/revoke", status_code=204, openapi_extra=needs("override:revoke"))
def revoke(override_id: UUID, asked: InProgram) -> None:
    """Take an override back."""
    asked.do(RevokeOverride(override_id=override_id))
