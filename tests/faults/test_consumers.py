"""F1 to F6, F9 to F11, F13: what may happen to an event on its way to a consumer, for every consumer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from housestaff.bootstrap.installation import opened
from housestaff.bootstrap.lists import REACTIONS
from housestaff.features.schedules.commands import CreateSchedule
from housestaff.plumbing.jobs import Poison
from tests.faults.acts import amend
from tests.faults.recipes import CONSUMERS, SAMPLE, Recipe
from tests.installed import FIRST, LAST, Installed

DURABLE = [f.consumer.name for f in REACTIONS if not f.consumer.is_inline]  # type: ignore[attr-defined]
EACH = [pytest.param(name, marks=[] if name in SAMPLE else [pytest.mark.slow]) for name in DURABLE]
each_consumer = pytest.mark.parametrize("name", EACH)


def test_every_durable_consumer_has_a_recipe() -> None:
    """A new consumer without a recipe would escape the faults."""
    assert sorted(CONSUMERS) == sorted(DURABLE)


def waiting(house: Installed, name: str) -> tuple[Recipe, UUID]:
    """The recipe of a consumer whose event waits while all else is done, and that event."""
    recipe = CONSUMERS[name]
    house.switch(name, on=False)
    recipe.act(house)
    house.work_off()
    event = house.value(
        "SELECT event_id FROM event WHERE type = :type ORDER BY position DESC LIMIT 1", type=recipe.event_type
    )
    with house.installation.database.transaction() as connection:
        connection.execute(sa.text("UPDATE consumer_switch SET is_on = true"))
    return recipe, event


def dispatch(house: Installed, name: str, event: UUID) -> None:
    """Dispatch an event to a consumer now."""
    house.installation.later.react(str(house.programs["small"]), str(event), name)


def results(house: Installed, name: str, result: str) -> int:
    """How many dispatches of a consumer ended so."""
    return house.value(
        "SELECT coalesce(sum(amount), 0) FROM event_count WHERE series = 'dispatches_total' "
        "AND labels LIKE :consumer AND labels LIKE :result",
        consumer=f"consumer={name}|%",
        result=f"%|result={result}",
    )


def failing(house: Installed, name: str, times: int, event: UUID | None = None) -> Callable[[], int]:
    """Let a consumer fail so many times before it works, at an event or at any; tells how often it was run on it."""
    at_work, runs = house.installation.house, [0]

    def wrapped(react: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(react)
        def run(*given: Any, **more: Any) -> Any:
            is_it = event is None or given[0].event_id == event
            runs[0] += is_it
            if is_it and runs[0] <= times:
                raise RuntimeError("a fault of the test")
            return react(*given, **more)

        return run

    at_work.consumers = tuple(
        replace(each, react=wrapped(each.react)) if each.name == name else each for each in at_work.consumers
    )
    return lambda: runs[0]


def test_f1_what_is_rolled_back_leaves_nothing(house: Installed) -> None:
    """The transaction fails after its events were written."""
    tables = ("event", "dispatch", "notice", "feed_frame", "cache_tag", "audit_entry", "schedule", "procrastinate_jobs")
    before = [house.value(f"SELECT count(*) FROM {table}") for table in tables]
    at_work = house.installation.house

    def fails() -> None:
        with at_work.unit(house.by()) as unit:
            at_work.carry_out(CreateSchedule(first_day=FIRST, last_day=LAST), unit)
            at_work.settle(unit, "CreateSchedule")
            raise RuntimeError("after the event is written")

    with pytest.raises(RuntimeError):
        fails()
    assert [house.value(f"SELECT count(*) FROM {table}") for table in tables] == before


@each_consumer
def test_f2_what_was_committed_before_a_kill_takes_effect_once(posting: Installed, name: str) -> None:
    recipe = CONSUMERS[name]
    dying = posting.starts(sys.executable, "-m", "tests.faults.dying", "act", name)
    assert dying.wait(60) == -9
    with posting.worker():
        posting.until(lambda: recipe.effect(posting) == recipe.once)
        posting.until(posting.is_quiet)
    assert recipe.effect(posting) == recipe.once


@each_consumer
@pytest.mark.parametrize("when", ["before", "after"])
def test_f3_a_kill_inside_the_consumer_leaves_one_effect(posting: Installed, name: str, when: str) -> None:
    recipe, event = waiting(posting, name)
    posting.switch(name, on=True)
    dying = posting.starts(sys.executable, "-m", "tests.faults.dying", "worker", name, when)
    assert dying.wait(60) == -9
    assert recipe.effect(posting) == 0
    with posting.worker():
        posting.until(lambda: recipe.effect(posting) == recipe.once)
        posting.until(posting.is_quiet)
    assert recipe.effect(posting) == recipe.once
    state = posting.value("SELECT state FROM dispatch WHERE event_id = :e AND consumer = :c", e=event, c=name)
    assert state == "done"


@each_consumer
def test_f4_the_same_event_twice_has_one_effect(posting: Installed, name: str) -> None:
    recipe, event = waiting(posting, name)
    dispatch(posting, name, event)
    dispatch(posting, name, event)
    assert recipe.effect(posting) == recipe.once
    assert results(posting, name, "duplicate") == 1


@each_consumer
def test_f5_two_workers_at_the_same_instant_have_one_effect(posting: Installed, name: str) -> None:
    recipe, event = waiting(posting, name)
    settings, barrier, problems = posting.installation.settings, Barrier(2), list[BaseException]()

    def one() -> None:
        try:
            with opened(settings, posting.addresses) as other:
                barrier.wait()
                other.later.react(str(posting.programs["small"]), str(event), name)
        except BaseException as error:  # noqa: BLE001 - it is shown by the assertion below
            problems.append(error)

    workers = [Thread(target=one) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert problems == []
    assert recipe.effect(posting) == recipe.once
    assert results(posting, name, "duplicate") == 1


def test_f6_an_older_event_after_a_newer_one_is_stale_and_has_no_effect(posting: Installed) -> None:
    """For what reads the state as it is now; what sums up changes is tested with its own (test_told_of_changes)."""
    name = "cache.warm"
    posting.switch(name, on=False)
    amend(posting)
    posting.work_off()
    with posting.installation.database.transaction() as connection:
        connection.execute(sa.text("UPDATE consumer_switch SET is_on = true"))
    asked = "SELECT event_id FROM event JOIN dispatch USING (event_id) WHERE consumer = :c ORDER BY position"
    told = posting.rows(asked, c=name)
    first, _second, third = (row["event_id"] for row in told)
    runs = failing(posting, name, 0)
    dispatch(posting, name, third)
    assert results(posting, name, "ok") == 1
    dispatch(posting, name, first)
    assert (results(posting, name, "ok"), results(posting, name, "stale")) == (1, 1)
    assert runs() == 1


@each_consumer
@pytest.mark.parametrize(
    ("column", "value"),
    [("type", "'nothing.known'"), ("schema_version", "99"), ("payload", '\'{"of": "another shape"}\'')],
)
def test_f9_what_cannot_be_read_is_quarantined_and_the_next_is_done(
    posting: Installed, superuser_of_posting: psycopg.Connection, name: str, column: str, value: str
) -> None:
    recipe, event = waiting(posting, name)
    superuser_of_posting.execute("ALTER TABLE event DISABLE TRIGGER never_changed")
    superuser_of_posting.execute(f"UPDATE event SET {column} = {value} WHERE event_id = '{event}'")  # type: ignore[arg-type]
    with pytest.raises(Poison):
        dispatch(posting, name, event)
    posting.switch(name, on=True)
    posting.work_off()
    letters = posting.rows("SELECT state, attempts, payload, name FROM dead_letter WHERE event_id = :e", e=event)
    assert [(row["state"], row["attempts"], row["name"]) for row in letters] == [("quarantined", 1, name)]
    assert letters[0]["payload"]
    assert recipe.effect(posting) == 0
    state = posting.value("SELECT state FROM dispatch WHERE event_id = :e AND consumer = :c", e=event, c=name)
    assert state == "dead"


@each_consumer
def test_f10_nothing_of_one_program_shows_in_another(posting: Installed, name: str) -> None:
    posting.add_program("other")
    posting.work_off()
    tables = posting.installation.database
    with tables.transaction() as connection:
        named = list(
            connection.execute(
                sa.text(
                    "SELECT table_name FROM information_schema.columns WHERE column_name = 'program_id' "
                    "AND table_schema = 'public' AND table_name <> 'single_use'"
                )
            ).scalars()
        )
        assert len(named) > 30
        assert {
            table: connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in named
        } == (dict.fromkeys(named, 0))
    before = {table: posting.value(f"SELECT count(*) FROM {table}", program="other") for table in named}
    CONSUMERS[name].act(posting)
    posting.work_off()
    assert CONSUMERS[name].effect(posting) == CONSUMERS[name].once
    assert {table: posting.value(f"SELECT count(*) FROM {table}", program="other") for table in named} == before


@each_consumer
def test_f11_a_consumer_that_is_off_leaves_its_dispatch_waiting(posting: Installed, name: str) -> None:
    recipe = CONSUMERS[name]
    posting.switch(name, on=False)
    recipe.act(posting)
    posting.work_off()
    assert recipe.effect(posting) == 0
    assert posting.value("SELECT count(*) FROM dispatch WHERE consumer = :c AND state = 'pending'", c=name) > 0
    posting.switch(name, on=True)
    posting.work_off()
    assert recipe.effect(posting) == recipe.once


@each_consumer
def test_f13_one_that_fails_twice_has_one_effect_and_delays_nobody(posting: Installed, name: str) -> None:
    recipe, event = waiting(posting, name)
    runs = failing(posting, name, 2, event)
    posting.switch(name, on=True)
    posting.work_off()
    # A worker that is long at other work may come to the second try in the same go.
    for _ in range(2):
        if runs() < 3:
            posting.advance(3600)
            posting.work_off()
    assert runs() == 3
    assert recipe.effect(posting) == recipe.once
    others = posting.rows("SELECT state FROM dispatch WHERE event_id = :e AND consumer <> :c", e=event, c=name)
    assert {row["state"] for row in others} <= {"done"}


@each_consumer
def test_f13_one_that_always_fails_becomes_a_dead_letter_after_eight_attempts(posting: Installed, name: str) -> None:
    recipe, event = waiting(posting, name)
    runs = failing(posting, name, 99, event)
    posting.switch(name, on=True)
    for _ in range(9):
        posting.work_off()
        posting.advance(3600)
    letters = posting.rows("SELECT * FROM dead_letter WHERE event_id = :e AND name = :n", e=event, n=name)
    assert [(row["state"], row["attempts"], row["code"], row["message"]) for row in letters] == [
        ("open", 8, "attempts_used_up", "RuntimeError")
    ]
    assert runs() >= 8
    assert recipe.effect(posting) == 0
    attempts = posting.value("SELECT attempts FROM dispatch WHERE event_id = :e AND consumer = :c", e=event, c=name)
    assert attempts == 8
    others = posting.rows("SELECT state FROM dispatch WHERE event_id = :e AND consumer <> :c", e=event, c=name)
    assert {row["state"] for row in others} <= {"done"}
