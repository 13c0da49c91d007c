"""C8 and C18: a phone that subscribes shows exactly what is published and approved, and follows every change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.edits import Edit, SetCall, SetHalf
from housestaff.core.time import Half
from housestaff.doors.api import api_of
from housestaff.features.program.commands import ImportProgram
from housestaff.features.schedules.commands import (
    AmendSchedule,
    ArchiveSchedule,
    CreateSchedule,
    PublishSchedule,
    RollBackSchedule,
)
from tests import builders
from tests.installed import LAST, PEOPLE, Installed, full_roster
from tests.web import Web

NOW = "2025-07-31T15:00:00+00:00"
ZONE = ZoneInfo("America/Chicago")
AUGUST_FIVE, AUGUST_TWELVE = date(2025, 8, 5), date(2025, 8, 12)
GONE = "r1.2025-08-12.AM.r1@127.0.0.1"


def published(house: Installed) -> UUID:
    """The small month in force, and everything done that follows."""
    house.move_to(NOW)
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    house.work_off()
    return schedule


def amend(house: Installed, schedule: UUID, base: int, *edits: Edit) -> None:
    """Change a published schedule."""
    command = AmendSchedule(schedule_id=schedule, base_number=base, edits=edits, reason_code="educational")
    house.do(command)


class Phone:
    """Somebody's phone, which has their link and nothing else."""

    def __init__(self, house: Installed, person: str, *, view: str = "each") -> None:
        made = Web(house).as_(person).post("/calendar/feeds")
        assert made.status_code == 201, made.text
        self.feed_id, self.path, self._view = made.json()["feed_id"], made.json()["path"], view
        self._web = TestClient(api_of(house.installation))

    def ask(self, **headers: str) -> Any:
        """The answer of the server."""
        return self._web.get(f"{self.path}?view={self._view}", headers=headers)

    def events(self) -> dict[str, Any]:
        """The events of the feed by uid, as the reader of calendars has them."""
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/calendar")
        calendar = icalendar.Calendar.from_ical(answer.content)
        assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] in (["America/Chicago"], [])
        return {str(event["UID"]): event for event in calendar.walk("VEVENT")}

    def states(self) -> dict[str, tuple[str, int]]:
        """Status and sequence of each event."""
        return {uid: (str(event["STATUS"]), int(event["SEQUENCE"])) for uid, event in self.events().items()}


def local(event: Any) -> tuple[str, str]:
    """When an event begins and ends, by the clock on the wall."""
    edges = (event["DTSTART"].dt.astimezone(ZONE), event["DTEND"].dt.astimezone(ZONE))
    return edges[0].strftime("%m-%d %H:%M"), edges[1].strftime("%m-%d %H:%M")


def twenty_duties_have_twenty_events(house: Installed) -> None:
    """Doctor f2 holds twenty duties: nights at home, mornings after, half-days of attending weeks."""
    cells = house.rows("SELECT * FROM cell WHERE person_id = 'f2' ORDER BY starts_at")
    assert len(cells) == 20
    events = Phone(house, "f2").events()
    assert len(events) == 20
    for cell in cells:
        event = events[f"{cell['duty_id']}.f2@127.0.0.1"]
        there = [cell[edge].astimezone(ZONE).strftime("%m-%d %H:%M") for edge in ("starts_at", "ends_at")]
        assert list(local(event)) == there
        assert event["DTSTART"].params["TZID"] == "America/Chicago"
    night = events["faculty_call.2025-08-05.f2@127.0.0.1"]
    assert (str(night["SUMMARY"]), local(night)) == ("Faculty call", ("08-05 17:00", "08-06 08:00"))


@pytest.mark.capability("C8")
def test_a_person_with_twenty_duties_has_twenty_events_at_the_right_local_times(house: Installed) -> None:
    published(house)
    twenty_duties_have_twenty_events(house)


