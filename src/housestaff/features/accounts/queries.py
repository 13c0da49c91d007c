"""What is read of accounts: who has which role, and who may be named as the one who acts on the command line."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from housestaff.features.accounts.model import User, as_email
from housestaff.features.accounts.store import APP_USER, INSTITUTION_ADMIN, PROGRAM, Accounts, user_of_row
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit


def user_named(connection: sa.Connection, email: str) -> User | None:
    """The user of an address, active or not: what somebody did stays when they have left."""
    row = connection.execute(sa.select(APP_USER).where(APP_USER.c.email == as_email(email))).one_or_none()
    return user_of_row(row) if row else None


def active_user(connection: sa.Connection, email: str) -> User | None:
    """The active user of an address."""
    asked = sa.select(APP_USER).where(APP_USER.c.email == as_email(email), APP_USER.c.active)
    row = connection.execute(asked).one_or_none()
    return user_of_row(row) if row else None


def active_admins(connection: sa.Connection) -> list[User]:
    """The active admins of all institutions, by address."""
    admins = sa.select(INSTITUTION_ADMIN.c.user_id)
    asked = sa.select(APP_USER).where(APP_USER.c.user_id.in_(admins), APP_USER.c.active).order_by(APP_USER.c.email)
    return [user_of_row(row) for row in connection.execute(asked)]


def memberships(unit: Unit, accounts: Accounts) -> list[dict[str, Any]]:
    """Who has which role in the program; addresses only for those who may read them."""
    asker = unit.principal
    return [
        each
        if asker is None
        or allow(asker, "person:read_contact", person=each["person_id"] or "", user=each["user_id"]) is not None
        else {**each, "email": ""}
        for each in accounts.memberships()
    ]


def program_seen(unit: Unit) -> tuple[str, str, str]:
    """The program of a unit in short: its name, its zone, its language."""
    asked = sa.select(PROGRAM.c.name, PROGRAM.c.zone, PROGRAM.c.default_locale).where(
        PROGRAM.c.program_id == unit.program_id
    )
    name, zone, locale = unit.connection.execute(asked).one()
    return name, zone, locale


def program_code(unit: Unit) -> str:
    """The code under which the program of a unit was opened."""
    asked = sa.select(PROGRAM.c.code).where(PROGRAM.c.program_id == unit.program_id)
    return str(unit.connection.execute(asked).scalar_one())
