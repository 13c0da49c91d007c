"""The pool of database connections of a process: few when idle, enough under load, never more than its share."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import perf_counter
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from housestaff.core.errors import BadInput
from housestaff.plumbing import metrics
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.database import conninfo
from housestaff.plumbing.log import logger
from housestaff.plumbing.pool_lease import Lease
from housestaff.plumbing.settings import Settings

NAME = "housestaff"
"""How its connections are called on the server."""

OPTIONS = "-c statement_timeout=30s -c default_transaction_isolation=read\\ committed"
"""A view that is kept was loaded after its generations were read: that takes a new look with each statement."""

REFUSED_AFTER_SECONDS = 5.0
GROWS_AFTER_SECONDS = 0.05
GROWS_BY, SHRINKS_BY = 4, 2
IDLE_BELOW = 0.3
IDLE_FOR, IDLE_STEP = timedelta(seconds=120), timedelta(seconds=20)
"""So long below 30 % use it waits with the first step down, and so long between that one and each next."""

_PROCESS = "house"


@dataclass(frozen=True, slots=True)
class PoolState:
    """The pool as it is now: its bounds, what the server has of it, and who waits."""

    least: int
    most: int
    budget: int
    size: int
    in_use: int
    waiting: int


class Pool(ConnectionPool[psycopg.Connection[Any]]):
    """Connections that grow when somebody waits and shrink when nobody does."""

    def __init__(self, settings: Settings, url: str, clock: Clock) -> None:
        """Name the database; nothing is connected before `start`."""
        self.clock, self.settings = clock, settings
        self.least, self.most = settings.pool_least, settings.pool_most
        metrics.allow("process", (_PROCESS,))
        self.is_resizing = True
        """Whether it follows the load; only the control of the tests says no."""
        self.lease = Lease(conninfo(url), clock, budget=settings.pool_budget, seconds=settings.pool_lease_seconds)
        self._resizing, self._stop, self._somebody_waits = Lock(), Event(), Event()
        self._counting, self.patient = Lock(), 0
        """How many have waited for more than a moment, and make the pool grow."""
        self._idle_since: datetime | None = None
        self._thread = Thread(target=self._watch, name="pool", daemon=True)
        super().__init__(
            conninfo(url),
            kwargs={
                "options": OPTIONS,
                "application_name": NAME,
            },
            min_size=1,
            max_size=1,
            timeout=REFUSED_AFTER_SECONDS,
            max_idle=settings.pool_tick_seconds,
            check=ConnectionPool.check_connection,
            close_returns=True,
            open=False,
        )

    def start(self) -> None:
        """Take the least that the process may have, connect, and follow the load from now on."""
        granted = max(1, self.lease.take(self.least))
        self.open(wait=True, timeout=30)
        self.resize(granted, granted)
        self._thread.start()

    def stop(self) -> None:
        """Give everything back."""
        self._stop.set()
        self._somebody_waits.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.close()
        self.lease.give_back()

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """A connection; one who waits for a moment makes the pool grow, one who waits too long is refused.

        Raises `PoolTimeout` after five seconds, which a door answers with 503.
        """
        patience, begun = self.timeout if timeout is None else timeout, perf_counter()
        try:
            try:
                return super().getconn(min(GROWS_AFTER_SECONDS, patience))
            except PoolTimeout:
                with self._counted():
                    return super().getconn(max(0.0, patience - (perf_counter() - begun)))
        except PoolTimeout:
            metrics.count("pool_refused_total")
            raise
        finally:
            metrics.observe("pool_wait_seconds", perf_counter() - begun)

    @contextmanager
    def _counted(self) -> Generator[None]:
        """Count somebody who has waited for a moment, and wake whoever lets the pool grow."""
        with self._counting:
            self.patient += 1
        self._somebody_waits.set()
        try:
            yield
        finally:
            with self._counting:
                self.patient -= 1

    # -- size ----------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> PoolState:
        """The pool as it is now."""
        found = self.get_stats()
        size, free = found.get("pool_size", 0), found.get("pool_available", 0)
        waiting = found.get("requests_waiting", 0)
        return PoolState(self.least, self.most, self.lease.budget, size, size - free, waiting)

    def set_bounds(self, least: int, most: int) -> None:
        """Never fewer and never more connections than so many, as far as the installation has them.

        What is in use is never closed. Raises `BadInput` for bounds that are none.
        """
        self.check_bounds(least, most)
        with self._resizing:
            self.least, self.most = least, most
            self._set(min(max(self.max_size, least), most))

    def check_bounds(self, least: int, most: int) -> None:
        """Refuse bounds that are none."""
        if not 1 <= least <= most <= self.lease.budget:
            raise BadInput(
                f"{least} to {most} connections cannot be.",
                place="min, max",
                remedy=f"Choose 1 to {self.lease.budget}, the smaller first.",
            )

    def tick(self) -> None:
        """Look at the load and at the lease, as happens every so often by itself."""
        now, state = self.clock.now(), self.state
        with self._resizing:
            if state.in_use >= IDLE_BELOW * state.size or state.waiting:
                self._idle_since = None
            elif self._idle_since is None:
                self._idle_since = now
            elif self.is_resizing and now - self._idle_since >= IDLE_FOR and self.max_size > self.least:
                self._idle_since = now - IDLE_FOR + IDLE_STEP
                self._set(max(self.max_size - SHRINKS_BY, self.least))
            # Connections on their way out count until they are closed.
            held = max(self.max_size, state.size)
            if self.lease.is_due or self.lease.size != held:
                granted = self.lease.take(held)
                if granted < self.max_size:
                    # It was away for so long that its share was given to others.
                    self._resized(max(1, granted))
        self._tell(state)

    def _grow(self) -> bool:
        """Up to four connections more while somebody waits; says whether there were any left to have."""
        with self._resizing:
            waiting = self.patient
            if not waiting or not self.is_resizing or self.max_size >= self.most:
                return False
            return self._set(min(self.max_size + min(waiting, GROWS_BY), self.most))

    def _set(self, wanted: int) -> bool:
        """Have so many connections, or as many of them as are left for this process."""
        before = self.max_size
        size = wanted if wanted <= before else max(before, self.lease.take(wanted))
        self._resized(size)
        return size != before

    def _resized(self, size: int) -> None:
        before = self.max_size
        if size != before:
            self.resize(size, size)
            metrics.count("pool_resizes_total", direction="up" if size > before else "down")

    def tell(self) -> None:
        """Put the pool as it is now into the metrics."""
        self._tell(self.state)

    @staticmethod
    def _tell(state: PoolState) -> None:
        for name in ("size", "in_use", "waiting"):
            metrics.gauge(f"pool_{name}", getattr(state, name), process=_PROCESS)

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._somebody_waits.wait(self.settings.pool_tick_seconds)
                self._somebody_waits.clear()
                while not self._stop.is_set() and self._grow():
                    self._stop.wait(GROWS_AFTER_SECONDS)
                self.tick()
            except psycopg.Error as error:
                logger(__name__).warning("the share of the pool was not renewed", error=type(error).__name__)
                self._stop.wait(self.settings.pool_tick_seconds)


def open_pool(settings: Settings, url: str, clock: Clock) -> Pool:
    """A pool on a database; a connection that the server has closed is replaced, not handed out."""
    pool = Pool(settings, url, clock)
    try:
        pool.start()
    except BaseException:
        with suppress(psycopg.Error):
            pool.stop()
        raise
    return pool
