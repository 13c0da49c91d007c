"""The commands of event schemas: which versions are registered, what one says, what a new one would be."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows

EventType = Annotated[str, typer.Argument(help="The type of an event, such as schedule.published.")]
Version = Annotated[int, typer.Argument(help="A registered version.", min=1)]
BROKEN = 1


def add_schema_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="The registered schemas of events.")
    commands = {"list": listed, "show": show, "check": check, "deprecate": deprecate, "retire": retire}
    for word, command in commands.items():
        group.command(word)(command)
    app.add_typer(group, name="schemas")


def listed(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List the registered versions of every event type."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        found = here.read(queries.schemas, needs="schema:read")
    columns = ("event_type", "schema_version", "state", "compatibility", "removal_on")
    say_rows(as_json, found, columns, nothing="No schema is registered.")


def show(
    event_type: EventType, version: Version, *, by: As = "", program: InProgram = "", as_json: AsJson = False
) -> None:
    """Show one version with its schema."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        found = here.read(queries.schema, needs="schema:read", event_type=event_type, version=version)
    head = [f"{name.replace('_', ' ')}: {value}" for name, value in found.items() if name != "schema"]
    say(as_json, found, "\n".join([*head, json.dumps(found["schema"], indent=2, ensure_ascii=False)]))


def check(
    event_type: EventType,
    file: Annotated[Path, typer.Argument(help="A JSON file with a schema.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Tell what a schema would be beside the active versions of its type; exit 1 where it would break a reader."""
    from housestaff.features.operations import queries

    given: dict[str, Any] = {"event_type": event_type, "schema": _object(file)}
    with acting(by, program) as here:
        found: dict[str, Any] = here.read(queries.schema_check, needs="schema:write", **given)
    lines = [f"  {each['path']}: {each['what']}" for each in found["differences"]]
    say(as_json, found, "\n".join([*lines, found["compatibility"]]))
    if any(each["breaking"] for each in found["differences"]):
        raise typer.Exit(BROKEN)


def deprecate(
    event_type: EventType,
    version: Version,
    removal: Annotated[datetime, typer.Option("--removal-on", help="The day on which it goes.", formats=["%Y-%m-%d"])],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Announce that a version goes."""
    from housestaff.features.operations.commands import DeprecateSchema

    day = removal.date()
    with acting(by, program) as here:
        here.do(DeprecateSchema(event_type=event_type, schema_version=version, removal_on=day))
    told = {"event_type": event_type, "schema_version": version, "removal_on": day}
    say(as_json, told, f"Version {version} of {event_type} goes on {day}.")


def retire(
    event_type: EventType, version: Version, *, by: As = "", program: InProgram = "", as_json: AsJson = False
) -> None:
    """Take a deprecated version out of use."""
    from housestaff.features.operations.commands import RetireSchema

    with acting(by, program) as here:
        here.do(RetireSchema(event_type=event_type, schema_version=version))
    told = {"event_type": event_type, "schema_version": version, "state": "retired"}
    say(as_json, told, f"Version {version} of {event_type} is out of use.")


def _object(file: Path) -> dict[str, Any]:
    from housestaff.core.errors import BadInput
    from housestaff.files.guard import read_text

    try:
        given: Any = json.loads(read_text(file))
    except ValueError as error:
        raise BadInput(f"this is no JSON: {error}.", place=file.name, remedy="Mend the file.") from error
    if not isinstance(given, dict):
        raise BadInput("this is no JSON object.", place=file.name, remedy="A schema is one object.")
    return cast("dict[str, Any]", given)
