"""What people ask of calendars: a link to their own, or its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCalendarFeed(Command):
    """Make a link by which one's own phone reads one's duties; its secret is shown once and stored nowhere."""

    needs: ClassVar[str] = "own:settings"
    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCalendarFeed(Command):
    """Make one of one's own links worthless."""

    needs: ClassVar[str] = "own:settings"
    feed_id: UUID
