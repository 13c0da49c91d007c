"""The live feed: every event becomes numbered frames, and every process hands them to its clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError

from housestaff.plumbing import feed_frames, metrics
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.database import Database
from housestaff.plumbing.feed_frames import CHANNEL, Frame, Since
from housestaff.plumbing.feed_topics import CARRIED, Facts, addressed
from housestaff.plumbing.listener import Listener
from housestaff.plumbing.log import logger
from housestaff.plumbing.outbox import Occurred, occurred
from housestaff.plumbing.registry import Undecodable
from housestaff.plumbing.unit import Unit

_DOOR = "api"
_CARRIED = [cls.type for cls in CARRIED]
_IN_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_EARLIER = sa.text("""
    SELECT e.event_id FROM dispatch AS d JOIN event AS e USING (event_id)
    WHERE d.consumer = 'realtime.feed' AND d.state IN ('pending', 'retrying')
      AND e.position < :position AND e.type = ANY(:types)
      AND NOT EXISTS (SELECT 1 FROM feed_frame AS f WHERE f.event_id = e.event_id)
    ORDER BY e.position
""")


@reacts_to(as_="realtime.feed")
def put_on_the_feed(happened: Occurred, unit: Unit, facts: Facts) -> None:
    """The event stands on its topics, after all that happened before it."""
    if not isinstance(happened.event, CARRIED):
        return
    unit.connection.execute(_IN_TURN, {"name": f"feed:{unit.program_id}"})
    given = {"position": happened.position, "types": _CARRIED}
    for event_id in unit.connection.execute(_EARLIER, given).scalars().all():
        earlier = _readable(unit, event_id)
        if earlier is not None:
            feed_frames.write(unit, earlier, addressed(earlier.event, facts))
    feed_frames.write(unit, happened, addressed(happened.event, facts))


def _readable(unit: Unit, event_id: UUID) -> Occurred | None:
    try:
        return occurred(unit.connection, event_id)
    except Undecodable:
        # Its own dispatch becomes a dead letter; the others do not wait for it.
        return None


TopicKey: TypeAlias = tuple[UUID, str]


class Member(Protocol):
    """Somebody who follows topics."""

    def offer(self, frame: Frame) -> None:
        """Take a frame that has come now, in order."""
        ...

    def miss(self, topic: str, reason: str) -> None:
        """Learn that frames of a topic are gone."""
        ...

    async def take(self, frame: Frame) -> None:
        """Take a frame that has come before, when there is room for it."""
        ...


@dataclass
class _Topic:
    """A topic that somebody follows here: the newest frame handed out, and the number each member has."""

    seq: int
    members: dict[Member, int] = field(default_factory=dict["Member", int])
    is_read: bool = False
    is_woken: bool = False


class Hub:
    """Hands the frames of the topics to those who follow them in this process; all of it in one event loop."""

    def __init__(self, database: Database, clock: Clock, listener: Listener, poll_seconds: float) -> None:
        """Be woken by the listener, and look every so often in case it has missed something."""
        self._database, self._clock, self._poll_seconds = database, clock, poll_seconds
        self._topics: dict[TopicKey, _Topic] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._poll: asyncio.Task[None] | None = None
        listener.hear(CHANNEL, self._heard, lambda: self._on_loop(self._wake_all))

    # -- from the listener's thread ------------------------------------------------------------------------------------

    def _heard(self, payload: str) -> None:
        program, topic, _seq = payload.split(" ")
        self._on_loop(lambda: self._wake((UUID(program), topic)))

    def _on_loop(self, act: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(act)

    # -- following -----------------------------------------------------------------------------------------------------

    async def follow(self, member: Member, key: TopicKey, seen: int | None) -> str:
        """Hand a member what has come after the frame it saw, then all that comes.

        Returns why the member must read anew (`too_old`, `gap`), or nothing.
        """
        self._loop = asyncio.get_running_loop()
        found = await self._since(key, seen)
        missing, number = found.missing, found.head
        while True:
            for frame in found.frames:
                await member.take(frame)
            topic = self._topics.setdefault(key, _Topic(number))
            if topic.seq <= number:
                break
            # Frames were handed out to others while this member caught up.
            found = await self._since(key, number)
            number = found.head
        topic.members[member] = number
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._look_every_so_often())
        self._gauge()
        # What came between the look and now woke nobody here.
        self._wake(key)
        if missing:
            metrics.count("feed_resync_total", reason=missing)
        return missing

    def leave(self, member: Member, key: TopicKey) -> None:
        """Hand a member no more frames of a topic."""
        topic = self._topics.get(key)
        if topic is not None:
            topic.members.pop(member, None)
            if not topic.members:
                del self._topics[key]
        if not self._topics and self._poll is not None:
            self._poll.cancel()
        self._gauge()

    def _gauge(self) -> None:
        metrics.gauge("feed_topics", len(self._topics), door=_DOOR)

    # -- handing out ---------------------------------------------------------------------------------------------------

    def _wake_all(self) -> None:
        for key in list(self._topics):
            self._wake(key)

    def _wake(self, key: TopicKey) -> None:
        topic = self._topics.get(key)
        if topic is None:
            return
        topic.is_woken = True
        if not topic.is_read:
            topic.is_read = True
            task = asyncio.create_task(self._hand_out(key, topic))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hand_out(self, key: TopicKey, topic: _Topic) -> None:
        try:
            while topic.is_woken:
                topic.is_woken = False
                found = await self._since(key, topic.seq)
                topic.seq = found.head
                if found.missing:
                    self._tell_missing(key[1], topic, found)
                for frame in found.frames:
                    for member, number in list(topic.members.items()):
                        if frame.seq > number:
                            topic.members[member] = frame.seq
                            member.offer(frame)
        except (DBAPIError, PoolTimeout) as error:
            logger(__name__).warning("frames could not be read; they will be soon", error=type(error).__name__)
        finally:
            topic.is_read = False

    @staticmethod
    def _tell_missing(name: str, topic: _Topic, found: Since) -> None:
        for member in list(topic.members):
            topic.members[member] = found.head
            member.miss(name, found.missing)
            metrics.count("feed_resync_total", reason=found.missing)

    async def _look_every_so_often(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            self._wake_all()

    async def _since(self, key: TopicKey, seq: int | None) -> Since:
        return await asyncio.to_thread(self._read, key, seq)

    def _read(self, key: TopicKey, seq: int | None) -> Since:
        program, topic = key
        with self._database.transaction(program=program) as connection:
            return feed_frames.since(connection, topic, seq, self._clock.now())
