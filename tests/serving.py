"""Web servers for tests: the application of an installation on a free port, and people who ask it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx2
import uvicorn

from housestaff.bootstrap.installation import Addresses, Installation, opened
from housestaff.doors.api import api_of
from housestaff.plumbing import metrics
from tests.installed import Installed, settings_of


def wait_until(true: Any, seconds: float = 10.0, what: str = "it") -> None:
    """Wait until a condition holds; an assertion fails where it does not in time."""
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline, f"{what} did not happen within {seconds} s"
        sleep(0.005)


def metric(name: str, **labels: str) -> float:
    """A series of this process as it stands now."""
    return metrics.REGISTRY.get_sample_value(f"housestaff_{name}", labels) or 0.0


@contextmanager
def another(house: Installed, **more: Any) -> Iterator[Installation]:
    """A second worker: another installation on the same database, with everything of its own."""
    where = Addresses(house.addresses.application, house.addresses.owner, None)
    with opened(settings_of(where, house.folder, **more), where) as installation:
        yield installation


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def served(installation: Installation, *, send_buffer: int = 0, port: int = 0) -> Iterator[str]:
    """The address at which an installation answers; with little room on the way to a client, if asked."""
    listening = socket.create_server(("127.0.0.1", port))
    if send_buffer:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    config = uvicorn.Config(api_of(installation), log_config=None, access_log=False, ws_ping_interval=None)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    wait_until(lambda: server.started, what="the server")
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def served_by(house: Installed, *, port: int = 0) -> Iterator[None]:
    """The web server of an installation, whose address the installation knows meanwhile."""
    with served(house.installation, port=port) as house.address:
        yield


@contextmanager
def signed_in(
    house: Installed, address: str, name: str = "coordinator", *, program: str = ""
) -> Iterator[httpx2.Client]:
    """Somebody with a session, as a browser has it."""
    user = house.by(name, program=program).user_id
    token = house.installation.sign_in.one_time("sign_in", user)
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        answer = client.post("/session", json={"token": token})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        if name == "admin":
            client.headers["Housestaff-Program"] = program or house.program
        yield client
