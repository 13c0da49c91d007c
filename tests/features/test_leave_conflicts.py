"""C20: what a leave collides with stands as conflicts, closes itself, and coordinators hear of it once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.leave import LeaveKind
from housestaff.core.time import Half
from housestaff.features.leave.commands import AmendLeave, CancelLeave, RecordEmergencyLeave, RejectLeave
from housestaff.features.program.commands import SetPolicy
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from tests.features.test_leave import CANARY, granted, request
from tests.installed import Installed
from tests.mail_sink import MailSink

MONDAY, FRIDAY = date(2025, 8, 4), date(2025, 8, 8)


def published(house: Installed) -> UUID:
    """The full month in force at a time before it, its own notices sent."""
    house.move_to("2025-07-20T15:00:00+00:00")
    draft = house.draft()
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    house.work_off()
    return draft


def conflicts(house: Installed, state: str = "open") -> list[str]:
    """What stands in the way of leave, as kind and days."""
    rows = house.rows(
        "SELECT kind, first_day, last_day, what FROM conflict WHERE state = :state ORDER BY first_day, key", state=state
    )
    return [f"{row['kind']} {row['first_day']}..{row['last_day']} {row['what']}" for row in rows]


def mails(sink: MailSink, about: str, to: str = "coordinator") -> list[str]:
    """The texts of the mails with a subject that somebody got."""
    address = f"{to}@small.example"
    found = [mail for mail in sink.received if str(mail["To"]) == address and str(mail["Subject"]) == about]
    return [mail.get_body(("plain",)).get_content() for mail in found]  # type: ignore[union-attr]


COLLIDES, WAITS, DECIDED = "Leave collides with duties", "Leave waits for your decision", "Your leave"


def an_attending_week_and_nights(house: Installed, sink: MailSink) -> None:
    """Two weeks of leave of an attending: each attending week is one thing, each night of call another."""
    published(house)
    sink.received.clear()
    granted(house, "f3", date(2025, 8, 1), date(2025, 8, 14))
    house.work_off()
    cells = house.rows("SELECT kind, rotation_id, day FROM cell WHERE person_id = 'f3' AND day BETWEEN :a AND :b",
                       a=date(2025, 8, 1), b=date(2025, 8, 14))  # fmt: skip
    weeks = {cell["day"].toordinal() // 7 for cell in cells if cell["kind"] == "rotation_day"}
    nights = [cell for cell in cells if cell["kind"] == "home_call"]
    found = conflicts(house)
    assert weeks
    assert len(nights) > 1
    assert len([each for each in found if "FMIT" in each]) == 1
    assert len([each for each in found if "FMIT" not in each]) == len([c for c in cells if c["kind"] != "rotation_day"])
    texts = mails(sink, COLLIDES)
    assert len(texts) == 1
    assert f"{len(found)} things stand in its way" in texts[0]
    assert texts[0].count("\n- ") == len(found)


@pytest.mark.capability("C20")
def test_coordinators_get_one_message_with_all_that_a_leave_hits_a_week_counted_once(
    posting: Installed, sink: MailSink
) -> None:
    an_attending_week_and_nights(posting, sink)


@pytest.mark.slow
@pytest.mark.control("C20")
def test_nothing_is_found_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("leave.conflicts", on=False)
    with pytest.raises(AssertionError):
        an_attending_week_and_nights(posting, sink)


@pytest.mark.capability("C20")
def test_half_a_day_of_leave_hits_the_clinic_of_that_half_only(posting: Installed) -> None:
    published(posting)
    granted(posting, "r1", MONDAY, MONDAY, half=Half.AM)
    posting.work_off()
    assert len(conflicts(posting)) == 1
    hit = posting.value("SELECT duty_ids FROM conflict")
    assert len(hit) == 1
    starts = posting.value("SELECT starts_at FROM cell WHERE duty_id = :id", id=hit[0])
    assert starts.hour < 17


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_shorter_leave_closes_what_falls_away_and_tells_the_rest_and_canceled_leave_closes_all(
    posting: Installed, sink: MailSink
) -> None:
    published(posting)
    leave = granted(posting, "r1", MONDAY, FRIDAY)
    posting.work_off()
    whole = len(conflicts(posting))
    sink.received.clear()
    posting.do(AmendLeave(leave_id=leave, first_day=MONDAY, last_day=date(2025, 8, 5)))
    posting.work_off()
    assert len(conflicts(posting)) == 4
    assert len(conflicts(posting, "closed")) == whole - 4
    assert len(mails(sink, COLLIDES)) == 1
    posting.do(CancelLeave(leave_id=leave))
    posting.work_off()
    assert conflicts(posting) == []


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_leave_that_hits_nothing_waits_for_a_decision_and_is_told_as_that(posting: Installed, sink: MailSink) -> None:
    request(posting)
    posting.work_off()
    assert len(mails(sink, WAITS)) == 1
    assert mails(sink, COLLIDES) == []


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_a_duty_given_before_the_leave_and_one_given_after_it_come_to_the_same_set(posting: Installed) -> None:
    """A free attending asks for leave and then gets a night, or has the night and then asks."""
    schedule = published(posting)
    wednesday = date(2025, 8, 6)
    request(posting, "f5", wednesday, wednesday)
    posting.work_off()
    assert conflicts(posting) == []
    edit = SetCall(line="faculty_call", day=wednesday, person="f5")
    posting.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(edit,)))
    posting.work_off()
    first = conflicts(posting)
    assert first == ["on_leave 2025-08-06..2025-08-06 faculty_call"]
    again = posting.value("SELECT event_id FROM event WHERE type = 'leave.requested'")
    posting.installation.later.react(str(posting.programs["small"]), str(again), "leave.conflicts")
    assert conflicts(posting) == first


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_the_same_set_is_told_once_though_the_leave_is_granted_meanwhile(posting: Installed, sink: MailSink) -> None:
    published(posting)
    granted(posting)
    posting.work_off()
    assert len(mails(sink, COLLIDES)) == 1


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_its_person_learns_what_was_decided_and_kind_and_reason_stay_where_they_belong(
    posting: Installed, sink: MailSink
) -> None:
    published(posting)
    sink.received.clear()
    granted(posting)
    posting.do(RejectLeave(leave_id=request(posting, "r2")))
    posting.work_off()
    assert "is granted" in mails(sink, DECIDED, "r1")[0]
    assert "is not granted" in mails(sink, DECIDED, "r2")[0]
    for mail in sink.received:
        assert CANARY not in mail.as_string()
        assert "vacation" not in str(mail["Subject"])
    assert not [row for row in posting.rows("SELECT body::text AS b FROM feed_frame") if "vacation" in row["b"]]


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_a_sick_call_of_today_is_urgent(posting: Installed, sink: MailSink) -> None:
    published(posting)
    posting.move_to("2025-08-06T04:30:00+00:00")
    sink.received.clear()
    wednesday = date(2025, 8, 6)
    posting.do(RecordEmergencyLeave(person_id="r1", kind=LeaveKind.SICK, first_day=wednesday, last_day=wednesday))
    posting.work_off()
    assert posting.value("SELECT DISTINCT priority FROM notice WHERE type = 'leave_conflict'") == "urgent"
    assert len(mails(sink, COLLIDES)) == 1


@pytest.mark.slow
@pytest.mark.capability("C20")
def test_more_people_of_a_level_away_than_the_program_allows_is_a_conflict(posting: Installed) -> None:
    posting.do(SetPolicy(values={"leave_conflict_limit": 1}))
    far = date(2025, 9, 15)
    granted(posting, "f1", far, far)
    request(posting, "r1", far, far)
    posting.work_off()
    assert conflicts(posting) == []
    one_more = request(posting, "f2", far, far)
    posting.work_off()
    assert [each.partition(" ")[0] for each in conflicts(posting)] == ["leave_overlap"]
    posting.do(RejectLeave(leave_id=one_more))
    posting.work_off()
    assert conflicts(posting) == []
