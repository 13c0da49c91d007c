"""The HTTP face that all rooms share: who asks, in which program, and how an error is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Protocol
from uuid import UUID

import psycopg
from fastapi import Depends, FastAPI, Header
from fastapi import Request as HttpRequest
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, HousestaffError, NotAllowed, NotFound, RuleBroken, Stale
from housestaff.plumbing.bus import House
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.log import logger
from housestaff.plumbing.unit import Request

SESSION_COOKIE, CSRF_HEADER = "housestaff_session", "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STATUS: dict[type[Exception], tuple[int, str]] = {
    BadInput: (400, "bad_input"),
    NotAllowed: (403, "not_allowed"),
    NotFound: (404, "not_found"),
    Stale: (409, "stale"),
    RuleBroken: (422, "rule_broken"),
}


class NotSignedIn(HousestaffError):
    """Sign in first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, and the programs in which they have a role, by id and by code."""

    user_id: UUID
    programs: Sequence[tuple[UUID, str]]
    csrf_token: str
    is_browser: bool
    login: Any


class Identify(Protocol):
    """The port through which a door learns who is signed in."""

    def __call__(self, *, session: str | None, token: str | None) -> Identity | None:
        """Who a session's secret or an API token belongs to."""
        ...


class Problem(BaseModel):
    """What an error is answered with (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    findings: list[dict[str, Any]] = []
    place: str = ""
    remedy: str = ""
    correlation_id: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": title}
    for status, title in (
        (400, "Bad input"),
        (401, "Not signed in"),
        (403, "Not allowed"),
        (404, "Not found"),
        (409, "Stale"),
        (422, "Rule broken"),
        (503, "Busy"),
    )
}
"""What every route may answer beside its own answer."""


def signed_in(http: HttpRequest) -> Identity:
    """Who asks; refused where nobody is signed in, or where a browser's request was not made by our own pages."""
    bearer = http.headers.get("Authorization", "")
    token = bearer.removeprefix("Bearer ").strip() if bearer.startswith("Bearer ") else None
    session = http.cookies.get(SESSION_COOKIE)
    identify: Identify = http.app.state.identify
    identity = identify(session=None if token else session, token=token)
    if identity is None:
        raise NotSignedIn("Sign in first: your session is over, or there was none.")
    if identity.is_browser and http.method not in _SAFE:
        check_csrf(http, identity.csrf_token)
    return identity


def check_csrf(http: HttpRequest, expected: str) -> None:
    """Refuse a change that did not come from our own pages."""
    if http.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("This request came from another site.")
    if http.headers.get(CSRF_HEADER) != expected:
        raise NotAllowed(f"The header {CSRF_HEADER} is missing or old. Load the page again.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in a program: what routes hand to the bus."""

    house: House
    request: Request
    identity: Identity

    def do(self, command: Command) -> Any:
        """Carry out a command."""
        return self.house.do(command, self.request)

    def read(
        self, question: Callable[..., Any], *, needs: str, about: dict[str, Any] | None = None, **given: Any
    ) -> Any:
        """Answer a question with what it is given."""
        asked = partial(question, **given) if given else question
        return self.house.read(asked, self.request, needs=needs, **(about or {}))


def asked(
    http: HttpRequest,
    identity: Annotated[Identity, Depends(signed_in)],
    housestaff_program: Annotated[str | None, Header(description="id or code; needed with several programs")] = None,
) -> Asked:
    """The request in the program that the header chooses, or in the only one that there is."""
    house: House = http.app.state.house
    ip = http.client.host if http.client else ""
    request = Request(
        program_id=_chosen(identity, housestaff_program),
        user_id=identity.user_id,
        door="api",
        correlation_id=correlation_of(http),
        ip=ip,
    )
    return Asked(house, request, identity)


InProgram = Annotated[Asked, Depends(asked)]
SignedIn = Annotated[Identity, Depends(signed_in)]


def _chosen(identity: Identity, wanted: str | None) -> UUID:
    if wanted is None:
        if len(identity.programs) == 1:
            return identity.programs[0][0]
        if not identity.programs:
            raise NotFound("You have no program here.")
        raise BadInput(
            "you have several programs.",
            place="Housestaff-Program",
            remedy=f"Name one of {', '.join(code for _id, code in identity.programs)}.",
        )
    for id_, code in identity.programs:
        if wanted in {str(id_), code}:
            return id_
    try:
        return UUID(wanted)
    except ValueError:
        raise NotFound("There is no such program for you.") from None


def correlation_of(http: HttpRequest) -> UUID:
    """The correlation id of a request: the caller's, if it is a UUID, else a new one."""
    if not hasattr(http.state, "correlation_id"):
        try:
            http.state.correlation_id = UUID(http.headers.get("X-Correlation-Id", ""))
        except ValueError:
            http.state.correlation_id = new_id()
    return http.state.correlation_id


def answer_errors(app: FastAPI) -> None:
    """Answer every error as a problem document with its status."""

    @app.exception_handler(HousestaffError)
    def refused(http: HttpRequest, error: HousestaffError) -> JSONResponse:
        if isinstance(error, NotSignedIn):
            return problem(http, 401, "not_signed_in", str(error))
        status, code = next((answer for kind, answer in _STATUS.items() if isinstance(error, kind)), (400, "bad_input"))
        more: dict[str, Any] = {}
        if isinstance(error, RuleBroken):
            more["findings"] = jsonable_encoder(error.findings)
        if isinstance(error, BadInput):
            more |= {"place": error.place, "remedy": error.remedy}
        return problem(http, status, code, str(error), **more)

    @app.exception_handler(RequestValidationError)
    def unreadable(http: HttpRequest, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        return problem(http, 400, "bad_input", f"{place}: {first['msg']}.", place=place)

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(OperationalError)
    @app.exception_handler(psycopg.OperationalError)
    def busy(http: HttpRequest, error: Exception) -> JSONResponse:
        logger(__name__).error("the database cannot be reached", error=type(error).__name__)
        answer = problem(http, 503, "busy", "The database cannot be reached right now. Try again in a moment.")
        answer.headers["Retry-After"] = "1"
        return answer


def problem(http: HttpRequest, status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document."""
    told = Problem(
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail,
        correlation_id=str(correlation_of(http)),
        **more,
    )
    return JSONResponse(told.model_dump(), status_code=status, media_type="application/problem+json")
