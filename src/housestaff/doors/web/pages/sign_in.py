"""The door: signing in and out, the first run, invitations, forgotten passwords, and how pages look."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, Response
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse

from housestaff.core.errors import HousestaffError
from housestaff.doors.web.rendering import languages
from housestaff.doors.web.visitor import (
    LANGUAGE_COOKIE,
    PROGRAM_COOKIE,
    THEME_COOKIE,
    THEMES,
    Anybody,
    Page,
    Sent,
    remember,
    to,
)
from housestaff.features.accounts.login_routes import accept_by_link, reset_by_link, send_reset
from housestaff.features.accounts.routes import Door
from housestaff.plumbing.access import TooManyAttempts
from housestaff.plumbing.http import SESSION_COOKIE, check_site, client_of, give_session

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(looks: Anybody, http: HttpRequest, door: Door, next: str = "/") -> Response:  # noqa: A002 - its name in the address
    """Where somebody signs in."""
    if door.is_new():
        return to("/setup")
    return looks.page("sign_in.html", next=_ours(next), has_provider=http.app.state.openid is not None, error=None)


@router.post("/sign-in")
def sign_in(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Sign in by address and password, or by a one-time link."""
    check_site(http)
    ip, agent = client_of(http)
    next_ = _ours(sent.text("next", "/"))
    try:
        if sent.text("token"):
            secret, _login = door.with_one_time(sent.text("token"), ip=ip, agent=agent)
        else:
            secret, _login = door.with_password(sent.text("email"), sent.text("password"), ip=ip, agent=agent)
    except HousestaffError as error:
        has_provider = http.app.state.openid is not None
        status = 429 if isinstance(error, TooManyAttempts) else 403
        answer = looks.page("sign_in.html", status=status, next=next_, has_provider=has_provider, error=str(error))
        if isinstance(error, TooManyAttempts):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer
    answer = to(next_)
    give_session(http, answer, secret)
    return answer


@router.get("/sign-in/link")
def link_page(looks: Anybody) -> Response:
    """Where a one-time link leads: its secret stands behind the #, so a small script fills the form."""
    return looks.page("one_time_link.html", next="/")


@router.post("/sign-out")
def sign_out(page: Page, door: Door) -> Response:
    """Sign out."""
    if page.identity.login.session_id is not None:
        door.revoke_session(page.identity.user_id, page.identity.login.session_id)
    answer = to("/sign-in", said="signed_out")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/setup")
def setup_page(looks: Anybody, door: Door) -> Response:
    """The first run: who the first admin is."""
    if not door.is_new():
        return to("/sign-in")
    return looks.page("setup.html", given={}, error=None)


@router.post("/setup")
def set_up(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Set up the first admin, by the token that the program has printed."""
    check_site(http)
    given = {name: sent.text(name) for name in ("token", "institution", "email", "name")}
    ip, agent = client_of(http)
    try:
        user = door.set_up(**given, password=sent.text("password"), ip=ip)
    except HousestaffError as error:
        return looks.page("setup.html", status=400, given=given, error=str(error))
    secret, _login = door.open_session(user, ip=ip, agent=agent)
    answer = to("/", said="set_up")
    give_session(http, answer, secret)
    return answer


@router.get("/invitation")
def invitation_page(looks: Anybody) -> Response:
    """Where an invitation leads."""
    return looks.page("invitation.html", given={}, error=None)


@router.post("/invitation")
def accept_invitation(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Take up an invitation, with a password where the login is new."""
    check_site(http)
    given = {"token": sent.text("token"), "name": sent.text("name")}
    chosen = given["name"], sent.text("password") or None
    try:
        accept_by_link(http, door, given["token"], chosen, through="web")
    except HousestaffError as error:
        return looks.page("invitation.html", status=400, given=given, error=str(error))
    return to("/sign-in", said="invited")


@router.get("/forgotten")
def forgotten_page(looks: Anybody) -> Response:
    """Where somebody asks for a link to a new password."""
    return looks.page("forgotten.html")


@router.post("/forgotten")
def ask_reset(sent: Sent, http: HttpRequest, door: Door, later: BackgroundTasks) -> Response:
    """Send the link, where there is such an address; the answer does not tell."""
    check_site(http)
    send_reset(http, door, sent.text("email"), later)
    return to("/sign-in", said="reset_sent")


@router.get("/password-reset")
def reset_page(looks: Anybody) -> Response:
    """Where the link to a new password leads."""
    return looks.page("password_reset.html", given={}, error=None)


@router.post("/password-reset")
def reset(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Choose a new password; every session ends."""
    check_site(http)
    try:
        reset_by_link(http, door, sent.text("token"), sent.text("password"), through="web")
    except HousestaffError as error:
        given = {"token": sent.text("token")}
        return looks.page("password_reset.html", status=400, given=given, error=str(error))
    return to("/sign-in", said="password_changed")


@router.post("/appearance")
def appearance(sent: Sent, http: HttpRequest) -> Response:
    """Light or dark, and the language; kept in the browser."""
    check_site(http)
    answer = RedirectResponse(_ours(sent.text("next", "/")), status_code=303)
    choices = {THEME_COOKIE: ("theme", THEMES), LANGUAGE_COOKIE: ("language", [code for code, _name in languages()])}
    for cookie, (field, known) in choices.items():
        if sent.text(field) in known:
            remember(answer, cookie, sent.text(field))
    return answer


@router.post("/program")
def choose_program(page: Page, sent: Sent) -> Response:
    """Look at another program from now on."""
    answer = to("/")
    if sent.text("program") in {code for _id, code in page.identity.programs}:
        remember(answer, PROGRAM_COOKIE, sent.text("program"))
    return answer


def _ours(path: str) -> str:
    """A path of this site; anything else leads to the start."""
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours else "/"
