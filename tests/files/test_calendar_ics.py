"""Feeds that phones can follow: stable UIDs, rising sequences, cancellations, right zones and few events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import icalendar
import pytest

from housestaff.core.errors import BadInput
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster
from housestaff.core.time import Half
from housestaff.files.calendar_ics import FeedState, write_calendars, write_feed
from housestaff.files.feed_events import View
from tests.files.small_program import small_program, small_roster

NOW = datetime(2025, 7, 10, 12, tzinfo=UTC)
PROGRAM = small_program()
ROSTER = small_roster(PROGRAM)


def feed(
    who: str, roster: Roster = ROSTER, view: View = View.EACH, previous: FeedState | None = None, days: int = 0,
    program: Program = PROGRAM,
) -> tuple[dict[str, Any], FeedState]:  # fmt: skip
    data, state = write_feed(
        program, roster, program.person(who), now=NOW + timedelta(days=days), view=view, previous=previous
    )
    calendar: Any = icalendar.Calendar.from_ical(data)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}, state


def test_publishing_twice_changes_nothing_and_a_change_raises_only_its_sequence() -> None:
    events, state = feed("f1")
    assert {int(event["sequence"]) for event in events.values()} == {0}
    again, same = feed("f1", previous=state, days=1)
    assert again == events
    assert same == state

    edited = ROSTER.with_entry(HalfDay("f1", date(2025, 7, 23), Half.AM), Entry(Layer.MANUAL, "SIM"))
    changed, _ = feed("f1", edited, previous=state, days=1)
    raised = {uid for uid, event in changed.items() if int(event["sequence"]) == 1}
    assert raised == {"f1.2025-07-23.AM.f1@housestaff.invalid"}
    assert str(changed[raised.pop()]["summary"]) == "Simulation"


def test_a_duty_that_goes_away_is_canceled_for_sixty_days() -> None:
    night = Night("faculty_call", date(2025, 7, 21))
    holder = ROSTER.calls[night][0].person
    other = "f0" if holder != "f0" else "f1"
    _, state = feed(holder)
    moved = replace(ROSTER, calls=MappingProxyType({**ROSTER.calls, night: (CallEntry(other),)}))
    events, state = feed(holder, moved, previous=state)
    (gone,) = [
        event for event in events.values() if str(event["status"]) == "CANCELLED" and "call" in str(event["uid"])
    ]
    assert int(gone["sequence"]) == 1
    mine, _ = feed(other, moved)
    assert f"faculty_call.2025-07-21.{other}.{other}@housestaff.invalid" in mine
    assert str(gone["uid"]) in feed(holder, moved, previous=state, days=20)[0]
    assert str(gone["uid"]) not in feed(holder, moved, previous=state, days=61)[0]


def test_a_night_ends_on_the_next_day_and_tells_what_follows() -> None:
    events, _ = feed("f1")
    call = next(event for event in events.values() if str(event["uid"]).startswith("faculty_call"))
    assert (call["dtend"].dt - call["dtstart"].dt) == timedelta(hours=14)
    assert call["dtstart"].dt.hour == 17
    assert "AM: PCAT (Post-call attending time), PM: DO (Day off after call)" in str(call["description"])


def test_leave_is_all_day_and_ends_the_day_after() -> None:
    events, _ = feed("r3")
    leave = events["leave.l1.r3@housestaff.invalid"]
    assert (leave["dtstart"].dt, leave["dtend"].dt) == (date(2025, 8, 4), date(2025, 8, 9))
    assert str(leave["transp"]) == "OPAQUE"
    others, _ = feed("r1")
    holiday = others["off.2025-07-04.r1@housestaff.invalid"]
    assert str(holiday["transp"]) == "TRANSPARENT"
    assert holiday["dtend"].dt == date(2025, 7, 5)


def test_half_a_day_of_leave_has_times() -> None:
    half = Leave("l2", "r1", LeaveKind.MEDICAL, date(2025, 7, 22), date(2025, 7, 22), Half.PM)
    events, _ = feed("r1", program=replace(PROGRAM, leaves=(half,)))
    assert events["leave.l2.2025-07-22.r1@housestaff.invalid"]["dtstart"].dt.hour == 13


@pytest.mark.parametrize("person", [person.id for person in PROGRAM.people])
def test_a_merged_block_has_at_most_twenty_events(person: str) -> None:
    merged, _ = feed(person, view=View.MERGED)
    each, _ = feed(person)
    block = PROGRAM.calendar.series[0].blocks[1]
    count: dict[str, int] = {}
    for name, events in (("merged", merged), ("each", each)):
        starts = [event["dtstart"].dt for event in events.values()]
        days = [start.date() if isinstance(start, datetime) else start for start in starts]
        count[name] = sum(block.holds(day) for day in days)
    assert count["merged"] <= 20
    assert count["merged"] <= count["each"]


def test_a_merged_run_that_is_cut_at_its_start_keeps_its_uid() -> None:
    place = HalfDay("f1", date(2025, 7, 23), Half.AM)
    cleared = ROSTER.without_layer(Layer.SOLVER, [place])
    before, state = feed("f1", view=View.MERGED)
    uid = "f1.2025-07-23.AM.f1@housestaff.invalid"
    assert uid in before
    after, _ = feed("f1", cleared, view=View.MERGED, previous=state)
    assert str(after[uid]["status"]) == "CONFIRMED"
    assert int(after[uid]["sequence"]) == 1
    assert after[uid]["dtstart"].dt.hour == 13


def test_a_service_is_one_event_a_stint() -> None:
    merged, _ = feed("r4", view=View.MERGED)
    services = [event for event in merged.values() if str(event["summary"]) == "Inpatient team"]
    assert [(event["dtstart"].dt, event["dtend"].dt) for event in services] == [(date(2025, 7, 31), date(2025, 8, 28))]


def test_the_clock_change_keeps_the_local_time() -> None:
    places = [HalfDay("f1", day, Half.AM) for day in (date(2025, 10, 31), date(2025, 11, 3))]
    longer = replace(ROSTER, complete=(date(2025, 7, 1), date(2025, 11, 30)))
    roster = longer.with_entries(dict.fromkeys(places, Entry(Layer.SOLVER, "C30")))
    data, _ = write_feed(PROGRAM, roster, PROGRAM.person("f1"), now=NOW, view=View.EACH)
    text = data.decode()
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=America/Chicago:20251031T080000" in text
    assert "DTSTART;TZID=America/Chicago:20251103T080000" in text
    calendar: Any = icalendar.Calendar.from_ical(data)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    offsets = [events[f"f1.{place.day}.AM.f1@housestaff.invalid"]["dtstart"].dt.utcoffset() for place in places]
    assert offsets == [timedelta(hours=-5), timedelta(hours=-6)]


def test_texts_are_escaped_and_nobody_else_is_named() -> None:
    person = replace(PROGRAM.people[6], display_name="Gray; MD,\nPhD")
    program = replace(PROGRAM, people=(*PROGRAM.people[:6], person, *PROGRAM.people[7:]))
    data, _ = write_feed(program, ROSTER, person, now=NOW, view=View.EACH)
    assert b"Gray\\; MD\\, PhD" in data.replace(b"\r\n ", b"")
    assert not any(other.display_name.encode() in data for other in program.people if other.id != person.id)


def test_the_state_is_kept_as_text_and_a_broken_one_is_refused() -> None:
    _, state = feed("f1")
    assert FeedState.from_json(state.to_json()) == state
    for bad in ("{", '{"uid": {}}', '{"uid": {"color": 1}}'):
        with pytest.raises(BadInput, match=r"feed\.json"):
            FeedState.from_json(bad)


def test_there_is_one_file_a_person(tmp_path: Path) -> None:
    paths = write_calendars(PROGRAM, ROSTER, tmp_path, now=NOW)
    assert {path.name for path in paths} == {f"{person.id}.ics" for person in PROGRAM.people}
    assert all(path.read_bytes().startswith(b"BEGIN:VCALENDAR") for path in paths)
