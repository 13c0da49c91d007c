"""The page that everybody opens first."""

from __future__ import annotations

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page

router = APIRouter()


@router.get("/")
def start(page: Page) -> Response:
    """The start page."""
    return page.page("start.html")
