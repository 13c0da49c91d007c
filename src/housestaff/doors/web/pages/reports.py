"""The files of versions: made when somebody asks for them, downloaded by whoever may."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page, to
from housestaff.features.operations.commands import DownloadArtifact
from housestaff.features.operations.routes import as_download
from housestaff.features.reports.commands import ExportVersion

router = APIRouter()


@router.get("/files/{artifact_id}")
def download(artifact_id: UUID, page: Page) -> Response:
    """Download a stored file."""
    return as_download(page.do(DownloadArtifact(artifact_id=artifact_id)))


@router.post("/schedules/{schedule_id}/versions/{number}/files")
def make(schedule_id: UUID, number: int, page: Page) -> Response:
    """Make the files of a version."""
    page.do(ExportVersion(schedule_id=schedule_id, number=number))
    return to(f"/schedules/{schedule_id}/versions", said="asked")
