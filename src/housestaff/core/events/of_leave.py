"""What happens to leave: asked for, decided, changed, over. The reason stands in no event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeaveEvent(Event):
    aggregate_kind: ClassVar[str] = "leave"
    leave_id: str
    person_id: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The person's views, and those in which leave shows."""
        return (f"person:{self.person_id}", "program", "schedules", "on_call", "fairness")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRequested(_LeaveEvent):
    """Somebody asks for leave."""

    type: ClassVar[str] = "leave.requested"
    span: Period
    half: str | None
    kind: str
    requested_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveApproved(_LeaveEvent):
    """Leave is granted; from now on it blocks."""

    type: ClassVar[str] = "leave.approved"
    span: Period
    half: str | None
    kind: str
    approved_by: UUID | None
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRejected(_LeaveEvent):
    """Leave is not granted."""

    type: ClassVar[str] = "leave.rejected"
    span: Period
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveWithdrawn(_LeaveEvent):
    """Whoever asked for leave wants it no longer."""

    type: ClassVar[str] = "leave.withdrawn"
    span: Period
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAmended(_LeaveEvent):
    """Granted leave has other days."""

    type: ClassVar[str] = "leave.amended"
    span_before: Period
    span_after: Period
    half_before: str | None
    half_after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCanceled(_LeaveEvent):
    """Granted leave is taken back."""

    type: ClassVar[str] = "leave.canceled"
    span_before: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCompleted(_LeaveEvent):
    """The last day of leave is over."""

    type: ClassVar[str] = "leave.completed"
    span: Period
