"""What every test may ask for: a database server for the run, and an installation of its own on it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from housestaff.plumbing.settings import Settings
from tests.cluster import FOLDER, Cluster
from tests.installed import Installed, installed
from tests.mail_sink import MailSink, mail_sink
from tests.plumbing.views import Valkey
from tests.serving import served_by

Settings.is_strict = True
_OWNS_THE_FOLDER = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the servers of the whole run, made before the workers start, and not by a run inside it."""
    # What runs in the background is born deaf to Ctrl-C, and its children with it; tests send it to some of them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if FOLDER not in os.environ:
        config.stash[_OWNS_THE_FOLDER] = True
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="hst-", dir="/tmp")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started and leave nothing behind."""
    if _OWNS_THE_FOLDER in config.stash:
        folder = Path(os.environ.pop(FOLDER))
        if (folder / "postgres").exists():
            Cluster(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A PostgreSQL of our own with the tables in a template; the first worker that asks starts it."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        here = Cluster(folder)
        here.start()
        fcntl.flock(lock, fcntl.LOCK_UN)
    return here


@pytest.fixture
def house(cluster: Cluster, tmp_path: Path) -> Iterator[Installed]:
    """An installation with one small program, its people signed up, on a database of its own."""
    with cluster.database() as addresses, installed(addresses, tmp_path) as here:
        yield here


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """A mail server."""
    with mail_sink() as here:
        yield here


@pytest.fixture
def posting(cluster: Cluster, tmp_path: Path, sink: MailSink) -> Iterator[Installed]:
    """An installation that sends its mail to the sink, at ten in the morning of its program."""
    with (
        cluster.database() as addresses,
        installed(addresses, tmp_path, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls="none") as here,
    ):
        here.set_local_hour(10)
        yield here


@pytest.fixture
def served(house: Installed) -> Iterator[Installed]:
    """The installation with its web server on loopback."""
    with served_by(house):
        yield house


@pytest.fixture
def superuser(cluster: Cluster, house: Installed) -> Iterator[psycopg.Connection]:
    """A connection that may do everything, to look and to do harm."""
    with psycopg.connect(cluster.as_superuser(house.database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of one's own."""
    folder = tmp_path / "valkey"
    here = Valkey(folder)
    yield here
    here.close()


@pytest.fixture
def superuser_of_posting(cluster: Cluster, posting: Installed) -> Iterator[psycopg.Connection]:
    """The same for the installation that sends mail."""
    with psycopg.connect(cluster.as_superuser(posting.database), autocommit=True) as connection:
        yield connection
