"""What happens to a program, its people and their logins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Event):
    """Facts about a person changed; only the names of the fields are told."""

    type: ClassVar[str] = "person.changed"
    aggregate_kind: ClassVar[str] = "person"
    person_id: str
    fields: tuple[str, ...]
    from_day: date | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """The person's views and the program's."""
        return (f"person:{self.person_id}", "program")


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Event):
    """Someone's role in the program changed."""

    type: ClassVar[str] = "membership.changed"
    aggregate_kind: ClassVar[str] = "user"
    user_id: UUID
    fields: tuple[str, ...]
    from_day: date | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """The user's views."""
        return (f"user:{self.user_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInvited(Event):
    """Someone was invited; the address stands here only as a fingerprint."""

    type: ClassVar[str] = "user.invited"
    aggregate_kind: ClassVar[str] = "user"
    user_id: UUID
    address_fingerprint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetAsked(Event):
    """Someone asked for a new password."""

    type: ClassVar[str] = "user.password_reset_asked"
    aggregate_kind: ClassVar[str] = "user"
    user_id: UUID
    address_fingerprint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProgramEvent(Event):
    aggregate_kind: ClassVar[str] = "program"
    keys: tuple[str, ...] = ()

    @property
    def aggregate_id(self) -> str:
        """There is one program in a unit of work."""
        return "program"

    @property
    def tags(self) -> tuple[str, ...]:
        """The program's views."""
        return ("program", "schedules")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(_ProgramEvent):
    """Numbers, choices or definitions of the program changed; only their keys are told."""

    type: ClassVar[str] = "program.policy_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramSuspended(_ProgramEvent):
    """The program may only be read from now on."""

    type: ClassVar[str] = "program.suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramResumed(_ProgramEvent):
    """The program may be changed again."""

    type: ClassVar[str] = "program.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChanged(Event):
    """A feature flag was tuned."""

    type: ClassVar[str] = "flag.changed"
    aggregate_kind: ClassVar[str] = "flag"
    key: str
    action: str
    fields: tuple[str, ...] = ()

    @property
    def aggregate_id(self) -> str:
        """The flag's key."""
        return self.key

    @property
    def tags(self) -> tuple[str, ...]:
        """The flag."""
        return (f"flag:{self.key}",)
