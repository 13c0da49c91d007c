"""C53: events can evolve without breaking who reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any, ClassVar

import jsonschema
import psycopg
import pytest

from housestaff.bootstrap.installation import opened
from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.core.events import EVENTS, Event
from housestaff.features.operations.commands import DeprecateSchema, RetireSchema
from housestaff.features.operations.queries import schema_check
from housestaff.plumbing.registry import Undecodable, decode, schema_of
from housestaff.plumbing.schema_compare import BREAKING, COMPATIBLE, IDENTICAL, compare, compatibility
from tests.installed import Installed
from tests.mail_sink import MailSink

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "color": {"enum": ["red", "green", "blue"]},
        "size": {"type": "integer", "minimum": 0, "maximum": 100},
        "note": {"anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "maxItems": 4},
        "when": {"type": "string", "format": "date"},
    },
    "required": ["color", "parts"],
    "$defs": {
        "Part": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "weight": {"type": "number"}},
            "required": ["name"],
        }
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The old schema with another value at a place; nothing takes the place away."""
    new = deepcopy(OLD)
    *steps, last = path.split("/")
    at: Any = new
    for step in steps:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return new


BREAKS = {
    "an enum narrowed": changed("properties/color/enum", ["red", "green"]),
    "a nested field removed": changed("$defs/Part/properties/weight", None),
    "an optional field made required": changed("required", ["color", "parts", "size"]),
    "a maximum lowered": changed("properties/size/maximum", 50),
    "a minimum raised": changed("properties/size/minimum", 1),
    "a format added": changed("$defs/Part/properties/name", {"type": "string", "format": "uuid"}),
    "a type changed": changed("properties/size/type", "string"),
    "a choice of a union removed": changed("properties/note", {"anyOf": [{"type": "string", "maxLength": 20}]}),
    "a choice of a union narrowed": changed(
        "properties/note/anyOf", [{"type": "string", "maxLength": 5}, {"type": "null"}]
    ),
    "an array shortened": changed("properties/parts/maxItems", 2),
    "other fields refused": changed("additionalProperties", value=False),
    "a nested field made required": changed("$defs/Part/required", ["name", "weight"]),
}
KEEPS = {
    "an optional field added": changed("properties/more", {"type": "string"}),
    "a nested optional field added": changed("$defs/Part/properties/more", {"type": "integer"}),
    "an enum widened": changed("properties/color/enum", ["red", "green", "blue", "white"]),
    "a maximum raised": changed("properties/size/maximum", 200),
    "a required field made optional": changed("required", ["color"]),
    "a number where an integer was": changed("properties/size/type", "number"),
    "a choice added to a union": changed(
        "properties/note/anyOf", [{"type": "string", "maxLength": 20}, {"type": "null"}, {"type": "boolean"}]
    ),
    "a format no longer asked": changed("properties/when", {"type": "string"}),
}


@pytest.mark.capability("C53")
@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_is_called_breaking(name: str) -> None:
    assert compatibility(compare(OLD, BREAKS[name])) == BREAKING


@pytest.mark.capability("C53")
@pytest.mark.parametrize("name", KEEPS)
def test_what_keeps_all_old_events_is_called_compatible(name: str) -> None:
    assert compatibility(compare(OLD, KEEPS[name])) == COMPATIBLE


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.type)
def test_a_schema_is_identical_with_itself(cls: type[Event]) -> None:
    assert compatibility(compare(schema_of(cls), schema_of(cls))) == IDENTICAL


def instance(  # noqa: PLR0911 - one answer a kind of schema
    schema: Mapping[str, Any], definitions: Mapping[str, Any], dice: Random
) -> Any:
    """Something that a schema allows."""
    if "$ref" in schema:
        return instance(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions, dice)
    if "anyOf" in schema:
        return instance(dice.choice(schema["anyOf"]), definitions, dice)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    kind = schema["type"]
    if kind == "object":
        required = schema.get("required", ())
        fields = schema["properties"].items()
        return {k: instance(v, definitions, dice) for k, v in fields if k in required or dice.random() < 0.5}
    if kind == "array":
        count = dice.randint(schema.get("minItems", 0), schema.get("maxItems", 3))
        return [instance(schema["items"], definitions, dice) for _ in range(count)]
    if kind in {"integer", "number"}:
        found = dice.randint(schema.get("minimum", -50), schema.get("maximum", 500))
        return found if kind == "integer" else found + 0.5
    if schema.get("format") == "date":
        return f"2025-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}"
    return {"string": "x" * dice.randint(0, schema.get("maxLength", 9)), "null": None, "boolean": True}[kind]


