"""The shapes of events: encoded with their schema, decoded to the newest version, checked for compatibility."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from housestaff.core.events import EVENTS, Event

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""How a payload of an older version becomes one of the next, by event type and old version."""


class Undecodable(Exception):
    """A stored event that this program cannot read: unknown type, unknown version, or a payload of another shape."""


@cache
def _adapter(cls: type[Event]) -> TypeAdapter[Event]:
    return TypeAdapter(cls)


@cache
def types() -> Mapping[str, type[Event]]:
    """Every declared event by its type."""
    return {cls.type: cls for cls in EVENTS}


def encode(event: Event) -> dict[str, Any]:
    """The payload of an event as plain JSON values."""
    return _adapter(type(event)).dump_python(event, mode="json")


def decode(
    type_: str,
    schema_version: int,
    payload: dict[str, Any],
    *,
    declared: Mapping[str, type[Event]] | None = None,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Event:
    """The event that a stored payload means, brought to the newest version of its type.

    Raises `Undecodable` for an unknown type or version, and for a payload of another shape.
    """
    cls = (types() if declared is None else declared).get(type_)
    if cls is None:
        raise Undecodable(f"there is no event type {type_}")
    while schema_version < cls.schema_version:
        upcast = upcasters.get((type_, schema_version))
        if upcast is None:
            raise Undecodable(f"nothing brings {type_} from version {schema_version} to the next")
        payload, schema_version = upcast(payload), schema_version + 1
    if schema_version > cls.schema_version:
        raise Undecodable(f"{type_} version {schema_version} is newer than this program")
    try:
        return _adapter(cls).validate_python(payload)
    except ValidationError as error:
        raise Undecodable(f"the payload of {type_} does not decode: {error.error_count()} problems") from error


def schema_of(cls: type[Event]) -> dict[str, Any]:
    """The JSON schema of an event's payload."""
    return _adapter(cls).json_schema()
