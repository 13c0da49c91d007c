"""The boards of a schedule: the year, a block of half-days, call, a day, a person, coverage, what the judge says."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.doors.web.pages.schedules import show
from housestaff.doors.web.visitor import Page, Visitor, to
from housestaff.features.portal import boards, day_boards, half_days, proof
from housestaff.features.reports.queries import exports
from housestaff.features.schedules import queries

router = APIRouter(prefix="/schedules/{schedule_id}")
NOBODY = ""
"""An id that nobody has: with it, no row at all is asked for."""


@router.get("")
def home(schedule_id: UUID, said: str = "") -> Response:
    """A schedule opens with its year."""
    return to(f"/schedules/{schedule_id}/year", said=said)


def _people_since(page: Visitor, schedule_id: UUID, since: int | None) -> tuple[str, ...]:
    """Whose rows a script asks for again: of everybody, where nothing or too much is known of what changed."""
    if since is None:
        return ()
    found: frozenset[str] | None = page.read(
        queries.people_since, needs="schedule:read", schedule_id=schedule_id, since=since
    )
    return () if found is None else (*found, NOBODY)


@router.get("/year")
def year(schedule_id: UUID, page: Page, since: int | None = None, *, find: str = "", scale: str = "weeks") -> Response:
    """People by blocks of the year; only of those who were touched since a revision, where one is named."""
    people = _people_since(page, schedule_id, since)
    board = page.read(
        boards.year, needs="schedule:read", schedule_id=schedule_id, by_day=scale == "days", people=people
    )
    return show(page, "schedule_year.html", schedule_id, board=board, tab="year", find=find, scale=scale)


@router.get("/block")
def block(
    schedule_id: UUID,
    page: Page,
    since: int | None = None,
    day: date | None = None,
    *,
    find: str = "",
) -> Response:
    """People by half-days of a block; only of those who were touched since a revision, where one is named."""
    people = _people_since(page, schedule_id, since)
    board = page.read(half_days.block, needs="schedule:read", schedule_id=schedule_id, day=day, people=people)
    codes = page.read(half_days.codes, needs="schedule:read")
    return show(page, "schedule_block.html", schedule_id, board=board, tab="block", find=find, codes=codes)


@router.get("/calls")
def calls(schedule_id: UUID, page: Page, month: str = "") -> Response:
    """The nights of call, month by month."""
    board = page.read(day_boards.calls, needs="schedule:read", schedule_id=schedule_id, month=month)
    return show(page, "schedule_calls.html", schedule_id, board=board, tab="calls")


@router.get("/day")
def day(schedule_id: UUID, page: Page, day: date | None = None) -> Response:
    """Who is where on a day."""
    board = page.read(day_boards.day, needs="schedule:read", schedule_id=schedule_id, day=day)
    return show(page, "schedule_day.html", schedule_id, board=board, tab="day")


@router.get("/people/{person}")
def person(schedule_id: UUID, person: str, page: Page, first: date | None = None) -> Response:
    """What one person does, week by week, with their hours."""
    board = page.read(day_boards.person, needs="schedule:read", schedule_id=schedule_id, person=person, first=first)
    return show(page, "schedule_person.html", schedule_id, board=board, tab="people")


@router.get("/coverage")
def coverage(schedule_id: UUID, page: Page) -> Response:
    """How well each line of demand is met, week by week."""
    board = page.read(proof.coverage, needs="schedule:read", schedule_id=schedule_id)
    return show(page, "schedule_coverage.html", schedule_id, board=board, tab="coverage")


@router.get("/findings")
def findings(schedule_id: UUID, page: Page, rule: str = "", person: str = "") -> Response:
    """What the judge says, rule by rule, with the arithmetic."""
    board = page.read(proof.findings, needs="violation:read", schedule_id=schedule_id, rule=rule, person=person)
    return show(page, "schedule_findings.html", schedule_id, board=board, tab="findings")


@router.get("/versions")
def versions(schedule_id: UUID, page: Page, old: int = 0, new: int = 0) -> Response:
    """The history of a schedule, and what differs between two of its revisions."""
    history = page.read(proof.history, needs="schedule:read", schedule_id=schedule_id)
    cells = ()
    if old and new:
        cells = page.read(
            proof.compared, needs="schedule:read", schedule_id=schedule_id, old=min(old, new), new=max(old, new)
        )
    named = queries.names
    people = page.read(named, needs="schedule:read")
    return show(
        page,
        "schedule_versions.html",
        schedule_id,
        history=history,
        cells=cells,
        people=people,
        exports=page.read(exports, needs="schedule:read", schedule_id=schedule_id),
        old=old,
        new=new,
        tab="versions",
    )
