"""The page that everybody opens first: their own year, and what their role looks after."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.errors import NotFound
from housestaff.doors.web.visitor import Page, Visitor
from housestaff.features.flags import queries as flags
from housestaff.features.notices import queries as notices
from housestaff.features.operations import queries as operations
from housestaff.features.portal import queries as portal
from housestaff.features.portal import start as team
from housestaff.features.portal import waiting
from housestaff.features.schedules import imports, queries, solving

router = APIRouter()
SHOWN_NOTICES, SHOWN_LETTERS = 5, 50


@router.get("/")
def start(page: Page) -> Response:
    """The start page of somebody's role."""
    if page.principal is None:
        return page.page("start_nowhere.html")
    shown: dict[str, Any] = {"own": None, "mine": None, "team": None, "compliance": None, "office": None, "it": None}
    try:
        if page.principal.person_id is not None:
            shown["own"] = page.read(portal.dashboard, needs="schedule:read")
            shown["mine"] = page.read(team.today, needs="schedule:read")
        if page.may("schedule:read"):
            shown["team"] = page.read(team.team_day, needs="schedule:read")
        shown["waits"] = page.read(waiting.waiting, needs="schedule:read")
        if page.may("schedule:write"):
            shown["office"] = _office(page)
        if _reads_violations(page):
            shown["compliance"] = page.read(team.compliance, needs="violation:read")
    except NotFound:
        # Nothing was written or imported yet: the page says how to begin.
        return page.page("start_empty.html")
    if page.may("ops:jobs"):
        shown["it"] = _operator(page)
    shown["notices"] = page.read(notices.own, needs="notice:read", unread=True, limit=SHOWN_NOTICES)
    return page.page("start.html", **shown)


def _reads_violations(page: Visitor) -> bool:
    held = set(page.principal.roles) if page.principal is not None else set[str]()
    return page.may("violation:read") and bool({"program_director", "coordinator"} & held)


def _office(page: Visitor) -> dict[str, Any]:
    """Drafts, solves and imports that wait for somebody."""
    listed = page.read(queries.listed, needs="schedule:read")
    return {
        "drafts": [each for each in listed if each.state == "draft"],
        "published": [each for each in listed if each.state == "published"],
        "runs": page.read(solving.open_runs, needs="schedule:write"),
        "imports": page.read(imports.open_imports, needs="schedule:write"),
    }


def _operator(page: Visitor) -> dict[str, Any]:
    """What IT looks at: what failed for good, what waits, the connections, the flags."""
    letters = page.read(
        operations.dead_letters, needs="ops:dead_letters", state="open", name=None, limit=SHOWN_LETTERS, before=None
    )
    return {
        "letters": letters,
        "jobs": page.read(operations.jobs, needs="ops:jobs")["items"],
        "pool": page.read(operations.pool_now, needs="ops:pool"),
        "flags": page.read(flags.listed, needs="flag:write"),
    }
