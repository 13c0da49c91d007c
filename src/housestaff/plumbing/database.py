"""The database: its connections, the tables of a program, and what every transaction is told first."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.url import make_url

METADATA = sa.MetaData()
"""Every table of the house, gathered from the `store.py` files; a test holds it against the database."""

_THEN = "after_commit"

INSTANT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB


def program_table(name: str, *columns: Any) -> sa.Table:
    """A table whose rows belong to a program; the database shows them to that program's transactions only."""
    return sa.Table(name, METADATA, sa.Column("program_id", sa.Uuid, nullable=False), *columns)


def house_table(name: str, *columns: Any) -> sa.Table:
    """A table of the installation: nothing in it belongs to one program."""
    return sa.Table(name, METADATA, *columns)


def conninfo(url: str) -> str:
    """The address of a database as libpq reads it, whatever driver its URL names."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def enter(connection: sa.Connection, *, program: UUID | None, user: UUID | None = None) -> None:
    """Tell the transaction whose rows it may see; what is not told shows no row at all."""
    connection.execute(
        sa.text("SELECT set_config('housestaff.program', :program, true), set_config('housestaff.user', :user, true)"),
        {"program": str(program or ""), "user": str(user or "")},
    )


def raw(connection: sa.Connection) -> Any:
    """The psycopg connection under a SQLAlchemy one, for what speaks to the driver itself."""
    return connection.connection.driver_connection


def after_commit(connection: sa.Connection, then: Callable[[], None]) -> None:
    """Do something in this process once the transaction is committed; never where it is not."""
    connection.info.setdefault(_THEN, []).append(then)


class Database:
    """Transactions on one database through one pool."""

    def __init__(self, pool: Any) -> None:
        """Take connections from a psycopg pool; SQLAlchemy keeps none of its own."""
        self.pool = pool
        self.engine = sa.create_engine(
            "postgresql+psycopg://", creator=pool.getconn, poolclass=sa.NullPool, pool_reset_on_return=None
        )

    @contextmanager
    def transaction(self, *, program: UUID | None = None, user: UUID | None = None) -> Generator[sa.Connection]:
        """One transaction in the sight of one program; committed at the end, gone whole where anything fails."""
        with self.engine.begin() as connection:
            enter(connection, program=program, user=user)
            yield connection
            committed = connection.info.pop(_THEN, ())
        for then in committed:
            then()
