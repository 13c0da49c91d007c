"""The outbox: events kept with the change, and one dispatch for each consumer that must still react."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.events import Event
from housestaff.plumbing import registry
from housestaff.plumbing.database import INSTANT, JSON, house_table, program_table
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.unit import Request, Told, Unit

EVENT = program_table(
    "event",
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("position", sa.BigInteger, sa.Identity(always=True)),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("aggregate_kind", sa.Text, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("occurred_at", INSTANT, nullable=False),
    sa.Column("actor", JSON, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("causation_id", sa.Uuid),
    sa.Column("payload", JSON, nullable=False),
)
DISPATCH = program_table(
    "dispatch",
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("told_at", INSTANT, nullable=False),
    sa.Column("done_at", INSTANT),
    sa.Column("code", sa.Text, nullable=False),
)
CONSUMER_SWITCH = house_table(
    "consumer_switch",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Occurred:
    """An event as it reaches a consumer: with its id, its place in the story, and who caused it."""

    event_id: UUID
    version: int
    position: int
    occurred_at: datetime
    actor: Mapping[str, Any]
    correlation_id: UUID
    event: Event

    @property
    def author(self) -> UUID | None:
        """The user who caused it, if it was one."""
        found = self.actor.get("user_id")
        return UUID(found) if found else None


@dataclass(frozen=True, slots=True)
class Consumer:
    """One named reaction: to which events, and what it does. An inline one runs inside the command's transaction."""

    name: str
    events: tuple[type[Event], ...]
    react: Callable[..., Any]
    is_inline: bool = False
    is_level: bool = False
    """It reads the state as it is now, so that an event older than one it has seen has nothing to say."""

    def wants(self, event: Event) -> bool:
        """Whether it reacts to this event; one without a list reacts to every event."""
        return not self.events or isinstance(event, self.events)


def keep(unit: Unit, told: Sequence[Told], consumers: Sequence[Consumer]) -> list[dict[str, Any]]:
    """Store events and their dispatches in the unit's transaction; returns the arguments of the jobs to enqueue."""
    rows = [_event_row(unit, each) for each in told]
    if not rows:
        return []
    unit.connection.execute(EVENT.insert(), rows)
    dispatches = [
        {"program_id": unit.program_id, "event_id": each.event_id, "consumer": consumer.name}
        for each in told
        for consumer in consumers
        if not consumer.is_inline and consumer.wants(each.event)
    ]
    if dispatches:
        fresh = {"state": "pending", "result": "", "attempts": 0, "told_at": unit.now, "code": ""}
        unit.connection.execute(DISPATCH.insert(), [{**each, **fresh} for each in dispatches])
    return dispatches


def _event_row(unit: Unit, told: Told) -> dict[str, Any]:
    event = told.event
    return {
        "program_id": unit.program_id,
        "event_id": told.event_id,
        "type": event.type,
        "schema_version": event.schema_version,
        "aggregate_kind": event.aggregate_kind,
        "aggregate_id": event.aggregate_id,
        "version": told.version,
        "occurred_at": unit.now,
        "actor": unit.actor,
        "correlation_id": unit.request.correlation_id,
        "causation_id": unit.request.causation_id,
        "payload": registry.encode(event),
    }


def claim(connection: sa.Connection, event_id: UUID, consumer: str) -> str | None:
    """Lock a dispatch for the rest of the transaction and tell its state; nothing where there is no such row."""
    asked = sa.select(DISPATCH.c.state).where(DISPATCH.c.event_id == event_id, DISPATCH.c.consumer == consumer)
    return connection.execute(asked.with_for_update()).scalar_one_or_none()


def finish(unit: Unit, event_id: UUID, consumer: str, result: str) -> None:
    """Mark a dispatch done, in the transaction of its effect."""
    _mark(unit.connection, event_id, consumer, state="done", result=result, done_at=unit.now)


def failed(connection: sa.Connection, event_id: UUID, consumer: str, code: str, *, is_dead: bool) -> None:
    """Count a failed attempt of a dispatch."""
    _mark(
        connection,
        event_id,
        consumer,
        state="dead" if is_dead else "retrying",
        code=code,
        attempts=DISPATCH.c.attempts + 1,
    )


def _mark(connection: sa.Connection, event_id: UUID, consumer: str, **values: Any) -> None:
    connection.execute(
        DISPATCH.update().where(DISPATCH.c.event_id == event_id, DISPATCH.c.consumer == consumer).values(**values)
    )


def occurred(connection: sa.Connection, event_id: UUID) -> Occurred:
    """A stored event, decoded to the newest version of its type.

    Raises `registry.Undecodable` where this program cannot read it.
    """
    row = connection.execute(sa.select(EVENT).where(EVENT.c.event_id == event_id)).one()
    return Occurred(
        event_id=row.event_id,
        version=row.version,
        position=row.position,
        occurred_at=row.occurred_at,
        actor=row.actor,
        correlation_id=row.correlation_id,
        event=registry.decode(row.type, row.schema_version, row.payload),
    )


def request_of(program_id: UUID, happened: Occurred, consumer: str) -> Request:
    """The request of a reaction: by the system, with the correlation of what caused it."""
    by = Request.of_system(program_id, correlation_id=happened.correlation_id, role=consumer)
    return by.because_of(happened.event_id)


def request_because_of(unit: Unit, event_id: UUID) -> Request:
    """The request of a unit as a consequence of an event: with the correlation of what caused that."""
    asked = sa.select(EVENT.c.correlation_id).where(EVENT.c.event_id == event_id)
    correlation = unit.connection.execute(asked).scalar_one()
    return replace(unit.request, correlation_id=correlation, causation_id=event_id)


def has_seen_newer(connection: sa.Connection, happened: Occurred, consumer: str) -> bool:
    """Whether a consumer is done with a later event of the same thing."""
    event = happened.event
    asked = (
        sa.select(DISPATCH.c.event_id)
        .join(EVENT, EVENT.c.event_id == DISPATCH.c.event_id)
        .where(
            DISPATCH.c.consumer == consumer,
            DISPATCH.c.state == "done",
            EVENT.c.aggregate_kind == event.aggregate_kind,
            EVENT.c.aggregate_id == event.aggregate_id,
            EVENT.c.version > happened.version,
        )
        .limit(1)
    )
    return connection.execute(asked).first() is not None


def is_on(connection: sa.Connection, consumer: str) -> bool:
    """Whether a consumer's switch is on; it is unless somebody switched it off."""
    asked = sa.select(CONSUMER_SWITCH.c.is_on).where(CONSUMER_SWITCH.c.name == consumer)
    found = connection.execute(asked).scalar_one_or_none()
    return True if found is None else bool(found)


def switch(connection: sa.Connection, jobs: Jobs, consumer: str, *, on: bool, at: datetime) -> None:
    """Switch a durable consumer off, so that its dispatches wait in every program, or on, so that they are done."""
    row = {"name": consumer, "is_on": on, "at": at}
    kept = insert(CONSUMER_SWITCH).values(row)
    connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_={"is_on": on, "at": at}))
    if on:
        waiting = connection.execute(sa.text("SELECT * FROM pending_dispatches(:name)"), {"name": consumer})
        works = [{"program_id": row.program_id, "event_id": row.event_id, "consumer": consumer} for row in waiting]
        jobs.defer(connection, "dispatch", works)
