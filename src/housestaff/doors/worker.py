"""The worker: does what was enqueued, until it is told to stop. As many as wanted, on as many machines."""

from __future__ import annotations

import asyncio
import signal
from threading import Event, Thread

from housestaff.bootstrap.installation import Installation


def work_until_stopped(installation: Installation) -> None:
    """Work in this thread until the process is told to stop; what is being done is finished first."""

    async def run() -> None:
        stop = asyncio.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, stop.set)
        await installation.jobs.work(stop)

    asyncio.run(run())


class BackgroundWorker:
    """A worker beside the web server, in a thread of its own."""

    def __init__(self, installation: Installation) -> None:
        """Nothing runs before `start`."""
        self._installation = installation
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = Event()
        self._thread = Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Finish what is being done, then end."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        async def run() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            self._ready.set()
            await self._installation.jobs.work(self._stop)

        asyncio.run(run())
