"""How errors are answered over HTTP: every one is a problem document with its status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import psycopg
from fastapi import FastAPI, Response
from fastapi import Request as HttpRequest
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from starlette.exceptions import HTTPException

from housestaff.core.errors import (
    BadInput,
    HousestaffError,
    NotAllowed,
    NotFound,
    NotJudged,
    RuleBroken,
    Stale,
    Unreachable,
)
from housestaff.plumbing.access import LinkOver, NoPerson, TooManyAttempts
from housestaff.plumbing.http import PROBLEM_TYPE, NotSignedIn, correlation_of
from housestaff.plumbing.log import logger

_STATUS: dict[type[Exception], tuple[int, str]] = {
    NotSignedIn: (401, "not_signed_in"),
    TooManyAttempts: (429, "too_many_attempts"),
    LinkOver: (410, "link_over"),
    NoPerson: (403, "no_person"),
    BadInput: (400, "bad_input"),
    NotAllowed: (403, "not_allowed"),
    NotFound: (404, "not_found"),
    Stale: (409, "stale"),
    NotJudged: (422, "not_judged"),
    RuleBroken: (422, "rule_broken"),
}
"""The narrower kinds stand before the wider ones."""


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


AsPage: TypeAlias = Callable[[HttpRequest, Problem], Response]
_FOR_PROGRAMS = ("/api/", "/health/", "/metrics", "/ws/")


def answer_errors(app: FastAPI) -> None:
    """Answer every error as a problem document with its status."""
    app.exception_handler(HousestaffError)(_refused)
    app.exception_handler(RequestValidationError)(_unreadable)
    app.exception_handler(HTTPException)(_no_such_place)
    app.exception_handler(DataError)(_out_of_range)
    app.exception_handler(IntegrityError)(_in_the_way)
    for kind in (PoolTimeout, OperationalError, psycopg.OperationalError, Unreachable):
        app.exception_handler(kind)(_busy)
    app.exception_handler(Exception)(_broken)


def _refused(http: HttpRequest, error: HousestaffError) -> Response:
    status, code = next((answer for kind, answer in _STATUS.items() if isinstance(error, kind)), (400, "bad_input"))
    more: dict[str, Any] = {}
    if isinstance(error, RuleBroken):
        more["findings"] = jsonable_encoder(error.findings)
    if isinstance(error, BadInput):
        more |= {"place": error.place, "remedy": error.remedy}
    answer = problem(http, status, code, str(error), **more)
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _unreadable(http: HttpRequest, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    return problem(http, 400, "bad_input", f"{place}: {first['msg']}.", place=place)


def _no_such_place(http: HttpRequest, error: HTTPException) -> Response:
    code = {404: "not_found", 405: "no_such_method"}.get(error.status_code, "bad_input")
    answer = problem(http, error.status_code, code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _out_of_range(http: HttpRequest, error: DataError) -> Response:
    logger(__name__).warning("a value that no column can hold", error=type(error.orig).__name__)
    return problem(http, 400, "bad_input", "A value is out of range, or holds characters that no text has.")


def _in_the_way(http: HttpRequest, error: IntegrityError) -> Response:
    logger(__name__).warning("what is there stands in the way", error=type(error.orig).__name__)
    return problem(http, 409, "stale", "Something that is there already stands in the way. Read it again and repeat.")


def _busy(http: HttpRequest, error: Exception) -> Response:
    logger(__name__).error("another part cannot be reached", error=type(error).__name__)
    said = str(error) if isinstance(error, Unreachable) else "the database cannot be reached right now"
    answer = problem(http, 503, "busy", f"{said[0].upper()}{said[1:]}. Try again in a moment.")
    answer.headers["Retry-After"] = "1"
    return answer


def _broken(http: HttpRequest, error: Exception) -> Response:
    logger(__name__).error("a request failed", error=type(error).__name__)
    detail = "This is a fault of Housestaff. Tell your admin the correlation id."
    return problem(http, 500, "fault", detail)


def problem(http: HttpRequest, status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem document, or the page of one for somebody who looks at pages."""
    told = Problem(
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail,
        correlation_id=str(correlation_of(http)),
        **more,
    )
    as_page: AsPage | None = getattr(http.app.state, "problem_page", None)
    is_for_a_person = "text/html" in http.headers.get("Accept", "") or "HX-Request" in http.headers
    if as_page is not None and is_for_a_person and not http.url.path.startswith(_FOR_PROGRAMS):
        return as_page(http, told)
    return JSONResponse(
        told.model_dump(),
        status_code=status,
        media_type=PROBLEM_TYPE,
        # A fault is answered outside of what writes this header on every other answer.
        headers={"X-Correlation-Id": told.correlation_id},
    )
