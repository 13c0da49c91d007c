"""F12, F14, F15 and the storm of kills: what the whole service does when its world is bad."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import OperationalError

from housestaff.bootstrap.installation import verified_chains
from housestaff.core.edits import SetCall
from housestaff.features.operations.commands import ReplayConsumer
from housestaff.features.program.commands import PutPerson, SetPolicy
from housestaff.features.schedules.commands import AmendSchedule, AnnotateDuty, CreateSchedule, DiscardSchedule
from housestaff.plumbing import installation_metrics, metrics
from tests.cluster import Cluster
from tests.faults.acts import publish
from tests.installed import FIRST, HOUSESTAFF, LAST, ROOT, Installed, installed
from tests.mail_sink import MailSink

CANARY = "canary-7c1f"


def test_f12_what_is_private_shows_nowhere_that_the_contract_forbids(
    posting: Installed, sink: MailSink, capfd: pytest.CaptureFixture[str]
) -> None:
    """A secret word in the text of a note, in a reason, and in facts about a person."""
    schedule = publish(posting)
    posting.do(AnnotateDuty(schedule_id=schedule, duty_id="faculty_call.2025-08-05", text=CANARY))
    edit = SetCall(line="faculty_call", day=date(2025, 8, 5), person="f5")
    amendment = AmendSchedule(
        schedule_id=schedule, base_number=1, edits=(edit,), reason_code="other", reason=f"{CANARY} {CANARY}"
    )
    posting.do(amendment)
    facts = posting.rows("SELECT facts, version FROM person WHERE code = 'r1'")[0]
    posting.do(PutPerson(person_id="r1", facts={**facts["facts"], "track": CANARY}, version=facts["version"]), "admin")
    posting.work_off()
    posting.advance(11 * 60)
    posting.work_off()
    assert not any(CANARY in str(mail["Subject"]) for mail in sink.received)
    shown = {"event": "payload::text", "feed_frame": "body::text", "dead_letter": "trace || message"}
    for table, columns in shown.items():
        assert posting.value(f"SELECT count(*) FROM {table} WHERE {columns} LIKE '%{CANARY}%'") == 0, table
    assert posting.value(f"SELECT count(*) FROM audit_entry WHERE changes::text LIKE '%{CANARY}%'") == 0
    text = metrics.text() + installation_metrics.text(posting.installation.database, posting.installation.clock.now())
    assert CANARY.encode() not in text
    printed = capfd.readouterr()
    assert CANARY not in printed.out + printed.err


@pytest.mark.capability("C46")
def test_f14_workers_reconnect_by_themselves_when_the_database_comes_back(tmp_path: Path, sink: MailSink) -> None:
    """The database is stopped and started while commands and workers go on."""
    folder = Path(tempfile.mkdtemp(prefix="hst-"))
    cluster = Cluster(folder)
    cluster.start()
    more = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_tls": "none"}
    try:
        with cluster.database() as pair, installed(pair, tmp_path, **more) as house, house.worker() as worker:
            house.set_local_hour(10)
            house.draft()
            cluster.restart()
            house.until(lambda: _answers(house), seconds=30)
            house.draft(by="second.coordinator")
            told = "SELECT count(*) FROM delivery WHERE channel = 'email' AND state = 'sent'"
            house.until(lambda: house.value(told) == 6, seconds=60)
            house.until(house.is_quiet)
            assert worker.poll() is None
            assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 6
            assert len(sink.message_ids) == 6
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _answers(house: Installed) -> bool:
    try:
        return house.value("SELECT 1") == 1
    except OperationalError:
        return False


def test_f15_a_slow_consumer_delays_no_other_and_its_backlog_drains(posting: Installed) -> None:
    """Fifty events wait for a consumer that takes a tenth of a second; the counter of events is done long before."""
    slow = posting.starts(sys.executable, "-m", "tests.faults.dying", "slow", "notices.schedule_created", "0.1")
    try:
        for _ in range(50):
            posting.do(DiscardSchedule(schedule_id=posting.do(CreateSchedule(first_day=FIRST, last_day=LAST))))
        waiting = "SELECT count(*) FROM dispatch WHERE consumer = :c AND state = 'pending'"
        posting.until(lambda: posting.value(waiting, c="metrics.events") == 0, seconds=60)
        assert posting.value(waiting, c="notices.schedule_created") > 0
        posting.until(lambda: posting.value(waiting, c="notices.schedule_created") == 0, seconds=60)
        assert posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 150
    finally:
        slow.terminate()
        slow.wait(20)


def given_up(house: Installed) -> list[str]:
    """The names of what has dead letters; each was killed, nothing failed."""
    rows = house.rows("SELECT DISTINCT name, code FROM dead_letter WHERE state = 'open' ORDER BY name")
    assert {row["code"] for row in rows} <= {"killed"}
    return [row["name"] for row in rows]


@pytest.mark.parametrize("kills", [pytest.param(5, id="5"), pytest.param(100, id="100", marks=pytest.mark.slow)])
def test_a_storm_of_kills_loses_nothing_and_doubles_nothing(posting: Installed, sink: MailSink, kills: int) -> None:
    """Workers are ended by SIGKILL at random moments while commands go on."""
    dice, stop, done = Random(7), threading.Event(), list[int]()

    def ask() -> None:
        while not stop.is_set():
            posting.do(CreateSchedule(first_day=FIRST, last_day=LAST))
            posting.do(SetPolicy(values={"freeze_horizon_days": dice.randint(0, 30)}))
            done.append(1)
            stop.wait(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(kills):
        process = subprocess.Popen([HOUSESTAFF, "worker"], env=posting.variables(), cwd=ROOT, stderr=subprocess.DEVNULL)
        stop.wait(1.5 + dice.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
    stop.set()
    asking.join()
    with posting.worker():
        posting.until(posting.is_quiet, seconds=900)
        # Work whose worker was killed three times is given up, even where it was there by chance; it is run again.
        for name in given_up(posting):
            posting.do(ReplayConsumer(name=name), "admin")
        posting.until(posting.is_quiet, seconds=60)
    assert given_up(posting) == []
    assert posting.value("SELECT count(*) FROM dispatch WHERE state <> 'done'") == 0
    count = len(done)
    assert posting.value("SELECT count(*) FROM event WHERE type = 'schedule.created'") == count
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3 * count
    counted = posting.rows("SELECT labels, amount FROM event_count WHERE series = 'events_total'")
    amounts = {row["labels"]: row["amount"] for row in counted}
    assert amounts["event_type=schedule.created"] == count
    assert amounts["event_type=program.policy_changed"] == count + 1
    assert Counter(str(mail["Message-ID"]) for mail in sink.received).keys() == sink.message_ids
    sent = posting.rows(
        "SELECT message_id FROM delivery JOIN notice USING (notice_id) "
        "WHERE type = 'schedule_created' AND channel = 'email' AND state = 'sent'"
    )
    assert len(sent) == 3 * count
    assert {row["message_id"] for row in sent} <= sink.message_ids
    assert [chain["broken_at"] for chain in verified_chains(posting.installation)] == [None]
