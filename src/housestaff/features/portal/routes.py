"""The HTTP face of start pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from housestaff.features.portal import on_call, queries
from housestaff.features.portal.commands import MakeOnCallLink, RevokeOnCallLink
from housestaff.features.portal.on_call import OnCallBoard
from housestaff.features.portal.queries import FEWEST_WEEKS, MOST_WEEKS, Dashboard
from housestaff.features.portal.store import links, program_behind
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.http import NOBODY, PROBLEMS, InProgram, correlation_of, needs
from housestaff.plumbing.unit import Request

router = APIRouter(prefix="/portal", tags=["portal"], responses=PROBLEMS)


@router.get("/dashboard", openapi_extra=needs("schedule:read"))
def dashboard(asked: InProgram, academic_year: Annotated[int | None, Query(ge=1900, le=9998)] = None) -> Dashboard:
    """One's own start page: the academic year in numbers, the coming weeks, leave."""
    return asked.read(queries.dashboard, needs="schedule:read", year=academic_year)


@router.get("/weeks", openapi_extra=needs("schedule:read"))
def weeks(
    asked: InProgram, weeks: Annotated[int, Query(ge=FEWEST_WEEKS, le=MOST_WEEKS)] = MOST_WEEKS
) -> dict[str, Any]:
    """One's own next four to eight weeks, the running one first."""
    return {"weeks": asked.read(queries.weeks, needs="schedule:read", weeks=weeks)}


calls = APIRouter(prefix="/on-call", tags=["portal"], responses=PROBLEMS)
FOR_NOBODY_ELSE = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class NewLink(BaseModel):
    """Who is to use a link."""

    name: str = Field(min_length=1, max_length=200)


@calls.get("/links", openapi_extra=needs("schedule:publish"))
def on_call_links(asked: InProgram) -> dict[str, Any]:
    """The links that are worth something."""
    return {"items": asked.read(links, needs="schedule:publish")}


@calls.post("/links", status_code=201, openapi_extra=needs("schedule:publish"))
def make_link(body: NewLink, asked: InProgram) -> dict[str, Any]:
    """Make a link to who is on call; its secret is shown here and never again."""
    token = new_token()
    made = asked.without_key().do(MakeOnCallLink(name=body.name, token_hash=hash_of_token(token)))
    return {"link_id": made, "path": f"/on-call/{token}"}


@calls.delete("/links/{link_id}", status_code=204, openapi_extra=needs("schedule:publish"))
def revoke_link(link_id: UUID, asked: InProgram) -> None:
    """Make a link worthless."""
    asked.do(RevokeOnCallLink(link_id=link_id))


@calls.get("/{token}.txt", openapi_extra=needs(NOBODY), response_class=PlainTextResponse)
def as_text(token: str, http: HttpRequest) -> Response:
    """Who is on call, as plain text for paging systems."""
    return PlainTextResponse(on_call.as_text(board_behind(http, token)), headers=FOR_NOBODY_ELSE)


@calls.get("/{token}.json", openapi_extra=needs(NOBODY))
@calls.get("/{token}", openapi_extra=needs(NOBODY))
def as_json(token: str, http: HttpRequest, response: Response) -> dict[str, Any]:
    """Who is on call, as JSON."""
    response.headers.update(FOR_NOBODY_ELSE)
    return asdict(board_behind(http, token))


def board_behind(http: HttpRequest, token: str) -> OnCallBoard:
    """The board that a link opens: what is read is what nobody in particular may see."""
    house: House = http.app.state.house
    request = Request.of_system(program_behind(house.database, token), correlation_id=correlation_of(http), role="link")
    with house.unit(request) as unit:
        return house.call(on_call.board, unit)
