"""The commands about who is here: the first admin, programs, users with their roles, tokens for scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, installed, operator, say, say_rows

Email = Annotated[str, typer.Argument(help="An e-mail address.")]
Role = Annotated[
    str, typer.Argument(help="admin, coordinator, program_director, faculty, resident or auditor.")
]  # fmt: skip


def add_account_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    app.command()(setup)
    groups = {
        "programs": ("The programs of an institution.", {"list": programs, "open": open_new, "import": import_file}),
        "users": ("Who has which role in a program.", {"list": users, "grant": grant, "revoke": revoke}),
        "tokens": ("Tokens with which scripts act for a user.", {"list": tokens, "make": make, "revoke": end}),
    }
    for name, (told, commands) in groups.items():
        group = typer.Typer(no_args_is_help=True, help=told)
        for word, command in commands.items():
            group.command(word)(command)
        app.add_typer(group, name=name)


def setup(
    institution: Annotated[str, typer.Option("--institution", help="The name of the hospital.")],
    email: Annotated[str, typer.Option("--email", help="The address of the first admin.")],
    name: Annotated[str, typer.Option("--name", help="The name of the first admin.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Set up the first admin; the password is asked for, or read from the first line of standard input."""
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    with installed() as here:
        token = here.sign_in.setup_token()
        made = here.sign_in.set_up(token, institution=institution, email=email, name=name, password=password)
    say(as_json, {"user_id": made.user_id, "email": made.email}, f"{made.email} is the admin of {institution}.")


def programs(*, by: As = "", as_json: AsJson = False) -> None:
    """List the programs in which a user has a role."""
    with acting(by) as here:
        rows = [
            {"code": each.code, "name": each.name, "roles": ", ".join(each.roles), "program_id": each.program_id}
            for each in here.places
        ]
    say_rows(as_json, rows, ("code", "name", "roles"), nothing="There is no program yet.")


def open_new(
    code: Annotated[str, typer.Argument(help="A short name, such as fm-a.")],
    name: Annotated[str, typer.Option("--name", help="Its full name.")],
    zone: Annotated[str, typer.Option("--zone", help="Its time zone, such as America/Chicago.")],
    locale: Annotated[str, typer.Option("--locale", help="en or es.")] = "en",
    *,
    by: As = "",
    as_json: AsJson = False,
) -> None:
    """Open a new, empty program; an admin of the institution may."""
    from dataclasses import replace

    from housestaff.features.accounts.tenants import new_program_request, open_program

    with acting(by) as here:
        request = replace(new_program_request(here.user_id, "cli"), ip=operator())
        database, clock = here.installation.database, here.installation.clock
        made = open_program(database, clock, request, code=code, name=name, zone=zone, locale=locale)
    say(as_json, {"program_id": made, "code": code}, f"{code} is open. Fill it with `housestaff programs import`.")


def import_file(
    file: Annotated[Path, typer.Argument(help="The program file, or its folder.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Put a program, as its file says it, in the place of what the program has; history and preloads come with it."""
    from housestaff.bootstrap.years import read_year
    from housestaff.features.program.commands import ImportProgram

    read, base = read_year(file)
    with acting(by, program) as here:
        here.do(ImportProgram(program=read, base=base))
    people = len(read.people)
    say(as_json, {"file": str(file), "people": people}, f"{file}: {read.name}, {people} people.")


def users(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List who has which role in a program."""
    from housestaff.features.accounts.queries import memberships

    with acting(by, program) as here:
        found = here.read(memberships, needs="person:read")
    say_rows(as_json, found, ("email", "display_name", "role", "rank", "person_id"), nothing="Nobody has a role here.")


def grant(  # noqa: PLR0913 - each is an option of the command
    email: Email,
    role: Role,
    name: Annotated[str, typer.Option("--name", help="The name of a user who is new.")] = "",
    rank: Annotated[str, typer.Option("--rank", help="director or associate, of a program director.")] = "",
    person: Annotated[str | None, typer.Option("--person", help="The person of the program that they are.")] = None,
    *,
    invite: Annotated[bool, typer.Option("--invite", help="Send a link by mail; the role comes with it.")] = False,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Give a user a role in a program; an address that is new becomes a user."""
    from housestaff.features.accounts.commands import GrantRole, Invite

    command = Invite if invite else GrantRole
    asked = command(email=email, display_name=name or email, role=role, rank=rank, person_id=person)
    with acting(by, program) as here:
        made = here.do(asked)
    sentence = f"A link is on its way to {email}." if invite else f"{email} has the role {role}."
    say(as_json, {"invitation_id" if invite else "user_id": made, "role": role}, sentence)


def revoke(email: Email, role: Role, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Take a role in a program away from a user."""
    from housestaff.core.errors import NotFound
    from housestaff.features.accounts.commands import RevokeRole
    from housestaff.features.accounts.queries import active_user

    with acting(by, program) as here:
        with here.installation.database.transaction() as connection:
            user = active_user(connection, email)
        if user is None:
            raise NotFound(f"There is no active user {email}.")
        here.do(RevokeRole(user_id=user.user_id, role=role))
    say(as_json, {"user_id": user.user_id, "role": role}, f"{email} has the role {role} no longer.")


def tokens(*, by: As = "", as_json: AsJson = False) -> None:
    """List a user's tokens that are worth something; what they are was shown once, when they were made."""
    with acting(by) as here:
        found = here.installation.sign_in.tokens_of(here.user_id)
    say_rows(as_json, found, ("token_id", "name", "created_at", "expires_at"), nothing="There is no token.")


def make(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    by: Annotated[str, typer.Option("--as", envvar="HOUSESTAFF_AS", help="For whom, by e-mail address.")],
    days: Annotated[int, typer.Option("--days", help="How long it lives.", min=1, max=365)] = 90,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a token with which a script acts for a user; it is shown here and never again.

    What the script does counts as done by that user; that the token was made here stands in the audit chain.
    """
    from datetime import timedelta

    from housestaff.features.accounts.commands import MakeApiToken
    from housestaff.plumbing.crypto import hash_of_token, new_token

    token = new_token()
    with acting(by) as here:
        until = here.installation.clock.now() + timedelta(days=days)
        command = MakeApiToken(name=name, token_hash=hash_of_token(token), expires_at=until)
        made = here.installation.house.do(command, here.on_own_login)
    say(as_json, {"token_id": made, "token": token, "expires_at": until}, token)


def end(
    token_id: Annotated[UUID, typer.Argument(help="The id of a token.")], *, by: As = "", as_json: AsJson = False
) -> None:
    """Make a token of a user worthless."""
    from housestaff.features.accounts.commands import RevokeApiToken

    with acting(by) as here:
        here.installation.house.do(RevokeApiToken(token_id=token_id), here.on_own_login)
    say(as_json, {"token_id": token_id}, f"{token_id} is worth nothing any more.")
