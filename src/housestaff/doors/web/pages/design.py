"""The living page of the design system: every token and component as the pages use them."""

from __future__ import annotations

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page

router = APIRouter()


@router.get("/design")
def design(page: Page) -> Response:
    """Every token and component."""
    return page.page("design.html")
