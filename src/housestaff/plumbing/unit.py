"""A unit of work: one transaction for one program. State, events, jobs and the audit entry commit together or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import Event
from housestaff.plumbing.access import Principal
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import program_table


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, through which door, and the id that runs from here through all that follows."""

    program_id: UUID
    user_id: UUID | None = None
    door: str = "worker"
    correlation_id: UUID = field(default_factory=new_id)
    causation_id: UUID | None = None
    ip: str = ""
    kind: str = "user"
    role: str = ""

    @classmethod
    def of_system(cls, program_id: UUID, *, correlation_id: UUID | None = None, role: str = "") -> Request:
        """What Housestaff does by itself: a reaction, a timer, a periodic job."""
        return cls(program_id, correlation_id=correlation_id or new_id(), kind="system", role=role)

    def because_of(self, event_id: UUID) -> Request:
        """The same request, caused by an event."""
        return replace(self, causation_id=event_id)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was told in a unit, with its place in the story."""

    event_id: UUID
    version: int
    event: Event


@dataclass(slots=True)
class Subject:
    """What a command was about and what it changed, for the audit entry."""

    kind: str = ""
    id: str = ""
    version: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason_code: str = ""
    on_behalf_of: str | None = None


class Unit:
    """One transaction: its connection, who asks, what time it is, and what was told in it."""

    def __init__(
        self, connection: sa.Connection, request: Request, now: datetime, principal: Principal | None = None
    ) -> None:
        """The connection has its transaction begun and its program set."""
        self.connection, self.request, self.now, self.principal = connection, request, now, principal
        self.told: list[Told] = []
        self.subject = Subject()
        self.memo: dict[Any, Any] = {}

    @property
    def program_id(self) -> UUID:
        """The program whose rows it may see."""
        return self.request.program_id

    @property
    def actor(self) -> dict[str, Any]:
        """Who acts, as it stands in events."""
        user = self.request.user_id
        return {"kind": self.request.kind, "user_id": str(user) if user else None, "role": self.role}

    @property
    def role(self) -> str:
        """The role in which somebody acts."""
        return self.request.role or (self.principal.role if self.principal else "")

    def tell(self, event: Event) -> UUID:
        """Write down that something happened; whoever is to react does so after the commit."""
        version = self.connection.execute(
            _NEXT_VERSION,
            {"program": self.program_id, "kind": event.aggregate_kind, "id": event.aggregate_id},
        ).scalar_one()
        told = Told(new_id(), int(version), event)
        self.told.append(told)
        return told.event_id

    def is_about(
        self, kind: str, id_: object, *, version: int | None = None, changes: Mapping[str, Any] | None = None
    ) -> None:
        """Say for the audit entry what the command was about and which fields it changed, before and after."""
        self.subject.kind, self.subject.id, self.subject.version = kind, str(id_), version
        self.subject.changes = changes or {}


AGGREGATE_VERSION = program_table(
    "aggregate_version",
    sa.Column("aggregate_kind", sa.Text, primary_key=True),
    sa.Column("aggregate_id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
_NEXT_VERSION = sa.text("""
    INSERT INTO aggregate_version AS a (program_id, aggregate_kind, aggregate_id, version)
    VALUES (:program, :kind, :id, 1)
    ON CONFLICT (program_id, aggregate_kind, aggregate_id) DO UPDATE SET version = a.version + 1
    RETURNING version
""")
