"""What cannot both hold: found, gone again, and all that one leave collides with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class _ConflictEvent(Event):
    aggregate_kind: ClassVar[str] = "conflict"
    conflict_id: UUID
    kind: str
    severity: str
    person_id: str
    duty_ids: tuple[str, ...]
    schedule_id: UUID | None = None
    leave_id: str | None = None
    swap_id: UUID | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """The person's views."""
        return (f"person:{self.person_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictOpened(_ConflictEvent):
    """Two things cannot both hold."""

    type: ClassVar[str] = "conflict.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictClosed(_ConflictEvent):
    """They no longer stand in each other's way."""

    type: ClassVar[str] = "conflict.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveConflictsFound(Event):
    """What a leave collides with, all of it; told also when nothing is left of it."""

    type: ClassVar[str] = "leave.conflicts_found"
    aggregate_kind: ClassVar[str] = "leave"
    leave_id: str
    leave_version: int
    person_id: str
    conflict_ids: tuple[UUID, ...]
    items: Mapping[str, int]
    """How many of each kind and severity: `on_leave:high`."""
    conflict_set: str
    """A mark of the set: the same things found again have the same."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The person's views."""
        return (f"person:{self.person_id}",)
