"""C29: cached answers can be wrong for at most one second, whatever breaks."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from pydantic import SecretStr

from housestaff.bootstrap.installation import Installation
from housestaff.core.events import PersonChanged
from housestaff.plumbing import metrics
from housestaff.plumbing.cache import View
from housestaff.plumbing.listener import NAME
from housestaff.plumbing.unit import Unit
from tests.installed import Installed
from tests.plumbing.views import Valkey, grid, listening, published, second_draft
from tests.serving import another, metric, wait_until

KEYS = ("k0", "k1", "k2", "k3", "k4")
_PUT = sa.text("""
    INSERT INTO program_detail (program_id, kind, code, place, facts, version)
    VALUES (:program, 'probe', :code, 0, '{}', :value)
    ON CONFLICT (program_id, kind, code) DO UPDATE SET version = :value
""")


@dataclass(frozen=True)
class Number:
    value: int


def load_number(unit: Unit, *, scope: str, code: str) -> Number:
    del scope
    asked = sa.text("SELECT version FROM program_detail WHERE kind = 'probe' AND code = :code")
    return Number(unit.connection.execute(asked, {"code": code}).scalar_one_or_none() or 0)


NUMBER = View("number", Number, load_number, "schedule:read", lambda _who: "all", lambda code: (f"person:{code}",))


def show(on: Installation, view: View) -> None:
    """Give a worker one more view."""
    on.prefetch.views[view.name] = view
    metrics.allow("view", on.prefetch.views)


class Rollback(Exception):
    """Thrown to undo a unit."""


def put(house: Installed, on: Installation, code: str, value: int | None, *, undo: bool = False) -> None:
    """Write a number (or only raise its tag) in a unit that tells of it, as a command does."""
    with on.house.unit(house.by()) as unit:
        if value is not None:
            unit.connection.execute(_PUT, {"program": unit.program_id, "code": code, "value": value})
        unit.tell(PersonChanged(person_id=code, fields=()))
        on.house.settle(unit, "Probe")
        if undo:
            raise Rollback


@dataclass
class Interleaving:
    """Three workers, one valkey, and everything that may happen to them, by dice."""

    house: Installed
    workers: list[Installation]
    valkey: Valkey
    superuser: psycopg.Connection
    dice: random.Random
    commits: dict[str, list[tuple[float, int, Installation]]] = field(default_factory=dict)
    value: int = 0

    def run(self, steps: int) -> int:
        """Do so many steps; returns how many reads were served from the cache."""
        acts = {self.read: 640, self.write: 250, self.touch: 60, self.undo: 30, self.deafen: 12, self.restart: 3}
        self.value, hits = 0, 0
        for act in self.dice.choices(list(acts), list(acts.values()), k=steps):
            hits += act() or 0
        for worker in self.workers:
            for code in KEYS:
                self.check(worker, code)
        return hits

    def read(self) -> int:
        return self.check(self.dice.choice(self.workers), self.dice.choice(KEYS))

    def check(self, worker: Installation, code: str) -> int:
        begun = monotonic()
        answer = worker.prefetch.ask(self.house.by(), "number", code=code)
        must = [0]
        for done, value, by in self.commits.get(code, []):
            if done <= begun - 1 or (by is worker and done <= begun):
                must.append(value)
        assert answer.record.value >= max(must), f"{code} is {answer.record.value}, not {max(must)}"
        return answer.result == "hit"

    def write(self) -> None:
        worker, code = self.dice.choice(self.workers), self.dice.choice(KEYS)
        self.value += 1
        put(self.house, worker, code, self.value)
        self.commits.setdefault(code, []).append((monotonic(), self.value, worker))

    def touch(self) -> None:
        put(self.house, self.dice.choice(self.workers), self.dice.choice(KEYS), None)

    def undo(self) -> None:
        with pytest.raises(Rollback):
            put(self.house, self.dice.choice(self.workers), self.dice.choice(KEYS), 10**9, undo=True)

    def deafen(self) -> None:
        """A listener loses its connection."""
        self.superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND pid IN "
            "(SELECT pid FROM pg_stat_activity WHERE application_name = %s ORDER BY random() LIMIT 1)",
            [NAME, NAME],
        )

    def restart(self) -> None:
        """The second level comes back: with what it had, with what it had a while ago, or empty."""
        snapshot, old = self.valkey.folder / "dump.rdb", self.valkey.folder / "old.rdb"
        kind = self.dice.choice(("kept", "old", "empty"))
        self.valkey.stop(keep=True)
        if kind == "old" and old.exists():
            snapshot.write_bytes(old.read_bytes())
        elif not old.exists():
            old.write_bytes(snapshot.read_bytes())
        self.valkey.start(empty=kind == "empty")


@contextmanager
def three_workers(house: Installed, valkey: Valkey, superuser: psycopg.Connection, seed: int) -> Iterator[Interleaving]:
    with ExitStack() as stack:
        workers = [stack.enter_context(another(house, redis_url=SecretStr(valkey.url))) for _ in range(3)]
        for worker in workers:
            show(worker, NUMBER)
        yield Interleaving(house, workers, valkey, superuser, random.Random(seed))


@pytest.mark.capability("C29")
@pytest.mark.parametrize("steps", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_interleaving_shows_a_value_a_second_old_or_an_own_write_late(
    house: Installed, valkey: Valkey, superuser: psycopg.Connection, steps: int
) -> None:
    with three_workers(house, valkey, superuser, seed=steps) as interleaving:
        assert interleaving.run(steps) > steps / 20


@pytest.mark.control("C29")
def test_without_raised_tags_the_interleaving_finds_a_stale_read(
    house: Installed, valkey: Valkey, superuser: psycopg.Connection
) -> None:
    with three_workers(house, valkey, superuser, seed=500) as interleaving:
        for worker in interleaving.workers:
            worker.house.inline_off.add("cache_tags")
        with pytest.raises(AssertionError, match="not"):
            interleaving.run(500)


def number(house: Installed, code: str, *, program: str = "", on: Installation | None = None) -> Any:
    return (on or house.installation).prefetch.ask(house.by(program=program), "number", code=code)


@pytest.fixture
def numbers(house: Installed) -> Installed:
    show(house.installation, NUMBER)
    listening(house.installation)
    return house


@pytest.mark.capability("C29")
def test_ten_thousand_keys_under_one_tag_are_all_old_at_the_next_read(house: Installed) -> None:
    shared = View("number", Number, load_number, "schedule:read", lambda _who: "all", lambda **_code: ("person:all",))
    with another(house, cache_entries=12_000) as worker:
        show(worker, shared)
        listening(worker)
        with worker.house.unit(house.by()) as unit:
            for each in range(10_000):
                worker.prefetch.prefetch(unit, "number", code=f"n{each}")
        assert number(house, "n1", on=worker).result == "hit"
        put(house, worker, "all", None)
        assert number(house, "n1", on=worker).result == "loaded"
        assert number(house, "n9999", on=worker).result == "loaded"


@pytest.mark.capability("C29")
@pytest.mark.capability("C47")
def test_a_hundred_misses_of_one_key_at_once_are_one_load(numbers: Installed) -> None:
    flights = numbers.installation.prefetch.cache._flights
    loads: list[int] = []

    def slow(unit: Unit, *, scope: str, code: str) -> Number:
        loads.append(1)
        (flight,) = flights.values()
        wait_until(lambda: len(flight.landed._cond._waiters) == 99, 20, "99 who wait")  # type: ignore[attr-defined]
        return load_number(unit, scope=scope, code=code)

    show(numbers.installation, replace(NUMBER, load=slow))
    before = {result: metric("prefetch_total", view="number", result=result) for result in ("loaded", "shared")}
    with ThreadPoolExecutor(100) as many:
        assert {answer.record.value for answer in many.map(lambda _: number(numbers, "k0"), range(100))} == {0}
    assert len(loads) == 1
    after = {result: metric("prefetch_total", view="number", result=result) for result in ("loaded", "shared")}
    assert {result: after[result] - before[result] for result in after} == {"loaded": 1, "shared": 99}


@pytest.mark.capability("C29")
def test_a_corrupt_value_of_the_second_level_is_dropped_and_loaded_again(house: Installed, valkey: Valkey) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        show(worker, NUMBER)
        listening(worker)
        put(house, worker, "k0", 7)
        assert number(house, "k0", on=worker).result == "loaded"
        with valkey.client() as client:
            (key,) = client.keys("*:number:*")
            whole = client.get(key)
            for spoiled in (whole.replace(b"7}", b"8}"), whole[:-1], b"", b"\xff\xfe"):
                client.set(key, spoiled)
                worker.prefetch.cache.forget()
                corrupt = metric("prefetch_total", view="number", result="corrupt")
                answer = number(house, "k0", on=worker)
                assert (answer.result, answer.record.value) == ("loaded", 7)
                assert metric("prefetch_total", view="number", result="corrupt") == corrupt + 1
                assert client.get(key).endswith(b'{"value":7}')


@pytest.mark.capability("C29")
def test_another_program_with_the_same_arguments_never_gets_this_ones_value(numbers: Installed) -> None:
    numbers.add_program("other")
    put(numbers, numbers.installation, "k0", 7)
    assert number(numbers, "k0").record.value == 7
    assert number(numbers, "k0").result == "hit"
    other = number(numbers, "k0", program="other")
    assert (other.result, other.record.value) == ("loaded", 0)


@pytest.mark.capability("C29")
def test_a_unit_that_raises_tags_and_is_undone_leaves_the_view_where_it_was(numbers: Installed) -> None:
    number(numbers, "k0")
    with pytest.raises(Rollback):
        put(numbers, numbers.installation, "k0", 9, undo=True)
    answer = number(numbers, "k0")
    assert (answer.result, answer.record.value) == ("hit", 0)


@pytest.mark.capability("C29")
def test_while_nobody_listens_every_read_goes_to_the_database(
    numbers: Installed, superuser: psycopg.Connection
) -> None:
    number(numbers, "k0")
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    superuser.execute(limit.format(sql.Identifier(numbers.database), sql.Literal(0)))
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND datname = %s",
        [NAME, numbers.database],
    )
    try:
        deadline = monotonic() + 5
        while number(numbers, "k0").result != "bypass":
            assert monotonic() < deadline
    finally:
        superuser.execute(limit.format(sql.Identifier(numbers.database), sql.Literal(-1)))
    listening(numbers.installation)
    assert number(numbers, "k0").result in {"hit", "loaded"}


@pytest.mark.capability("C29")
def test_an_entry_is_loaded_again_after_five_minutes(numbers: Installed) -> None:
    number(numbers, "k0")
    numbers.advance(299)
    assert number(numbers, "k0").result == "hit"
    numbers.advance(2)
    assert number(numbers, "k0").result == "loaded"


@pytest.mark.capability("C29")
def test_keys_name_shape_program_view_scope_arguments_and_generations(house: Installed, valkey: Valkey) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        listening(worker)
        schedule, _other = published(house), second_draft(house)
        answer = grid(house, schedule, on=worker)
        with valkey.client() as client:
            (key,) = client.keys("*:roster_grid:*")
        shape, program, view, scope, arguments, generations = key.decode().split(":")
        assert shape == answer.view.schema
        assert (program, view, scope) == (str(house.programs["small"]), "roster_grid", "all")
        assert len(arguments) == 32
        rows = house.rows("SELECT generation FROM cache_tag WHERE tag = :tag", tag=f"schedule:{schedule}")
        assert generations.split(".")[0] == str(rows[0]["generation"])
