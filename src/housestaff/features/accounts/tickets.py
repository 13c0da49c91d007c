"""Tickets to the live feed: one opens one connection, once, within a minute; so no token ever stands in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from housestaff.features.accounts.model import Login
from housestaff.features.accounts.store import SESSION, SINGLE_USE
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.crypto import hash_of_token, new_token
from housestaff.plumbing.database import Database

TICKET_LIFE = timedelta(seconds=60)
_PURPOSE = "feed"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose ticket it was: the user, the program, and the login it hangs on."""

    user_id: UUID
    program_id: UUID
    session_id: UUID | None
    expires_at: datetime


class Tickets:
    """Tickets of an installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Tickets are kept in the database, so that any process takes what another has given."""
        self._database, self._clock = database, clock

    def give(self, login: Login, program_id: UUID) -> tuple[str, datetime]:
        """A new ticket, to be shown once, and when it is worth nothing any more."""
        ticket, until = new_token(), self._clock.now() + TICKET_LIFE
        facts = {
            "program_id": str(program_id),
            "session_id": str(login.session_id) if login.session_id else None,
            "expires_at": login.expires_at.isoformat(),
        }
        with self._database.transaction() as connection:
            connection.execute(
                SINGLE_USE.insert().values(
                    token_hash=hash_of_token(ticket),
                    purpose=_PURPOSE,
                    user_id=login.user.user_id,
                    facts=facts,
                    expires_at=until,
                )
            )
        return ticket, until

    def take(self, ticket: str) -> Bearer | None:
        """Whose ticket this is; nothing for one that was used, is too old, or never was."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                SINGLE_USE.update()
                .where(
                    SINGLE_USE.c.token_hash == hash_of_token(ticket),
                    SINGLE_USE.c.purpose == _PURPOSE,
                    SINGLE_USE.c.used_at.is_(None),
                    SINGLE_USE.c.expires_at > now,
                )
                .values(used_at=now)
                .returning(SINGLE_USE.c.user_id, SINGLE_USE.c.facts)
            ).one_or_none()
        if row is None:
            return None
        session = row.facts["session_id"]
        return Bearer(
            user_id=row.user_id,
            program_id=UUID(row.facts["program_id"]),
            session_id=UUID(session) if session else None,
            expires_at=datetime.fromisoformat(row.facts["expires_at"]),
        )

    def is_signed_in(self, bearer: Bearer) -> bool:
        """Whether the login that the ticket hung on is still worth anything."""
        now = self._clock.now()
        if bearer.expires_at <= now:
            return False
        if bearer.session_id is None:
            return True
        asked = sa.select(SESSION.c.session_id).where(
            SESSION.c.session_id == bearer.session_id, SESSION.c.revoked_at.is_(None), SESSION.c.expires_at > now
        )
        with self._database.transaction() as connection:
            return connection.execute(asked).first() is not None
