"""The database: its connections, the tables of a program, and what every transaction is told first."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.url import make_url

from housestaff.core.errors import BadInput

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


INSTITUTION_ROLE = "housestaff_institution"
_WHY = (
    "is a superuser, or can become one",
    "bypasses row security, or can become a role that does",
    "owns tables",
    f"holds what {INSTITUTION_ROLE} may read without becoming it",
)
_UNBOUND = """
    SELECT current_user,
        EXISTS (SELECT 1 FROM pg_roles WHERE rolsuper AND pg_has_role(oid, 'MEMBER')),
        EXISTS (SELECT 1 FROM pg_roles WHERE rolbypassrls AND pg_has_role(oid, 'MEMBER')),
        EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND pg_has_role(relowner, 'MEMBER')),
        EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'housestaff_institution' AND pg_has_role(oid, 'USAGE'))
"""


def after_commit(connection: sa.Connection, then: Callable[[], None]) -> None:
    """Do something in this process once the transaction is committed; never where it is not."""
    connection.info.setdefault(_THEN, []).append(then)


class Database:
    """Transactions on one database through one pool."""

    def __init__(self, pool: Any) -> None:
        """Take connections from a psycopg pool; SQLAlchemy keeps none of its own."""
        self.pool = pool
        self.engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=pool.getconn,
            poolclass=sa.NullPool,
            pool_reset_on_return=None,
            hide_parameters=True,  # an error names the statement, never the values: they may be anybody's secret
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

    @contextmanager
    def across(self, user: UUID) -> Generator[sa.Connection]:
        """A transaction that only reads, in the sight of all programs of the institutions that a user administers.

        It runs as a role of its own, which may read few tables and write none.
        """
        with self.engine.begin() as connection:
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            enter(connection, program=None, user=user)
            connection.execute(sa.text(f"SET LOCAL ROLE {INSTITUTION_ROLE}"))
            yield connection


def refuse_a_role_without_bounds(url: str) -> None:
    """Refuse to work as a role to which the rows of all programs would show.

    Raises `BadInput`, with what to do.
    """
    with psycopg.connect(conninfo(url)) as connection:
        name, *unbound = connection.execute(_UNBOUND).fetchone() or ("", *(True for _ in _WHY))
    said = next((sentence for is_so, sentence in zip(unbound, _WHY, strict=True) if is_so), None)
    if said is not None:
        raise BadInput(
            f"the role {name} {said}, so the rows of all programs would show to it.",
            place="HOUSESTAFF_DATABASE_URL",
            remedy="Name a role that is no superuser, bypasses no row security and owns no table.",
        )
