"""An installation for a test: one small program with its people, a clock that moves, a worker that works off."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import SecretStr

from housestaff.bootstrap.installation import Addresses, Installation, opened
from housestaff.core.command import Command
from housestaff.core.people import PersonKind
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.time import Half, days
from housestaff.features.accounts.commands import GrantRole, RevokeRole
from housestaff.features.accounts.store import places_of
from housestaff.features.accounts.tenants import new_program_request, open_program
from housestaff.features.operations.commands import SwitchConsumer
from housestaff.features.program.commands import ImportProgram
from housestaff.features.schedules.commands import CreateSchedule
from housestaff.plumbing.embedded import Addresses as Pair
from housestaff.plumbing.settings import Settings
from housestaff.plumbing.unit import Request
from tests import builders

ROOT = Path(__file__).parents[1]
HOUSESTAFF = Path(sys.executable).with_name("housestaff")
FIRST, LAST = builders.BLOCKS[0].first, builders.BLOCKS[0].last
PEOPLE = (
    builders.resident("r1", "PGY-1"), builders.resident("r2", "PGY-2"), builders.resident("r3", "PGY-3"),
    builders.attending("f1"), builders.attending("f2"), builders.attending("f3"), builders.attending("f4"),
    builders.attending("f5"),
)  # fmt: skip
ROLES = (
    ("coordinator", "coordinator"), ("second.coordinator", "coordinator"), ("third.coordinator", "coordinator"),
    ("director", "program_director"), ("auditor", "auditor"),
)  # fmt: skip
FAST = {
    "poll_seconds": 0.2, "lease_seconds": 1.0, "heartbeat_seconds": 0.25, "watch_seconds": 0.5,
    "retry_first_seconds": 0.05, "mail_retry_first_seconds": 0.05,
}  # fmt: skip
"""The lengths of the contract, scaled down in the same ratios."""


def small_program(code: str = "small") -> Program:
    """Three residents and five attendings, two blocks of four weeks."""
    return builders.program(*PEOPLE, id=code, name=f"Program {code}")


def full_roster(program: Program, first_day: date = FIRST, last_day: date = LAST) -> Roster:
    """A month with a rotation for every resident, a name on every night, and attending weeks; f5 has nothing yet."""
    stints = [Stint(person.id, "CARD", first_day, last_day) for person in program.residents]
    faculty = [person.id for person in program.faculty if person.id != "f5"]
    calls: dict[Night, tuple[CallEntry, ...]] = {}
    halves: dict[HalfDay, tuple[Entry, ...]] = {}
    for number, day in enumerate(days(first_day, last_day)):
        if day.weekday() in builders.SUNDAY_TO_THURSDAY:
            calls[Night("faculty_call", day)] = (CallEntry(faculty[number % len(faculty)]),)
        if program.calendar.is_workday(day):
            for person in program.residents:
                for half in Half:
                    halves[HalfDay(person.id, day, half)] = (Entry(Layer.SOLVER, "CARD"),)
    for week in range(5):
        first = date.fromordinal(first_day.toordinal() + 1 + 7 * week)
        if first <= last_day:
            last = min(last_day, date.fromordinal(first.toordinal() + 6))
            stints.append(Stint(faculty[(week + 2) % len(faculty)], "FMIT", first, last))
    return Roster(tuple(stints), halves, calls, (), (first_day, last_day))


@dataclass
class Installed:
    """What a test works with."""

    installation: Installation
    addresses: Addresses
    folder: Path
    admin: UUID
    programs: dict[str, UUID]
    users: dict[str, UUID]
    program: str = "small"
    address: str = ""
    """Where its web server answers, if it has one."""

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.addresses.application.split("?", maxsplit=1)[0].rsplit("/", 1)[1]

    def by(self, name: str = "coordinator", *, program: str = "", door: str = "api") -> Request:
        """A request of somebody in a program."""
        chosen = program or self.program
        user = self.admin if name == "admin" else self.users[f"{name}@{chosen}.example"]
        return Request(self.programs[chosen], user, door, ip="127.0.0.1")

    def do(self, command: Command, by: str = "coordinator", *, program: str = "") -> Any:
        """Carry out a command for somebody."""
        return self.installation.house.do(command, self.by(by, program=program))

    def switch(self, consumer: str, *, on: bool) -> None:
        """Switch a consumer off or on, as IT does."""
        self.do(SwitchConsumer(name=consumer, on=on), "admin")

    def read(self, question: Any, *, needs: str, by: str = "coordinator", program: str = "", **given: Any) -> Any:
        """Answer a question for somebody."""
        return self.installation.house.read(partial(question, **given), self.by(by, program=program), needs=needs)

    def deactivate(self, name: str, role: str) -> None:
        """Take a role away from somebody, who is given it first where they are new."""
        email = f"{name}@{self.program}.example"
        if email not in self.users:
            grant = GrantRole(email=email, display_name=name, role=role)
            self.users[email] = self.do(grant, "admin")
        self.do(RevokeRole(user_id=self.users[email], role=role), "admin")

    def draft(self, roster: Roster | None = None, *, by: str = "coordinator", program: str = "") -> UUID:
        """A draft of the first month; full and in order, unless another roster is given."""
        given = full_roster(small_program()) if roster is None else roster
        command = CreateSchedule(first_day=FIRST, last_day=LAST, method="imported", roster=given)
        return self.do(command, by, program=program)

    def variables(self) -> dict[str, str]:
        """The environment of a process of this installation, as IT would set it."""
        given = self.installation.settings.model_dump(exclude_defaults=True)
        told: dict[str, str] = dict(os.environ)
        for name, value in given.items():
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            told[f"HOUSESTAFF_{name.upper()}"] = str(plain)
        return told

    def starts(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """A process of this installation."""
        return subprocess.Popen(list(map(str, command)), env=self.variables(), cwd=ROOT)

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """A real worker process, stopped at the end of the block."""
        process = self.starts(HOUSESTAFF, "worker")
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)

    @contextmanager
    def serving(self) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        """A real web server process on a free port, with its address; killed at the end of the block."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = self.starts(HOUSESTAFF, "serve", "--port", str(port))
        try:
            self.until(lambda: _answers(port))
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait(20)

    def until(self, holds: Callable[[], bool], *, seconds: float = 30) -> None:
        """Wait until something holds; fail where it does not in time."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it does not come true in time"
            threading.Event().wait(0.05)

    def is_quiet(self) -> bool:
        """Whether no work is due and none is being done."""
        asked = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo' AND {due})"
        return self.value(asked.format(due="coalesce(scheduled_at, now()) <= now()")) == 0

    def work_off(self) -> None:
        """Let a worker do everything that is due, and stop."""
        # In a thread of its own: the one of a test may have the loop of a browser.
        with ThreadPoolExecutor(1) as one:
            one.submit(lambda: asyncio.run(self.installation.jobs.work_off())).result()

    def advance_clock(self, seconds: float) -> None:
        """Move the clock of all processes and nothing else."""
        file = self.folder / "clock"
        moved = float(file.read_text() or 0) if file.exists() else 0.0
        file.write_text(str(moved + seconds))

    def advance(self, seconds: float) -> None:
        """Move the clock of all processes, and what waits for its instant with it."""
        self.advance_clock(seconds)
        with self.installation.database.transaction() as connection:
            connection.execute(
                sa.text("UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - make_interval(secs => :s)"),
                {"s": seconds},
            )

    def set_local_hour(self, hour: int, minute: int = 0) -> None:
        """Move the clock forward to the next such time of the program's zone."""
        now = self.installation.clock.now().astimezone(ZoneInfo("America/Chicago"))
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        wanted += timedelta(days=wanted < now)
        self.advance((wanted - now).total_seconds())

    def move_to(self, instant: str) -> None:
        """Set the clock, forward or back; what is scheduled stays where it is."""
        wanted = datetime.fromisoformat(instant)
        self.advance((wanted - self.installation.clock.now()).total_seconds())

    def rows(self, statement: str, *, program: str = "", **given: Any) -> list[Mapping[str, Any]]:
        """Rows as the application sees them in a program."""
        chosen = self.programs[program or self.program]
        with self.installation.database.transaction(program=chosen) as connection:
            return [dict(row) for row in connection.execute(sa.text(statement), given).mappings()]

    def value(self, statement: str, *, program: str = "", **given: Any) -> Any:
        """One value as the application sees it in a program."""
        return next(iter(self.rows(statement, program=program, **given)[0].values()))

    def add_program(self, code: str) -> None:
        """Another program of the same institution, with people of the same names."""
        here = self.installation
        request = new_program_request(self.admin, "cli")
        open_program(here.database, here.clock, request, code=code, name=f"Program {code}", zone="America/Chicago")
        self.programs[code] = request.program_id
        as_admin = replace(request, role="")
        here.house.do(ImportProgram(program=small_program(code)), as_admin)
        for name, role in ROLES:
            grant = GrantRole(email=f"{name}@{code}.example", display_name=name, role=role, rank=_rank(role))
            self.users[f"{name}@{code}.example"] = here.house.do(grant, as_admin)
        for person in PEOPLE:
            role = "resident" if person.kind is PersonKind.RESIDENT else "faculty"
            email = f"{person.id}@{code}.example"
            grant = GrantRole(email=email, display_name=person.display_name, role=role, person_id=person.id)
            self.users[email] = here.house.do(grant, as_admin)