@pytest.mark.control("C8")
def test_the_feed_is_empty_while_the_consumer_is_off(house: Installed) -> None:
    house.switch("calendar.project", on=False)
    published(house)
    with pytest.raises(AssertionError):
        twenty_duties_have_twenty_events(house)
    assert Phone(house, "f2").events() == {}


@pytest.mark.capability("C8")
def test_a_night_over_the_clock_change_of_november_keeps_its_hours_on_the_wall(house: Installed) -> None:
    house.move_to("2025-10-23T15:00:00+00:00")
    block = Block(5, date(2025, 10, 23), date(2025, 11, 19))
    calendar = Calendar(2025, (BlockSeries("main", 2025, (block,)),))
    program = builders.program(*PEOPLE, id="small", name="Program small", calendar=calendar)
    house.do(ImportProgram(program=program), "admin")
    roster = full_roster(program, block.first, block.last)
    create = CreateSchedule(first_day=block.first, last_day=block.last, method="imported", roster=roster)
    house.do(PublishSchedule(schedule_id=house.do(create), revision=1))
    house.work_off()
    who = house.value("SELECT person_id FROM cell WHERE duty_id = 'weekend.2025-11-01'")
    night = Phone(house, who).events()[f"weekend.2025-11-01.{who}@127.0.0.1"]
    assert local(night) == ("11-01 17:00", "11-02 08:00")
    starts, ends = (night[edge].dt.astimezone(ZoneInfo("UTC")) for edge in ("DTSTART", "DTEND"))
    assert ends - starts == timedelta(hours=16)


