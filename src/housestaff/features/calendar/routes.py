"""The HTTP face of calendars."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest

from housestaff.features.calendar import queries
from housestaff.features.calendar.commands import MakeCalendarFeed, RevokeCalendarFeed
from housestaff.features.calendar.model import FeedView
from housestaff.features.calendar.store import program_behind
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.http import NOBODY, PROBLEMS, InProgram, correlation_of, needs
from housestaff.plumbing.http_views import UNCHANGED, marks
from housestaff.plumbing.unit import Request

router = APIRouter(prefix="/calendar", tags=["calendar"], responses=PROBLEMS)
BASE = "/api/v1"
_HEADERS = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def path_of(token: str) -> str:
    """Where the feed of a secret is read."""
    return f"{BASE}/calendar/{token}.ics"


@router.post("/feeds", status_code=201, openapi_extra=needs("own:settings"))
def make_feed(asked: InProgram) -> dict[str, Any]:
    """Make a link to one's own calendar; its secret is shown here and never again."""
    token = new_token()
    made = asked.without_key().do(MakeCalendarFeed(token_hash=hash_of_token(token)))
    return {"feed_id": made, "path": path_of(token)}


@router.get("/feeds", openapi_extra=needs("own:settings"))
def feeds(asked: InProgram) -> dict[str, Any]:
    """One's own links that are worth something."""
    return {"items": asked.read(queries.own_feeds, needs="own:settings")}


@router.get("/feeds/{feed_id}", openapi_extra=needs("own:settings"))
def feed(feed_id: UUID, asked: InProgram) -> dict[str, Any]:
    """One of one's own links; its secret is stored nowhere."""
    return asked.read(queries.own_feed, needs="own:settings", feed_id=feed_id)


@router.delete("/feeds/{feed_id}", status_code=204, openapi_extra=needs("own:settings"))
def revoke_feed(feed_id: UUID, asked: InProgram) -> None:
    """Make one of one's own links worthless."""
    asked.do(RevokeCalendarFeed(feed_id=feed_id))


@router.get(
    "/{token}.ics",
    response_class=Response,
    responses={200: {"description": "the calendar (RFC 5545)", "content": {"text/calendar": {}}}, **UNCHANGED},
    openapi_extra=needs(NOBODY),
)
def calendar(token: str, http: HttpRequest, view: FeedView = FeedView.EACH) -> Response:
    """The duties and the leave of a person, for whoever has their link; 404 for none, 410 for one that is over."""
    house: House = http.app.state.house
    program = program_behind(house.database, token)
    request = Request.of_system(program, correlation_id=correlation_of(http), role="link")
    known = marks(http, "If-None-Match")
    with house.unit(request) as unit:
        found: queries.Feed = house.call(partial(queries.feed, token=token, view=view, known=known), unit)
    headers = {**_HEADERS, "ETag": found.etag}
    if found.content is None:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type="text/calendar", headers=headers)
