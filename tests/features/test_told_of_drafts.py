"""C1: those who run the program learn at once that a draft stands ready, and how good it is."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

import pytest

from housestaff.core.roster import Roster
from housestaff.features.schedules.commands import DiscardSchedule
from tests.installed import Installed, full_roster, small_program
from tests.mail_sink import MailSink

TOLD = {"coordinator@small.example", "second.coordinator@small.example", "admin@test.example"}


def with_gaps(count: int) -> Roster:
    """The full month with so many nights left without a name."""
    roster = full_roster(small_program())
    kept = sorted(roster.calls)[:-count]
    return replace(roster, calls=MappingProxyType({night: roster.calls[night] for night in kept}))


def draft_with_three_gaps(house: Installed) -> UUID:
    """A draft by the third coordinator; a fourth is inactive."""
    house.deactivate("fourth.coordinator", "coordinator")
    return house.draft(with_gaps(3), by="third.coordinator")


def told_of_the_draft(house: Installed, sink: MailSink) -> None:
    """Three notices, three mails, each with the period and the gaps."""
    rows = house.rows("SELECT * FROM notice WHERE type = 'schedule_created'")
    assert len(rows) == 3
    assert {str(mail["To"]) for mail in sink.received} == TOLD
    assert len(sink.message_ids) == len(sink.received) == 3
    for mail in sink.received:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "July 31, 2025" in text
        assert "August 27, 2025" in text
        assert "3 gaps are open" in text
        assert "third.coordinator" in text


@pytest.mark.capability("C1")
def test_coordinators_and_admins_learn_of_a_draft_but_not_its_author(posting: Installed, sink: MailSink) -> None:
    draft_with_three_gaps(posting)
    posting.work_off()
    told_of_the_draft(posting, sink)


@pytest.mark.control("C1")
def test_nobody_learns_of_a_draft_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.schedule_created", on=False)
    draft_with_three_gaps(posting)
    posting.work_off()
    with pytest.raises(AssertionError):
        told_of_the_draft(posting, sink)


@pytest.mark.capability("C1")
def test_what_waited_for_the_switch_is_told_when_it_is_on(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.schedule_created", on=False)
    draft_with_three_gaps(posting)
    posting.work_off()
    posting.switch("notices.schedule_created", on=True)
    posting.work_off()
    told_of_the_draft(posting, sink)


@pytest.mark.capability("C1")
def test_mails_that_are_refused_for_ten_minutes_arrive_later_once(posting: Installed, sink: MailSink) -> None:
    sink.mode = "refuse"
    draft_with_three_gaps(posting)
    posting.work_off()
    states = posting.rows("SELECT state, channel FROM delivery ORDER BY channel")
    assert [row["state"] for row in states if row["channel"] == "email"] == ["retrying"] * 3
    assert [row["state"] for row in states if row["channel"] == "in_app"] == ["sent"] * 3
    sink.mode = "accept"
    posting.advance(600)
    posting.work_off()
    assert posting.value("SELECT count(*) FROM delivery WHERE channel = 'email' AND state = 'sent'") == 3
    told_of_the_draft(posting, sink)


@pytest.mark.capability("C1")
def test_a_draft_that_is_thrown_away_in_time_is_told_to_nobody(posting: Installed, sink: MailSink) -> None:
    sink.mode = "refuse"
    draft = draft_with_three_gaps(posting)
    posting.work_off()
    posting.do(DiscardSchedule(schedule_id=draft))
    sink.mode = "accept"
    posting.advance(600)
    posting.work_off()
    assert sink.received == []
    assert posting.value("SELECT count(*) FROM delivery WHERE channel = 'email' AND state = 'canceled'") == 3


@pytest.mark.capability("C1")
def test_without_a_coordinator_the_admin_is_told_and_it_is_counted(posting: Installed, sink: MailSink) -> None:
    for name in ("coordinator", "second.coordinator", "third.coordinator"):
        posting.deactivate(name, "coordinator")
    posting.draft(with_gaps(3), by="director")
    posting.work_off()
    assert {str(mail["To"]) for mail in sink.received} == {"admin@test.example"}
    counted = posting.rows("SELECT labels, amount FROM event_count WHERE series = 'recipients_empty_total'")
    assert {"labels": "notice_type=schedule_created|step=coordinator", "amount": 1} in counted


@pytest.mark.capability("C1")
def test_a_draft_of_one_program_tells_nobody_of_another(posting: Installed, sink: MailSink) -> None:
    posting.add_program("other")
    draft_with_three_gaps(posting)
    posting.work_off()
    assert posting.value("SELECT count(*) FROM notice", program="other") == 0
    assert not any("other.example" in str(mail["To"]) for mail in sink.received)
