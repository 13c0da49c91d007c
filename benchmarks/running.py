"""A whole installation for a benchmark: a PostgreSQL of our own, a web server, a worker; each a real process.

All are gone at the end. The lengths of the service are the usual ones, and the database writes to the disk as it does
for users.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket as sockets
import subprocess
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2
import psycopg

from housestaff.core.people import PersonKind
from housestaff.features.accounts.commands import GrantRole
from housestaff.features.program.commands import ImportProgram
from housestaff.plumbing.embedded import OwnServer
from housestaff.plumbing.migrate import migrate
from housestaff.plumbing.settings import Settings
from housestaff.synthetic.family_medicine import reference_a
from tests.installed import FAST, Installed, installed
from tests.serving import signed_in

_USUAL: dict[str, Any] = {name: Settings.model_fields[name].default for name in FAST} | {"clock_file": None}


@dataclass(frozen=True)
class Ground:
    """An installation with its server: the small program of the tests, and nobody at work yet."""

    house: Installed
    socket: str

    def as_superuser(self, database: str = "") -> psycopg.Connection[Any]:
        """A connection that may look at everything, and at when it was committed."""
        name = database or self.house.database
        return psycopg.connect(f"postgresql://postgres@/{name}?host={self.socket}", autocommit=True)


@contextmanager
def ground(**settings: Any) -> Generator[Ground]:
    """An installation on a server of its own, in a folder that is removed at the end."""
    leave_in_order()
    folder = Path(tempfile.mkdtemp(prefix="hsb-", dir="/tmp"))
    server = OwnServer(folder)
    try:
        socket = server.start().owner.rsplit("host=", 1)[1]
        with psycopg.connect(f"postgresql://postgres@/postgres?host={socket}", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        server.stop()
        pair = server.start()
        migrate(pair.owner, pair.application)
        with installed(pair, folder, **{**_USUAL, **settings}) as house:
            yield Ground(house, socket)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def leave_in_order() -> None:
    """Let SIGTERM end the benchmark as an error would, so that everything it started is ended too."""

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit("told to stop")

    signal.signal(signal.SIGTERM, leave)


@dataclass(frozen=True)
class Working:
    """A web server and a worker, a process each."""

    address: str
    web: int
    worker: int

    def processor_seconds(self) -> tuple[float, float]:
        """What web server and worker have taken of the processors so far."""
        return _processor_seconds(self.web), _processor_seconds(self.worker)


@contextmanager
def at_work(here: Ground) -> Generator[Working]:
    """A web server and a worker of an installation, stopped at the end."""
    with here.house.serving() as (web, address), here.house.worker() as worker:
        yield Working(address, web.pid, worker.pid)


def _processor_seconds(process: int) -> float:
    facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def asking(here: Ground, address: str, name: str = "coordinator") -> Generator[httpx2.Client]:
    """Somebody with a session."""
    with signed_in(here.house, address, name) as client:
        client.headers["Housestaff-Program"] = here.house.program
        yield client


def add_program_a(here: Ground) -> tuple[str, Any]:
    """The reference family medicine program with its people's logins, under its own code; returns it with its year."""
    return add_program(here, reference_a(7))


def add_program(here: Ground, reference: Any) -> tuple[str, Any]:
    """A reference program with its people's logins, under its own code; returns it with its year."""
    house = here.house
    code = reference.program.id
    house.add_program(code)
    house.do(ImportProgram(program=reference.program, base=reference.history), "admin", program=code)
    for person in reference.program.people:
        role = "resident" if person.kind is PersonKind.RESIDENT else "faculty"
        email = f"{person.id}@{code}.example"
        grant = GrantRole(email=email, display_name=person.display_name, role=role, person_id=person.id)
        house.users[email] = house.do(grant, "admin", program=code)
    return code, reference


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def wait(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds; give up with a word where it does not."""
    deadline = monotonic() + seconds
    while not holds():
        if monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds:.0f} s")
        sleep(0.05)


def effect_seconds(here: Ground, since: datetime) -> list[float]:
    """From the commit of each event to the commit of each consumer's effect, as the database wrote them down.

    A dispatch that was given up ends the benchmark: its effect never came.
    """
    asked = """
        SELECT extract(epoch FROM pg_xact_commit_timestamp(d.xmin) - pg_xact_commit_timestamp(e.xmin))
        FROM dispatch d JOIN event e USING (event_id)
        WHERE d.state = 'done' AND pg_xact_commit_timestamp(e.xmin) >= %s
    """
    with here.as_superuser() as connection:
        if connection.execute("SELECT 1 FROM dispatch WHERE state = 'dead'").fetchone():
            raise SystemExit("an effect was given up; it has no time")
        return [float(row[0]) for row in connection.execute(asked, [since])]


def pending(here: Ground) -> int:
    """How many dispatches no consumer has done yet."""
    with here.as_superuser() as connection:
        row = connection.execute("SELECT count(*) FROM dispatch WHERE state IN ('pending', 'retrying')").fetchone()
    return int(row[0]) if row else 0


def database_now(here: Ground) -> datetime:
    """The instant on the database's clock."""
    with here.as_superuser() as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    if row is None:
        raise LookupError("the database tells no time")
    return row[0]


def free_port() -> int:
    """A port that nobody has now."""
    with sockets.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def end(process: subprocess.Popen[Any]) -> None:
    """End a process of ours and wait for it."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
