"""C48: nothing that failed is lost, and it can be run again, for just the part that failed."""

from __future__ import annotations

import sys
from threading import Barrier, Thread
from uuid import UUID

import pytest

from housestaff.core.errors import NotAllowed, Stale
from housestaff.features.operations import queries
from housestaff.features.operations.commands import DiscardDeadLetter, ReplayConsumer, ReplayDeadLetter
from tests.faults.test_consumers import failing, results
from tests.installed import Installed

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


@pytest.mark.capability("C48")
def test_what_always_fails_is_one_letter_after_eight_attempts(house: Installed) -> None:
    one_letter_after_eight_attempts(house)


@pytest.mark.control("C48")
def test_without_letters_what_failed_would_be_lost(house: Installed) -> None:
    house.installation.jobs.give_up = lambda _given_up: None
    with pytest.raises(AssertionError):
        one_letter_after_eight_attempts(house)


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