@pytest.mark.capability("C53")
@pytest.mark.parametrize("name", KEEPS)
def test_five_hundred_old_events_are_valid_under_what_is_called_compatible(name: str) -> None:
    dice, check = Random(7), jsonschema.Draft202012Validator(KEEPS[name])
    for _ in range(500):
        value = instance(OLD, OLD["$defs"], dice)
        jsonschema.validate(value, OLD)
        assert check.is_valid(value), json.dumps(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Third(Event):
    """An event in its third version."""

    type: ClassVar[str] = "test.third"
    schema_version: ClassVar[int] = 3
    aggregate_kind: ClassVar[str] = "test"
    name: str
    size: int


UPCASTERS = {
    ("test.third", 1): lambda payload: {**payload, "size": 0},
    ("test.third", 2): lambda payload: {"name": payload["title"], "size": payload["size"]},
}


@pytest.mark.capability("C53")
def test_a_stored_event_of_version_1_is_read_as_version_3() -> None:
    read = decode("test.third", 1, {"title": "old"}, declared={"test.third": Third}, upcasters=UPCASTERS)
    assert read == Third(name="old", size=0)


@pytest.mark.capability("C53")
def test_without_an_upcaster_it_cannot_be_read() -> None:
    with pytest.raises(Undecodable, match="nothing brings test"):
        decode("test.third", 1, {"title": "old"}, declared={"test.third": Third}, upcasters={})


def make_older(superuser: psycopg.Connection, *, enum: bool) -> None:
    """Let the register hold only an older version of an event, as an older program would have left it."""
    old = {"type": "object", "properties": {"key": {"type": "string"}, "gone": {"type": "string"}}, "required": ["key"]}
    superuser.execute("DELETE FROM event_schema WHERE event_type = 'flag.changed'")
    superuser.execute(
        "INSERT INTO event_schema VALUES ('flag.changed', 0, %s, 'active', 'identical', NULL, now())",
        [json.dumps(old if enum else {"type": "object", "properties": {}})],
    )


def one_notice_of_a_breaking_version(house: Installed, sink: MailSink, superuser: psycopg.Connection) -> None:
    """A new program starts twice at once: one row, and one urgent notice to each admin."""
    make_older(superuser, enum=True)
    house.add_program("other")
    house.work_off()
    sink.received.clear()
    barrier, problems = Barrier(2), list[BaseException]()

    def start() -> None:
        try:
            barrier.wait()
            with opened(house.installation.settings, house.addresses):
                pass
        except BaseException as error:  # noqa: BLE001 - it is shown by the assertion below
            problems.append(error)

    starts = [Thread(target=start) for _ in range(2)]
    for each in starts:
        each.start()
    for each in starts:
        each.join()
    assert problems == []
    house.work_off()
    rows = superuser.execute(
        "SELECT count(*), max(compatibility) FROM event_schema WHERE event_type = 'flag.changed' AND schema_version = 1"
    ).fetchone()
    assert rows == (1, "breaking")
    told = superuser.execute("SELECT priority FROM notice WHERE type = 'schema_changed'").fetchall()
    assert told == [("high",)]
    assert [str(mail["To"]) for mail in sink.received] == ["admin@test.example"]


@pytest.mark.capability("C53")
def test_two_programs_that_start_at_once_register_one_row_and_tell_once(
    posting: Installed, sink: MailSink, superuser_of_posting: psycopg.Connection
) -> None:
    one_notice_of_a_breaking_version(posting, sink, superuser_of_posting)


@pytest.mark.control("C53")
def test_nobody_is_told_of_a_version_while_the_consumer_is_off(
    posting: Installed, sink: MailSink, superuser_of_posting: psycopg.Connection
) -> None:
    posting.switch("notices.schema", on=False)
    with pytest.raises(AssertionError):
        one_notice_of_a_breaking_version(posting, sink, superuser_of_posting)


@pytest.mark.capability("C53")
def test_a_breaking_change_under_the_same_version_stops_the_start(
    posting: Installed, superuser_of_posting: psycopg.Connection
) -> None:
    superuser_of_posting.execute(
        "UPDATE event_schema SET schema = jsonb_set(schema, '{properties,gone}', '{\"type\": \"string\"}') "
        "WHERE event_type = 'flag.changed'"
    )
    with (
        pytest.raises(BadInput, match=r"payload\.gone: removed"),
        opened(posting.installation.settings, posting.addresses),
    ):
        pass


@pytest.mark.capability("C53")
def test_a_version_that_has_only_grown_is_brought_up_and_told_once(
    posting: Installed, superuser_of_posting: psycopg.Connection
) -> None:
    asked = "SELECT schema FROM event_schema WHERE event_type = 'duty.changed'"
    whole = posting.value(asked)
    superuser_of_posting.execute(
        "UPDATE event_schema SET schema = schema #- '{properties,changed_fields}' WHERE event_type = 'duty.changed'"
    )
    assert posting.value(asked) != whole
    for _ in range(2):
        with opened(posting.installation.settings, posting.addresses):
            pass
    assert posting.value(asked) == whole
    posting.work_off()
    told = posting.rows("SELECT payload FROM event WHERE type = 'schema.changed'")
    assert [(row["payload"]["event_type"], row["payload"]["compatibility"]) for row in told] == [
        ("duty.changed", "compatible")
    ]
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'schema_changed'") == 1


@pytest.mark.capability("C53")
def test_a_version_is_retired_only_after_its_day_and_without_young_events(posting: Installed) -> None:
    today = posting.installation.clock.now().date()
    deprecate = DeprecateSchema(event_type="schedule.created", schema_version=1, removal_on=today + timedelta(days=40))
    retire = RetireSchema(event_type="schedule.created", schema_version=1)
    with pytest.raises(NotAllowed):
        posting.do(deprecate, "coordinator")
    posting.do(deprecate, "admin")
    with pytest.raises(Stale, match="stays until"):
        posting.do(retire, "admin")
    posting.advance(20 * 86400)
    posting.draft()
    posting.advance(25 * 86400)
    with pytest.raises(Stale, match="younger than 30 days"):
        posting.do(retire, "admin")
    posting.advance(31 * 86400)
    posting.do(retire, "admin")
    assert posting.value("SELECT state FROM event_schema WHERE event_type = 'schedule.created'") == "retired"


@pytest.mark.capability("C53")
def test_a_schema_can_be_checked_before_it_is_written(posting: Installed) -> None:
    narrower = {"type": "object", "properties": {}, "required": ["key"]}
    told = posting.read(schema_check, needs="schema:write", by="admin", event_type="flag.changed", schema=narrower)
    assert told["compatibility"] == "breaking"
    assert {"path": "payload.key", "what": "removed", "breaking": True} in told["differences"]
