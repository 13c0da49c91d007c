"""The commands of IT: dead letters, consumers, the pool, flags. They ask the same bus as the API."""

from __future__ import annotations

import json
from typing import Annotated, Any, cast
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows

State = Annotated[str | None, typer.Option("--state", help="open, replaying, resolved or discarded.")]
Consumer = Annotated[str | None, typer.Option("--consumer", help="Only those of this consumer or job.")]
Letter = Annotated[UUID, typer.Argument(help="The id of a dead letter.")]


def add_operations_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    groups = {
        "dead-letters": ("What has failed for good, and can be run again.", (letters, letter, replay, discard)),
        "consumers": ("What waits for each consumer, and its switch.", (consumers, switch)),
        "flags": ("Feature flags and how they are tuned.", (flags, tune)),
    }
    for name, (told, commands) in groups.items():
        group = typer.Typer(no_args_is_help=True, help=told)
        for command in commands:
            group.command(_NAMES.get(command.__name__, command.__name__))(command)
        app.add_typer(group, name=name)
    app.command()(pool)


_NAMES = {"letters": "list", "letter": "show", "consumers": "list", "flags": "list"}


def letters(
    state: State = "open",
    consumer: Consumer = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1, max=200)] = 50,
    before: Annotated[UUID | None, typer.Option("--before", help="Those older than this one.")] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """List the dead letters of a program, the newest first; `--state ''` lists those of every state."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        given = {"state": state, "name": consumer, "limit": limit, "before": before}
        found = here.read(queries.dead_letters, needs="ops:dead_letters", **given)
    columns = ("dead_letter_id", "name", "state", "attempts", "last_at", "code", "message")
    say_rows(as_json, found, columns, nothing="There is no such dead letter.")


def letter(dead_letter_id: Letter, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Show one dead letter; what it carried is sealed and not shown."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        found = here.read(queries.dead_letter, needs="ops:dead_letters", dead_letter_id=dead_letter_id)
    say(as_json, found, "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items()))


def replay(
    dead_letter_id: Annotated[UUID | None, typer.Argument(help="The id of a dead letter.")] = None,
    consumer: Consumer = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Let a worker run one dead letter's work again, or with `--consumer` all open ones of that name."""
    from housestaff.core.errors import BadInput
    from housestaff.features.operations.commands import ReplayConsumer, ReplayDeadLetter

    if (dead_letter_id is None) == (consumer is None):
        raise BadInput("one thing is to be run again.", place="replay", remedy="Name a dead letter, or --consumer.")
    with acting(by, program) as here:
        if dead_letter_id is not None:
            name = here.do(ReplayDeadLetter(dead_letter_id=dead_letter_id))
            told: dict[str, Any] = {"dead_letter_id": dead_letter_id, "consumer": name, "replayed": 1}
        else:
            told = {"consumer": consumer, "replayed": here.do(ReplayConsumer(name=str(consumer)))}
    say(as_json, told, f"{told['replayed']} of {told['consumer']} wait for a worker again.")


def discard(
    dead_letter_id: Letter,
    reason: Annotated[str, typer.Option("--reason", help="Why it is not to be run; kept with it.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Close a dead letter without running it."""
    from housestaff.features.operations.commands import DiscardDeadLetter

    with acting(by, program) as here:
        here.do(DiscardDeadLetter(dead_letter_id=dead_letter_id, reason=reason))
    say(as_json, {"dead_letter_id": dead_letter_id, "state": "discarded"}, f"{dead_letter_id} is closed.")


def consumers(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List the consumers: on or off, what waits for them, and since when."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        rows = here.read(queries.consumers, needs="ops:jobs", names=here.installation.house.durable)
    say_rows(as_json, rows, ("consumer", "on", "waiting", "since"), nothing="There is no consumer.")


def switch(
    consumer: Annotated[str, typer.Argument(help="The name of a consumer.")],
    to: Annotated[str, typer.Argument(help="on or off.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Switch a consumer off, so that its work waits, or on, so that it is done; for the whole installation."""
    from housestaff.core.errors import BadInput
    from housestaff.features.operations.commands import SwitchConsumer

    if to not in {"on", "off"}:
        raise BadInput(f"'{to}' is no position of a switch.", place="to", remedy="Say on or off.")
    with acting(by, program) as here:
        here.do(SwitchConsumer(name=consumer, on=to == "on"))
    say(as_json, {"consumer": consumer, "on": to == "on"}, f"{consumer} is {to}.")


def flags(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List the declared flags with what they are for and how they are tuned."""
    from housestaff.features.flags import queries

    with acting(by, program) as here:
        found = here.read(queries.listed, needs="flag:write")
    say_rows(as_json, found, ("key", "version", "facts", "what"), nothing="No flag is declared.")


def tune(
    key: Annotated[str, typer.Argument(help="The key of a declared flag.")],
    facts: Annotated[str, typer.Option("--facts", help="How it is tuned, as one JSON object.")],
    seen: Annotated[int | None, typer.Option("--version", help="The version that you saw; else the newest.")] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Tune a flag; refused where somebody else has tuned it since the version that you saw."""
    from housestaff.features.flags import queries
    from housestaff.features.flags.commands import TuneFlag

    given = _object(facts)
    with acting(by, program) as here:
        known = {row["key"]: row["version"] for row in here.read(queries.listed, needs="flag:write")}
        version = here.do(TuneFlag(key=key, facts=given, version=known.get(key, 0) if seen is None else seen))
    say(as_json, {"key": key, "version": version}, f"{key} is tuned; it has version {version}.")


def pool(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Show what each process has of the connections; a process is resized over its own `/api/v1/ops/pool/resize`."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        shares = here.read(queries.pool_shares, needs="ops:pool")
        budget = here.installation.settings.pool_budget
    taken = sum(share["size"] for share in shares)
    if as_json:
        say(as_json, {"budget": budget, "taken": taken, "processes": shares}, "")
        return
    say_rows(as_json, shares, ("process_id", "size", "seen_at"), nothing="No process has any.")
    say(as_json, {}, f"{taken} of {budget} are taken, this command's own included.")


def _object(text: str) -> dict[str, Any]:
    from housestaff.core.errors import BadInput

    try:
        given: Any = json.loads(text)
    except ValueError as error:
        raise BadInput(f"this is no JSON: {error}.", place="--facts", remedy="""Such as '{"on": true}'.""") from error
    if not isinstance(given, dict):
        raise BadInput("this is no JSON object.", place="--facts", remedy="""Such as '{"on": true}'.""")
    return cast("dict[str, Any]", given)
