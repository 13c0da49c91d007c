"""One client of the live feed: what it may follow, what it is sent, and why it is let go."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any, cast

from fastapi import WebSocket
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError

from housestaff.bootstrap.installation import Installation
from housestaff.features.accounts.tickets import Bearer, Tickets
from housestaff.plumbing import metrics
from housestaff.plumbing.access import Principal, allow
from housestaff.plumbing.feed_frames import Frame
from housestaff.plumbing.feed_topics import Facts, may_see, needed_for, topic_of_user
from housestaff.plumbing.unit import Request, Unit

EXPIRED, SLOW, DEAD, BUSY = 4401, 4408, 4409, 1013
_REASONS = {EXPIRED: "expired", SLOW: "slow", DEAD: "dead"}
MOST_BYTES, MOST_TOPICS = 2**20, 200
_CLOSE_SECONDS = 10


class Ended(Exception):
    """The connection is over: the code it is closed with."""

    def __init__(self, code: int, reason: str = "") -> None:
        """Say the code, and what may be said of it."""
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


class Client:
    """A connection with its queue; everything about it runs in one event loop."""

    def __init__(self, socket: WebSocket, installation: Installation, tickets: Tickets) -> None:
        """A client that has not said hello yet."""
        self._socket, self._tickets = socket, tickets
        self._house, self._hub, self._settings = installation.house, installation.hub, installation.settings
        self._bearer: Bearer | None = None
        self._principal: Principal | None = None
        self._names: dict[str, str] = {}
        """The topics it follows, as stored, with the names it knows them by."""
        self._queue: deque[str] = deque()
        self._size = 0
        self._something, self._room = asyncio.Event(), asyncio.Event()
        self._too_slow, self._recheck = asyncio.Event(), asyncio.Event()
        self._heard = asyncio.get_running_loop().time()

    # -- what it is sent -----------------------------------------------------------------------------------------------

    def offer(self, frame: Frame) -> None:
        """Queue a frame that has come now; a client that is too slow for it is let go."""
        if self._is_watched(frame):
            self._recheck.set()
        if self._shows(frame):
            self._put(frame.text(self._names[frame.topic]))

    async def take(self, frame: Frame) -> None:
        """Queue a frame that has come before, when there is room for it."""
        while self._shows(frame) and not self._has_room():
            self._room.clear()
            await self._room.wait()
        if self._shows(frame):
            self._put(frame.text(self._names[frame.topic]))

    def miss(self, topic: str, reason: str) -> None:
        """Tell that frames of a topic are gone, so that the client reads anew."""
        self._tell("resync", topic=self._names.get(topic, topic), reason=reason)

    def _shows(self, frame: Frame) -> bool:
        return frame.topic in self._names and self._principal is not None and may_see(self._principal, frame.needs)

    def _is_watched(self, frame: Frame) -> bool:
        return frame.type == "membership.changed" and frame.topic == self._own

    @property
    def _own(self) -> str:
        return topic_of_user(self._bearer.user_id) if self._bearer else ""

    def _has_room(self) -> bool:
        return len(self._queue) < self._settings.feed_queue and self._size < MOST_BYTES

    def _put(self, text: str) -> None:
        if not self._has_room():
            self._too_slow.set()
            return
        self._queue.append(text)
        self._size += len(text)
        self._something.set()

    def _tell(self, kind: str, **facts: Any) -> None:
        self._put(json.dumps({"v": 1, "type": kind, **facts}, default=str, separators=(",", ":")))

    async def send_what_waits(self) -> None:
        """Send the queue as it fills."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._queue:
                text = self._queue.popleft()
                self._size -= len(text)
                self._room.set()
                await self._socket.send_text(text)

    async def until_let_go(self) -> None:
        """Wait until the client is too slow."""
        await self._too_slow.wait()
        raise Ended(SLOW, "slow")

    # -- what it says --------------------------------------------------------------------------------------------------

    async def greet(self) -> None:
        """Wait for the hello, take its ticket, and follow what it resumes."""
        try:
            hello = await asyncio.wait_for(self._said(), self._settings.feed_hello_seconds)
        except TimeoutError:
            raise Ended(EXPIRED, "no hello") from None
        ticket = hello.get("ticket") if hello is not None and hello.get("type") == "hello" else None
        if not isinstance(ticket, str):
            raise Ended(EXPIRED, "no hello")
        self._bearer = await asyncio.to_thread(self._tickets.take, ticket)
        if self._bearer is None or not await self._know_who():
            raise Ended(EXPIRED, "ticket")
        given: Any = hello.get("resume") if hello else None
        resume = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        self._tell(
            "welcome",
            user_id=self._bearer.user_id,
            topics=["me", *(topic for topic in resume if topic != "me")],
            heartbeat_s=self._settings.feed_heartbeat_seconds,
        )
        await self._subscribe("me", resume.get("me"), None)
        for topic, seq in resume.items():
            if topic != "me":
                await self._subscribe(topic, seq, None)

    async def listen(self) -> None:
        """Answer every frame of the client."""
        while True:
            said = await self._said()
            if said is None:
                self._tell("error", ref=None, code="bad_frame")
                continue
            ref, topic = said.get("ref"), said.get("topic")
            kind = said.get("type")
            if kind == "pong":
                continue
            if kind == "ping":
                self._tell("ack", ref=ref)
            elif kind == "subscribe" and isinstance(topic, str):
                await self._subscribe(topic, said.get("seq"), ref, is_asked=True)
            elif kind == "unsubscribe" and isinstance(topic, str):
                self._drop(topic)
                self._tell("ack", ref=ref)
            else:
                self._tell("error", ref=ref, code="bad_frame")

    async def _said(self) -> dict[str, Any] | None:
        """What the client says next; nothing for what is no frame."""
        text = await self._socket.receive_text()
        self._heard = asyncio.get_running_loop().time()
        try:
            said: Any = json.loads(text)
        except ValueError:
            return None
        return cast("dict[str, Any]", said) if isinstance(said, dict) else None

    async def _subscribe(self, name: str, seq: Any, ref: Any, *, is_asked: bool = False) -> None:
        is_one_too_many = len(self._names) >= MOST_TOPICS
        code = "bad_frame" if is_one_too_many else await asyncio.to_thread(self._refusal, name)
        if code:
            self._tell("error", ref=ref, topic=name, code=code)
            return
        if is_asked:
            self._tell("ack", ref=ref)
        topic = self._own if name == "me" else name
        program = self._known.program_id
        self._hub.leave(self, (program, topic))
        self._names[topic] = name
        try:
            missing = await self._hub.follow(self, (program, topic), seq if isinstance(seq, int) else None)
        except (DBAPIError, PoolTimeout) as error:
            raise Ended(BUSY, "busy") from error
        if missing:
            self.miss(topic, missing)

    def _drop(self, name: str) -> None:
        topic = self._own if name == "me" else name
        self._names.pop(topic, None)
        if topic != self._own:
            # One's own topic is followed all the same: it tells when a role ends.
            self._hub.leave(self, (self._known.program_id, topic))

    # -- who it is -----------------------------------------------------------------------------------------------------

    @property
    def _known(self) -> Bearer:
        if self._bearer is None:
            raise Ended(EXPIRED, "no hello")
        return self._bearer

    def _refusal(self, name: str) -> str:
        """Why a topic may not be followed, or nothing; one of another program is refused like one that is not there."""
        if name == "me":
            return ""
        needs = needed_for(name)
        if needs is None:
            return "unknown_topic"
        if self._principal is None or allow(self._principal, needs) is None:
            return "not_allowed"
        kind, _colon, id_ = name.partition(":")
        if id_:
            with self._house.unit(self._request) as unit:
                if not self._house.call(_is_known(kind, id_), unit):
                    return "not_allowed"
        return ""

    @property
    def _request(self) -> Request:
        return Request(self._known.program_id, self._known.user_id, "api")

    async def _know_who(self) -> bool:
        """Read anew who it is; says whether they still have a login and a role in the program."""
        self._principal = await asyncio.to_thread(self._read_who)
        return self._principal is not None

    def _read_who(self) -> Principal | None:
        if not self._tickets.is_signed_in(self._known):
            return None
        with self._house.unit(self._request) as unit:
            return self._house.parts.find_principal(unit.connection, unit.request)

    async def watch(self) -> None:
        """Look every so often whether the client lives and is still who it was; at once when a role has changed."""
        beat = self._settings.feed_heartbeat_seconds
        while True:
            try:
                await asyncio.wait_for(self._recheck.wait(), beat)
            except TimeoutError:
                if asyncio.get_running_loop().time() - self._heard > 2 * beat:
                    raise Ended(DEAD, "dead") from None
                self._tell("ping")
            self._recheck.clear()
            try:
                await self._check_topics()
            except (DBAPIError, PoolTimeout) as error:
                raise Ended(BUSY, "busy") from error

    async def _check_topics(self) -> None:
        is_somebody = await self._know_who()
        for name in list(self._names.values()):
            code = await asyncio.to_thread(self._refusal, name) if is_somebody else "not_allowed"
            if code:
                self._drop(name)
                self._tell("error", ref=None, topic=name, code=code)
        if not is_somebody:
            raise Ended(EXPIRED, "expired")

    # -- the end -------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Follow nothing any more."""
        if self._bearer is not None:
            for topic in {*self._names, self._own}:
                self._hub.leave(self, (self._bearer.program_id, topic))

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye with a code; a client that does not even read that is left to itself."""
        self.leave()
        if code in _REASONS:
            metrics.count("feed_drops_total", reason=_REASONS[code])
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                waiting = () if code == SLOW else tuple(self._queue)
                for text in (*waiting, json.dumps({"v": 1, "type": "bye", "code": code})):
                    await self._socket.send_text(text)
                await self._socket.close(code, reason)
        except (TimeoutError, RuntimeError, OSError):
            # It has gone already, or reads nothing: its socket is closed when this returns.
            if code not in _REASONS:
                metrics.count("feed_drops_total", reason="dead")


def _is_known(kind: str, id_: str) -> Any:
    def asked(facts: Facts, unit: Unit) -> bool:
        del unit
        return facts.is_known(kind, id_)

    return asked
