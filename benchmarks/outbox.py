"""How many effects a second does a worker bring about, beside bare Procrastinate whose jobs do nothing at all?

Both are one worker process on the same server in the same run, with eight places, and a queue that was filled before.
Ours claims a dispatch, runs the consumer, and commits its effect with its done mark; the peer's jobs only end.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter, sleep
from uuid import UUID

import procrastinate
import psycopg
from procrastinate.jobs import DeleteJobCondition
from procrastinate.types import JSONDict

from benchmarks.results import Row, record
from benchmarks.running import Ground, end, ground, wait
from housestaff.features.schedules.commands import LockPlaces
from tests.installed import HOUSESTAFF

COMMANDS, CONSUMERS, PLACES = 1000, 2, 8
JOBS = COMMANDS * CONSUMERS
FROM, TO = 0.1, 0.9
"""The part of the queue that is timed: starting up and running dry are left out."""

_PEER = "bare"


def main() -> None:
    """Fill our queue and the peer's, let one worker each empty it in turn, and compare."""
    with ground() as here:
        schedule = here.house.draft()
        here.house.work_off()
        with here.as_superuser("postgres") as connection:
            connection.execute(f"CREATE DATABASE {_PEER}")
        rates: dict[str, list[float]] = {"ours": [], "peer": []}
        for _round in range(2):
            _fill_ours(here, schedule)
            rates["ours"].append(_rate(here, here.house.database, lambda: here.house.starts(HOUSESTAFF, "worker")))
            _fill_peer(here)
            peer = [sys.executable, "-m", "benchmarks.outbox", _address(here)]
            rates["peer"].append(_rate(here, _PEER, lambda peer=peer: subprocess.Popen(peer)))
    ours, bare = max(rates["ours"]), max(rates["peer"])
    told = f"bare Procrastinate {bare:.0f} per s"
    question = "outbox: effects of the feed and of the counts"
    record([Row(question, round(ours), "per s", "no goal", told, f"{ours / bare:.2f}")])


def _fill_ours(here: Ground, schedule: UUID) -> None:
    for number in range(COMMANDS):
        places = {"lock": ("r1",)} if number % 2 == 0 else {"unlock": ("r1",)}
        here.house.do(LockPlaces(schedule_id=schedule, **places))


def _fill_peer(here: Ground) -> None:
    async def fill() -> None:
        app = _app(_address(here))
        async with app.open_async():
            with here.as_superuser(_PEER) as connection:
                there = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if there == (None,):
                await app.schema_manager.apply_schema_async()
            works: list[JSONDict] = [{"number": number} for number in range(JOBS)]
            await app.tasks["nothing"].batch_defer_async(*works)

    asyncio.run(fill())


def _rate(here: Ground, database: str, start: Callable[[], subprocess.Popen[bytes]]) -> float:
    """Jobs a second while a worker empties the queue of a database."""
    with here.as_superuser(database) as connection:
        full = _left(connection)
        if full < JOBS:
            raise SystemExit(f"only {full} of {JOBS} jobs were enqueued")
        worker = start()
        try:
            wait(lambda: _left(connection) <= full * (1 - FROM), 120, "the first tenth")
            begun, first = perf_counter(), _left(connection)
            while (last := _left(connection)) > full * (1 - TO):
                if worker.poll() is not None or perf_counter() - begun > 300:
                    raise SystemExit("the worker has ended before its queue was empty, or takes too long")
                sleep(0.02)
            seconds = perf_counter() - begun
            wait(lambda: _left(connection) == 0, 120, "the rest")
        finally:
            end(worker)
    return (first - last) / seconds


def _left(connection: psycopg.Connection[object]) -> int:
    row = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')").fetchone()
    return int(row[0]) if row else 0  # type: ignore[index]


def _address(here: Ground) -> str:
    return f"postgresql://postgres@/{_PEER}?host={here.socket}"


def _app(address: str) -> procrastinate.App:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))

    def nothing(number: int) -> None:
        """Do nothing."""
        del number

    app.task(name="nothing")(nothing)
    return app


def peer(address: str) -> None:
    """The peer's worker, until it is told to stop."""

    async def work() -> None:
        app = _app(address)
        async with app.open_async():
            await app.run_worker_async(concurrency=PLACES, delete_jobs=DeleteJobCondition.ALWAYS, wait=True)

    asyncio.run(work())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        peer(sys.argv[1])
    else:
        main()
