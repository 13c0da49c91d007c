"""Views over HTTP: answered from the cache as they are, with a mark by which a client asks again or writes."""

from __future__ import annotations

from typing import Any

from fastapi import Request as HttpRequest
from fastapi import Response

from housestaff.core.errors import Stale
from housestaff.plumbing.http import Asked
from housestaff.plumbing.prefetch import Prefetch

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The client has it already (If-None-Match)"}}


def answered(http: HttpRequest, asked: Asked, view: str, **arguments: Any) -> Response:
    """A view with its ETag, or 304 where the client has it already."""
    prefetch: Prefetch = http.app.state.prefetch
    answer = prefetch.ask(asked.request, view, known=marks(http, "If-None-Match"), **arguments)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, Housestaff-Program"}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.is_known:
        return Response(status_code=304, headers=headers)
    return Response(answer.content, media_type="application/json", headers=headers)


def check_marks(http: HttpRequest, asked: Asked, view: str, **arguments: Any) -> None:
    """Refuse a write whose `If-Match` names a state that is not the newest any more."""
    given = marks(http, "If-Match")
    prefetch: Prefetch = http.app.state.prefetch
    if given and "*" not in given and not prefetch.is_newest(asked.request, view, given, **arguments):
        raise Stale("This was changed since you read it. Read it again and repeat.")


def marks(http: HttpRequest, header: str) -> frozenset[str]:
    """The marks that a request names in a header."""
    given = http.headers.get(header, "")
    return frozenset(mark.strip().removeprefix("W/") for mark in given.split(",") if mark.strip())
