"""One's own notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page, to
from housestaff.features.notices import queries
from housestaff.features.notices.commands import ReadNotice

router = APIRouter(prefix="/notices")
A_PAGE = 50


@router.get("")
def notices(page: Page, before: UUID | None = None) -> Response:
    """One's own notices, the newest first."""
    found: list[dict[str, Any]] = page.read(queries.own, needs="notice:read", unread=False, limit=A_PAGE, before=before)
    return page.page("notices.html", notices=found, more=found[-1]["notice_id"] if len(found) == A_PAGE else None)


@router.post("/{notice_id}/read")
def read(notice_id: UUID, page: Page) -> Response:
    """Mark one as read."""
    page.do(ReadNotice(notice_id=notice_id))
    return to("/notices")


@router.post("/read-all")
def read_all(page: Page) -> Response:
    """Mark everything as read."""
    while unread := page.read(queries.own, needs="notice:read", unread=True, limit=A_PAGE):
        for each in unread:
            page.do(ReadNotice(notice_id=each["notice_id"]))
    return to("/notices", said="saved")
