"""Who acts on the command line: a user whom the operator of the machine names, in one program.

Whoever can run these commands can read the database's password, so nobody is asked for one here. What is done counts as
done by the named user, with that user's permissions and no others; the audit chain says that it came through `cli`, and
under which name of which machine.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import socket
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from housestaff.doors.service import AsJson, database_of, settings_of

if TYPE_CHECKING:
    from uuid import UUID

    from housestaff.bootstrap.installation import Installation
    from housestaff.core.command import Command
    from housestaff.features.accounts.model import Place
    from housestaff.plumbing.unit import Request

As = Annotated[
    str, typer.Option("--as", envvar="HOUSESTAFF_AS", help="Who acts, by e-mail address; else the only admin.")
]
InProgram = Annotated[
    str, typer.Option("--program", envvar="HOUSESTAFF_PROGRAM", help="The program, by code or id; else the only one.")
]

__all__ = ["Acting", "As", "AsJson", "InProgram", "acting", "installed", "say", "say_rows"]


@dataclass(frozen=True)
class Acting:
    """A user at work in an installation, from the command line."""

    installation: Installation
    user_id: UUID
    places: tuple[Place, ...]
    program: str

    @property
    def request(self) -> Request:
        """The request in the program that is named, or in the only one."""
        return self._request(self._place().program_id, "user")

    @property
    def on_own_login(self) -> Request:
        """A request about the user's own login; it stands in the chain of their first program."""
        from housestaff.core.errors import NotFound

        if not self.places:
            raise NotFound("This user has no program here yet. Open one with `housestaff programs open`.")
        return self._request(self.places[0].program_id, "login")

    def do(self, command: Command) -> Any:
        """Carry out a command; it is checked, audited and told like one over HTTP."""
        return self.installation.house.do(command, self.request)

    def read(self, question: Callable[..., Any], *, needs: str, **given: Any) -> Any:
        """Answer a question, for those who have the permission."""
        return self.installation.house.read(partial(question, **given), self.request, needs=needs)

    def _request(self, program_id: UUID, kind: str) -> Request:
        from housestaff.plumbing.unit import Request

        return Request(program_id, self.user_id, "cli", ip=operator(), kind=kind)

    def _place(self) -> Place:
        from housestaff.core.errors import BadInput, NotFound

        known = ", ".join(place.code for place in self.places)
        if self.program:
            for place in self.places:
                if self.program in {place.code, str(place.program_id)}:
                    return place
            raise NotFound(f"There is no program {self.program} for this user. There are: {known or 'none'}.")
        if len(self.places) == 1:
            return self.places[0]
        if not self.places:
            raise NotFound("This user has no program here yet. Open one with `housestaff programs open`.")
        raise BadInput("there are several programs.", place="--program", remedy=f"Name one of {known}.")


def operator() -> str:
    """Who sits at the machine, and at which, as the audit chain names the place that a request comes from.

    The name is the one that the system has for the process; what the environment says could be anything.
    """
    user = os.getuid()
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:
        name = f"uid {user}"
    return f"{name}@{socket.gethostname()}"


@contextmanager
def installed() -> Generator[Installation]:
    """The installation of the environment's settings; one whose tables are not there is told with what to do."""
    import psycopg
    from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

    from housestaff.bootstrap.installation import opened
    from housestaff.core.errors import BadInput, Stale
    from housestaff.plumbing import log

    log.set_up(level=logging.WARNING)
    settings = settings_of()
    try:
        with database_of(settings) as where, opened(settings, where) as installation:
            yield installation
    except IntegrityError as error:
        raise Stale("Something that is there already stands in the way.") from error
    except DataError as error:
        raise BadInput(
            "a value is out of range, or holds characters that no text has.", remedy="Check what you wrote."
        ) from error
    except (ProgrammingError, psycopg.ProgrammingError) as error:
        cause = error.orig if isinstance(error, ProgrammingError) else error
        if not isinstance(cause, psycopg.errors.UndefinedTable):
            raise
        raise BadInput(
            "the tables are not there, or are older than this program.",
            place="database",
            remedy="Run `housestaff migrate`.",
        ) from error


@contextmanager
def acting(by: str, program: str = "") -> Generator[Acting]:
    """The named user at work; without a name, the only admin of the installation."""
    from housestaff.features.accounts.store import places_of

    with installed() as installation:
        user_id = _user_of(installation, by)
        with installation.database.transaction(user=user_id) as connection:
            places = tuple(places_of(connection, user_id))
        yield Acting(installation, user_id, places, program)


def _user_of(installation: Installation, by: str) -> UUID:
    from housestaff.core.errors import BadInput, NotFound
    from housestaff.features.accounts.queries import active_admins, active_user

    with installation.database.transaction() as connection:
        if by:
            found = active_user(connection, by)
            if found is None:
                raise NotFound(f"There is no active user {by}.")
            return found.user_id
        admins = active_admins(connection)
    if not admins:
        raise BadInput("nobody is set up yet.", place="--as", remedy="Run `housestaff setup`.")
    if len(admins) > 1:
        known = ", ".join(admin.email for admin in admins)
        raise BadInput("there are several admins.", place="--as", remedy=f"Name one of {known}, or any other user.")
    return admins[0].user_id


def say(as_json: bool, told: Mapping[str, Any], sentence: str) -> None:
    """Tell what was done: one JSON object, or a sentence."""
    typer.echo(json.dumps(dict(told), default=str) if as_json else sentence)


def say_rows(as_json: bool, rows: Iterable[Mapping[str, Any]], columns: Iterable[str], *, nothing: str) -> None:
    """Tell rows: one JSON object with all their fields, or a line each with some of them under one another."""
    listed, shown = list(rows), list(columns)
    if as_json:
        typer.echo(json.dumps({"items": [dict(row) for row in listed]}, default=str))
        return
    if not listed:
        typer.echo(nothing)
        return
    table = [[name.replace("_", " ") for name in shown], *([_cell(row[name]) for name in shown] for row in listed)]
    widths = [max(len(line[place]) for line in table) for place in range(len(shown))]
    for line in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "hour") else str(value)
