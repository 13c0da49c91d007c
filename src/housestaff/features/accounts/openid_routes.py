"""The HTTP face of signing in through an identity provider."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Query
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse

from housestaff.core.errors import NotFound
from housestaff.features.accounts.openid import OpenId
from housestaff.features.accounts.routes import Door
from housestaff.plumbing.http import NOBODY, PROBLEMS, client_of, give_session, needs

router = APIRouter(prefix="/session/oidc", tags=["accounts"], responses=PROBLEMS)
STATE_COOKIE = "housestaff_openid"
_QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _openid(http: HttpRequest) -> OpenId:
    found: OpenId | None = http.app.state.openid
    if found is None:
        raise NotFound("No identity provider is set up here. Sign in with your password.")
    return found


@router.get("", status_code=303, response_class=RedirectResponse, openapi_extra=needs(NOBODY))
def begin(http: HttpRequest) -> RedirectResponse:
    """Go to the identity provider to sign in."""
    url, state = _openid(http).begin()
    answer = RedirectResponse(url, status_code=303, headers=_QUIET)
    is_https = http.url.scheme == "https"
    answer.set_cookie(STATE_COOKIE, state, max_age=600, httponly=True, samesite="lax", secure=is_https, path="/")
    return answer


@router.get("/callback", status_code=303, response_class=RedirectResponse, openapi_extra=needs(NOBODY))
def finish(
    http: HttpRequest,
    door: Door,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str, Query(max_length=4000)],
    kept: Annotated[str | None, Cookie(alias=STATE_COOKIE)] = None,
) -> RedirectResponse:
    """Come back from the identity provider, signed in."""
    ip, agent = client_of(http)
    user = _openid(http).finish(state=state, kept=kept, code=code)
    secret, _login = door.open_session(user, ip=ip, agent=agent)
    answer = RedirectResponse("/", status_code=303, headers=_QUIET)
    give_session(http, answer, secret)
    answer.delete_cookie(STATE_COOKIE, path="/")
    return answer
