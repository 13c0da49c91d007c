"""Links that open one door once: whom they belong to, and the secret that stands in the mail and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound
from housestaff.features.accounts.commands import AskPasswordReset
from housestaff.features.accounts.model import as_email
from housestaff.features.accounts.store import APP_USER, INVITATION, PASSWORD_RESET, places_of
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.database import Database
from housestaff.plumbing.unit import Request, Unit

_DOORS: Mapping[str, tuple[sa.Table, str, str]] = {
    "invitation": (INVITATION, "invitation_id", "accepted_at"),
    "password_reset": (PASSWORD_RESET, "reset_id", "used_at"),
}


def is_secret(about: str) -> bool:
    """Whether a message is about such a link."""
    return about.partition(":")[0] in _DOORS


def path_of(unit: Unit, token: str, about: str) -> str | None:
    """The path of a link for a mail that leaves now, its secret behind the #, which no server is sent.

    Nothing where the link is used, over or replaced.
    """
    kind, _, id_ = about.partition(":")
    table, key, used = _DOORS[kind]
    mine = table.c[key] == UUID(id_)
    done = unit.connection.execute(
        table.update()
        .where(mine, table.c[used].is_(None), table.c.expires_at > unit.now)
        .values(token_hash=hash_of_token(token))
    )
    return f"/{kind.replace('_', '-')}#{token}" if done.rowcount else None


def behind_invitation(database: Database, token: str) -> tuple[UUID, UUID]:
    """The program that invites and the user who is invited; raises `NotFound` where no such link was ever made."""
    asked = sa.text("SELECT program_id, user_id FROM invitation_behind(:hash)")
    with database.transaction() as connection:
        return _found(connection.execute(asked, {"hash": hash_of_token(token)}).one_or_none())


def behind_reset(database: Database, token: str) -> tuple[UUID, UUID]:
    """The program through which it was mailed and the user whose password it is."""
    asked = sa.select(PASSWORD_RESET.c.through, PASSWORD_RESET.c.user_id).where(
        PASSWORD_RESET.c.token_hash == hash_of_token(token)
    )
    with database.transaction() as connection:
        return _found(connection.execute(asked).one_or_none())


def _found(row: Any) -> tuple[UUID, UUID]:
    if row is None:
        raise NotFound("There is no such link.")
    return row[0], row[1]


def ask_reset(house: House, email: str, correlation_id: UUID, ip: str) -> None:
    """Send a link to the user of an address, where there is one.

    It is done after the answer, so that neither its words nor its time tell whether the address is known.
    """
    asked = sa.select(APP_USER.c.user_id).where(APP_USER.c.email == as_email(email), APP_USER.c.active)
    with house.database.transaction() as connection:
        user_id = connection.execute(asked).scalar_one_or_none()
    if user_id is None:
        return
    with house.database.transaction(user=user_id) as connection:
        places = places_of(connection, user_id)
    if places:
        request = Request(places[0].program_id, user_id, "api", correlation_id, ip=ip, kind="login")
        house.do(AskPasswordReset(), request)
