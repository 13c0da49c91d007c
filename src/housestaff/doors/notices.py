"""The commands of one's own notices: listed, marked as read, and what became of each."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows

Notice = Annotated[UUID, typer.Argument(help="The id of a notice.")]


def add_notice_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="The notices of the user who acts.")
    for word, command in {"list": listed, "read": read, "deliveries": deliveries}.items():
        group.command(word)(command)
    app.add_typer(group, name="notices")


def listed(
    *,
    unread: Annotated[bool, typer.Option("--unread", help="Only those that were not read.")] = False,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1, max=200)] = 50,
    before: Annotated[UUID | None, typer.Option("--before", help="Those older than this one.")] = None,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """List one's own notices in a program, the newest first."""
    from housestaff.features.notices import queries

    with acting(by, program) as here:
        found = here.read(queries.own, needs="notice:read", unread=unread, limit=limit, before=before)
    say_rows(as_json, found, ("notice_id", "created_at", "read_at", "subject"), nothing="There is no such notice.")


def read(notice_id: Notice, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Mark one's own notice as read."""
    from housestaff.features.notices.commands import ReadNotice

    with acting(by, program) as here:
        here.do(ReadNotice(notice_id=notice_id))
    say(as_json, {"notice_id": notice_id, "read": True}, f"{notice_id} is read.")


def deliveries(notice_id: Notice, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List what became of a notice, channel by channel; those who publish may ask for anybody's."""
    from housestaff.features.notices import queries

    with acting(by, program) as here:
        found = here.read(queries.deliveries, needs="notice:read", notice_id=notice_id)
    columns = ("channel", "state", "reason", "attempts", "updated_at", "sent_at")
    say_rows(as_json, found, columns, nothing="Nothing was sent.")
