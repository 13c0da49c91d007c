"""The second level of the cache, shared by processes: a Redis or Valkey that may be slow, gone, or out of date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from housestaff.plumbing import metrics
from housestaff.plumbing.clock import Clock

TIMEOUT_SECONDS = 0.05
MOST_FAILURES = 5
OPEN_FOR = timedelta(seconds=10)

_T = TypeVar("_T")


class OutOfReach(Exception):
    """The second level did not answer in time, or is left alone for a while."""


class SecondLevel:
    """Bytes under keys, for a while; after some failures in a row it is left alone for ten seconds."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Name the server; no connection is made yet."""
        self._clock = clock
        self._client: Any = cast("Any", redis.Redis).from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._lock = Lock()
        self._failures = 0
        self._closed_until: datetime | None = None

    def get(self, key: str) -> bytes | None:
        """What stands under a key; raises `OutOfReach`."""
        return self._asked(lambda: self._client.get(key))

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value for so long; raises `OutOfReach`."""
        self._asked(lambda: self._client.set(key, value, ex=seconds))

    def drop(self, key: str) -> None:
        """Throw a value away; raises `OutOfReach`."""
        self._asked(lambda: self._client.delete(key))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def is_left_alone(self) -> bool:
        """Whether it has failed so often that nobody asks it now."""
        with self._lock:
            return self._closed_until is not None and self._clock.now() < self._closed_until

    @property
    def is_well(self) -> bool:
        """Whether it answered the last time."""
        with self._lock:
            return self._failures == 0

    def _asked(self, ask: Callable[[], _T]) -> _T:
        if self.is_left_alone:
            raise OutOfReach("left alone")
        try:
            answer = ask()
        except redis.RedisError as error:
            self._note(failed=True)
            raise OutOfReach(type(error).__name__) from error
        self._note(failed=False)
        return answer

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            # One more failure after the pause is enough to leave it alone again.
            is_open = self._failures >= MOST_FAILURES
            self._closed_until = self._clock.now() + OPEN_FOR if is_open else None
        metrics.gauge("cache_breaker_open", float(is_open))
