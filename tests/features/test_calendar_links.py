"""C8: who has a link, how leave and stays stand in the feed behind it, and when it is over."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from housestaff.core.edits import SetCall, SetHalf
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.time import Half
from housestaff.doors.api import api_of
from housestaff.features.accounts.commands import RevokeRole
from housestaff.features.calendar.handlers import show_what_holds_now
from housestaff.features.program.store import Programs
from tests.features.test_calendar import AUGUST_FIVE, AUGUST_TWELVE, Phone, amend, local, published
from tests.installed import Installed
from tests.web import Web


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_a_link_that_is_over_is_gone_and_one_that_never_was_is_not_there(house: Installed) -> None:
    published(house)
    revoked, old, left = Phone(house, "r1"), Phone(house, "r2"), Phone(house, "r3")
    web = Web(house)
    assert web.as_("r2").delete(f"/calendar/feeds/{revoked.feed_id}").status_code == 404
    assert web.as_("r1").get(f"/calendar/feeds/{revoked.feed_id}").json()["feed_id"] == revoked.feed_id
    assert web.as_("r1").delete(f"/calendar/feeds/{revoked.feed_id}").status_code == 204
    assert web.as_("r1").get(f"/calendar/feeds/{revoked.feed_id}").status_code == 404
    assert revoked.ask().status_code == 410
    house.do(RevokeRole(user_id=house.users["r3@small.example"], role="resident"), "admin")
    assert left.ask().status_code == 410
    assert old.ask().status_code == 200
    house.advance_clock(400 * 86400)
    assert old.ask().status_code == 410
    assert TestClient(api_of(house.installation)).get("/api/v1/calendar/nothing.ics").status_code == 404
    hashes = house.rows("SELECT token_hash FROM calendar_feed")
    assert all(revoked.path.rsplit("/", 1)[1].removesuffix(".ics") not in row["token_hash"] for row in hashes)
    acts = house.rows("SELECT action FROM audit_entry WHERE subject_kind = 'calendar_feed' ORDER BY chain_no")
    assert [row["action"] for row in acts] == ["MakeCalendarFeed"] * 3 + ["RevokeCalendarFeed"]


def add_leave(house: Installed, *leaves: Leave) -> None:
    """More records of leave in the program."""

    def kept(programs: Programs) -> None:
        programs.add_leaves(leaves)

    at_work = house.installation.house
    with at_work.unit(house.by()) as unit:
        at_work.call(kept, unit)


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_approved_leave_shows_as_away_and_says_no_more(house: Installed) -> None:
    whole = Leave("l1", "r2", LeaveKind.MEDICAL, date(2025, 9, 1), date(2025, 9, 5), note="a canary")
    half = Leave("l2", "r2", LeaveKind.SICK, date(2025, 9, 10), date(2025, 9, 10), half=Half.PM)
    add_leave(house, whole, half)
    published(house)
    phone = Phone(house, "r2")
    away = {uid: event for uid, event in phone.events().items() if uid.startswith("leave.")}
    assert {str(event["SUMMARY"]) for event in away.values()} == {"Away"}
    days = away["leave.l1.r2@127.0.0.1"]
    assert (days["DTSTART"].dt, days["DTEND"].dt) == (date(2025, 9, 1), date(2025, 9, 6))
    assert local(away["leave.l2.2025-09-10.r2@127.0.0.1"]) == ("09-10 13:00", "09-10 17:00")
    told = phone.ask().text.lower()
    assert not any(word in told for word in ("canary", "medical", "sick"))
    assert not any(uid.startswith("leave.") for uid in Phone(house, "r1").events())
    with house.installation.database.transaction() as connection:
        connection.execute(sa.text("UPDATE app_user SET locale = 'es' WHERE email = 'r2@small.example'"))
    assert "SUMMARY:Ausente" in phone.ask().text


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_leave_that_is_canceled_is_taken_out_and_ten_thousand_records_are_shown(house: Installed) -> None:
    day = date(2025, 9, 1)
    many = [Leave(f"m{number}", "r3", LeaveKind.VACATION, day, day) for number in range(10_000)]
    add_leave(house, Leave("l1", "r2", LeaveKind.VACATION, day, day), *many)
    schedule = published(house)
    phone = Phone(house, "r2")
    assert phone.states()["leave.l1.r2@127.0.0.1"] == ("CONFIRMED", 0)
    assert house.value("SELECT count(*) FROM calendar_entry WHERE kind = 'away'") == 10_001
    add_leave(house, Leave("l1", "r2", LeaveKind.VACATION, day, day, status=LeaveStatus.CANCELED))
    amend(house, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person="f5"))
    house.work_off()
    assert phone.states()["leave.l1.r2@127.0.0.1"] == ("CANCELLED", 1)


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_merged_the_half_days_of_a_day_are_one_event_and_a_stay_is_one(house: Installed) -> None:
    schedule = published(house)
    resident, doctor = Phone(house, "r1", view="merged"), Phone(house, "f2", view="merged")
    events = resident.events()
    assert len(events) == 20
    day = events["r1.2025-08-12.AM.r1@127.0.0.1"]
    assert (str(day["SUMMARY"]), local(day)) == ("Cardiology", ("08-12 08:00", "08-12 17:00"))
    stays = [event for event in doctor.events().values() if str(event["SUMMARY"]) == "Attending week"]
    assert [type(event["DTSTART"].dt) for event in stays] == [date] * len(stays)
    assert len(stays) < 4
    amend(house, schedule, 1, SetHalf(person="r1", day=AUGUST_TWELVE, half=Half.PM, code="OFF"))
    house.advance_clock(60)
    house.work_off()
    changed = resident.events()["r1.2025-08-12.AM.r1@127.0.0.1"]
    assert local(changed) == ("08-12 08:00", "08-12 12:00")
    assert int(changed["SEQUENCE"]) > int(day["SEQUENCE"])


@pytest.mark.slow
def test_the_notice_of_a_publication_says_where_to_make_a_link(house: Installed) -> None:
    published(house)
    bodies = [row["body"] for row in house.rows("SELECT body FROM notice WHERE type = 'schedule_published'")]
    assert len(bodies) == 7
    assert all("/account#calendar" in body for body in bodies)


@pytest.mark.slow
def test_a_feed_of_one_program_shows_nothing_of_another(house: Installed) -> None:
    published(house)
    house.add_program("other")
    made = Web(house).as_("r1", program="other").post("/calendar/feeds").json()
    assert b"VEVENT" not in TestClient(api_of(house.installation)).get(made["path"]).content


@pytest.mark.slow
def test_somebody_who_is_no_person_of_the_program_has_no_calendar(house: Installed) -> None:
    assert Web(house).as_("coordinator").post("/calendar/feeds").status_code == 403


@pytest.mark.slow
def test_the_projection_names_the_events_that_change_what_holds() -> None:
    wanted = {event.type for event in show_what_holds_now.consumer.events}  # type: ignore[attr-defined]
    assert wanted == {
        *("schedule.published", "schedule.amended", "schedule.archived"),
        *("leave.approved", "leave.amended", "leave.canceled"),
    }


@pytest.mark.slow
def test_phones_are_asked_to_look_again_within_the_hour(house: Installed) -> None:
    published(house)
    text = Phone(house, "f1").ask().text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-PUBLISHED-TTL:PT1H" in text


@pytest.mark.slow
def test_no_instant_is_without_a_zone(house: Installed) -> None:
    published(house)
    for event in Phone(house, "f1").events().values():
        assert isinstance(event["DTSTART"].dt, datetime)
        assert event["DTSTART"].dt.tzinfo is not None
