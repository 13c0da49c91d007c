"""The share of a process in the connections of the installation, kept over a connection that is not of the pool."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa

from housestaff.plumbing.clock import Clock, new_id
from housestaff.plumbing.database import INSTANT, house_table
from housestaff.plumbing.log import logger

NAME = "housestaff reserved"
"""How the reserved connection is called on the server."""

POOL_LEASE = house_table(
    "pool_lease",
    sa.Column("process_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("seen_at", INSTANT, nullable=False),
)

_LAG = "SELECT coalesce(max(amount), 0) FROM installation_gauges(%s) WHERE series = 'outbox_lag_seconds'"
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtext('housestaff.pool_lease'))"
_FORGET = "DELETE FROM pool_lease WHERE process_id <> %s AND seen_at <= %s"
_OTHERS = "SELECT coalesce(sum(size), 0) FROM pool_lease WHERE process_id <> %s"
_TAKE = """
    INSERT INTO pool_lease (process_id, name, size, seen_at) VALUES (%s, 'house', %s, %s)
    ON CONFLICT (process_id) DO UPDATE SET size = excluded.size, seen_at = excluded.seen_at
"""

_T = TypeVar("_T")


class Lease:
    """One process's row among the shares."""

    def __init__(self, conninfo: str, clock: Clock, *, budget: int, seconds: float) -> None:
        """A share is renewed every so many seconds; one not renewed for twice as long is free again."""
        self.budget, self.size = budget, 0
        self._conninfo, self._clock, self._seconds = conninfo, clock, timedelta(seconds=seconds)
        self._process, self._lock = new_id(), Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._renewed: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether the share should be renewed."""
        return self._renewed is None or self._clock.now() - self._renewed >= self._seconds

    def take(self, wanted: int) -> int:
        """Have so many connections or as many as are left; returns how many."""
        now = self._clock.now()

        def taken(connection: psycopg.Connection[Any]) -> int:
            with connection.transaction():
                connection.execute(_IN_TURN)
                connection.execute(_FORGET, [self._process, now - 2 * self._seconds])
                row = connection.execute(_OTHERS, [self._process]).fetchone()
                granted = max(0, min(wanted, self.budget - int(row[0] if row else 0)))
                connection.execute(_TAKE, [self._process, granted, now])
                return granted

        self.size = self._on_reserved(taken)
        self._renewed = now
        return self.size

    def worker_lag(self, now: datetime) -> float:
        """For how many seconds the oldest work has waited, asked of the database however busy the pool is."""
        row = self._on_reserved(lambda connection: connection.execute(_LAG, [now]).fetchone())
        return float(row[0]) if row else 0.0

    def give_back(self) -> None:
        """Give the share back and close the reserved connection."""
        with self._lock:
            held, self._connection = self._connection, None
        if held is None:
            return
        try:
            held.execute("DELETE FROM pool_lease WHERE process_id = %s", [self._process])
        except psycopg.OperationalError as error:
            logger(__name__).info("the share will run out by itself", error=type(error).__name__)
        finally:
            held.close()

    def _on_reserved(self, act: Callable[[psycopg.Connection[Any]], _T]) -> _T:
        with self._lock:
            if self._connection is not None and not self._connection.closed:
                try:
                    return act(self._connection)
                except psycopg.OperationalError:
                    # The server may have been restarted since; a new connection says whether it answers.
                    self._connection.close()
            self._connection = psycopg.connect(
                self._conninfo, autocommit=True, application_name=NAME, connect_timeout=5
            )
            return act(self._connection)
