"""What people ask of the portal: links to the board of who is on call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOnCallLink(Command):
    """Make a link by which anybody reads who is on call; its secret is shown once and stored nowhere."""

    needs: ClassVar[str] = "schedule:publish"
    name: str
    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeOnCallLink(Command):
    """Make a link worthless."""

    needs: ClassVar[str] = "schedule:publish"
    link_id: UUID
