"""The table of the portal: links to the board of who is on call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound
from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.database import INSTANT, Database, program_table
from housestaff.plumbing.unit import Unit

ON_CALL_LINK = program_table(
    "on_call_link",
    sa.Column("link_id", sa.Uuid, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("made_by", sa.Uuid),
    sa.Column("made_at", INSTANT, nullable=False),
    sa.Column("revoked_at", INSTANT),
)


def links(unit: Unit) -> list[dict[str, Any]]:
    """The links that are worth something, the newest first; their secrets are stored nowhere."""
    shown = (ON_CALL_LINK.c.link_id, ON_CALL_LINK.c.name, ON_CALL_LINK.c.made_at)
    asked = sa.select(*shown).where(ON_CALL_LINK.c.revoked_at.is_(None)).order_by(ON_CALL_LINK.c.made_at.desc())
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def program_behind(database: Database, token: str) -> UUID:
    """The program whose board a link opens; raises `NotFound` for one that is revoked or never was."""
    with database.transaction() as connection:
        asked = sa.text("SELECT on_call_behind(:hash)")
        found = connection.execute(asked, {"hash": hash_of_token(token)}).scalar_one_or_none()
    if found is None:
        raise NotFound("This link shows nothing: it was revoked, or never was one. Ask the program for a new one.")
    return found
