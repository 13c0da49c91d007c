"""Work for later: enqueued in the transaction of the change, done by workers on as many machines as wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any, TypeAlias
from uuid import UUID

import procrastinate
import psycopg
import sqlalchemy as sa
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.tasks import configure_task
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError

from housestaff.plumbing import metrics
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.database import conninfo, house_table, raw
from housestaff.plumbing.lanes import LanedWorker
from housestaff.plumbing.log import logger
from housestaff.plumbing.retry import Retry
from housestaff.plumbing.settings import Settings

MOST_DEATHS = 3
"""A piece of work whose worker died so often becomes a dead letter."""

JOB_DEATH = house_table(
    "job_death", sa.Column("job_id", sa.BigInteger, primary_key=True), sa.Column("deaths", sa.Integer, nullable=False)
)

Arguments: TypeAlias = Mapping[str, Any]


class Poison(Exception):
    """Work that no repetition can help; it becomes a dead letter at once."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Work that is not tried again: what it was, how it ended, after how many attempts."""

    job: str
    arguments: Arguments
    error: BaseException | None
    attempts: int
    code: str


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of work: its name, what does it, how it is retried, and the lane of its arguments."""

    name: str
    run: Callable[..., None]
    retry: Retry
    lane: Callable[[Arguments], str] = field(default=lambda _arguments: "")
    bury: Callable[[Any, Arguments], None] | None = None
    """What else is done, in the unit that keeps the dead letter, when a piece of work is given up."""
    unbury: Callable[[Any, Arguments], None] | None = None
    """What makes it ready to be done again, in the unit that replays the dead letter."""

    def queue(self, arguments: Arguments) -> str:
        """The queue of a piece of work: one for each lane, so that a slow lane delays no other."""
        return f"{self.name}:{self.lane(arguments)}".rstrip(":")


class _TryAgain(Exception):
    def __init__(self, at: datetime) -> None:
        super().__init__(f"again at {at}")
        self.at = at


class _AsAsked(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Again when the work asked for it, else not."""
        del job
        return RetryDecision(retry_at=exception.at) if isinstance(exception, _TryAgain) else None


