"""What timers and people ask of notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDelivery(Command):
    """Send what waited for the end of somebody's quiet hours."""

    needs: ClassVar[str] = "notice:read"
    delivery_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TellChanges(Command):
    """Tell the people concerned what the gathered amendments of a schedule come to."""

    needs: ClassVar[str] = "schedule:publish"
    schedule_id: UUID
    since_number: int
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice(Command):
    """Mark a notice as read."""

    needs: ClassVar[str] = "notice:read"
    notice_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPreferences(Command):
    """Say which mails one wants, at what hours, in which zone and language; nothing as a value takes a wish back."""

    needs: ClassVar[str] = "own:settings"
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigest(Command):
    """Send somebody what was gathered for them since the last day, in one mail."""

    needs: ClassVar[str] = "notice:read"
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWebhook(Command):
    """Name the program's endpoint, to which notices go too; its secret is shown once and stored sealed."""

    needs: ClassVar[str] = "membership:write"
    url: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchWebhook(Command):
    """Switch the program's endpoint on or off."""

    needs: ClassVar[str] = "membership:write"
    endpoint_id: UUID
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveWebhook(Command):
    """Forget the program's endpoint."""

    needs: ClassVar[str] = "membership:write"
    endpoint_id: UUID
