"""The HTTP face of accounts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from housestaff.features.accounts import queries
from housestaff.features.accounts.commands import GrantRole, ResumeProgram, RevokeRole, SuspendProgram
from housestaff.features.accounts.sign_in import SignIn
from housestaff.features.accounts.tenants import new_program_request, open_program
from housestaff.plumbing.http import (
    LOGIN,
    NOBODY,
    PROBLEMS,
    SESSION_COOKIE,
    InProgram,
    SignedIn,
    client_of,
    correlation_of,
    give_session,
    needs,
)
from housestaff.plumbing.pages import Cursor, Limit, page
from housestaff.plumbing.unit import Request

router = APIRouter(tags=["accounts"], responses=PROBLEMS)


class SetUp(BaseModel):
    """The first admin of an installation."""

    token: str
    institution: str = Field(min_length=1)
    email: str = Field(pattern=r"^\S+@\S+$")
    name: str = Field(min_length=1)
    password: str


class Password(BaseModel):
    """An address with its password, or a one-time token."""

    email: str = ""
    password: str = ""
    token: str = ""


class NewProgram(BaseModel):
    """A program to be opened."""

    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1)
    zone: str
    locale: str = "en"


class Member(BaseModel):
    """Somebody and the role they are to have."""

    email: str = Field(pattern=r"^\S+@\S+$")
    display_name: str = Field(min_length=1)
    role: str
    rank: str = ""
    person_id: str | None = None


def sign_in_of(http: HttpRequest) -> SignIn:
    """The door of the house."""
    return http.app.state.sign_in


Door = Annotated[SignIn, Depends(sign_in_of)]


@router.post("/setup", status_code=201, openapi_extra=needs(NOBODY))
def set_up(body: SetUp, door: Door, http: HttpRequest) -> dict[str, Any]:
    """Set up the first admin, by the one-time token that `housestaff up` prints."""
    user = door.set_up(**body.model_dump(), ip=client_of(http)[0])
    return {"user_id": user.user_id}


@router.post("/session", status_code=201, openapi_extra=needs(NOBODY))
def sign_in(body: Password, door: Door, http: HttpRequest, response: Response) -> dict[str, Any]:
    """Sign in; the session stands in a cookie that no script can read."""
    ip, agent = client_of(http)
    if body.token:
        secret, login = door.with_one_time(body.token, ip=ip, agent=agent)
    else:
        secret, login = door.with_password(body.email, body.password, ip=ip, agent=agent)
    give_session(http, response, secret)
    return {"csrf_token": login.csrf_token, "expires_at": login.expires_at, "user_id": login.user.user_id}


@router.get("/session", openapi_extra=needs(LOGIN))
def who(identity: SignedIn) -> dict[str, Any]:
    """Who is signed in, and where they have a role."""
    user = identity.login.user
    return {
        "user_id": user.user_id,
        "email": user.email,
        "name": user.display_name,
        "locale": user.locale,
        "csrf_token": identity.csrf_token,
        "programs": [{"program_id": id_, "code": code} for id_, code in identity.programs],
    }


@router.delete("/session", status_code=204, openapi_extra=needs(LOGIN))
def sign_out(identity: SignedIn, door: Door, response: Response) -> None:
    """Sign out."""
    if identity.login.session_id is not None:
        door.revoke_session(identity.user_id, identity.login.session_id)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/sessions", openapi_extra=needs(LOGIN))
def sessions(identity: SignedIn, door: Door, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """One's own open sessions."""
    found = door.sessions_of(identity.user_id)
    return page(found, lambda each: each["session_id"], limit, cursor, put=lambda each: each)


@router.delete("/sessions/{session_id}", status_code=204, openapi_extra=needs(LOGIN))
def revoke(session_id: UUID, identity: SignedIn, door: Door) -> None:
    """End one of one's own sessions."""
    door.revoke_session(identity.user_id, session_id)


@router.post("/programs", status_code=201, openapi_extra=needs(LOGIN))
def new_program(body: NewProgram, identity: SignedIn, http: HttpRequest) -> dict[str, Any]:
    """Open a program; the admin of an institution may."""
    house = http.app.state.house
    request = new_program_request(identity.user_id, "api", correlation_of(http), ip=client_of(http)[0])
    made = open_program(house.database, house.clock, request, **body.model_dump())
    return {"program_id": made}


@router.post("/programs/{program_id}/suspend", status_code=204, openapi_extra=needs(LOGIN))
def suspend(program_id: UUID, identity: SignedIn, http: HttpRequest) -> None:
    """Let a program be read only; its admins and coordinators may."""
    http.app.state.house.do(SuspendProgram(), _in(program_id, identity, http))


@router.post("/programs/{program_id}/resume", status_code=204, openapi_extra=needs(LOGIN))
def resume(program_id: UUID, identity: SignedIn, http: HttpRequest) -> None:
    """Let a program be changed again; its admins may, whom the suspension does not bind in this."""
    http.app.state.house.do(ResumeProgram(), _in(program_id, identity, http))


def _in(program_id: UUID, identity: SignedIn, http: HttpRequest) -> Request:
    return Request(program_id, identity.user_id, "api", correlation_of(http), ip=client_of(http)[0])


@router.get("/memberships", openapi_extra=needs("person:read"))
def memberships(asked: InProgram, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """Who has which role in the program."""
    found = asked.read(queries.memberships, needs="person:read")
    return page(found, lambda each: f"{each['user_id']} {each['role']}", limit, cursor, put=lambda each: each)


@router.post("/memberships", status_code=201, openapi_extra=needs("membership:write"))
def grant(body: Member, asked: InProgram) -> dict[str, Any]:
    """Give somebody a role."""
    return asked.do(GrantRole(**body.model_dump()), lambda user: {"user_id": user})


@router.delete("/memberships/{user_id}/{role}", status_code=204, openapi_extra=needs("membership:write"))
def take_away(user_id: UUID, role: str, asked: InProgram) -> None:
    """Take a role away."""
    asked.do(RevokeRole(user_id=user_id, role=role))
