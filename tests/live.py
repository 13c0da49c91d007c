"""Clients of the live feed for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.installed import Installed
from tests.serving import signed_in


class Screen:
    """An open screen: what it was sent, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    def say(self, kind: str, **facts: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **facts}))

    def next(self, seconds: float = 10.0) -> dict[str, Any]:
        """What it is sent next; a heartbeat is answered and not told."""
        while True:
            told: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
            if told["type"] != "ping":
                self.heard.append(told)
                return told
            self.say("pong")

    def until(self, kind: str, seconds: float = 10.0) -> dict[str, Any]:
        """What it is sent next of a kind."""
        deadline = monotonic() + seconds
        while True:
            told = self.next(max(0.001, deadline - monotonic()))
            if told["type"] == kind:
                return told

    def subscribe(self, topic: str, **facts: Any) -> dict[str, Any]:
        """Ask for a topic; returns the answer."""
        self.say("subscribe", topic=topic, ref=topic, **facts)
        while True:
            told = self.next()
            if told["type"] in {"ack", "error"} and told.get("ref") == topic:
                return told

    def all_until_ack(self) -> list[dict[str, Any]]:
        """Everything that was sent before the answer to a ping of now."""
        before = len(self.heard)
        self.say("ping", ref="now")
        while not (self.next()["type"] == "ack" and self.heard[-1]["ref"] == "now"):
            pass
        return self.heard[before:-1]

    def closed_with(self, seconds: float = 10.0) -> int:
        """Read on until it is closed; returns the code, or 0 where the connection was lost without one."""
        deadline = monotonic() + seconds
        try:
            while True:
                self.socket.recv(timeout=max(0.001, deadline - monotonic()))
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else 0

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The frames among what it was sent."""
        return [told for told in self.heard if "seq" in told]


def ticket(house: Installed, address: str, name: str = "coordinator", *, program: str = "") -> str:
    """A ticket of somebody."""
    with signed_in(house, address, name, program=program) as client:
        answer = client.post("/realtime/tickets")
        assert answer.status_code == 201, answer.text
        return answer.json()["ticket"]


@contextmanager
def screen(
    house: Installed, address: str, name: str = "coordinator", *, resume: dict[str, int] | None = None, **options: Any
) -> Iterator[Screen]:
    """Somebody's open screen, after its hello."""
    with _opened(address, ticket(house, address, name), resume or {}, **options) as here:
        yield here


def screens(house: Installed, address: str, times: int) -> Iterator[AbstractContextManager[Screen]]:
    """So many open screens of one resident."""
    with signed_in(house, address, "r1") as client:
        given = [client.post("/realtime/tickets").json()["ticket"] for _each in range(times)]
    return (_opened(address, each, {}) for each in given)


@contextmanager
def _opened(address: str, given: str, resume: dict[str, int], **options: Any) -> Iterator[Screen]:
    with connect(address.replace("http", "ws", 1) + "/ws/v1", **options) as socket:
        here = Screen(socket)
        here.say("hello", ticket=given, resume=resume)
        assert here.next()["type"] == "welcome"
        yield here
