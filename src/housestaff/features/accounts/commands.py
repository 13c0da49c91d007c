"""What people ask of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Command):
    """Invite somebody by mail to a role in the program."""

    needs: ClassVar[str] = "membership:write"
    email: str
    display_name: str
    role: str
    rank: str = ""
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation(Command):
    """Take up an invitation, by its link; who is new chooses a password."""

    needs: ClassVar[str] = "own:settings"
    token_hash: str
    display_name: str = ""
    password_hash: str | None = None
    may_lack_a_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPasswordReset(Command):
    """Ask for a link with which a new password can be chosen."""

    needs: ClassVar[str] = "own:settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword(Command):
    """Choose a new password, by the link from the mail."""

    needs: ClassVar[str] = "own:settings"
    token_hash: str
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Command):
    """Choose a new password, knowing the old one; every other session ends."""

    needs: ClassVar[str] = "own:settings"
    password_hash: str
    session_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeApiToken(Command):
    """Make a token with which a script acts for its owner."""

    needs: ClassVar[str] = "own:settings"
    name: str
    token_hash: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiToken(Command):
    """Make a token worthless."""

    needs: ClassVar[str] = "own:settings"
    token_id: UUID
