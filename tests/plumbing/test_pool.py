"""C46: enough connections under load, few when idle, never more than the server can bear."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from housestaff.bootstrap.installation import Installation
from housestaff.plumbing import pool as pools
from housestaff.plumbing import pool_lease
from tests.installed import Installed
from tests.serving import another, metric, served, signed_in, wait_until

QUICK: dict[str, Any] = {"pool_tick_seconds": 0.05}


@contextmanager
def held(worker: Installation, times: int) -> Iterator[ExitStack]:
    """So many connections in use."""
    with ExitStack() as stack:
        for _each in range(times):
            stack.enter_context(worker.database.transaction())
        yield stack


def on_server(superuser: psycopg.Connection, name: str, database: str) -> int:
    """How many connections of a name the server has."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = %s"
    row = superuser.execute(asked, [name, database]).fetchone()
    assert row
    return row[0]


def ask(worker: Installation) -> int:
    with worker.database.transaction() as connection:
        return connection.execute(sa.text("SELECT 1")).scalar_one()


def check_that_five_who_wait_are_served(house: Installed, *, resizing: bool = True) -> None:
    with another(house, **QUICK) as worker:
        # Nothing grows before all five wait, so that they are one load and not several.
        worker.pool.is_resizing = False
        worker.pool.timeout = 5 if resizing else 2
        wait_until(lambda: worker.pool.state.size == 2)
        with held(worker, 2), ThreadPoolExecutor(5) as five:
            waiting = [five.submit(ask, worker) for _each in range(5)]
            wait_until(lambda: worker.pool.patient == 5)
            worker.pool.is_resizing = resizing
            try:
                assert [each.result(5) for each in waiting] == [1] * 5
            except OperationalError as error:
                raise AssertionError("nobody was served") from error
        assert 3 <= worker.pool.state.size <= 6


@pytest.mark.capability("C46")
def test_five_who_wait_while_all_connections_are_held_are_served_by_new_ones(house: Installed) -> None:
    grown = metric("pool_resizes_total", direction="up")
    check_that_five_who_wait_are_served(house)
    assert metric("pool_resizes_total", direction="up") == grown + 1


@pytest.mark.control("C46")
def test_without_resizing_the_five_who_wait_are_refused(house: Installed) -> None:
    with pytest.raises(AssertionError, match="nobody was served"):
        check_that_five_who_wait_are_served(house, resizing=False)


@pytest.mark.capability("C46")
def test_a_pool_at_twenty_never_has_twenty_one(house: Installed, superuser: psycopg.Connection) -> None:
    with another(house, **QUICK) as worker:
        before = on_server(superuser, pools.NAME, house.database) - worker.pool.state.size
        refused = metric("pool_refused_total")
        worker.pool.timeout = 3
        with held(worker, 20):
            assert worker.pool.state.size == 20
            worker.pool.timeout = 0.3
            with pytest.raises(OperationalError, match="PoolTimeout"):
                ask(worker)
            assert on_server(superuser, pools.NAME, house.database) - before == 20
        assert metric("pool_refused_total") == refused + 1


@pytest.mark.capability("C46")
def test_whoever_waits_too_long_is_told_to_come_back_and_health_is_answered_all_the_same(house: Installed) -> None:
    with (
        another(house, pool_most=2, **QUICK) as worker,
        served(worker) as address,
        signed_in(house, address) as client,
    ):
        worker.pool.timeout = 0.2
        with held(worker, 2):
            answer = client.get("/schedules")
            assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (503, "1", "busy")
            assert client.get(f"{address}/health/ready").status_code == 200
        assert client.get("/schedules").status_code == 200


@pytest.mark.capability("C46")
def test_a_hundred_resizes_under_load_fail_no_request(house: Installed) -> None:
    with another(house, **QUICK) as worker, ThreadPoolExecutor(6) as many:
        stop = Event()

        def load() -> int:
            done = 0
            while not stop.is_set():
                done += ask(worker)
            return done

        loads = [many.submit(load) for _each in range(6)]
        for each in range(100):
            bounds = (2, 4) if each % 2 else (8, 16)
            worker.pool.set_bounds(*bounds)
            assert ask(worker) == 1
        stop.set()
        assert all(each.result(10) > 0 for each in loads)


