"""What happens to schedules and their duties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import CellChange, Event, Period, Stats, people_of


def cell_tags(schedule_id: UUID, cells: tuple[CellChange, ...]) -> tuple[str, ...]:
    """The views of cells: their schedule, people, rotations and coverage, the ledger and who is on call."""
    rotations = dict.fromkeys(cell.rotation_id for cell in cells if cell.rotation_id)
    return (
        f"schedule:{schedule_id}",
        *(f"person:{person}" for person in people_of(cells)),
        *(f"rotation:{rotation}" for rotation in rotations),
        f"coverage:{schedule_id}",
        "fairness",
        "on_call",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ScheduleEvent(Event):
    aggregate_kind: ClassVar[str] = "schedule"
    schedule_id: UUID

    @property
    def tags(self) -> tuple[str, ...]:
        """The schedule's own views."""
        return (f"schedule:{self.schedule_id}", "schedules", "on_call")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCreated(_ScheduleEvent):
    """A draft stands ready."""

    type: ClassVar[str] = "schedule.created"
    period: Period
    method: str
    ruleset_hash: str
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleUpdated(_ScheduleEvent):
    """A draft was edited, solved or imported into."""

    type: ClassVar[str] = "schedule.updated"
    draft_revision: int
    changes: tuple[CellChange, ...]
    reason: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Every view of the cells that changed."""
        return (*cell_tags(self.schedule_id, self.changes), "schedules")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePublished(_ScheduleEvent):
    """The first version of a schedule is in force."""

    type: ClassVar[str] = "schedule.published"
    number: int
    period: Period
    person_ids: tuple[str, ...]
    stats: Stats
    ruleset_hash: str
    override_ids: tuple[UUID, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The schedule and everybody in it."""
        people = tuple(f"person:{person}" for person in self.person_ids)
        return (f"schedule:{self.schedule_id}", "schedules", "on_call", "fairness", *people)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAmended(_ScheduleEvent):
    """A published schedule was changed: a new version is in force."""

    type: ClassVar[str] = "schedule.amended"
    number: int
    base_number: int
    changes: tuple[CellChange, ...]
    cause: str
    reason_code: str = ""
    person_ids: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Every view of the cells that changed."""
        return (*cell_tags(self.schedule_id, self.changes), "schedules")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleArchived(_ScheduleEvent):
    """A published schedule whose period is long over was put away."""

    type: ClassVar[str] = "schedule.archived"
    number: int
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDiscarded(_ScheduleEvent):
    """A draft was thrown away."""

    type: ClassVar[str] = "schedule.discarded"
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _DutyEvent(_ScheduleEvent):
    cells: tuple[CellChange, ...]
    cause: str
    number: int | None = None
    draft_revision: int | None = None
    reason_code: str = ""
    part: int = 1
    parts: int = 1

    @property
    def tags(self) -> tuple[str, ...]:
        """Every view of the cells."""
        return cell_tags(self.schedule_id, self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAssigned(_DutyEvent):
    """Duties that nobody had have someone now."""

    type: ClassVar[str] = "duty.assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged(_DutyEvent):
    """Duties went from one person to another, or changed their span, rotation or role."""

    type: ClassVar[str] = "duty.changed"
    changed_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyReleased(_DutyEvent):
    """Duties that someone had have nobody now."""

    type: ClassVar[str] = "duty.released"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAnnotated(Event):
    """Someone wrote a note on a duty; the text is not in the event."""

    type: ClassVar[str] = "duty.annotated"
    aggregate_kind: ClassVar[str] = "duty"
    duty_id: str
    note_id: UUID
    schedule_id: UUID

    @property
    def tags(self) -> tuple[str, ...]:
        """The schedule's views."""
        return (f"schedule:{self.schedule_id}",)
