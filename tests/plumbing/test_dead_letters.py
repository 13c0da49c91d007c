"""C48: nothing that failed is lost, and it can be run again, for just the part that failed."""

from __future__ import annotations

import sys
from threading import Barrier, Thread
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from housestaff.core.errors import NotAllowed, Stale
from housestaff.features.operations import queries
from housestaff.features.operations.commands import DiscardDeadLetter, ReplayConsumer, ReplayDeadLetter
from housestaff.plumbing.jobs import GivenUp
from tests.faults.acts import amend
from tests.faults.test_consumers import failing, results
from tests.installed import Installed
from tests.mail_sink import MailSink

CONSUMER = "notices.schedule_created"


def dead(house: Installed, times: int = 8) -> UUID:
    """A letter of a consumer that failed eight times and works again after so many."""
    failing(house, CONSUMER, times)
    house.draft()
    for _ in range(9):
        house.work_off()
        house.advance(3600)
    letters = house.rows("SELECT dead_letter_id, attempts, state FROM dead_letter WHERE name = :n", n=CONSUMER)
    assert [(row["attempts"], row["state"]) for row in letters] == [(8, "open")]
    return letters[0]["dead_letter_id"]


def one_letter_after_eight_attempts(house: Installed) -> None:
    """One letter; the event's other consumers are done once; admins are told."""
    dead(house, 99)
    event = house.value("SELECT event_id FROM event WHERE type = 'schedule.created'")
    others = house.rows("SELECT consumer, state FROM dispatch WHERE event_id = :e", e=event)
    assert {row["consumer"]: row["state"] for row in others}[CONSUMER] == "dead"
    assert {row["state"] for row in others if row["consumer"] != CONSUMER} == {"done"}
    assert house.value("SELECT count(*) FROM notice WHERE type = 'dead_letter_opened'") == 1
    assert results(house, "metrics.events", "retry") == 0
    assert (results(house, CONSUMER, "retry"), results(house, CONSUMER, "dead")) == (7, 1)


@pytest.mark.capability("C48")
def test_what_always_fails_is_one_letter_after_eight_attempts(house: Installed) -> None:
    one_letter_after_eight_attempts(house)


@pytest.mark.control("C48")
def test_without_letters_what_failed_would_be_lost(house: Installed) -> None:
    house.installation.jobs.give_up = lambda _given_up: None
    with pytest.raises(AssertionError):
        one_letter_after_eight_attempts(house)


@pytest.mark.capability("C48")
def test_what_can_be_neither_counted_nor_given_up_is_not_lost(house: Installed) -> None:
    """As while the database is away for a moment: the work stays in the queue, however its last attempt ended."""
    failing(house, CONSUMER, 99)
    jobs, later = house.installation.jobs, house.installation.later

    def away(*_given: object) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    jobs.give_up, jobs.again = away, away
    house.draft()
    for _ in range(10):
        house.work_off()
        house.advance(3600)
    assert house.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'dispatch'") == 1
    jobs.give_up, jobs.again = later.give_up, later.again
    house.work_off()
    assert house.value("SELECT count(*) FROM dead_letter WHERE name = :n", n=CONSUMER) == 1


@pytest.mark.capability("C48")
def test_a_repaired_consumer_is_replayed_once_and_nobody_else_again(house: Installed) -> None:
    letter = dead(house, 8)
    before = results(house, "metrics.events", "ok")
    assert house.do(ReplayDeadLetter(dead_letter_id=letter), "admin") == CONSUMER
    house.work_off()
    assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3
    assert house.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter) == "resolved"
    assert results(house, "metrics.events", "ok") == before
    assert results(house, "metrics.events", "duplicate") == 0
    actions = house.rows("SELECT action FROM audit_entry WHERE subject_kind = 'dead_letter'")
    assert [row["action"] for row in actions] == ["ReplayDeadLetter"]


@pytest.mark.capability("C48")
def test_a_replay_that_fails_is_open_again_with_its_attempts(house: Installed) -> None:
    letter = dead(house, 99)
    assert house.do(ReplayConsumer(name=CONSUMER), "admin") == 1
    for _ in range(9):
        house.work_off()
        house.advance(3600)
    rows = house.rows("SELECT dead_letter_id, state, attempts FROM dead_letter WHERE name = :n", n=CONSUMER)
    assert rows == [{"dead_letter_id": letter, "state": "open", "attempts": 16}]
    assert (replays(house, CONSUMER, "failed"), replays(house, CONSUMER, "ok")) == (1, 0)


