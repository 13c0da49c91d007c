"""One connection of a process that hears what the database tells: tags that were raised, frames that were written."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from housestaff.plumbing.database import conninfo
from housestaff.plumbing.log import logger

NAME = "housestaff listener"
"""How its connection is called on the server."""

HEARTBEAT_SECONDS = 0.15
DEAF_AFTER_SECONDS = 0.9
"""What was told may be this late; whoever has heard nothing for longer does not trust what it knows."""

_MOST_WAIT = 2.0


class Listener:
    """Hears notifications in a thread of its own, and knows whether it still hears."""

    def __init__(self, url: str) -> None:
        """Name the database; nothing is heard before `start`."""
        self._conninfo = conninfo(url)
        self._tell: dict[str, Callable[[str], None]] = {}
        self._found: list[Callable[[], None]] = []
        self._stop, self._live = Event(), Event()
        self._heard = 0.0
        self._thread = Thread(target=self._run, name="listener", daemon=True)

    def hear(self, channel: str, tell: Callable[[str], None], found: Callable[[], None]) -> None:
        """Say who is told of a channel, and who is told that notifications may have been missed until now."""
        self._tell[channel] = tell
        self._found.append(found)

    def start(self) -> None:
        """Begin to listen; returns when it hears, or after a moment where the database does not answer."""
        self._thread.start()
        self._live.wait(_MOST_WAIT)

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_live(self) -> bool:
        """Whether everything that was committed more than a moment ago has been heard."""
        return self._live.is_set() and monotonic() - self._heard < DEAF_AFTER_SECONDS

    def _run(self) -> None:
        wait = HEARTBEAT_SECONDS
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, application_name=NAME, connect_timeout=5, tcp_user_timeout=5000
                ) as connection:
                    wait = HEARTBEAT_SECONDS
                    self._listen(connection)
            except psycopg.Error as error:
                logger(__name__).warning("the listener is lost and will be back", error=type(error).__name__)
            self._live.clear()
            self._stop.wait(wait)
            wait = min(2 * wait, _MOST_WAIT)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        for channel in self._tell:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        # What was told before is not heard any more: whoever knows something must read it again.
        self._heard = monotonic()
        for found in self._found:
            found()
        self._live.set()
        while not self._stop.is_set():
            self._take(connection, HEARTBEAT_SECONDS)
            asked = monotonic()
            connection.execute("SELECT 1")
            # The server tells what is due before it answers; it lies ready and is taken without waiting.
            self._take(connection, 0)
            self._heard = asked

    def _take(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        for told in connection.notifies(timeout=seconds):
            self._tell[told.channel](told.payload)
