"""The register of event schemas: what the code declares is written down at start-up and held against what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.errors import BadInput, NotFound, Stale
from housestaff.core.events import EVENTS, Event, SchemaChanged
from housestaff.plumbing.database import INSTANT, JSON, house_table
from housestaff.plumbing.registry import schema_of
from housestaff.plumbing.schema_compare import IDENTICAL, Difference, compare, compatibility

EVENT_SCHEMA = house_table(
    "event_schema",
    sa.Column("event_type", sa.Text, primary_key=True),
    sa.Column("schema_version", sa.Integer, primary_key=True),
    sa.Column("schema", JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("compatibility", sa.Text, nullable=False),
    sa.Column("removal_on", sa.Date),
    sa.Column("registered_at", INSTANT, nullable=False),
)

RETIRE_AFTER = timedelta(days=30)
"""A version is retired only when no event so young stands in it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What holding a schema against every active version of its type came to."""

    compatibility: str
    differences: tuple[Difference, ...]


def check(connection: sa.Connection, event_type: str, schema: Mapping[str, Any]) -> Checked:
    """Hold a schema against every active version of its type; the gravest answer counts."""
    asked = sa.select(EVENT_SCHEMA.c.schema).where(
        EVENT_SCHEMA.c.event_type == event_type, EVENT_SCHEMA.c.state == "active"
    )
    found: list[Difference] = []
    for active in connection.execute(asked).scalars():
        found += compare(active, schema)
    return Checked(compatibility(found), tuple(dict.fromkeys(found)))


def register(connection: sa.Connection, now: datetime) -> list[SchemaChanged]:
    """Write down what the code declares; returns what is new, to be told. Two that register at once make one row.

    A version may grow in ways that keep every stored event readable; then its row is brought up to it. Raises
    `BadInput`, naming the field, where it changed in any other way.
    """
    asked = sa.select(EVENT_SCHEMA.c.event_type, EVENT_SCHEMA.c.schema_version, EVENT_SCHEMA.c.schema)
    known = {(row.event_type, row.schema_version): row.schema for row in connection.execute(asked)}
    news: list[SchemaChanged] = []
    for cls in EVENTS:
        schema = schema_of(cls)
        held = known.get((cls.type, cls.schema_version))
        told = _grow(connection, cls, held, schema) if held is not None else _add(connection, cls, schema, now)
        if told is not None and any(type_ == cls.type for type_, _version in known):
            news.append(told)
    return news


def _grow(
    connection: sa.Connection, cls: type[Event], held: Mapping[str, Any], schema: Mapping[str, Any]
) -> SchemaChanged | None:
    differences = compare(held, schema)
    breaking = next((each for each in differences if each.is_breaking), None)
    if breaking is not None:
        raise BadInput(
            f"the schema of {cls.type} version {cls.schema_version} is not the one registered: {breaking}.",
            place=breaking.path,
            remedy="Raise its schema_version and write an upcaster.",
        )
    if not differences:
        return None
    row = (EVENT_SCHEMA.c.event_type == cls.type) & (EVENT_SCHEMA.c.schema_version == cls.schema_version)
    grown = EVENT_SCHEMA.update().where(row, EVENT_SCHEMA.c.schema != sa.cast(dict(schema), JSON))
    if not connection.execute(grown.values(schema=dict(schema))).rowcount:
        return None
    return _registered(cls, Checked(compatibility(differences), tuple(differences)))


def _add(connection: sa.Connection, cls: type[Event], schema: Mapping[str, Any], now: datetime) -> SchemaChanged | None:
    checked = check(connection, cls.type, schema)
    row = {
        "event_type": cls.type,
        "schema_version": cls.schema_version,
        "schema": dict(schema),
        "state": "active",
        "compatibility": checked.compatibility,
        "registered_at": now,
    }
    insertion = insert(EVENT_SCHEMA).values(row).on_conflict_do_nothing().returning(EVENT_SCHEMA.c.event_type)
    if connection.execute(insertion).first() is None:
        return None
    return _registered(cls, checked)


def _registered(cls: type[Event], checked: Checked) -> SchemaChanged:
    return SchemaChanged(
        event_type=cls.type,
        event_schema_version=cls.schema_version,
        change="registered",
        compatibility=checked.compatibility,
        differences=tuple(str(each) for each in checked.differences),
    )


def deprecate(connection: sa.Connection, event_type: str, version: int, removal_on: date) -> SchemaChanged:
    """Announce that a version goes on a day."""
    row = _row(connection, event_type, version)
    if row.state != "active":
        raise Stale(f"{event_type} version {version} is {row.state} already.")
    _set(connection, event_type, version, state="deprecated", removal_on=removal_on)
    return _told(event_type, version, "deprecated", removal_on)


def retire(connection: sa.Connection, event_type: str, version: int, now: datetime) -> SchemaChanged:
    """Take a deprecated version out of use, when its day has come and no young event stands in it."""
    row = _row(connection, event_type, version)
    if row.state != "deprecated" or row.removal_on is None:
        raise Stale(f"{event_type} version {version} is {row.state}; deprecate it first.")
    if now.date() < row.removal_on:
        raise Stale(f"{event_type} version {version} stays until {row.removal_on}.")
    young = connection.execute(
        sa.text("SELECT young_events(:type, :version, :since)"),
        {"type": event_type, "version": version, "since": now - RETIRE_AFTER},
    ).scalar_one()
    if young:
        raise Stale(f"{young} events younger than {RETIRE_AFTER.days} days stand in {event_type} version {version}.")
    _set(connection, event_type, version, state="retired")
    return _told(event_type, version, "retired", row.removal_on)


def _row(connection: sa.Connection, event_type: str, version: int) -> Any:
    asked = sa.select(EVENT_SCHEMA).where(
        EVENT_SCHEMA.c.event_type == event_type, EVENT_SCHEMA.c.schema_version == version
    )
    row = connection.execute(asked.with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"There is no version {version} of {event_type}.")
    return row


def _set(connection: sa.Connection, event_type: str, version: int, **values: Any) -> None:
    connection.execute(
        EVENT_SCHEMA.update()
        .where(EVENT_SCHEMA.c.event_type == event_type, EVENT_SCHEMA.c.schema_version == version)
        .values(**values)
    )


def _told(event_type: str, version: int, change: str, removal_on: date | None) -> SchemaChanged:
    return SchemaChanged(
        event_type=event_type,
        event_schema_version=version,
        change=change,
        compatibility=IDENTICAL,
        removal_on=removal_on,
    )
