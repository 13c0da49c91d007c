"""The commands of one's own calendar: a link for a phone, the links that there are, and their end."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows


def add_calendar_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="The calendar of the user who acts, for a phone.")
    for word, command in {"link": link, "list": listed, "revoke": revoke}.items():
        group.command(word)(command)
    app.add_typer(group, name="calendar")


def link(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Make a link to one's own calendar; it is shown here and never again."""
    from housestaff.features.calendar.commands import MakeCalendarFeed
    from housestaff.features.calendar.routes import path_of
    from housestaff.plumbing.crypto import hash_of_token, new_token

    token = new_token()
    with acting(by, program) as here:
        made = here.do(MakeCalendarFeed(token_hash=hash_of_token(token)))
        address = f"{here.installation.settings.public_url}{path_of(token)}"
    say(as_json, {"feed_id": made, "address": address}, address)


def listed(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List one's own links that are worth something; their secrets are stored nowhere."""
    from housestaff.features.calendar.queries import own_feeds

    with acting(by, program) as here:
        found = here.read(own_feeds, needs="own:settings")
    say_rows(as_json, found, ("feed_id", "made_at", "expires_at"), nothing="There is no such link.")


def revoke(
    feed_id: Annotated[UUID, typer.Argument(help="The id of a link.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Make one of one's own links worthless."""
    from housestaff.features.calendar.commands import RevokeCalendarFeed

    with acting(by, program) as here:
        here.do(RevokeCalendarFeed(feed_id=feed_id))
    say(as_json, {"feed_id": feed_id, "revoked": True}, f"{feed_id} shows nothing any more.")
