"""C5: exactly those whose duties changed are told what changed, once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from housestaff.core.edits import Edit, SetCall
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from tests.installed import Installed
from tests.mail_sink import MailSink

AUGUST_FIVE, AUGUST_SIX = date(2025, 8, 5), date(2025, 8, 6)
REASON = "educational"
FREE = "f5"
"""Who has nothing in the month and may take a night."""


def published(house: Installed) -> UUID:
    """The full month in force, with its own notices sent and forgotten."""
    draft = house.draft()
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    house.work_off()
    return draft


def amend(house: Installed, schedule: UUID, base: int, *edits: Edit) -> int:
    """Change the published month."""
    command = AmendSchedule(schedule_id=schedule, base_number=base, edits=edits, reason_code=REASON)
    return house.do(command)[0]


def holder(house: Installed, day: date) -> str:
    """Who has the call of a night."""
    return house.value(
        "SELECT person_id FROM cell WHERE duty_id = :id AND is_there ORDER BY number DESC LIMIT 1",
        id=f"faculty_call.{day}",
    )


def lines(mail: object) -> list[str]:
    """The lines of a mail that name a duty."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    return [line for line in text.splitlines() if line.startswith("- ")]


def swap_of_two_nights(house: Installed, sink: MailSink) -> None:
    """One night goes from somebody to another: both are told, each their own, and nobody else."""
    schedule = published(house)
    sink.received.clear()
    before = holder(house, AUGUST_FIVE)
    after = FREE
    amend(house, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=after))
    house.work_off()
    house.advance(11 * 60)
    house.work_off()
    assert {str(mail["To"]) for mail in sink.received} == {f"{p}@small.example" for p in (before, after)}
    released = [line for line in lines(sink.to(f"{before}@small.example")[0]) if "Faculty call" in line]
    assigned = [line for line in lines(sink.to(f"{after}@small.example")[0]) if "Faculty call" in line]
    assert len(released) == len(assigned) == 1
    assert released[0].endswith("released")
    assert assigned[0].endswith("assigned to you")
    for mail in sink.received:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "Changed by coordinator" in text


@pytest.mark.capability("C5")
def test_both_sides_of_a_moved_duty_are_told_and_nobody_else(posting: Installed, sink: MailSink) -> None:
    swap_of_two_nights(posting, sink)


@pytest.mark.control("C5")
def test_nobody_is_told_of_a_change_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.schedule_changed", on=False)
    with pytest.raises(AssertionError):
        swap_of_two_nights(posting, sink)


@pytest.mark.capability("C5")
def test_amendments_within_ten_minutes_are_told_in_one_notice_and_none_if_taken_back(
    posting: Installed, sink: MailSink
) -> None:
    schedule = published(posting)
    was = holder(posting, AUGUST_FIVE)
    other = FREE
    sink.received.clear()
    amend(posting, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=other))
    posting.work_off()
    posting.advance(60)
    amend(posting, schedule, 2, SetCall(line="faculty_call", day=AUGUST_FIVE, person=was))
    posting.work_off()
    posting.advance(11 * 60)
    posting.work_off()
    assert sink.received == []
    assert posting.value("SELECT count(*) FROM notice WHERE type = 'schedule_changed'") == 0


@pytest.mark.capability("C5")
def test_somebody_who_switched_mail_off_is_told_in_the_app_only(posting: Installed, sink: MailSink) -> None:
    schedule = published(posting)
    sink.received.clear()
    was = holder(posting, AUGUST_FIVE)
    other = FREE
    with posting.installation.database.transaction() as connection:
        connection.execute(
            sa.text('UPDATE app_user SET preferences = \'{"email_off": ["schedule_changed"]}\' WHERE email = :e'),
            {"e": f"{was}@small.example"},
        )
    amend(posting, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=other))
    posting.work_off()
    posting.advance(11 * 60)
    posting.work_off()
    assert sink.to(f"{was}@small.example") == []
    rows = posting.rows(
        "SELECT channel, d.state, reason FROM delivery d JOIN notice n USING (notice_id) "
        "WHERE n.type = 'schedule_changed' AND recipient_user_id = :user ORDER BY channel",
        user=posting.users[f"{was}@small.example"],
    )
    assert [(row["channel"], row["state"], row["reason"]) for row in rows] == [
        ("email", "suppressed", "opted_out"),
        ("in_app", "sent", ""),
    ]


@pytest.mark.capability("C5")
def test_at_night_the_mail_waits_for_the_morning(posting: Installed, sink: MailSink) -> None:
    schedule = published(posting)
    sink.received.clear()
    other = FREE
    posting.set_local_hour(23)
    amend(posting, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=other))
    posting.work_off()
    posting.advance(11 * 60)
    posting.work_off()
    assert sink.received == []
    states = posting.rows(
        "SELECT d.state, due_at AT TIME ZONE 'America/Chicago' AS due FROM delivery d JOIN notice n USING (notice_id) "
        "WHERE n.type = 'schedule_changed' AND channel = 'email'"
    )
    assert {(row["state"], row["due"].hour, row["due"].minute) for row in states} == {("deferred", 7, 0)}
    posting.set_local_hour(7, 1)
    posting.work_off()
    assert len(sink.received) == len(states) == 2


@pytest.mark.slow
@pytest.mark.capability("C5")
def test_drafts_tell_nobody_of_their_changes(posting: Installed, sink: MailSink) -> None:
    from housestaff.features.schedules.commands import EditDraft

    draft = posting.draft()
    posting.work_off()
    sink.received.clear()
    edit = SetCall(line="faculty_call", day=AUGUST_SIX, person="f1")
    posting.do(EditDraft(schedule_id=draft, revision=1, edits=(edit,)))
    posting.work_off()
    posting.advance(3600)
    posting.work_off()
    assert sink.received == []


@pytest.mark.slow
@pytest.mark.capability("C5")
def test_the_event_of_a_night_that_went_to_another_names_what_changed(posting: Installed) -> None:
    schedule = published(posting)
    amend(posting, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=FREE))
    (row,) = posting.rows("SELECT payload FROM event WHERE type = 'duty.changed'")
    assert row["payload"]["changed_fields"] == ["person"]


@pytest.mark.slow
@pytest.mark.capability("C5")
def test_amendments_told_out_of_order_give_the_net_change_once(posting: Installed, sink: MailSink) -> None:
    """The reaction to version 3 runs before the one to version 2."""
    schedule = published(posting)
    sink.received.clear()
    first = FREE
    posting.switch("notices.schedule_changed", on=False)
    was = holder(posting, AUGUST_FIVE)
    amend(posting, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person=first))
    amend(posting, schedule, 2, SetCall(line="faculty_call", day=AUGUST_FIVE, person=was))
    amend(posting, schedule, 3, SetCall(line="faculty_call", day=AUGUST_FIVE, person=first))
    posting.work_off()
    posting.switch("notices.schedule_changed", on=True)
    events = posting.rows("SELECT event_id FROM event WHERE type = 'schedule.amended' ORDER BY version DESC")
    for row in events:
        posting.installation.later.react(
            str(posting.programs["small"]), str(row["event_id"]), "notices.schedule_changed"
        )
    posting.advance(11 * 60)
    posting.work_off()
    assert {str(mail["To"]) for mail in sink.received} == {f"{was}@small.example", f"{first}@small.example"}
    assert len(sink.received) == 2