class Jobs:
    """The queue of an installation, for those who enqueue and for those who work."""

    def __init__(self, settings: Settings, clock: Clock, url: str, to_real: Callable[[datetime], datetime]) -> None:
        """Name the database; `to_real` turns an instant of the injected clock into one of the database's."""
        self.settings, self.clock, self._to_real = settings, clock, to_real
        self._connector = procrastinate.PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4)
        self.app = procrastinate.App(connector=self._connector)
        # Once a worker has opened the first connector it speaks asynchronously only; who enqueues brings a connection.
        self._enqueuing = JobManager(procrastinate.SyncPsycopgConnector())
        self.kinds: dict[str, JobKind] = {}
        self.lanes: tuple[str, ...] = ()
        self.give_up: Callable[[GivenUp], None] = _nobody_gives_up
        self.again: Callable[[str, Arguments, Exception], None] = _nobody_is_told
        self.tick: Callable[[], int] = int

    def declare(
        self,
        kinds: Iterable[JobKind],
        lanes: Iterable[str],
        *,
        give_up: Callable[[GivenUp], None],
        again: Callable[[str, Arguments, Exception], None],
        tick: Callable[[], int],
    ) -> None:
        """Say what work there is, its lanes, who is told of what fails for good or for now, who looks at the clock."""
        self.give_up, self.again, self.tick = give_up, again, tick
        for kind in kinds:
            self.kinds[kind.name] = kind
            self.app.task(name=kind.name, pass_context=True, retry=_AsAsked())(self._runner(kind))
        self.lanes = tuple(lanes)

    # -- enqueue -------------------------------------------------------------------------------------------------------

    def defer(
        self, connection: sa.Connection, name: str, arguments: Sequence[Arguments], *, at: datetime | None = None
    ) -> None:
        """Enqueue pieces of work in the caller's transaction; they start after its commit, or at an instant."""
        kind = self.kinds[name]
        jobs = [
            configure_task(
                name=name,
                job_manager=self._enqueuing,
                queue=kind.queue(each),
                task_kwargs={key: str(value) if isinstance(value, UUID) else value for key, value in each.items()},
                schedule_at=self._to_real(at) if at else None,
            ).job
            for each in arguments
        ]
        if jobs:
            self._enqueuing.batch_defer_jobs(jobs, connection=raw(connection))

    # -- work ----------------------------------------------------------------------------------------------------------

    def _runner(self, kind: JobKind) -> Callable[..., None]:
        def run(context: procrastinate.JobContext, **arguments: Any) -> None:
            attempts, begun, result = context.job.attempts + 1, perf_counter(), "retry"
            try:
                kind.run(**arguments)
                result = "ok"
            except Poison as error:
                self._end(kind, GivenUp(kind.name, arguments, error, attempts, "undecodable"))
                result = "dead"
            except Exception as error:
                if attempts < kind.retry.attempts:
                    raise self._once_more(kind, arguments, attempts, error) from error
                self._end(kind, GivenUp(kind.name, arguments, error, attempts, "attempts_used_up"))
                result = "dead"
            finally:
                metrics.observe("job_seconds", perf_counter() - begun, job=kind.name, result=result)

        return run

    def _once_more(self, kind: JobKind, arguments: Arguments, attempts: int, error: Exception) -> _TryAgain:
        """Count a failure, and say when the work is tried again; it is, even where it cannot be counted."""
        logger(__name__).warning(
            "work failed and will be tried again", job=kind.name, attempt=attempts, error=type(error).__name__
        )
        later = _TryAgain(self._to_real(self.clock.now() + kind.retry.wait(attempts)))
        try:
            self.again(kind.name, arguments, error)
        except Exception as uncounted:
            raise later from uncounted
        return later

    def _end(self, kind: JobKind, given_up: GivenUp) -> None:
        """Give a piece of work up; where even that fails, as while the database is away, it is tried again."""
        try:
            self.give_up(given_up)
        except Exception as error:
            raise _TryAgain(self._to_real(self.clock.now() + kind.retry.wait(1))) from error

    async def work(self, stop: asyncio.Event) -> None:
        """Do work until told to stop; what is being done then is finished first.

        While the database is away it waits and comes back by itself.
        """
        while not stop.is_set():
            try:
                async with self._opened():
                    await self._work(stop)
            except (ConnectorException, psycopg.OperationalError, OperationalError, PoolTimeout) as error:
                logger(__name__).error("the database is away; the worker waits", error=type(error).__name__)
                await _wait(stop, self.settings.poll_seconds)

    async def _work(self, stop: asyncio.Event) -> None:
        worker = self._worker(places_per_lane=self.settings.places_per_consumer)
        ended = asyncio.create_task(stop.wait())
        tasks = [asyncio.create_task(worker.run()), asyncio.create_task(self._watch(stop))]
        await asyncio.wait([*tasks, ended], return_when=asyncio.FIRST_COMPLETED)
        worker.stop()
        ended.cancel()
        tasks[1].cancel()
        for problem in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(problem, Exception):
                raise problem

    async def work_off(self) -> None:
        """Do all work that is due, what it brings about included, and return."""
        async with self._opened():
            while await self._due():
                await self._worker(places_per_lane=self.settings.worker_places, wait=False, listen_notify=False).run()

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[None]:
        loop = asyncio.get_running_loop()
        places = self.settings.worker_places + 2
        loop.set_default_executor(ThreadPoolExecutor(places, thread_name_prefix="work"))
        async with self.app.open_async():
            yield

    def _worker(self, *, places_per_lane: int, **options: Any) -> LanedWorker:
        settings = self.settings
        return LanedWorker(
            app=self.app,
            lanes=[*self.lanes, *self.kinds],
            places_per_lane=places_per_lane,
            concurrency=settings.worker_places,
            fetch_job_polling_interval=settings.poll_seconds,
            update_heartbeat_interval=settings.heartbeat_seconds,
            stalled_worker_timeout=settings.lease_seconds,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            **options,
        )

    async def _due(self) -> int:
        row = await self._connector.execute_query_one_async(
            "SELECT count(*) AS due FROM procrastinate_jobs "
            "WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        return int(row["due"])

    async def _watch(self, stop: asyncio.Event) -> None:
        """Take back the work of workers that died, give up what has cost three of them, start what is periodic."""
        while not stop.is_set():
            await self.take_back()
            await asyncio.to_thread(self.tick)
            await _wait(stop, self.settings.watch_seconds)

    async def take_back(self) -> int:
        """Put the work of dead workers back into the queue; returns how many pieces."""
        manager = self.app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=self.settings.lease_seconds))
        for job in stalled:
            deaths = await self._deaths(int(job.id or 0))
            if deaths >= MOST_DEATHS:
                given_up = GivenUp(job.task_name, job.task_kwargs, None, job.attempts + 1, "killed")
                await asyncio.to_thread(self.give_up, given_up)
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)
            else:
                await manager.retry_job(job, retry_at=self._to_real(self.clock.now()))
        return len(stalled)

    async def _deaths(self, job_id: int) -> int:
        row = await self._connector.execute_query_one_async(
            "INSERT INTO job_death AS d (job_id, deaths) VALUES (%(id)s, 1) "
            "ON CONFLICT (job_id) DO UPDATE SET deaths = d.deaths + 1 RETURNING deaths",
            id=job_id,
        )
        return int(row["deaths"])


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait some seconds, or until told to stop."""
    told = asyncio.create_task(stop.wait())
    await asyncio.wait([told], timeout=seconds)
    told.cancel()


def _nobody_is_told(job: str, _arguments: Arguments, error: Exception) -> None:
    raise LookupError(f"nobody was told that {job} has failed") from error


def _nobody_gives_up(given_up: GivenUp) -> None:
    raise LookupError(f"nobody was told that {given_up.job} has given up")
