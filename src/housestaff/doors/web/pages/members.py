"""Who has which role in the program: given, taken away, invited by mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.core.errors import BadInput
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.accounts.commands import GrantRole, Invite, RevokeRole
from housestaff.features.accounts.handlers import RANKS
from housestaff.features.accounts.queries import memberships
from housestaff.features.program import queries
from housestaff.plumbing.access import ROLES, may_give

router = APIRouter(prefix="/program/members")
_FIELDS = ("email", "display_name", "role", "rank", "person_id")


@router.get("")
def members(page: Page, person_id: str = "") -> Response:
    """Who has which role."""
    return _members(page, {"person_id": person_id, "role": "resident"})


def _members(page: Visitor, typed: dict[str, str], *, status: int = 200, problem: BadInput | None = None) -> Response:
    program = page.read(queries.whole, needs="person:read")
    found: list[dict[str, Any]] = page.read(memberships, needs="person:read")
    names = {person.id: person.display_name for person in program.people} if program else {}
    return page.page(
        "members.html",
        status=status,
        members=sorted(found, key=lambda each: (each["role"], each["display_name"])),
        people=names,
        may_write=page.may("membership:write"),
        contacts=page.may("person:read_contact", person=""),
        roles=roles_to_give(page),
        ranks=RANKS,
        typed=typed,
        problem=problem,
    )


def roles_to_give(page: Visitor) -> list[str]:
    """The roles that somebody may give to others."""
    principal = page.principal
    return [role for role in ROLES if principal is not None and may_give(principal, role)]


@router.post("")
def give(page: Page, sent: Sent) -> Response:
    """Give a role at once, or invite somebody to it by mail."""
    typed = {key: sent.text(key) for key in _FIELDS}
    given: dict[str, Any] = {**typed, "person_id": typed["person_id"] or None}
    command = GrantRole(**given) if sent.text("how") == "grant" else Invite(**given)
    try:
        _check_name(typed["display_name"])
        page.do(command)
    except BadInput as error:
        return _members(page, typed, status=400, problem=error)
    return to(_back(typed), said="saved" if isinstance(command, GrantRole) else "invitation_sent")


def _check_name(name: str) -> None:
    if not name:
        raise BadInput("the name is empty.", place="display_name", remedy="Write how the person is called.")


def _back(typed: dict[str, str]) -> str:
    return f"/program/people/{typed['person_id']}" if typed["person_id"] else "/program/members"


@router.post("/{user_id}/{role}/revoke")
def revoke(user_id: UUID, role: str, page: Page, sent: Sent) -> Response:
    """Take a role away."""
    page.do(RevokeRole(user_id=user_id, role=role))
    return to(_back({"person_id": sent.text("person_id")}), said="saved")