def known_people(installation: Installation) -> tuple[dict[str, UUID], dict[str, UUID], UUID]:
    """The programs, users and admin of an installation that another process has set up."""
    with installation.database.transaction() as connection:
        users = {row.email: row.user_id for row in connection.execute(sa.text("SELECT email, user_id FROM app_user"))}
    admin = users["admin@test.example"]
    with installation.database.transaction(user=admin) as connection:
        programs = {place.code: place.program_id for place in places_of(connection, admin)}
    return programs, users, admin


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _rank(role: str) -> str:
    return "director" if role == "program_director" else ""


def settings_of(addresses: Addresses, folder: Path, **more: Any) -> Settings:
    """The settings of a test: lengths scaled down, a clock that moves, no mail unless asked for."""
    given: dict[str, Any] = {
        "database_url": SecretStr(addresses.application),
        "database_owner_url": SecretStr(addresses.owner),
        "data_folder": folder,
        "clock_file": folder / "clock",
        "signing_key": SecretStr("a key for tests"),
        **FAST,
        **more,
    }
    return Settings(**given)


@contextmanager
def installed(pair: Pair, folder: Path, **more: Any) -> Iterator[Installed]:
    """An installation with the small program and its people."""
    addresses = Addresses(pair.application, pair.owner, None)
    with opened(settings_of(addresses, folder, **more), addresses) as installation:
        token = installation.sign_in.setup_token()
        admin = installation.sign_in.set_up(
            token, institution="Test Hospital", email="admin@test.example", name="Admin", password="a password of tests"
        )
        here = Installed(installation, addresses, folder, admin.user_id, {}, {})
        here.add_program("small")
        here.work_off()
        yield here
