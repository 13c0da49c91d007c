"""What people and timers ask of swaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSwap(Command):
    """Ask to change duties with somebody, or to give one away: to somebody, or to whoever takes it."""

    needs: ClassVar[str] = "swap:request"
    about: ClassVar[str] = "person_id"
    person_id: str
    give: tuple[str, ...]
    want: tuple[str, ...] = ()
    to: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptSwap(Command):
    """Say yes to a swap, or take an open offer."""

    needs: ClassVar[str] = "swap:answer"
    about: ClassVar[str] = "person_id"
    swap_id: UUID
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineSwap(Command):
    """Say no to a swap."""

    needs: ClassVar[str] = "swap:answer"
    about: ClassVar[str] = "person_id"
    swap_id: UUID
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSwap(Command):
    """Want a swap no longer."""

    needs: ClassVar[str] = "swap:request"
    swap_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireSwap(Command):
    """End a swap that nobody answered in time."""

    needs: ClassVar[str] = "swap:request"
    swap_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveSwap(Command):
    """Let a swap happen: at once, or at a time at least an hour before its first duty."""

    needs: ClassVar[str] = "swap:approve"
    swap_id: UUID
    execute_at: datetime | None = None
    freeze_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectSwap(Command):
    """Do not let a swap happen."""

    needs: ClassVar[str] = "swap:approve"
    swap_id: UUID
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteSwap(Command):
    """Carry out a swap whose time has come."""

    needs: ClassVar[str] = "swap:approve"
    swap_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBackSwap(Command):
    """Give back exactly what a swap has moved."""

    needs: ClassVar[str] = "swap:roll_back"
    swap_id: UUID
    reason_code: str = ""