@pytest.mark.capability("C8")
def test_a_duty_that_was_removed_is_canceled_with_a_higher_sequence_and_the_others_stay(house: Installed) -> None:
    schedule = published(house)
    phone = Phone(house, "r1")
    before, mark = phone.states(), phone.ask().headers["ETag"]
    amend(house, schedule, 1, SetHalf(person="r1", day=AUGUST_TWELVE, half=Half.AM, code="OFF"))
    house.work_off()
    after = phone.states()
    assert before[GONE] == ("CONFIRMED", 0)
    assert after.pop(GONE) == ("CANCELLED", 1)
    assert after == {uid: state for uid, state in before.items() if uid != GONE}
    assert phone.ask().headers["ETag"] != mark
    assert phone.ask(**{"If-None-Match": mark}).status_code == 200
    again = phone.ask(**{"If-None-Match": phone.ask().headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_what_was_canceled_is_shown_for_sixty_days_and_comes_back_with_a_higher_sequence(house: Installed) -> None:
    schedule = published(house)
    phone = Phone(house, "r1")
    amend(house, schedule, 1, SetHalf(person="r1", day=AUGUST_TWELVE, half=Half.AM, code="OFF"))
    house.work_off()
    amend(house, schedule, 2, SetHalf(person="r1", day=AUGUST_TWELVE, half=Half.AM, code="CARD"))
    house.work_off()
    assert phone.states()[GONE] == ("CONFIRMED", 2)
    later = SetHalf(person="r1", day=date(2025, 8, 26), half=Half.AM, code="OFF")
    amend(house, schedule, 3, later)
    house.work_off()
    uid = "r1.2025-08-26.AM.r1@127.0.0.1"
    assert phone.states()[uid] == ("CANCELLED", 1)
    with house.installation.database.transaction(program=house.programs["small"]) as connection:
        connection.execute(sa.text("UPDATE calendar_entry SET canceled_at = canceled_at - interval '61 days'"))
    assert uid not in phone.states()
    amend(house, schedule, 4, SetHalf(person="r1", day=AUGUST_TWELVE, half=Half.PM, code="OFF"))
    house.work_off()
    assert house.value("SELECT count(*) FROM calendar_entry WHERE uid = :u", u=uid) == 0


def a_duty_goes_from_one_phone_to_another(house: Installed, schedule: UUID) -> tuple[Phone, Phone, str]:
    """The night of August 5 goes to f5, who held nothing; a third phone hears nothing of it."""
    giver = house.value("SELECT person_id FROM cell WHERE duty_id = 'faculty_call.2025-08-05'")
    ours, theirs, third = Phone(house, giver), Phone(house, "f5"), Phone(house, "r1")
    marks = [phone.ask().headers["ETag"] for phone in (ours, theirs, third)]
    amend(house, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person="f5"))
    house.work_off()
    assert ours.states()[f"faculty_call.2025-08-05.{giver}@127.0.0.1"] == ("CANCELLED", 1)
    assert theirs.states()["faculty_call.2025-08-05.f5@127.0.0.1"] == ("CONFIRMED", 0)
    changed = [phone.ask().headers["ETag"] != mark for phone, mark in zip((ours, theirs, third), marks, strict=True)]
    assert changed == [True, True, False]
    return ours, theirs, giver


@pytest.mark.slow
@pytest.mark.capability("C8", "C18")
def test_a_duty_that_goes_to_another_is_canceled_here_and_new_there(house: Installed) -> None:
    a_duty_goes_from_one_phone_to_another(house, published(house))


@pytest.mark.control("C18")
def test_the_givers_feed_is_unchanged_while_the_consumer_is_off(house: Installed) -> None:
    schedule = published(house)
    house.switch("calendar.project", on=False)
    with pytest.raises(AssertionError):
        a_duty_goes_from_one_phone_to_another(house, schedule)


@pytest.mark.slow
@pytest.mark.capability("C18")
def test_what_is_rolled_back_stands_in_the_first_phone_again_with_a_higher_sequence(house: Installed) -> None:
    schedule = published(house)
    ours, theirs, giver = a_duty_goes_from_one_phone_to_another(house, schedule)
    house.do(RollBackSchedule(schedule_id=schedule, to_number=1, reason_code="educational"))
    house.work_off()
    assert ours.states()[f"faculty_call.2025-08-05.{giver}@127.0.0.1"] == ("CONFIRMED", 2)
    assert theirs.states()["faculty_call.2025-08-05.f5@127.0.0.1"] == ("CANCELLED", 1)


@pytest.mark.slow
@pytest.mark.capability("C8", "C18")
def test_versions_that_are_projected_out_of_order_end_as_the_newest(house: Installed) -> None:
    """The reaction to the version that went back runs before the one to the version that it undid."""
    schedule = published(house)
    giver = house.value("SELECT person_id FROM cell WHERE duty_id = 'faculty_call.2025-08-05'")
    ours, theirs = Phone(house, giver), Phone(house, "f5")
    before = ours.states()
    house.switch("calendar.project", on=False)
    amend(house, schedule, 1, SetCall(line="faculty_call", day=AUGUST_FIVE, person="f5"))
    house.do(RollBackSchedule(schedule_id=schedule, to_number=1, reason_code="educational"))
    house.work_off()
    with house.installation.database.transaction() as connection:
        connection.execute(sa.text("UPDATE consumer_switch SET is_on = true"))
    events = house.rows("SELECT event_id FROM event WHERE type = 'schedule.amended' ORDER BY version DESC")
    for row in events:
        house.installation.later.react(str(house.programs["small"]), str(row["event_id"]), "calendar.project")
        assert (ours.states(), theirs.states()) == (before, {})
    ends = house.rows("SELECT result FROM dispatch WHERE consumer = 'calendar.project' ORDER BY done_at, result")
    assert sorted(row["result"] for row in ends) == ["ok", "ok", "stale"]


@pytest.mark.slow
@pytest.mark.capability("C8")
def test_a_draft_shows_in_no_feed_and_what_is_put_away_goes(house: Installed) -> None:
    house.move_to(NOW)
    house.draft()
    house.work_off()
    phone = Phone(house, "r1")
    assert phone.events() == {}
    schedule = published(house)
    assert len(phone.events()) == 40
    house.move_to(f"{LAST + timedelta(days=31)}T15:00:00+00:00")
    house.do(ArchiveSchedule(schedule_id=schedule))
    house.work_off()
    assert phone.events() == {}
