"""What people ask of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole(Command):
    """Give a user a role in the program, linked to a person where they are one."""

    needs: ClassVar[str] = "membership:write"
    email: str
    display_name: str
    role: str
    rank: str = ""
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole(Command):
    """Take a role away from a user."""

    needs: ClassVar[str] = "membership:write"
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendProgram(Command):
    """Let the program be read only, until it is resumed."""

    needs: ClassVar[str] = "membership:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeProgram(Command):
    """Let the program be changed again."""

    needs: ClassVar[str] = "schedule:read"
