"""What people ask about leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from housestaff.core.command import Command
from housestaff.core.leave import LeaveKind
from housestaff.core.time import Half


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLeave(Command):
    """Ask for leave, down to a half-day, for oneself or on somebody's behalf."""

    needs: ClassVar[str] = "leave:request"
    about: ClassVar[str] = "person_id"
    person_id: str
    kind: LeaveKind
    first_day: date
    last_day: date
    half: Half | None = None
    reason: str = ""
    leaves_average: bool = True
    rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEmergencyLeave(Command):
    """Write down leave that has begun already, such as a sick call; it is granted at once and looked at in a week."""

    needs: ClassVar[str] = "leave:approve"
    person_id: str
    kind: LeaveKind
    first_day: date
    last_day: date
    half: Half | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveLeave(Command):
    """Grant leave; not one's own."""

    needs: ClassVar[str] = "leave:approve"
    leave_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLeave(Command):
    """Do not grant leave; not one's own."""

    needs: ClassVar[str] = "leave:approve"
    leave_id: str
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawLeave(Command):
    """Take back what was asked for and is not decided yet."""

    needs: ClassVar[str] = "leave:request"
    leave_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendLeave(Command):
    """Give granted leave other days."""

    needs: ClassVar[str] = "leave:approve"
    leave_id: str
    first_day: date
    last_day: date
    half: Half | None = None
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLeave(Command):
    """Take granted leave back; its own person before it starts."""

    needs: ClassVar[str] = "leave:request"
    leave_id: str
    reason_code: str = ""
