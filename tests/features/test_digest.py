"""What can wait leaves in one mail a day for each person, at the hour that the program has named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from housestaff.features.notices.model import Audience
from housestaff.features.program.commands import SetPolicy
from tests.features.test_notify import notify
from tests.installed import Installed
from tests.mail_sink import MailSink

TO_TWO = Audience(persons=("r1", "r2"))


def three_that_can_wait(house: Installed) -> None:
    """Three messages of low priority to two people."""
    for number in range(3):
        notify(house, TO_TWO, key=f"low {number}", priority="low", context={"gaps": 11 + number})
    house.work_off()


def states(house: Installed) -> list[tuple[str, str]]:
    """The states of mails with their reasons."""
    rows = house.rows("SELECT state, reason FROM delivery WHERE channel = 'email' ORDER BY state")
    return [(row["state"], row["reason"]) for row in rows]


@pytest.mark.capability("C28")
def test_what_can_wait_leaves_in_one_mail_in_the_morning(posting: Installed, sink: MailSink) -> None:
    three_that_can_wait(posting)
    assert sink.received == []
    assert states(posting) == [("deferred", "digest")] * 6
    assert posting.value("SELECT count(*) FROM delivery WHERE channel = 'in_app' AND state = 'sent'") == 6
    due = posting.rows(
        "SELECT DISTINCT due_at AT TIME ZONE 'America/Chicago' AS due FROM timer WHERE kind = 'notice.digest'"
    )
    assert [row["due"].strftime("%H:%M") for row in due] == ["07:00"]
    posting.set_local_hour(7, 1)
    posting.work_off()
    assert sorted(str(mail["To"]) for mail in sink.received) == ["r1@small.example", "r2@small.example"]
    for mail in sink.received:
        assert str(mail["Subject"]) == "3 notices of your program"
        for kind in ("plain", "html"):
            text = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
            assert [f"{count} gaps are open" in text for count in (11, 12, 13)] == [True] * 3
    assert states(posting) == [("sent", "")] * 6
    posting.advance(86400)
    posting.work_off()
    assert len(sink.received) == 2


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_a_single_one_leaves_as_itself_and_everybody_reads_their_language(posting: Installed, sink: MailSink) -> None:
    with posting.installation.database.transaction() as connection:
        connection.execute(sa.text("UPDATE app_user SET locale = 'es' WHERE email = 'r2@small.example'"))
    notify(posting, TO_TWO, key="one", priority="low")
    notify(posting, Audience(persons=("r2",)), key="two", priority="low")
    posting.set_local_hour(7, 1)
    posting.work_off()
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in sink.received}
    assert subjects["r1@small.example"] == "A draft schedule stands ready"
    assert subjects["r2@small.example"] == "2 avisos de su programa"


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_the_program_says_when_and_a_person_says_in_which_zone(posting: Installed) -> None:
    posting.do(SetPolicy(values={"digest_at": "18:00"}))
    with posting.installation.database.transaction() as connection:
        connection.execute(
            sa.text("UPDATE app_user SET preferences = '{\"zone\": \"Asia/Tokyo\"}' WHERE email = 'r2@small.example'")
        )
    three_that_can_wait(posting)
    asked = "SELECT subject_id, due_at AT TIME ZONE :zone AS due FROM timer WHERE kind = 'notice.digest'"
    for name, zone in (("r1", "America/Chicago"), ("r2", "Asia/Tokyo")):
        due = {row["subject_id"]: row["due"] for row in posting.rows(asked, zone=zone)}
        assert due[str(posting.users[f"{name}@small.example"])].strftime("%H:%M") == "18:00"


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_a_digest_that_is_refused_is_tried_again_as_one_mail(posting: Installed, sink: MailSink) -> None:
    three_that_can_wait(posting)
    sink.mode = "refuse"
    posting.set_local_hour(7, 1)
    posting.work_off()
    assert states(posting) == [("retrying", "")] * 6
    sink.mode = "accept"
    posting.advance(3600)
    posting.work_off()
    assert len(sink.received) == len(sink.message_ids) == 2
    assert states(posting) == [("sent", "")] * 6


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_whoever_switched_the_mail_off_gets_no_digest(posting: Installed, sink: MailSink) -> None:
    with posting.installation.database.transaction() as connection:
        connection.execute(sa.text('UPDATE app_user SET preferences = \'{"email_off": ["schedule_created"]}\''))
    three_that_can_wait(posting)
    posting.set_local_hour(7, 1)
    posting.work_off()
    assert sink.received == []
    assert states(posting) == [("suppressed", "opted_out")] * 6
