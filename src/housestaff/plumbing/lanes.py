"""Lanes: a worker whose places are shared out, so that one slow lane delays no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import procrastinate
from procrastinate.worker import Worker as QueueWorker


class LanedWorker(QueueWorker):
    """A worker that leaves a lane alone while enough of its places are taken by that lane.

    The library asks `queues` anew at every fetch, so the lanes with room are worked out there.
    """

    def __init__(self, *, lanes: Iterable[str], places_per_lane: int, **options: Any) -> None:
        self._lanes, self._most = list(dict.fromkeys(lanes)), places_per_lane
        self._taken: Counter[str] = Counter()
        super().__init__(**options)

    @property
    def queues(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The lanes that have room now."""
        return [lane for lane in self._lanes if self._taken[lane] < self._most]

    @queues.setter
    def queues(self, value: object) -> None:
        """The library sets what it was given; the lanes are known already."""

    async def _process_job(self, context: procrastinate.JobContext) -> None:
        lane = context.job.queue
        self._taken[lane] += 1
        try:
            await super()._process_job(context)
        finally:
            self._taken[lane] -= 1
            # A lane that was full may have more to do.
            self._new_job_event.set()
