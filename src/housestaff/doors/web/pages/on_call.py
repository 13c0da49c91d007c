"""Who is on call: for the program's people, and for whoever has a link."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, PlainTextResponse

from housestaff.doors.web.visitor import Anybody, Page, Sent, to
from housestaff.features.portal import on_call
from housestaff.features.portal.commands import MakeOnCallLink, RevokeOnCallLink
from housestaff.features.portal.routes import FOR_NOBODY_ELSE, board_behind
from housestaff.features.portal.store import links
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.i18n import Texts

router = APIRouter(prefix="/on-call")


@router.get("")
def board(page: Page) -> Response:
    """Who is on call now and in the coming days, and the links to it."""
    return _board(page, made="")


def _board(page: Page, *, made: str) -> Response:
    found = page.read(on_call.board, needs="schedule:read")
    listed = page.read(links, needs="schedule:publish") if page.may("schedule:publish") else None
    return page.page("on_call.html", board=found, links=listed, made=made)


@router.post("/links")
def make_link(page: Page, sent: Sent, http: HttpRequest) -> Response:
    """Make a link; its address is shown on this page and never again."""
    token = new_token()
    page.do(MakeOnCallLink(name=sent.text("name"), token_hash=hash_of_token(token)))
    return _board(page, made=f"{str(http.base_url).rstrip('/')}/on-call/{token}")


@router.post("/links/{link_id}/revoke")
def revoke_link(link_id: UUID, page: Page) -> Response:
    """Make a link worthless."""
    page.do(RevokeOnCallLink(link_id=link_id))
    return to("/on-call", said="saved")


@router.get("/{token}.txt")
def as_text(token: str, http: HttpRequest) -> Response:
    """Plain text for paging systems."""
    return PlainTextResponse(on_call.as_text(board_behind(http, token)), headers=FOR_NOBODY_ELSE)


@router.get("/{token}.json")
def as_json(token: str, http: HttpRequest) -> Response:
    """The same as JSON."""
    return JSONResponse(jsonable_encoder(board_behind(http, token)), headers=FOR_NOBODY_ELSE)


@router.get("/{token}")
def shared(token: str, looks: Anybody, http: HttpRequest) -> Response:
    """The board for whoever has the link."""
    found = board_behind(http, token)
    there = type(looks)(looks.http, Texts(looks.texts.language, "en", found.zone))
    answer = there.page("on_call_shared.html", board=found)
    answer.headers.update(FOR_NOBODY_ELSE)
    return answer
