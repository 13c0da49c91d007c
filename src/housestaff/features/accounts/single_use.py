"""Tokens that open one door once: shown to whoever gets them, kept only as hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.database import INSTANT, JSON, house_table

SINGLE_USE = house_table(
    "single_use",
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("user_id", sa.Uuid),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("used_at", INSTANT),
)


@dataclass(frozen=True, slots=True)
class Used:
    """What a token was given for."""

    user_id: UUID | None
    facts: Mapping[str, Any]


def give(
    connection: sa.Connection,
    purpose: str,
    until: datetime,
    *,
    user_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> str:
    """A new token for a purpose, good until an instant."""
    token = new_token()
    row = {"token_hash": hash_of_token(token), "purpose": purpose, "user_id": user_id, "facts": dict(facts or {})}
    connection.execute(SINGLE_USE.insert().values(**row, expires_at=until))
    return token


def use(connection: sa.Connection, token: str, purpose: str, now: datetime) -> Used | None:
    """Use a token up; nothing for one that was used, is too old, is for something else, or never was."""
    row = connection.execute(
        SINGLE_USE.update()
        .where(
            SINGLE_USE.c.token_hash == hash_of_token(token),
            SINGLE_USE.c.purpose == purpose,
            SINGLE_USE.c.used_at.is_(None),
            SINGLE_USE.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(SINGLE_USE.c.user_id, SINGLE_USE.c.facts)
    ).one_or_none()
    return Used(row.user_id, row.facts) if row else None
