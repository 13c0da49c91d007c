"""The commands of the audit chain: what was done, by whom, and whether it stands as it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from housestaff.doors.operator import Acting, As, AsJson, InProgram, acting, say, say_rows
from housestaff.doors.service import database_of, settings_of

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
Since = Annotated[
    datetime | None,
    typer.Option("--since", help="From this day or instant on; UTC, unless it names an offset.", formats=_FORMATS),
]
Until = Annotated[datetime | None, typer.Option("--until", help="Before this day or instant.", formats=_FORMATS)]


def add_audit_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="The audit chain.")
    for word, command in {"list": listed, "verify": verify}.items():
        group.command(word)(command)
    app.add_typer(group, name="audit")


def listed(  # noqa: PLR0913 - each is an option of the command
    *,
    kind: Annotated[str | None, typer.Option("--subject-kind", help="What it was done to, such as schedule.")] = None,
    subject: Annotated[str | None, typer.Option("--subject-id", help="The id of what it was done to.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="What was done, such as EditDraft.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Who did it, by e-mail address or id.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1, max=200)] = 50,
    before: Annotated[int | None, typer.Option("--before", help="Those below this number.", min=1, max=2**62)] = None,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """List the entries of a program's chain, the newest first."""
    from housestaff.features.operations import queries

    with acting(by, program) as here:
        wanted = queries.Wanted(
            subject_kind=kind,
            subject_id=subject,
            action=action,
            actor_user_id=_actor(here, actor),
            since=_instant(since),
            until=_instant(until),
        )
        found: list[dict[str, Any]] = here.read(
            queries.audit, needs="audit:read", wanted=wanted, limit=limit, before=before
        )
    columns = ("chain_no", "at", "action", "door", "ip", "actor_role", "subject_kind", "subject_id", "reason_code")
    say_rows(as_json, found, columns, nothing="There is no such entry.")


def verify(*, as_json: AsJson = False) -> None:
    """Walk the audit chain of every program and name the first broken entry; exit 1 where one is broken."""
    from housestaff.bootstrap.installation import opened, verified_chains

    settings = settings_of()
    with database_of(settings) as where, opened(settings, where) as installation:
        found = verified_chains(installation)
    broken = [each for each in found if each["broken_at"] is not None]
    lines = [
        f"{each['program']}: {each['entries']} entries, "
        + (f"BROKEN at {each['broken_at']}: {each['problem']}" if each["broken_at"] is not None else "whole")
        for each in found
    ]
    say(as_json, {"programs": found, "broken": len(broken)}, "\n".join(lines) or "There is no program yet.")
    raise typer.Exit(1 if broken else 0)


def _actor(here: Acting, named: str | None) -> UUID | None:
    """The user of an address or an id."""
    from housestaff.core.errors import NotFound
    from housestaff.features.accounts.queries import user_named

    if named is None:
        return None
    try:
        return UUID(named)
    except ValueError:
        with here.installation.database.transaction() as connection:
            found = user_named(connection, named)
    if found is None:
        raise NotFound(f"There is no user {named}.")
    return found.user_id


def _instant(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=UTC) if given is not None and given.tzinfo is None else given