@pytest.mark.capability("C46")
def test_all_processes_share_a_budget_and_a_killed_ones_share_is_free_again(
    house: Installed, superuser: psycopg.Connection
) -> None:
    quick = {"pool_budget": 20, "pool_lease_seconds": 0.5, **QUICK}
    house.installation.pool.stop()
    with ExitStack() as stack:
        workers = [stack.enter_context(another(house, **quick)) for _each in range(3)]
        fourth = _variables_of(workers[0], house)
        process, _address = stack.enter_context(fourth.serving())
        wait_until(lambda: shares(house) == 8)
        for worker in workers:
            worker.pool.timeout = 0.4
        with ThreadPoolExecutor(30) as many:
            go_on = Event()
            holding = [many.submit(_hold, worker, go_on) for worker in workers for _each in range(10)]
            wait_until(lambda: sum(worker.pool.max_size for worker in workers) == 18)
            assert on_server(superuser, pools.NAME, house.database) <= 20
            assert on_server(superuser, pool_lease.NAME, house.database) == 4
            process.send_signal(signal.SIGKILL)
            process.wait()
            wait_until(lambda: shares(house) <= 18, what="the share is free")
            go_on.set()
            for each in holding:
                each.exception(10)
        assert shares(house) <= 20


def _hold(worker: Installation, go_on: Event) -> None:
    with worker.database.transaction():
        go_on.wait(20)


def _variables_of(worker: Installation, house: Installed) -> Installed:
    return Installed(worker, house.addresses, house.folder, house.admin, house.programs, house.users)


def shares(house: Installed) -> int:
    """The connections that all processes together have a share in."""
    with psycopg.connect(house.addresses.owner, autocommit=True) as one:
        row = one.execute("SELECT coalesce(sum(size), 0) FROM pool_lease").fetchone()
    assert row
    return row[0]


@pytest.mark.capability("C46")
def test_after_the_server_dropped_every_connection_the_process_goes_on(
    house: Installed, superuser: psycopg.Connection
) -> None:
    with another(house, **QUICK) as worker:
        ask(worker)
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [house.database],
        )
        assert ask(worker) == 1
        worker.pool.lease.worker_lag(worker.clock.now())
        wait_until(lambda: worker.listener.is_live, 30)
        assert ask(house.installation) == 1


@pytest.mark.capability("C46")
def test_after_five_idle_minutes_two_connections_are_left_and_the_metrics_say_what_the_server_says(
    house: Installed, superuser: psycopg.Connection
) -> None:
    house.installation.pool.stop()
    with another(house, pool_lease_seconds=3600, **QUICK) as worker:
        with held(worker, 20):
            worker.pool.tell()
            assert metric("pool_size", process="house") == 20 == on_server(superuser, pools.NAME, house.database)
            assert metric("pool_in_use", process="house") == 20
        ticked = worker.pool.tick
        ticked()
        for _seconds in range(15):
            house.advance_clock(20)
            ticked()
        wait_until(lambda: worker.pool.state.size == 2, 30, "two connections")
        wait_until(lambda: on_server(superuser, pools.NAME, house.database) == 2)
        worker.pool.tell()
        assert metric("pool_size", process="house") == 2
        assert metric("pool_in_use", process="house") == 0


@pytest.mark.capability("C46")
def test_what_is_in_use_is_never_closed(house: Installed) -> None:
    with another(house, **QUICK) as worker, held(worker, 6) as stack:
        connection = stack.enter_context(worker.database.transaction())
        worker.pool.set_bounds(2, 2)
        assert connection.execute(sa.text("SELECT 2")).scalar_one() == 2


@pytest.mark.capability("C46")
def test_an_admin_reads_and_resizes_the_pool_and_nobody_else_does(house: Installed) -> None:
    with served(house.installation) as address:
        with signed_in(house, address, "admin") as admin:
            found = admin.get("/ops/pool").json()
            assert (found["min"], found["max"], found["budget"]) == (2, 20, 60)
            assert admin.post("/ops/pool/resize", json={"min": 3, "max": 5}).status_code == 204
            changed = admin.get("/ops/pool").json()
            assert (changed["min"], changed["max"]) == (3, 5)
            assert admin.post("/ops/pool/resize", json={"min": 5, "max": 3}).status_code == 400
            assert admin.post("/ops/pool/resize", json={"min": 1, "max": 61}).status_code == 400
        with signed_in(house, address) as coordinator:
            assert coordinator.get("/ops/pool").status_code == 403
            assert coordinator.post("/ops/pool/resize", json={"min": 3, "max": 5}).status_code == 403
    changes = house.rows("SELECT changes FROM audit_entry WHERE action = 'ResizePool'")
    assert [row["changes"] for row in changes] == [{"min": [2, 3], "max": [20, 5]}]


@pytest.mark.capability("C46")
def test_a_statement_may_take_thirty_seconds_and_no_more(house: Installed) -> None:
    assert house.value("SHOW statement_timeout") == "30s"
