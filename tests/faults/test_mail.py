"""F7: a mail server that refuses, is silent, drops the line or knows nobody; K6 and K7 for the job that delivers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.features.test_notify import notify
from tests.installed import Installed, installed
from tests.mail_sink import MailSink

from housestaff.features.notices.model import Audience  # isort: skip

TO_THREE = Audience(roles=("coordinator",))


def states(house: Installed) -> list[str]:
    """The states of the mails."""
    return [row["state"] for row in house.rows("SELECT state FROM delivery WHERE channel = 'email' ORDER BY state")]


def test_a_refusing_server_loses_nothing_and_sends_nothing_twice(posting: Installed, sink: MailSink) -> None:
    sink.mode = "refuse"
    notify(posting, TO_THREE)
    for _ in range(3):
        posting.work_off()
        posting.advance(3600)
    assert states(posting) == ["retrying"] * 3
    assert posting.value("SELECT count(*) FROM delivery WHERE channel = 'in_app' AND state = 'sent'") == 3
    sink.mode = "accept"
    posting.advance(4 * 3600)
    posting.work_off()
    assert states(posting) == ["sent"] * 3
    assert len(sink.received) == len(sink.message_ids) == 3


def test_a_silent_server_is_tried_again_after_its_time_is_up(cluster: Cluster, tmp_path: Path, sink: MailSink) -> None:
    sink.mode = "silent"
    more = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_tls": "none", "smtp_command_seconds": 0.3}
    with cluster.database() as pair, installed(pair, tmp_path, **more) as house:
        house.set_local_hour(10)
        notify(house, TO_THREE)
        house.work_off()
        assert states(house) == ["retrying"] * 3
        sink.release()
        sink.mode = "accept"
        house.advance(3600)
        house.work_off()
        assert states(house) == ["sent"] * 3
        assert len(sink.message_ids) == 3


def test_a_line_dropped_after_the_message_brings_a_recognizable_copy(posting: Installed, sink: MailSink) -> None:
    sink.mode = "drop"
    notify(posting, TO_THREE)
    posting.work_off()
    sink.mode = "accept"
    posting.advance(3600)
    posting.work_off()
    assert states(posting) == ["sent"] * 3
    assert len(sink.message_ids) == 3
    assert len(sink.received) <= 6


def test_an_unknown_address_bounces_at_once_and_the_others_are_served(posting: Installed, sink: MailSink) -> None:
    sink.unknown = {"second.coordinator@small.example"}
    notify(posting, TO_THREE)
    posting.work_off()
    assert states(posting) == ["bounced", "sent", "sent"]
    posting.advance(4 * 3600)
    posting.work_off()
    assert posting.value("SELECT max(attempts) FROM delivery") == 1
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'delivery_problem'") == 3
    assert sink.to("second.coordinator@small.example") == []


def test_a_server_that_stays_away_leaves_a_dead_delivery_and_an_alert(posting: Installed, sink: MailSink) -> None:
    sink.mode = "refuse"
    notify(posting, TO_THREE)
    for _ in range(11):
        posting.work_off()
        posting.advance(5 * 3600)
    assert states(posting)[:3] == ["dead"] * 3
    letters = posting.rows("SELECT kind, attempts, code FROM dead_letter WHERE kind = 'delivery'")
    assert len(letters) >= 3
    assert {(row["attempts"], row["code"]) for row in letters} == {(10, "attempts_used_up")}
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'delivery_problem'") > 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_the_sending_leaves_one_message_id(posting: Installed, sink: MailSink, when: str) -> None:
    import sys

    notify(posting, Audience(roles=("auditor",)))
    dying = posting.starts(sys.executable, "-m", "tests.faults.dying", "mail", when)
    assert dying.wait(60) == -9
    with posting.worker():
        posting.until(lambda: states(posting) == ["sent"])
        posting.until(posting.is_quiet)
    assert len(sink.message_ids) == 1
    assert len(sink.received) == (1 if when == "before" else 2)


def test_two_workers_at_once_send_one_mail(posting: Installed, sink: MailSink) -> None:
    notify(posting, TO_THREE)
    with posting.worker(), posting.worker():
        posting.until(lambda: states(posting) == ["sent"] * 3)
        posting.until(posting.is_quiet)
    assert len(sink.received) == 3
