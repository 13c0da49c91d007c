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
    Form,
    Page,
    Sent,
    to,
)
from housestaff.features.accounts import links
from housestaff.features.accounts.commands import AcceptInvitation, ResetPassword
from housestaff.features.accounts.routes import Door
from housestaff.features.accounts.sign_in import check_password, hash_password
from housestaff.plumbing.access import TooManyAttempts
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.http import SESSION_COOKIE, check_site, client_of, correlation_of
from housestaff.plumbing.unit import Request

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


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
    answer.set_cookie(
        SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=http.url.scheme == "https", path="/"
    )
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
    answer.set_cookie(
        SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=http.url.scheme == "https", path="/"
    )
    return answer


@router.get("/invitation")
def invitation_page(looks: Anybody) -> Response:
    """Where an invitation leads."""
    return looks.page("invitation.html", given={}, error=None)


@router.post("/invitation")
def accept_invitation(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Take up an invitation, with a password where the login is new."""
    check_site(http)
    try:
        _accept(sent, http, door)
    except HousestaffError as error:
        given = {"token": sent.text("token"), "name": sent.text("name")}
        return looks.page("invitation.html", status=400, given=given, error=str(error))
    return to("/sign-in", said="invited")


def _accept(sent: Form, http: HttpRequest, door: Door) -> None:
    house: House = http.app.state.house
    token, password, ip = sent.text("token"), sent.text("password"), client_of(http)[0]
    door.attempts.count("invitation", hash_of_token(token), ip)
    program, user = links.behind_invitation(house.database, token)
    if password:
        check_password(password)
    command = AcceptInvitation(
        token_hash=hash_of_token(token),
        display_name=sent.text("name"),
        password_hash=hash_password(password) if password else None,
        may_lack_a_password=http.app.state.openid is not None,
    )
    house.do(command, Request(program, user, "web", correlation_of(http), ip=ip, kind="login"))


@router.get("/forgotten")
def forgotten_page(looks: Anybody) -> Response:
    """Where somebody asks for a link to a new password."""
    return looks.page("forgotten.html")


@router.post("/forgotten")
def ask_reset(sent: Sent, http: HttpRequest, door: Door, later: BackgroundTasks) -> Response:
    """Send the link, where there is such an address; the answer does not tell."""
    check_site(http)
    email, ip = sent.text("email"), client_of(http)[0]
    door.attempts.count("password_reset", email.lower(), ip)
    later.add_task(links.ask_reset, http.app.state.house, email, correlation_of(http), ip)
    return to("/sign-in", said="reset_sent")


@router.get("/password-reset")
def reset_page(looks: Anybody) -> Response:
    """Where the link to a new password leads."""
    return looks.page("password_reset.html", given={}, error=None)


@router.post("/password-reset")
def reset(looks: Anybody, sent: Sent, http: HttpRequest, door: Door) -> Response:
    """Choose a new password; every session ends."""
    check_site(http)
    house: House = http.app.state.house
    token, ip = sent.text("token"), client_of(http)[0]
    try:
        door.attempts.count("password_reset", hash_of_token(token), ip)
        program, user = links.behind_reset(house.database, token)
        check_password(sent.text("password"))
        command = ResetPassword(token_hash=hash_of_token(token), password_hash=hash_password(sent.text("password")))
        house.do(command, Request(program, user, "web", correlation_of(http), ip=ip, kind="login"))
    except HousestaffError as error:
        return looks.page("password_reset.html", status=400, given={"token": token}, error=str(error))
    return to("/sign-in", said="password_changed")


@router.post("/appearance")
def appearance(sent: Sent, http: HttpRequest) -> Response:
    """Light or dark, and the language; kept in the browser."""
    check_site(http)
    answer = RedirectResponse(_ours(sent.text("next", "/")), status_code=303)
    choices = {THEME_COOKIE: ("theme", THEMES), LANGUAGE_COOKIE: ("language", [code for code, _name in languages()])}
    for cookie, (field, known) in choices.items():
        if sent.text(field) in known:
            answer.set_cookie(cookie, sent.text(field), max_age=_A_YEAR, samesite="lax", path="/")
    return answer


@router.post("/program")
def choose_program(page: Page, sent: Sent) -> Response:
    """Look at another program from now on."""
    answer = to("/")
    if sent.text("program") in {code for _id, code in page.identity.programs}:
        answer.set_cookie(PROGRAM_COOKIE, sent.text("program"), max_age=_A_YEAR, samesite="lax", path="/")
    return answer


def _ours(path: str) -> str:
    """A path of this site; anything else leads to the start."""
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours else "/"
