"""The HTTP face of what takes its time: solves and imports."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel

from housestaff.features.schedules import imports, solving
from housestaff.features.schedules.imports import ApplyImport, ReadImport
from housestaff.features.schedules.solving import StopSolve
from housestaff.plumbing.http import PROBLEMS, InProgram, needs

solves = APIRouter(prefix="/solves", tags=["schedules"], responses=PROBLEMS)
imported = APIRouter(prefix="/imports", tags=["imports"], responses=PROBLEMS)


class Decided(BaseModel):
    """A decision for every question of the review, and the draft that what was read goes into."""

    decisions: dict[str, str] = {}
    schedule_id: UUID | None = None
    revision: int | None = None


@solves.get("/{run_id}", openapi_extra=needs("schedule:write"))
def solve_run(run_id: UUID, asked: InProgram) -> dict[str, Any]:
    """A solve: its progress and its answer."""
    return asked.read(solving.run, needs="schedule:write", run_id=run_id)


@solves.post("/{run_id}/stop", status_code=204, openapi_extra=needs("schedule:write"))
def stop(run_id: UUID, asked: InProgram) -> None:
    """Stop a solve; the best so far is kept."""
    asked.do(StopSolve(run_id=run_id))


@imported.post("", status_code=201, openapi_extra=needs("schedule:write"))
def read(
    name: str,
    asked: InProgram,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    kind: str = "",
) -> dict[str, Any]:
    """Read a file: its bytes are the body, its name says what it is."""
    return asked.do(ReadImport(name=name, content=content, kind=kind), lambda made: {"import_id": made})


@imported.get("/{import_id}", openapi_extra=needs("schedule:write"))
def review(import_id: UUID, asked: InProgram) -> dict[str, Any]:
    """What was read, and what is odd."""
    return asked.read(imports.run_of, needs="schedule:write", import_id=import_id)


@imported.post("/{import_id}/apply", openapi_extra=needs("rotation:write"))
def apply(import_id: UUID, body: Decided, asked: InProgram) -> dict[str, Any]:
    """Put what was read into the program or into a draft."""
    command = ApplyImport(import_id=import_id, **body.model_dump())
    return asked.do(command, lambda schedule: {"schedule_id": schedule})
