"""Who may do what: the table of roles and permissions, and the one function that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from housestaff.core.errors import NotAllowed, NotFound

ROLES = ("admin", "coordinator", "program_director", "faculty", "resident", "auditor")

OWN, PROGRAM, INSTITUTION = "own", "program", "institution"

_SCOPES = {"o": OWN, "p": PROGRAM, "i": INSTITUTION}


def _row(admin: str, coordinator: str, director: str, faculty: str, resident: str, auditor: str) -> Mapping[str, str]:
    cells = zip(ROLES, (admin, coordinator, director, faculty, resident, auditor), strict=True)
    return {role: _SCOPES[cell] for role, cell in cells if cell}


PERMISSIONS: Mapping[str, Mapping[str, str]] = {
    "schedule:read": _row("i", "p", "p", "p", "p", "p"),
    "schedule:read_draft": _row("p", "p", "p", "", "", "p"),
    "schedule:write": _row("p", "p", "p", "", "", ""),
    "schedule:publish": _row("p", "p", "p", "", "", ""),
    "schedule:break_freeze": _row("p", "p", "p", "", "", ""),
    "person:read": _row("i", "p", "p", "p", "p", "p"),
    "person:read_contact": _row("p", "p", "p", "o", "o", ""),
    "person:write": _row("p", "p", "", "", "", ""),
    "membership:write": _row("p", "p", "", "", "", ""),
    "rotation:write": _row("p", "p", "p", "", "", ""),
    "policy:write": _row("p", "p", "p", "", "", ""),
    "swap:request": _row("", "p", "p", "o", "o", ""),
    "swap:answer": _row("", "p", "p", "o", "o", ""),
    "swap:approve": _row("p", "p", "p", "", "", ""),
    "swap:roll_back": _row("p", "p", "p", "o", "o", ""),
    "swap:read": _row("p", "p", "p", "o", "o", "p"),
    "leave:request": _row("p", "p", "p", "o", "o", ""),
    "leave:approve": _row("p", "p", "p", "", "", ""),
    "leave:read": _row("p", "p", "p", "p", "p", "p"),
    "leave:read_kind": _row("", "p", "p", "o", "o", ""),
    "cover:answer": _row("", "", "", "o", "o", ""),
    "gap:read": _row("p", "p", "p", "p", "p", "p"),
    "gap:acknowledge": _row("p", "p", "p", "", "", ""),
    "gap:waive": _row("p", "p", "p", "", "", ""),
    "violation:read": _row("i", "p", "p", "o", "o", "p"),
    "violation:acknowledge": _row("", "p", "p", "", "", ""),
    "violation:acknowledge_critical": _row("", "", "p", "", "", ""),
    "override:apply_warning": _row("", "p", "p", "", "", ""),
    "override:apply_critical": _row("", "", "p", "", "", ""),
    "override:revoke": _row("", "", "p", "", "", ""),
    "hours:log": _row("", "p", "", "o", "o", ""),
    "hours:read": _row("", "p", "p", "o", "o", "p"),
    "report:run": _row("i", "p", "p", "o", "", ""),
    "report:read": _row("i", "p", "p", "o", "", "p"),
    "report:read_executive": _row("i", "p", "p", "", "", "p"),
    "notice:read": _row("o", "o", "o", "o", "o", "o"),
    "flag:write": _row("p", "", "", "", "", ""),
    "flag:evaluate": _row("o", "o", "o", "o", "o", "o"),
    "ops:dead_letters": _row("i", "", "", "", "", ""),
    "ops:jobs": _row("i", "", "", "", "", ""),
    "ops:pool": _row("i", "", "", "", "", ""),
    "secret:read_status": _row("i", "", "", "", "", "i"),
    "secret:rotate": _row("i", "", "", "", "", ""),
    "secret:emergency": _row("i", "", "", "", "", ""),
    "schema:read": _row("i", "p", "p", "", "", "i"),
    "schema:write": _row("i", "", "", "", "", ""),
    "audit:read": _row("i", "p", "p", "o", "o", "i"),
    "own:settings": _row("o", "o", "o", "o", "o", "o"),
}
"""The table of the roles: own, program or institution; a role that does not stand in a row is refused."""

READ_WHILE_SUSPENDED = frozenset({"schedule:read", "audit:read", "notice:read"})

_NEVER_GIVEN_BY_COORDINATORS = frozenset({"admin", "program_director"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone signed in, in one program: their roles there, and the person they are."""

    user_id: UUID
    roles: tuple[str, ...]
    person_id: str | None = None
    rank: str = ""
    is_suspended: bool = False
    locale: str = "en"

    @property
    def role(self) -> str:
        """The first of the roles, in the order of the table."""
        return next(role for role in ROLES if role in self.roles)


class NoRole(NotFound):
    """There is no such program for this user; it is answered like a program that does not exist."""


class NoPerson(NotAllowed):
    """Your login is linked to no person of this program, so there is no page of your own. Ask your coordinator."""


class LinkOver(NotFound):
    """This link was used already, or its time is over. Ask for a new one."""


class TooManyAttempts(NotAllowed):
    """Too many attempts; wait for so many seconds."""

    def __init__(self, message: str, seconds: int) -> None:
        """Say for how long to wait."""
        self.seconds = seconds
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A yes: through which role, and how far it reaches."""

    role: str
    scope: str


def allow(
    principal: Principal, permission: str, *, person: str | None = None, user: UUID | None = None
) -> Allowed | None:
    """Whether somebody may do this, about a person or a user where it is about one; nothing means no.

    Raises `LookupError` for a permission that does not stand in the table.
    """
    check_known(permission)
    if principal.is_suspended and permission not in READ_WHILE_SUSPENDED:
        return None
    row = PERMISSIONS[permission]
    for role in ROLES:
        scope = row.get(role) if role in principal.roles else None
        if scope in {PROGRAM, INSTITUTION}:
            return Allowed(role, scope)
        is_own = (person is not None and person == principal.person_id) or user == principal.user_id
        if scope == OWN and (is_own or (person is None and user is None)):
            return Allowed(role, OWN)
    return None


def check_known(permission: str) -> None:
    """Raise `LookupError` for a permission that does not stand in the table."""
    if permission not in PERMISSIONS:
        raise LookupError(f"there is no permission {permission}")


def may_give(principal: Principal, role: str) -> bool:
    """Whether somebody who may write memberships may give this role."""
    return "admin" in principal.roles or role not in _NEVER_GIVEN_BY_COORDINATORS


def refuse(principal: Principal, permission: str) -> NotAllowed:
    """The refusal, in words for the person."""
    if principal.is_suspended:
        return NotAllowed("The program is suspended: it can be read, not changed. An admin can resume it.")
    holders = ", ".join(role.replace("_", " ") for role in PERMISSIONS[permission])
    return NotAllowed(f"This needs the permission {permission}, which {holders} have.")
