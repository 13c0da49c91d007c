"""C22: who answers for the law hears of a breach at once, and again only when it matters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from housestaff.features.accounts.commands import GrantRole, RevokeRole
from housestaff.features.compliance.commands import AcknowledgeViolation
from housestaff.features.schedules.commands import PublishSchedule
from tests.features.long_month import (
    BUSY,
    accept,
    change_person,
    leaves_on,
    lengthen,
    long_draft,
    long_published,
    stays,
    violation,
)
from tests.installed import LAST, Installed
from tests.mail_sink import MailSink

DAY = 86400
DIRECTOR = "director@small.example"
COORDINATORS = {f"{name}@small.example" for name in ("coordinator", "second.coordinator", "third.coordinator")}
EMPLOYED = "rule = 'employed' AND person_id = 'r1'"


def published(house: Installed) -> UUID:
    """The small month in force, with its own notices sent."""
    draft = house.draft()
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    house.work_off()
    return draft


def breached(house: Installed, sink: MailSink) -> None:
    """A resident of the published month is in the program up to a day before its end."""
    published(house)
    sink.received.clear()
    leaves_on(house, "r1", LAST - timedelta(days=1))
    house.work_off()


def mails(sink: MailSink, *, subject: str = "rule that must hold is broken") -> list[str]:
    """Who got a mail of a subject."""
    return sorted(str(mail["To"]) for mail in sink.received if subject in str(mail["Subject"]))


def told(house: Installed, type_: str) -> list[str]:
    """Who has a notice of a type."""
    asked = "SELECT email FROM notice JOIN app_user ON user_id = recipient_user_id WHERE type = :type ORDER BY email"
    return [row["email"] for row in house.rows(asked, type=type_)]


def text(sink: MailSink, to: str) -> str:
    """The newest mail to somebody."""
    mail = next(mail for mail in reversed(sink.received) if str(mail["To"]) == to)
    return mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


# -- at once -----------------------------------------------------------------------------------------------------------


def the_director_is_told(house: Installed, sink: MailSink) -> None:
    """The director and the coordinators by mail, the resident in the app."""
    assert mails(sink) == sorted({DIRECTOR, *COORDINATORS})
    assert told(house, "violation_alert") == sorted({DIRECTOR, *COORDINATORS})
    assert "r1@small.example" in told(house, "violation_own")


@pytest.mark.capability("C22")
def test_the_director_hears_of_a_breach_at_once_even_at_night(posting: Installed, sink: MailSink) -> None:
    posting.set_local_hour(3)
    breached(posting, sink)
    the_director_is_told(posting, sink)
    said = text(sink, DIRECTOR)
    assert "Nobody is assigned before they start" in said
    assert "Resident r1" in said
    assert f"/violations/{violation(posting, EMPLOYED)['violation_id']}" in said
    assert "Measured: 1. Limit: 0." in said
    assert "physical fact" in said
    subject = next(str(mail["Subject"]) for mail in sink.received)
    assert "r1" not in subject
    assert "assigned" not in subject


@pytest.mark.control("C22")
def test_nobody_hears_of_a_breach_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.violation", on=False)
    breached(posting, sink)
    with pytest.raises(AssertionError):
        the_director_is_told(posting, sink)


@pytest.mark.capability("C22")
@pytest.mark.parametrize("is_checked_before", [True, False])
def test_a_warning_is_told_to_its_person_in_the_app_and_to_nobody_by_mail(
    posting: Installed, sink: MailSink, *, is_checked_before: bool
) -> None:
    """Whether the draft was checked before it is in force, or only then."""
    draft = posting.draft()
    if is_checked_before:
        posting.work_off()
    posting.do(PublishSchedule(schedule_id=draft, revision=1))
    posting.work_off()
    warned = posting.rows("SELECT person_id FROM violation WHERE severity = 'warning' ORDER BY person_id")
    assert told(posting, "violation_own") == [f"{row['person_id']}@small.example" for row in warned]
    assert told(posting, "violation_alert") == mails(sink) == []
    assert not [mail for mail in sink.received if "broken" in str(mail["Subject"])]


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_of_a_draft_nobody_is_told(posting: Installed, sink: MailSink) -> None:
    long_draft(posting)
    assert violation(posting)["severity"] == "critical"
    assert mails(sink) == []
    assert told(posting, "violation_alert") == told(posting, "violation_own") == []


# -- again only when it matters ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_found_ten_times_it_is_told_once_and_worse_by_six_hours_once_more(posting: Installed, sink: MailSink) -> None:
    long_published(posting)
    posting.advance(11 * DAY)
    posting.work_off()
    assert mails(sink).count(DIRECTOR) == 1
    for number in range(10):
        change_person(posting, BUSY, stage=str(number))
        posting.work_off()
    assert mails(sink).count(DIRECTOR) == 1
    lengthen(posting, 800)
    assert mails(sink).count(DIRECTOR) == 1, "24 minutes are not told"
    lengthen(posting, 814)
    assert mails(sink).count(DIRECTOR) == 2
    said = text(sink, DIRECTOR)
    assert "Before: 320 h 01." in said
    assert "Measured: 326 h 01. Limit: 320 h 00." in said
    assert [row["payload"]["previous_value"] for row in _events(posting, "violation.worsened")] == [19_201]


def _events(house: Installed, type_: str) -> list[dict[str, Any]]:
    return [dict(row) for row in house.rows("SELECT payload FROM event WHERE type = :type", type=type_)]


# -- to whom -----------------------------------------------------------------------------------------------------------


def counted(house: Installed) -> dict[str, int]:
    """How often a step of the chain had nobody."""
    rows = house.rows(
        "SELECT labels, amount FROM event_count WHERE series = 'recipients_empty_total' "
        "AND labels LIKE 'notice_type=violation_alert%'"
    )
    return {str(row["labels"]).rpartition("step=")[2]: int(row["amount"]) for row in rows}


def without_director(house: Installed) -> None:
    """The director is gone."""
    house.do(RevokeRole(user_id=house.users[DIRECTOR], role="program_director"), "admin")


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_without_a_director_the_associate_is_told(posting: Installed, sink: MailSink) -> None:
    without_director(posting)
    associate = "associate@small.example"
    posting.do(GrantRole(email=associate, display_name="associate", role="program_director", rank="associate"), "admin")
    breached(posting, sink)
    assert mails(sink) == sorted({associate, *COORDINATORS})
    assert counted(posting) == {"program_director:director": 1}


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_without_either_the_coordinators_are_told(posting: Installed, sink: MailSink) -> None:
    without_director(posting)
    breached(posting, sink)
    assert mails(sink) == sorted(COORDINATORS)
    assert counted(posting) == {"program_director:director": 1, "program_director:associate": 1}


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_without_anybody_the_admins_are_told(posting: Installed, sink: MailSink) -> None:
    published(posting)
    without_director(posting)
    for name in ("coordinator", "second.coordinator", "third.coordinator"):
        posting.deactivate(name, "coordinator")
    sink.received.clear()
    leaves_on(posting, "r1", LAST - timedelta(days=1))
    posting.work_off()
    assert mails(sink) == ["admin@test.example"]
    assert counted(posting) == dict.fromkeys(
        ("program_director:director", "program_director:associate", "coordinator"), 1
    )


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_nobody_of_another_program_and_no_other_resident_is_told(posting: Installed, sink: MailSink) -> None:
    posting.add_program("other")
    posting.work_off()
    breached(posting, sink)
    assert not [mail for mail in sink.received if "other.example" in str(mail["To"])]
    assert posting.value("SELECT count(*) FROM notice WHERE type LIKE 'violation%'", program="other") == 0
    assert "r2@small.example" not in {*told(posting, "violation_own"), *told(posting, "violation_alert")}


# -- its end -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_those_who_were_alerted_hear_that_it_is_over(posting: Installed, sink: MailSink) -> None:
    breached(posting, sink)
    stays(posting, "r1")
    posting.work_off()
    assert violation(posting, EMPLOYED)["state"] == "resolved"
    assert told(posting, "violation_resolved") == sorted({DIRECTOR, *COORDINATORS})
    assert mails(sink, subject="is kept again") == sorted({DIRECTOR, *COORDINATORS})


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_resolved_while_its_mail_waits_it_is_told_to_nobody(posting: Installed, sink: MailSink) -> None:
    published(posting)
    sink.received.clear()
    sink.mode = "refuse"
    leaves_on(posting, "r1", LAST - timedelta(days=1))
    posting.work_off()
    stays(posting, "r1")
    posting.work_off()
    sink.mode = "accept"
    posting.advance(3600)
    posting.work_off()
    assert mails(sink) == mails(sink, subject="is kept again") == []
    assert told(posting, "violation_resolved") == []
    states = posting.rows(
        "SELECT DISTINCT d.state FROM delivery d JOIN notice USING (notice_id) "
        "WHERE type = 'violation_alert' AND channel = 'email'"
    )
    assert [row["state"] for row in states] == ["canceled"]


# -- nobody answers ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_what_nobody_acknowledges_goes_up_the_chain_a_step_a_day(posting: Installed, sink: MailSink) -> None:
    breached(posting, sink)
    waits = "waits for an answer"
    posting.advance(DAY + 60)
    posting.work_off()
    assert mails(sink, subject=waits) == sorted(COORDINATORS)
    posting.advance(DAY + 60)
    posting.work_off()
    assert mails(sink, subject=waits) == sorted({"admin@test.example", *COORDINATORS})
    posting.advance(3 * DAY)
    posting.work_off()
    assert len(mails(sink, subject=waits)) == 4


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_what_is_acknowledged_goes_no_further(posting: Installed, sink: MailSink) -> None:
    breached(posting, sink)
    posting.do(AcknowledgeViolation(violation_id=violation(posting, EMPLOYED)["violation_id"]), "director")
    posting.advance(3 * DAY)
    posting.work_off()
    assert mails(sink, subject="waits for an answer") == []


# -- the live feed -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_the_feed_tells_the_program_and_the_person_and_of_a_draft_only_the_program(posting: Installed) -> None:
    long_draft(posting)
    frames = "SELECT topic, needs FROM feed_frame WHERE type = 'violation.opened' AND body->'data'->>'rule' = :rule"
    assert {(row["topic"], row["needs"]) for row in posting.rows(frames, rule="eighty_hours")} == {
        ("program", "violation:read")
    }
    known = posting.value("SELECT schedule_id FROM violation LIMIT 1")
    accept(posting, violation(posting)["violation_id"])
    posting.do(PublishSchedule(schedule_id=known, revision=1))
    posting.work_off()
    leaves_on(posting, "r1", LAST - timedelta(days=1))
    posting.work_off()
    topics = {(row["topic"], row["needs"]) for row in posting.rows(frames, rule="employed")}
    assert topics == {("program", "violation:read"), (f"user:{posting.users['r1@small.example']}", "")}