@pytest.mark.capability("C48")
def test_two_admins_who_replay_at_once_make_one_run(house: Installed) -> None:
    letter, barrier, told = dead(house, 8), Barrier(2), list[str]()

    def replay() -> None:
        barrier.wait()
        try:
            house.do(ReplayDeadLetter(dead_letter_id=letter), "admin")
            told.append("run")
        except Stale:
            told.append("409")

    admins = [Thread(target=replay) for _ in range(2)]
    for each in admins:
        each.start()
    for each in admins:
        each.join()
    assert sorted(told) == ["409", "run"]
    house.work_off()
    assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3


@pytest.mark.capability("C48")
def test_work_that_kills_three_workers_is_given_up_and_the_queue_goes_on(posting: Installed) -> None:
    # What is due by the clock is done before, so that nothing else runs in the workers that die.
    posting.installation.later.tick()
    posting.switch(CONSUMER, on=False)
    posting.draft()
    posting.work_off()
    posting.switch(CONSUMER, on=True)
    for _ in range(3):
        dying = posting.starts(sys.executable, "-m", "tests.faults.dying", "worker", CONSUMER, "before")
        assert dying.wait(60) == -9
    with posting.worker():
        posting.until(lambda: posting.value("SELECT count(*) FROM dead_letter") == 1)
        posting.draft()
        posting.until(lambda: posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3)
    letter = posting.rows("SELECT code, message, name FROM dead_letter")[0]
    assert (letter["code"], letter["message"], letter["name"]) == ("killed", "WorkerDied", CONSUMER)


@pytest.mark.capability("C48")
def test_closed_letters_go_after_ninety_days_and_open_ones_never(house: Installed) -> None:
    first, second = dead(house, 99), None
    house.draft(by="director")
    for _ in range(9):
        house.work_off()
        house.advance(3600)
    second = house.value("SELECT dead_letter_id FROM dead_letter WHERE dead_letter_id <> :f", f=first)
    house.do(DiscardDeadLetter(dead_letter_id=first, reason="a test"), "admin")
    house.advance(80 * 86400)
    assert house.installation.later.tick() == 1
    house.work_off()
    assert house.value("SELECT count(*) FROM dead_letter") == 2
    house.advance(11 * 86400)
    assert house.installation.later.tick() == 1
    assert house.installation.later.tick() == 0
    house.work_off()
    assert house.rows("SELECT dead_letter_id FROM dead_letter") == [{"dead_letter_id": second}]
    assert house.value("SELECT count(*) FROM job_run WHERE job = 'retention' AND state = 'done'") == 2


@pytest.mark.capability("C48")
def test_what_a_letter_carried_is_sealed_and_only_admins_see_the_list(house: Installed) -> None:
    letter = dead(house, 99)
    shown = house.read(queries.dead_letter, needs="ops:dead_letters", by="admin", dead_letter_id=letter)
    assert "payload" not in shown
    assert "July" not in str(shown)
    sealed = house.value("SELECT payload FROM dead_letter WHERE dead_letter_id = :l", l=letter)
    assert b"schedule_id" not in bytes(sealed)
    assert b"schedule_id" in house.installation.later.sealer.open(bytes(sealed))
    with pytest.raises(NotAllowed):
        house.read(queries.dead_letter, needs="ops:dead_letters", by="coordinator", dead_letter_id=letter)


@pytest.mark.capability("C48")
def test_a_dead_delivery_is_replayed_and_its_letter_is_closed(posting: Installed, sink: MailSink) -> None:
    sink.mode = "refuse"
    posting.draft(by="director")
    for _ in range(12):
        posting.work_off()
        posting.advance(24 * 3600)
    states = "SELECT delivery.state FROM delivery JOIN dead_letter ON arguments ->> 'delivery_id' = delivery_id::text"
    letters = posting.rows("SELECT dead_letter_id, kind, state FROM dead_letter WHERE name = 'deliver'")
    assert {(row["kind"], row["state"]) for row in letters} == {("delivery", "open")}
    assert [row["state"] for row in posting.rows(states)] == ["dead"] * len(letters) != []
    sink.mode = "accept"
    assert posting.do(ReplayConsumer(name="deliver"), "admin") == len(letters)
    posting.work_off()
    assert [row["state"] for row in posting.rows(states)] == ["sent"] * len(letters)
    assert posting.value("SELECT count(*) FROM dead_letter WHERE name = 'deliver' AND state <> 'resolved'") == 0
    assert len(sink.received) == len(sink.message_ids) >= len(letters)
    assert replays(posting, "deliver", "ok") == len(letters)


