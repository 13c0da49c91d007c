"""Everything that can happen, on one page. An event is told in the transaction of the change and never changes after.

Each class names its type, its schema version and the thing it is about; `tags` are the views that it makes stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened."""

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1
    aggregate_kind: ClassVar[str]

    @property
    def aggregate_id(self) -> str:
        """What it is about, as text: the id that the aggregate's kind names."""
        return str(getattr(self, f"{self.aggregate_kind}_id"))

    @property
    def tags(self) -> tuple[str, ...]:
        """The cache tags whose views are stale from now on."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The first and the last day of something, both included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One duty and who held it before and after; both may be nobody."""

    duty_id: str
    kind: str
    rotation_id: str
    starts_at: datetime
    ends_at: datetime
    person_before: str | None
    person_after: str | None
    role: str = ""
    fields: tuple[str, ...] = ()
    """What differs of a duty that is there before and after: `person`, `kind`, `span`, `rotation`, `role`."""

    @property
    def people(self) -> tuple[str, ...]:
        """Those whom it touches."""
        return tuple(dict.fromkeys(person for person in (self.person_before, self.person_after) if person))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How good a schedule is, in numbers: duties, how many are filled, gaps, and findings by severity."""

    duties: int = 0
    filled: int = 0
    gaps: int = 0
    critical: int = 0
    warning: int = 0
    unknown: int = 0


def people_of(cells: tuple[CellChange, ...]) -> tuple[str, ...]:
    """The people whom cells touch, each once, in order."""
    return tuple(dict.fromkeys(person for cell in cells for person in cell.people))


def _cell_tags(schedule_id: UUID, cells: tuple[CellChange, ...]) -> tuple[str, ...]:
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
        return (*_cell_tags(self.schedule_id, self.changes), "schedules")


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
        return (*_cell_tags(self.schedule_id, self.changes), "schedules")


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
        return _cell_tags(self.schedule_id, self.cells)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChanged(Event):
    """A version of an event's schema was registered, deprecated or retired."""

    type: ClassVar[str] = "schema.changed"
    aggregate_kind: ClassVar[str] = "schema"
    event_type: str
    event_schema_version: int
    change: str
    compatibility: str
    differences: tuple[str, ...] = ()
    removal_on: date | None = None

    @property
    def aggregate_id(self) -> str:
        """The event type whose schema it is."""
        return self.event_type


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterOpened(Event):
    """A dispatch or a job has given up and waits for a person."""

    type: ClassVar[str] = "dead_letter.opened"
    aggregate_kind: ClassVar[str] = "dead_letter"
    dead_letter_id: UUID
    consumer: str
    event_type: str
    attempts: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDead(Event):
    """A message could not be delivered for good."""

    type: ClassVar[str] = "delivery.dead"
    aggregate_kind: ClassVar[str] = "delivery"
    delivery_id: UUID
    channel: str
    notice_type: str
    recipient_user_id: UUID | None
    code: str


EVENTS: tuple[type[Event], ...] = (
    ScheduleCreated,
    ScheduleUpdated,
    SchedulePublished,
    ScheduleAmended,
    ScheduleArchived,
    ScheduleDiscarded,
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    DutyAnnotated,
    PersonChanged,
    MembershipChanged,
    UserInvited,
    PasswordResetAsked,
    PolicyChanged,
    ProgramSuspended,
    ProgramResumed,
    FlagChanged,
    SchemaChanged,
    DeadLetterOpened,
    DeliveryDead,
)
"""The list of all events, written by hand; a test checks that none is forgotten."""
