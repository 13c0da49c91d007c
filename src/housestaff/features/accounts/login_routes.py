"""The HTTP face of one's own login: invitations, passwords, tokens for scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from housestaff.core.errors import NotAllowed
from housestaff.features.accounts import links
from housestaff.features.accounts.commands import (
    AcceptInvitation,
    ChangePassword,
    Invite,
    MakeApiToken,
    ResetPassword,
    RevokeApiToken,
)
from housestaff.features.accounts.model import TOKEN_LIFE
from housestaff.features.accounts.routes import Door
from housestaff.features.accounts.sign_in import SignIn, check_password, hash_password
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.http import (
    LOGIN,
    NOBODY,
    PROBLEMS,
    InProgram,
    SignedIn,
    client_of,
    correlation_of,
    needs,
    on_own_login,
    refuse_scripts,
)
from housestaff.plumbing.pages import Cursor, Limit, page
from housestaff.plumbing.unit import Request

router = APIRouter(tags=["accounts"], responses=PROBLEMS)


class Invited(BaseModel):
    """Somebody who is to be invited, and to what."""

    email: str = Field(pattern=r"^\s*[^\s@]+@[^\s@]+\s*$", max_length=320)
    display_name: str = Field(min_length=1, max_length=200)
    role: str
    rank: str = ""
    person_id: str | None = None


class Accepted(BaseModel):
    """What somebody who is new chooses."""

    display_name: str = Field("", max_length=200)
    password: str | None = Field(None, max_length=1000)


class Address(BaseModel):
    """An address."""

    email: str = Field(max_length=320)


class NewPassword(BaseModel):
    """A password to be."""

    password: str = Field(max_length=1000)


class PasswordChange(BaseModel):
    """The password that holds and the one that is to hold."""

    current: str = Field(max_length=1000)
    password: str = Field(max_length=1000)


class NewToken(BaseModel):
    """What a token is for and how many days it lives."""

    name: str = Field(min_length=1, max_length=200)
    days: int = Field(90, ge=1, le=TOKEN_LIFE.days)


def _house(http: HttpRequest) -> House:
    return http.app.state.house


TheHouse = Annotated[House, Depends(_house)]


@router.post("/invitations", status_code=201, openapi_extra=needs("membership:write"))
def invite(body: Invited, asked: InProgram) -> dict[str, Any]:
    """Invite somebody by mail."""
    return asked.do(Invite(**body.model_dump()), lambda invitation: {"invitation_id": invitation})


@router.post("/invitations/{token}/accept", status_code=201, openapi_extra=needs(NOBODY))
def accept(token: str, body: Accepted, door: Door, http: HttpRequest) -> dict[str, Any]:
    """Take up an invitation, and choose a password where the login is new."""
    user, program = accept_by_link(http, door, token, (body.display_name, body.password), through="api")
    return {"user_id": user, "program_id": program}


def accept_by_link(
    http: HttpRequest, door: SignIn, token: str, chosen: tuple[str, str | None], *, through: str
) -> tuple[UUID, UUID]:
    """Take up an invitation by its link with the chosen name and password; returns the user and the program."""
    house, ip = _house(http), client_of(http)[0]
    door.attempts.count("invitation", hash_of_token(token), ip)
    program, user = links.behind_invitation(house.database, token)
    name, password = chosen
    if password is not None:
        check_password(password)
    command = AcceptInvitation(
        token_hash=hash_of_token(token),
        display_name=name,
        password_hash=hash_password(password) if password is not None else None,
        may_lack_a_password=http.app.state.openid is not None,
    )
    return house.do(command, Request(program, user, through, correlation_of(http), ip=ip, kind="login")), program


@router.post("/password-resets", status_code=202, openapi_extra=needs(NOBODY))
def ask_reset(body: Address, door: Door, http: HttpRequest, later: BackgroundTasks) -> dict[str, str]:
    """Ask for a link to choose a new password; the answer is the same whether the address is known or not."""
    send_reset(http, door, body.email, later)
    return {"detail": "If somebody here has this address, a link is on its way to it."}


def send_reset(http: HttpRequest, door: SignIn, email: str, later: BackgroundTasks) -> None:
    """Send the link to a new password after the answer, where there is such an address."""
    ip, _agent = client_of(http)
    door.attempts.count("password_reset", email.strip().lower(), ip)
    later.add_task(links.ask_reset, _house(http), email, correlation_of(http), ip)


@router.post("/password-resets/{token}", status_code=204, openapi_extra=needs(NOBODY))
def reset(token: str, body: NewPassword, door: Door, http: HttpRequest) -> None:
    """Choose a new password by the link; every session ends."""
    reset_by_link(http, door, token, body.password, through="api")


def reset_by_link(http: HttpRequest, door: SignIn, token: str, password: str, *, through: str) -> None:
    """Choose a new password by its link."""
    house, ip = _house(http), client_of(http)[0]
    door.attempts.count("password_reset", hash_of_token(token), ip)
    program, user = links.behind_reset(house.database, token)
    check_password(password)
    command = ResetPassword(token_hash=hash_of_token(token), password_hash=hash_password(password))
    house.do(command, Request(program, user, through, correlation_of(http), ip=ip, kind="login"))


@router.put("/password", status_code=204, openapi_extra=needs(LOGIN))
def change(body: PasswordChange, identity: SignedIn, door: Door, house: TheHouse, http: HttpRequest) -> None:
    """Choose another password, knowing the present one; every other session ends."""
    refuse_scripts(identity)
    check_password(body.password)
    login = identity.login
    if not door.knows(identity.user_id, login.user.email, body.current, client_of(http)[0]):
        raise NotAllowed("The present password is another one.")
    command = ChangePassword(password_hash=hash_password(body.password), session_id=login.session_id)
    house.do(command, on_own_login(http, identity))


@router.get("/api-tokens", openapi_extra=needs(LOGIN))
def tokens(identity: SignedIn, door: Door, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """One's own tokens; what they are is shown once, when they are made."""
    found = door.tokens_of(identity.user_id)
    return page(found, lambda each: each["token_id"], limit, cursor, put=lambda each: each)


@router.post("/api-tokens", status_code=201, openapi_extra=needs(LOGIN))
def make_token(body: NewToken, identity: SignedIn, door: Door, house: TheHouse, http: HttpRequest) -> dict[str, Any]:
    """Make a token with which a script acts for its owner; it is shown here and never again."""
    refuse_scripts(identity)
    token, expires_at = new_token(), door.now() + timedelta(days=body.days)
    command = MakeApiToken(name=body.name, token_hash=hash_of_token(token), expires_at=expires_at)
    made = house.do(command, on_own_login(http, identity))
    return {"token_id": made, "token": token, "expires_at": expires_at}


@router.delete("/api-tokens/{token_id}", status_code=204, openapi_extra=needs(LOGIN))
def revoke_token(token_id: UUID, identity: SignedIn, house: TheHouse, http: HttpRequest) -> None:
    """Make one of one's own tokens worthless."""
    house.do(RevokeApiToken(token_id=token_id), on_own_login(http, identity))