@pytest.mark.capability("C48")
def test_a_periodic_run_that_was_given_up_is_failed_and_can_be_run_again(house: Installed) -> None:
    arguments = retention_given_up(house)
    letter = house.value("SELECT dead_letter_id FROM dead_letter WHERE name = 'periodic'")
    assert house.value("SELECT state FROM job_run WHERE job = 'retention'") == "failed"
    house.do(ReplayDeadLetter(dead_letter_id=letter), "admin")
    house.work_off()
    assert house.value("SELECT state FROM job_run WHERE job = 'retention'") == "done"
    assert house.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter) == "resolved"
    # What was replayed well and fails later opens a letter of its own.
    given_up(house, "periodic", arguments)
    assert house.value("SELECT count(*) FROM dead_letter WHERE name = 'periodic'") == 2


@pytest.mark.capability("C48")
def test_a_timer_that_was_given_up_is_fired_by_its_replay(posting: Installed) -> None:
    amend(posting)
    posting.work_off()
    timer = posting.value("SELECT timer_id FROM timer WHERE kind = 'notice.debounce'")
    posting.advance(11 * 60)
    arguments = {"program_id": str(posting.programs["small"]), "timer_id": str(timer)}
    given_up(posting, "timer", arguments)
    letter = posting.value("SELECT dead_letter_id FROM dead_letter WHERE kind = 'timer'")
    posting.work_off()
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_changed'") == 0
    posting.do(ReplayDeadLetter(dead_letter_id=letter), "admin")
    posting.work_off()
    assert posting.value("SELECT state FROM timer WHERE timer_id = :t", t=timer) == "fired"
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_changed'") == 2
    assert posting.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter) == "resolved"


def given_up(house: Installed, job: str, arguments: dict[str, str]) -> None:
    """A piece of work that is in the queue no more, because it was given up."""
    house.installation.later.give_up(GivenUp(job, arguments, RuntimeError(), 8, "attempts_used_up"))
    with house.installation.database.transaction() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs WHERE task_name = :j"), {"j": job})


def retention_given_up(house: Installed) -> dict[str, str]:
    """The periodic job of a day, given up; its arguments."""
    later = house.installation.later
    assert later.tick() == 1
    slot = house.value("SELECT slot FROM job_run WHERE job = 'retention'")
    arguments = {"program_id": str(house.programs["small"]), "job": "retention", "slot": slot.isoformat()}
    given_up(house, "periodic", arguments)
    return arguments


def replays(house: Installed, name: str, result: str) -> int:
    """How many replays of a consumer or job ended so."""
    labels = f"consumer={name}|result={result}"
    return house.value(
        "SELECT coalesce(sum(amount), 0) FROM event_count WHERE series = 'dead_letter_replays_total' AND labels = :l",
        l=labels,
    )


@pytest.mark.capability("C48")
def test_what_failed_once_and_is_switched_off_and_on_is_done(house: Installed) -> None:
    # Else the worker is still at it when the second try is due.
    house.switch("compliance.check", on=False)
    failing(house, CONSUMER, 1)
    house.draft()
    house.work_off()
    assert house.value("SELECT state FROM dispatch WHERE consumer = :c", c=CONSUMER) == "retrying"
    house.switch(CONSUMER, on=False)
    house.advance(3600)
    house.work_off()
    assert house.value("SELECT state FROM dispatch WHERE consumer = :c", c=CONSUMER) == "retrying"
    house.switch(CONSUMER, on=True)
    house.work_off()
    assert house.value("SELECT state FROM dispatch WHERE consumer = :c", c=CONSUMER) == "done"
    assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3


@pytest.mark.capability("C48")
def test_days_on_which_nobody_worked_are_written_down_as_skipped(house: Installed) -> None:
    later = house.installation.later
    later.tick()
    house.advance(4 * 86400)
    assert later.tick() == 1
    assert later.tick() == 0
    rows = house.rows("SELECT state FROM job_run WHERE job = 'retention' ORDER BY slot")
    assert [row["state"] for row in rows] == ["queued", "skipped", "skipped", "skipped", "queued"]


def test_what_has_served_its_time_is_forgotten_and_the_rest_is_kept(house: Installed) -> None:
    sign_in, user = house.installation.sign_in, house.users["r1@small.example"]
    token = sign_in.one_time("sign_in", user)
    sign_in.with_one_time(token, ip="127.0.0.1", agent="a test")
    counted = {table: f"SELECT count(*) FROM {table}" for table in ("attempt", "single_use", "session", "job_death")}
    with house.installation.database.transaction() as connection:
        connection.execute(sa.text("INSERT INTO job_death VALUES (-1, 2)"))
    assert all(house.value(asked) > 0 for asked in counted.values())
    house.advance(2 * 86400)
    house.installation.later.tick()
    house.work_off()
    left = {table: house.value(asked) for table, asked in counted.items()}
    assert (left["attempt"], left["single_use"], left["job_death"]) == (0, 0, 0)
    assert left["session"] > 0
    house.advance(200 * 86400)
    house.installation.later.tick()
    house.work_off()
    assert house.value(counted["session"]) == 0
