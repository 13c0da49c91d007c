"""Attempts at a door: counted by the address that is named and by the place they come from, refused when too many."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from housestaff.features.accounts.store import ATTEMPT
from housestaff.plumbing.access import TooManyAttempts
from housestaff.plumbing.clock import Clock, new_id
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.database import Database

WINDOW = timedelta(minutes=15)
OF_AN_ADDRESS = 10
OF_A_PLACE = 100
"""A hospital has one address for all its people, so a place may try more often than a name."""


class Attempts:
    """Counts attempts of one kind; addresses and places are kept as fingerprints only."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        """Work on the table that belongs to no program."""
        self._database, self._clock, self._sealer = database, clock, sealer

    def count(self, kind: str, name: str, ip: str) -> None:
        """Write an attempt down; raises `TooManyAttempts`, with the seconds to wait, where there were too many."""
        now = self._clock.now()
        wait = timedelta(0)
        with self._database.transaction() as connection:
            for what, most in ((f"name:{name}", OF_AN_ADDRESS), (f"place:{ip}", OF_A_PLACE)):
                fingerprint = self._sealer.fingerprint(what)
                row = {"attempt_id": new_id(), "kind": kind, "fingerprint": fingerprint, "at": now}
                connection.execute(ATTEMPT.insert(), row)
                newest = (
                    sa.select(ATTEMPT.c.at)
                    .where(ATTEMPT.c.kind == kind, ATTEMPT.c.fingerprint == fingerprint, ATTEMPT.c.at > now - WINDOW)
                    .order_by(ATTEMPT.c.at.desc())
                    .offset(most)
                    .limit(1)
                )
                earlier = connection.execute(newest).scalar_one_or_none()
                if earlier is not None:
                    wait = max(wait, earlier + WINDOW - now)
        if wait:
            seconds = max(1, round(wait.total_seconds()))
            raise TooManyAttempts("Too many attempts. Wait a quarter of an hour, or ask for a new password.", seconds)
