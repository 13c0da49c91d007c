"""The database server of a test run: our own, with a template that each test's database is cloned from."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from housestaff.plumbing.embedded import Addresses, OwnServer
from housestaff.plumbing.migrate import migrate

FOLDER = "HOUSESTAFF_TEST_CLUSTER"
_TEMPLATE = "housestaff"


class Cluster:
    """One server; its template is made once, by whoever comes first."""

    def __init__(self, folder: Path) -> None:
        self._server = OwnServer(folder)
        self._addresses: Addresses | None = None
        self._ready = folder / "template-is-ready"

    def start(self) -> None:
        """Start the server, or find it started, with the template in it."""
        self._addresses = self._server.start()
        if not self._ready.exists():
            migrate(self._addresses.owner, self._addresses.application)
            with psycopg.connect(self.as_superuser("postgres"), autocommit=True) as connection:
                for line in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                    connection.execute(sql.SQL("ALTER SYSTEM SET ") + sql.SQL(line))  # type: ignore[arg-type]
                connection.execute("SELECT pg_reload_conf()")
            self._ready.touch()

    def stop(self) -> None:
        """Stop the server."""
        self._server.start()
        self._server.stop()

    def restart(self) -> None:
        """Stop the server under everybody and start it again."""
        self._server.stop()
        self._server.start()

    def as_superuser(self, database: str) -> str:
        """The address for the superuser, who needs no password on the socket."""
        assert self._addresses is not None
        return f"postgresql://postgres@/{database}?host={self._addresses.owner.rsplit('host=', 1)[1]}"

    @contextmanager
    def database(self) -> Iterator[Addresses]:
        """A database of one's own, gone at the end."""
        assert self._addresses is not None
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.as_superuser("postgres"), autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER housestaff_owner")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
        try:
            yield Addresses(*(url.replace("/housestaff?", f"/{name}?") for url in self._pair()))
        finally:
            with psycopg.connect(self.as_superuser("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _pair(self) -> tuple[str, str]:
        assert self._addresses is not None
        return self._addresses.application, self._addresses.owner
