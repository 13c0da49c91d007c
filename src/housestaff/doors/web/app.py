"""The portal on an application: its pages, what they bring along, and how an error looks to a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Response
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from housestaff.doors.web.pages import (
    account,
    boards,
    calendar,
    design,
    editing,
    imports,
    leave,
    members,
    notices,
    on_call,
    operations,
    parts,
    people,
    policy,
    program,
    reports,
    rollover,
    schedules,
    sign_in,
    start,
    swaps,
    violations,
    webhook,
)
from housestaff.doors.web.rendering import STATIC
from housestaff.doors.web.visitor import stranger
from housestaff.plumbing.problems import Problem

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_PAGES = (
    *(sign_in, start, account, notices, violations, operations, design, on_call, leave, swaps, editing, schedules),
    *(boards, reports, webhook, program, people, members, calendar, policy, rollover, parts, imports),
)
"""Their addresses are tried in this order: the definitions of a program last, whose section may be any word."""
_A_YEAR = "public, max-age=31536000, immutable"


def add_web(app: FastAPI) -> None:
    """Put the pages on an application."""
    for pages in _PAGES:
        app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.middleware("http")(_guarded)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.state.problem_page = _page_of_problem


async def _guarded(http: HttpRequest, call: Callable[[HttpRequest], Awaitable[Response]]) -> Response:
    """Every answer says what a browser may do with it; what a person sees is kept by nobody else."""
    answer = await call(http)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if http.url.path.startswith("/static/"):
        answer.headers["Cache-Control"] = _A_YEAR if http.query_params.get("v") else "no-cache"
    elif answer.headers.get("content-type", "").startswith("text/html"):
        answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer


def _page_of_problem(http: HttpRequest, problem: Problem) -> Response:
    """An error for a person: what is wrong and what to do; whoever is not signed in is brought to the door."""
    if problem.status == 401:
        here = f"{http.url.path}?{http.url.query}".rstrip("?") if http.method == "GET" else "/"
        door = f"/sign-in?{urlencode({'next': here})}"
        if "HX-Request" in http.headers:
            return Response(status_code=204, headers={"HX-Redirect": door})
        return RedirectResponse(door, status_code=303)
    return stranger(http).page("problem.html", status=problem.status, problem=problem)
