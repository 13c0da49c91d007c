"""One's own notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page, to
from housestaff.features.notices.commands import ReadNotice
from housestaff.features.notices.store import Notices
from housestaff.plumbing.unit import Unit

router = APIRouter(prefix="/notices")
A_PAGE = 50


@router.get("")
def notices(page: Page, before: UUID | None = None) -> Response:
    """One's own notices, the newest first."""
    found = page.read(_own, needs="notice:read", before=before)
    return page.page("notices.html", notices=found, more=found[-1]["notice_id"] if len(found) == A_PAGE else None)


def _own(unit: Unit, notices: Notices, *, before: UUID | None) -> list[dict[str, Any]]:
    user = unit.request.user_id
    return notices.of(user, unread=False, limit=A_PAGE, before=before) if user is not None else []


@router.post("/{notice_id}/read")
def read(notice_id: UUID, page: Page) -> Response:
    """Mark one as read."""
    page.do(ReadNotice(notice_id=notice_id))
    return to("/notices")


@router.post("/read-all")
def read_all(page: Page) -> Response:
    """Mark everything as read."""
    while unread := page.read(_unread, needs="notice:read"):
        for each in unread:
            page.do(ReadNotice(notice_id=each["notice_id"]))
    return to("/notices", said="saved")


def _unread(unit: Unit, notices: Notices) -> list[dict[str, Any]]:
    user = unit.request.user_id
    return notices.of(user, unread=True, limit=A_PAGE) if user is not None else []
