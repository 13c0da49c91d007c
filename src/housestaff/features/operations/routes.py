"""The HTTP face of operations."""

from __future__ import annotations

import base64
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from housestaff.features.operations import queries
from housestaff.features.operations.commands import (
    DeprecateSchema,
    DiscardDeadLetter,
    DownloadArtifact,
    ReplayConsumer,
    ReplayDeadLetter,
    ResizePool,
    RetireSchema,
    SwitchConsumer,
)
from housestaff.features.operations.queries import Wanted
from housestaff.plumbing.artifacts import Stored
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Limit

router = APIRouter(tags=["operations"], responses=PROBLEMS)


class Reason(BaseModel):
    """Why."""

    reason: str


class Name(BaseModel):
    """A consumer or job."""

    consumer: str


class Bounds(BaseModel):
    """The fewest and the most connections of a process."""

    min: int = Field(ge=1)
    max: int = Field(ge=1)


class Switch(BaseModel):
    """On or off."""

    on: bool


@router.get("/ops/dead-letters", openapi_extra=needs("ops:dead_letters"))
def dead_letters(
    asked: InProgram,
    state: str | None = None,
    consumer: str | None = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> dict[str, Any]:
    """The dead letters."""
    items = asked.read(
        queries.dead_letters, needs="ops:dead_letters", state=state, name=consumer, limit=limit, before=cursor
    )
    return {"items": items, "cursor": items[-1]["dead_letter_id"] if len(items) == limit else None}


@router.get("/ops/dead-letters/{dead_letter_id}", openapi_extra=needs("ops:dead_letters"))
def dead_letter(dead_letter_id: UUID, asked: InProgram) -> dict[str, Any]:
    """One dead letter."""
    return asked.read(queries.dead_letter, needs="ops:dead_letters", dead_letter_id=dead_letter_id)


@router.post("/ops/dead-letters/{dead_letter_id}/replay", status_code=202, openapi_extra=needs("ops:dead_letters"))
def replay(dead_letter_id: UUID, asked: InProgram) -> dict[str, Any]:
    """Run it again."""
    return asked.do(ReplayDeadLetter(dead_letter_id=dead_letter_id), lambda consumer: {"consumer": consumer})


@router.post("/ops/dead-letters/replay", status_code=202, openapi_extra=needs("ops:dead_letters"))
def replay_consumer(body: Name, asked: InProgram) -> dict[str, Any]:
    """Run all open ones of a consumer again."""
    return asked.do(ReplayConsumer(name=body.consumer), lambda replayed: {"replayed": replayed})


@router.post("/ops/dead-letters/{dead_letter_id}/discard", status_code=204, openapi_extra=needs("ops:dead_letters"))
def discard(dead_letter_id: UUID, body: Reason, asked: InProgram) -> None:
    """Close it without running it."""
    asked.do(DiscardDeadLetter(dead_letter_id=dead_letter_id, reason=body.reason))


@router.get("/ops/pool", openapi_extra=needs("ops:pool"))
def pool(asked: InProgram) -> dict[str, Any]:
    """The pool of the process that answers: its bounds, its size, what is in use, and who waits."""
    found = asked.read(queries.pool_now, needs="ops:pool")
    return {
        "min": found.least,
        "max": found.most,
        "budget": found.budget,
        "size": found.size,
        "in_use": found.in_use,
        "waiting": found.waiting,
    }


@router.post("/ops/pool/resize", status_code=204, openapi_extra=needs("ops:pool"))
def resize_pool(body: Bounds, asked: InProgram) -> None:
    """Give the pool of the process that answers other bounds."""
    asked.do(ResizePool(least=body.min, most=body.max))


@router.get("/ops/jobs", openapi_extra=needs("ops:jobs"))
def jobs(asked: InProgram) -> dict[str, Any]:
    """What waits for the workers, what they do, and the newest runs of the periodic jobs."""
    return asked.read(queries.jobs, needs="ops:jobs")


@router.get("/ops/consumers", openapi_extra=needs("ops:jobs"))
def consumers(asked: InProgram) -> dict[str, Any]:
    """What waits for each consumer."""
    return {"items": asked.read(queries.consumers, needs="ops:jobs", names=asked.house.durable)}


@router.post("/ops/consumers/{name}/switch", status_code=204, openapi_extra=needs("ops:jobs"))
def switch(name: str, body: Switch, asked: InProgram) -> None:
    """Switch a consumer off, so that its dispatches wait, or on, so that they are done."""
    asked.do(SwitchConsumer(name=name, on=body.on))


@router.get("/audit", openapi_extra=needs("audit:read"))
def audit(
    asked: InProgram,
    wanted: Annotated[Wanted, Depends()],
    limit: Limit = 50,
    cursor: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> dict[str, Any]:
    """The audit chain, by subject, actor, action and time (from `since` on, before `until`)."""
    items = asked.read(queries.audit, needs="audit:read", wanted=wanted, limit=limit, before=cursor)
    return {"items": items, "cursor": items[-1]["chain_no"] if len(items) == limit else None}


class Shape(BaseModel):
    """A schema to be held against what is registered."""

    event_type: str
    schema_: dict[str, Any] = Field(alias="schema")


class Removal(BaseModel):
    """The day on which a version goes."""

    removal_on: date


@router.get("/schemas/events", openapi_extra=needs("schema:read"))
def schemas(asked: InProgram) -> dict[str, Any]:
    """The registered versions of every event type."""
    return {"items": asked.read(queries.schemas, needs="schema:read")}


@router.get("/schemas/events/{event_type}/{version}", openapi_extra=needs("schema:read"))
def schema(event_type: str, version: int, asked: InProgram) -> dict[str, Any]:
    """One version with its schema."""
    return asked.read(queries.schema, needs="schema:read", event_type=event_type, version=version)


@router.post("/schemas/events/check", openapi_extra=needs("schema:write"))
def schema_check(body: Shape, asked: InProgram) -> dict[str, Any]:
    """What a schema would be beside the active versions of its type."""
    return asked.read(queries.schema_check, needs="schema:write", event_type=body.event_type, schema=body.schema_)


@router.post("/schemas/events/{event_type}/{version}/deprecate", status_code=204, openapi_extra=needs("schema:write"))
def deprecate(event_type: str, version: int, body: Removal, asked: InProgram) -> None:
    """Announce that a version goes."""
    asked.do(DeprecateSchema(event_type=event_type, schema_version=version, removal_on=body.removal_on))


@router.post("/schemas/events/{event_type}/{version}/retire", status_code=204, openapi_extra=needs("schema:write"))
def retire(event_type: str, version: int, asked: InProgram) -> None:
    """Take a version out of use."""
    asked.do(RetireSchema(event_type=event_type, schema_version=version))


@router.get(
    "/artifacts/{artifact_id}",
    response_class=Response,
    responses={200: {"description": "the file", "content": {"*/*": {}}}},
    openapi_extra=needs("notice:read"),
)
def artifact(artifact_id: UUID, asked: InProgram) -> Response:
    """Download a stored file; `Digest` holds the checksum of what was stored, and who read it stands in the chain."""
    return as_download(asked.do(DownloadArtifact(artifact_id=artifact_id)))


def as_download(stored: Stored) -> Response:
    """A stored file as an answer that a browser keeps under its name."""
    checksum = base64.b64encode(bytes.fromhex(stored.sha256)).decode()
    named = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    return Response(
        stored.data,
        media_type=stored.media_type,
        headers={"Digest": f"sha-256={checksum}", "Content-Disposition": named, "Cache-Control": "private, no-store"},
    )
