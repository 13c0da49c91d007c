"""Programs of an institution: opened by its admins, each in a transaction of its own sight."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import BadInput, NotAllowed
from housestaff.core.time import Zone
from housestaff.features.accounts.store import INSTITUTION_ADMIN, PROGRAM
from housestaff.plumbing import audit
from housestaff.plumbing.clock import Clock, new_id
from housestaff.plumbing.database import Database
from housestaff.plumbing.unit import Request, Unit

_LOCALES = ("en", "es")


def open_program(
    database: Database, clock: Clock, request: Request, *, code: str, name: str, zone: str, locale: str = "en"
) -> UUID:
    """Open a new, empty program in the institution of the admin who asks; the request's program is its new id."""
    Zone(zone)
    if not code or not name:
        raise BadInput(
            "a program needs a code and a name.", place="code, name", remedy="Such as fm-a, Family Medicine."
        )
    if locale not in _LOCALES:
        raise BadInput(f"'{locale}' is no language here.", place="locale", remedy=f"Choose {' or '.join(_LOCALES)}.")
    with database.transaction(program=request.program_id, user=request.user_id) as connection:
        admin = connection.execute(
            sa.select(INSTITUTION_ADMIN.c.institution_id).where(INSTITUTION_ADMIN.c.user_id == request.user_id)
        ).one_or_none()
        if admin is None:
            raise NotAllowed("Only an admin of the institution opens a program.")
        connection.execute(
            PROGRAM.insert().values(
                program_id=request.program_id,
                institution_id=admin.institution_id,
                code=code,
                name=name,
                zone=zone,
                default_locale=locale,
                state="active",
                created_at=clock.now(),
            )
        )
        unit = Unit(connection, request, clock.now())
        unit.is_about("program", request.program_id, changes={"code": [None, code], "name": [None, name]})
        audit.append(unit, "OpenProgram")
    return request.program_id


def new_program_request(user_id: UUID, door: str, correlation_id: UUID | None = None, *, ip: str = "") -> Request:
    """The request to open a program: its program is the one that is to be."""
    return Request(new_id(), user_id, door, correlation_id or new_id(), ip=ip, role="admin")
