"""Tickets to the live feed: one opens one connection, once, within a minute; so no token ever stands in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from housestaff.features.accounts import single_use
from housestaff.features.accounts.model import Login
from housestaff.features.accounts.store import SESSION
from housestaff.plumbing.clock import Clock
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
        until = self._clock.now() + TICKET_LIFE
        facts = {
            "program_id": str(program_id),
            "session_id": str(login.session_id) if login.session_id else None,
            "expires_at": login.expires_at.isoformat(),
        }
        with self._database.transaction() as connection:
            ticket = single_use.give(connection, _PURPOSE, until, user_id=login.user.user_id, facts=facts)
        return ticket, until

    def take(self, ticket: str) -> Bearer | None:
        """Whose ticket this is; nothing for one that was used, is too old, or never was."""
        with self._database.transaction() as connection:
            used = single_use.use(connection, ticket, _PURPOSE, self._clock.now())
        if used is None or used.user_id is None:
            return None
        session = used.facts["session_id"]
        return Bearer(
            user_id=used.user_id,
            program_id=UUID(used.facts["program_id"]),
            session_id=UUID(session) if session else None,
            expires_at=datetime.fromisoformat(used.facts["expires_at"]),
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
