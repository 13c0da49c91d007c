"""What happens in the house itself: shapes of events, work that gave up, mail that did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event


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
