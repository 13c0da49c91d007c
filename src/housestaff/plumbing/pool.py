"""The pool of database connections of a process: few when idle, enough under load, never more than its share."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from housestaff.plumbing.database import conninfo
from housestaff.plumbing.settings import Settings

STATEMENT_TIMEOUT = "30s"


def open_pool(settings: Settings, url: str) -> ConnectionPool[Any]:
    """A pool on a database; a connection that the server has closed is replaced, not handed out."""
    pool: ConnectionPool[Any] = ConnectionPool(
        conninfo(url),
        kwargs={"options": f"-c statement_timeout={STATEMENT_TIMEOUT}", "application_name": "housestaff"},
        min_size=settings.pool_least,
        max_size=settings.pool_most,
        timeout=5,
        max_idle=120,
        check=ConnectionPool.check_connection,
        close_returns=True,
        open=False,
    )
    pool.open(wait=True, timeout=30)
    return pool
