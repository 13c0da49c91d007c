"""The HTTP face of reports."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from housestaff.features.reports import queries
from housestaff.features.reports.commands import ExportVersion
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(tags=["reports"], responses=PROBLEMS)


class Version(BaseModel):
    """A published version; without a number, the one in force."""

    schedule_id: UUID
    number: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


@router.post("/reports/schedule_export/runs", status_code=202, openapi_extra=needs("report:run"))
def export(body: Version, asked: InProgram) -> dict[str, Any]:
    """Make the files of a published version; asked twice, the first run is given again."""
    return asked.do(ExportVersion(**body.model_dump()), lambda run: {"run_id": run})


@router.get("/report-runs", openapi_extra=needs("schedule:read"))
def runs(asked: InProgram, kind: str | None = None, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """The runs of the kinds that the asker may read, the newest first."""
    found = asked.read(queries.runs, needs="schedule:read", kind=kind)
    return page(found, lambda each: each["run_id"], limit, cursor, put=lambda each: each)


@router.get("/report-runs/{run_id}", openapi_extra=needs("schedule:read"))
def run(run_id: UUID, asked: InProgram) -> dict[str, Any]:
    """One run with its files."""
    return asked.read(queries.run, needs="schedule:read", run_id=run_id)
