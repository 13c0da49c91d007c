"""What happens to a swap: asked, answered, decided, carried out, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import CellChange, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapLeg:
    """One movement in a swap: duties that go from one person to another; to nobody yet, where it is open."""

    giver: str
    taker: str | None
    duty_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _SwapEvent(Event):
    aggregate_kind: ClassVar[str] = "swap"
    swap_id: UUID
    party_ids: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """The views of the parties."""
        return tuple(f"person:{person}" for person in self.party_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRequested(_SwapEvent):
    """Somebody asks for a swap that could legally happen."""

    type: ClassVar[str] = "swap.requested"
    kind: str
    requester_id: str
    legs: tuple[SwapLeg, ...]
    expires_at: datetime
    reason_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOffered(_SwapEvent):
    """People who could take an open duty were found and asked."""

    type: ClassVar[str] = "swap.offered"
    offered_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapAgreed(_SwapEvent):
    """Everybody asked has said yes."""

    type: ClassVar[str] = "swap.agreed"
    all_agreed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapApproved(_SwapEvent):
    """The program agrees, too; it is carried out at its time."""

    type: ClassVar[str] = "swap.approved"
    approved_by: UUID | None
    execute_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapDeclined(_SwapEvent):
    """Somebody asked has said no, and nobody is left."""

    type: ClassVar[str] = "swap.declined"
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRejected(_SwapEvent):
    """The program does not agree."""

    type: ClassVar[str] = "swap.rejected"
    by: UUID | None
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapWithdrawn(_SwapEvent):
    """Whoever asked wants it no longer, or leave stands in its way."""

    type: ClassVar[str] = "swap.withdrawn"
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapExpired(_SwapEvent):
    """Nobody answered in time."""

    type: ClassVar[str] = "swap.expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapExecuted(_SwapEvent):
    """The duties have changed hands, in a new version."""

    type: ClassVar[str] = "swap.executed"
    schedule_id: UUID
    number: int
    moves: tuple[CellChange, ...]
    rollback_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapFailed(_SwapEvent):
    """It could not be carried out, and everything is as it was."""

    type: ClassVar[str] = "swap.failed"
    code: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRolledBack(_SwapEvent):
    """What had changed hands is back, in a new version."""

    type: ClassVar[str] = "swap.rolled_back"
    schedule_id: UUID
    number: int
    reason_code: str
