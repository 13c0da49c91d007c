"""The program at a glance, and opening a new one."""

from __future__ import annotations

from zoneinfo import available_timezones

from fastapi import APIRouter, Response

from housestaff.core.errors import BadInput, NotAllowed
from housestaff.doors.web.visitor import PROGRAM_COOKIE, Page, Sent, Visitor, remember, to
from housestaff.features.accounts.tenants import new_program_request, open_program
from housestaff.features.program import queries
from housestaff.plumbing.http import client_of, correlation_of

router = APIRouter()
_TYPED = {"code": "", "name": "", "zone": "America/New_York", "locale": "en"}


@router.get("/program")
def program(page: Page) -> Response:
    """The program at a glance: its head, and how much each section holds."""
    if page.read(queries.whole, needs="schedule:read") is None:
        return page.page("program_empty.html")
    return page.page("program.html", found=page.read(queries.overview, needs="schedule:read"))


@router.get("/programs/new")
def new_program(page: Page) -> Response:
    """Where an admin opens a program."""
    _check_admin(page)
    return _new(page, _TYPED)


def _new(page: Visitor, typed: dict[str, str], *, status: int = 200, problem: BadInput | None = None) -> Response:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return page.page("program_new.html", status=status, typed=typed, zones=zones, problem=problem)


def _check_admin(page: Visitor) -> None:
    """Whoever has a role in programs but is admin of none is told at once; the command looks for itself."""
    if page.principal is not None and "admin" not in page.principal.roles:
        raise NotAllowed("Only an admin of the institution opens a program.")


def _check_code(page: Visitor, code: str) -> None:
    if code in {known for _id, known in page.identity.programs}:
        raise BadInput(f"there is a program {code} already.", place="code", remedy="Choose another code.")


@router.post("/programs/new")
def opened(page: Page, sent: Sent) -> Response:
    """Open a program and go to its empty start page."""
    typed = {key: sent.text(key) for key in _TYPED}
    house = page.http.app.state.house
    ip = client_of(page.http)[0]
    request = new_program_request(page.identity.user_id, "web", correlation_of(page.http), ip=ip)
    try:
        _check_code(page, typed["code"])
        open_program(house.database, house.clock, request, **typed)
    except BadInput as error:
        return _new(page, typed, status=400, problem=error)
    answer = to("/")
    remember(answer, PROGRAM_COOKIE, typed["code"])
    return answer
