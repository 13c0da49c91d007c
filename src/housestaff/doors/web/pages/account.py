"""One's own account: wishes about notices and language, the calendar, sessions, the password, tokens for scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest

from housestaff.core.errors import HousestaffError, NotAllowed
from housestaff.doors.web.visitor import LANGUAGE_COOKIE, Page, Sent, Visitor, to
from housestaff.features.accounts.commands import ChangePassword, MakeApiToken, RevokeApiToken
from housestaff.features.accounts.routes import Door
from housestaff.features.accounts.sign_in import SignIn, check_password, hash_password
from housestaff.features.calendar.commands import MakeCalendarFeed, RevokeCalendarFeed
from housestaff.features.calendar.model import FeedView
from housestaff.features.calendar.queries import own_feeds
from housestaff.features.calendar.routes import path_of
from housestaff.features.notices.commands import SetPreferences
from housestaff.features.notices.preferences import preferences
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.http import client_of, on_own_login

router = APIRouter(prefix="/account")
TOKEN_DAYS = 90


@router.get("")
def account(page: Page, door: Door) -> Response:
    """The page of one's own account."""
    return _account(page, door)


def _account(page: Visitor, door: SignIn, *, status: int = 200, **more: Any) -> Response:
    user = page.identity.user_id
    wishes = page.read(preferences, needs="own:settings") if page.may("own:settings") else None
    feeds: list[dict[str, Any]] = page.read(own_feeds, needs="own:settings") if wishes else []
    shown = {"token": "", "problem": "", "feed": "", **more}
    return page.page(
        "account.html",
        status=status,
        wishes=wishes,
        sessions=door.sessions_of(user),
        current=page.identity.login.session_id,
        tokens=door.tokens_of(user),
        feeds=feeds,
        **shown,
    )


@router.post("/preferences")
def set_preferences(page: Page, sent: Sent) -> Response:
    """Keep one's wishes; the language of the pages follows them."""
    known = page.read(preferences, needs="own:settings")["types"]
    wanted = set(sent.all("email"))
    values = {
        "locale": sent.text("locale"),
        "quiet_hours": f"{sent.text('quiet_from')}-{sent.text('quiet_to')}",
        "zone": sent.text("zone") or None,
        "email_off": [each for each in known if each not in wanted],
    }
    page.do(SetPreferences(values=values))
    answer = to("/account", said="saved")
    answer.delete_cookie(LANGUAGE_COOKIE, path="/")
    return answer


@router.post("/sessions/{session_id}/end")
def end_session(session_id: UUID, page: Page, door: Door) -> Response:
    """End one of one's own sessions."""
    door.revoke_session(page.identity.user_id, session_id)
    return to("/account", said="ended")


@router.post("/password")
def change_password(page: Page, sent: Sent, door: Door) -> Response:
    """Choose another password, knowing the present one; every other session ends."""
    login = page.identity.login
    try:
        check_password(sent.text("password"))
        if not door.knows(page.identity.user_id, login.user.email, sent.text("current"), client_of(page.http)[0]):
            raise NotAllowed("The present password is another one.")
        command = ChangePassword(password_hash=hash_password(sent.text("password")), session_id=login.session_id)
        page.there.house.do(command, on_own_login(page.http, page.identity))
    except HousestaffError as error:
        return _account(page, door, status=400, problem=str(error))
    return to("/account", said="saved")


@router.post("/tokens")
def make_token(page: Page, sent: Sent, door: Door) -> Response:
    """Make a token with which a script acts for its owner; it is shown here and never again."""
    token = new_token()
    command = MakeApiToken(
        name=sent.text("name"), token_hash=hash_of_token(token), expires_at=page.now + timedelta(days=TOKEN_DAYS)
    )
    page.there.house.do(command, on_own_login(page.http, page.identity))
    return _account(page, door, token=token)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(token_id: UUID, page: Page) -> Response:
    """Make one of one's own tokens worthless."""
    page.there.house.do(RevokeApiToken(token_id=token_id), on_own_login(page.http, page.identity))
    return to("/account", said="saved")


@router.post("/calendar")
def make_feed(page: Page, sent: Sent, door: Door, http: HttpRequest) -> Response:
    """Make a link to one's own calendar; its address is shown here and never again."""
    token = new_token()
    page.do(MakeCalendarFeed(token_hash=hash_of_token(token)))
    view = FeedView.EACH if sent.text("view") == FeedView.EACH else FeedView.MERGED
    return _account(page, door, feed=f"{str(http.base_url).rstrip('/')}{path_of(token)}?view={view}")


@router.post("/calendar/{feed_id}/revoke")
def revoke_feed(feed_id: UUID, page: Page) -> Response:
    """Make one of one's own calendar links worthless."""
    page.do(RevokeCalendarFeed(feed_id=feed_id))
    return to("/account", said="saved")
