"""C27: open screens change by themselves, and miss nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from websockets.sync.client import connect

from housestaff.core.events import DutyAnnotated
from housestaff.features.accounts.commands import RevokeRole
from housestaff.features.schedules.commands import AnnotateDuty, PublishSchedule
from housestaff.plumbing import feed_frames
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.feed_topics import Addressed
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Request
from tests.installed import Installed
from tests.live import Screen, screen, screens, ticket
from tests.plumbing.views import amend, published
from tests.serving import another, metric, served, wait_until

FAST: dict[str, Any] = {"feed_hello_seconds": 0.3, "feed_heartbeat_seconds": 0.5, "feed_poll_seconds": 0.5}


def annotate(house: Installed, schedule: UUID, times: int = 1) -> None:
    """So many events about a schedule."""
    for _ in range(times):
        house.do(AnnotateDuty(schedule_id=schedule, duty_id="faculty_call.2025-07-31", text="a canary in a note"))


def put_frames(house: Installed, topic: str, times: int, *, needs: str = "", size: int = 1) -> None:
    """Frames on a topic, as the consumers of rooms that do not exist yet write them."""
    program = house.programs["small"]
    with house.installation.house.unit(Request.of_system(program)) as unit:
        for _ in range(times):
            event = DutyAnnotated(duty_id="d", note_id=new_id(), schedule_id=new_id())
            happened = Occurred(new_id(), 1, 1, unit.now, {}, new_id(), event)
            feed_frames.write(unit, happened, [Addressed(topic, needs, {"filler": "x" * size})])


def check_that_a_screen_on_another_worker_follows(house: Installed) -> None:
    schedule = house.draft()
    house.work_off()
    with another(house) as second, served(second) as address, screen(house, address) as here:
        assert here.subscribe(f"schedule:{schedule}")["type"] == "ack"
        house.do(PublishSchedule(schedule_id=schedule, revision=1))
        house.work_off()
        try:
            frame = here.until("schedule.published", seconds=1)
        except TimeoutError as error:
            raise AssertionError("no frame came") from error
        assert [told["type"] for told in here.all_until_ack() if told.get("topic") == frame["topic"]] == []
    event = house.rows("SELECT * FROM event WHERE type = 'schedule.published'")[0]
    assert frame["id"] == str(event["event_id"])
    assert frame["correlation_id"] == str(event["correlation_id"])
    assert frame["subject"] == {"kind": "schedule", "id": str(schedule)}
    assert frame["topic"] == f"schedule:{schedule}"
    assert (frame["v"], frame["data"]["number"]) == (1, 1)


@pytest.mark.capability("C27")
def test_a_screen_on_another_worker_gets_one_frame_within_a_second(house: Installed) -> None:
    check_that_a_screen_on_another_worker_follows(house)


@pytest.mark.control("C27")
def test_without_the_feed_no_frame_comes(house: Installed) -> None:
    house.switch("realtime.feed", on=False)
    with pytest.raises(AssertionError, match="no frame came"):
        check_that_a_screen_on_another_worker_follows(house)


@pytest.mark.capability("C27")
def test_a_change_that_is_undone_leaves_no_frame(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    before = house.value("SELECT count(*) FROM feed_frame")

    def fails() -> None:
        with house.installation.house.unit(house.by()) as unit:
            unit.tell(DutyAnnotated(duty_id="d", note_id=new_id(), schedule_id=schedule))
            house.installation.house.settle(unit, "Probe")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    house.work_off()
    assert house.value("SELECT count(*) FROM feed_frame") == before


@pytest.mark.capability("C27")
def test_a_resident_never_gets_a_draft_frame_and_a_coordinator_does(house: Installed) -> None:
    schedule = house.draft()
    with (
        served(house.installation) as address,
        screen(house, address, "r1") as resident,
        screen(house, address) as coordinator,
    ):
        for each in (resident, coordinator):
            assert each.subscribe(f"schedule:{schedule}")["type"] == "ack"
        annotate(house, schedule)
        house.do(PublishSchedule(schedule_id=schedule, revision=1))
        annotate(house, schedule)
        house.work_off()
        resident.until("duty.annotated")
        assert "schedule.created" not in {frame["type"] for frame in resident.frames}
        coordinator.until("schedule.published")
        assert "schedule.created" in {frame["type"] for frame in coordinator.frames}


@pytest.mark.capability("C27")
def test_violation_frames_and_frames_about_others_swaps_do_not_reach_a_resident(house: Installed) -> None:
    with (
        served(house.installation) as address,
        screen(house, address, "r1") as resident,
        screen(house, address, "r2") as other,
        screen(house, address) as coordinator,
    ):
        for each in (resident, other, coordinator):
            assert each.subscribe("program")["type"] == "ack"
            assert each.subscribe("person:r2")["type"] == "ack"
        put_frames(house, "program", 1, needs="violation:read")
        put_frames(house, "person:r2", 1, needs="swap:approve|r2")
        for topic in ("program", "person:r2"):
            put_frames(house, topic, 1, needs="schedule:read")
        # Frames are in order within a topic, not over topics: the second of each is the sign that no other comes.
        last = {("program", 2), ("person:r2", 2)}
        for each, more in (
            (resident, set()), (other, {("person:r2", 1)}), (coordinator, {("program", 1), ("person:r2", 1)}),
        ):  # fmt: skip
            while not last <= {(frame["topic"], frame["seq"]) for frame in each.frames}:
                each.next()
            assert {(frame["topic"], frame["seq"]) for frame in each.frames} == last | more


@pytest.mark.capability("C27")
def test_topics_are_refused_by_permission_and_those_of_another_program_like_those_that_are_not(
    house: Installed,
) -> None:
    house.add_program("other")
    theirs = house.draft(program="other")
    with served(house.installation) as address, screen(house, address, "r1") as resident:
        for topic, code in (
            (f"schedule:{theirs}", "not_allowed"),
            (f"schedule:{new_id()}", "not_allowed"),
            ("person:nobody", "not_allowed"),
            ("ops", "not_allowed"),
            ("weather", "unknown_topic"),
            ("schedule:", "unknown_topic"),
        ):
            answer = resident.subscribe(topic)
            assert (answer["type"], answer["code"]) == ("error", code), topic
        resident.say("dance", ref=7)
        assert resident.next() == {"v": 1, "type": "error", "ref": 7, "code": "bad_frame"}
        resident.socket.send("no json")
        assert resident.next()["code"] == "bad_frame"
        resident.say("ping", ref=8)
        assert resident.next() == {"v": 1, "type": "ack", "ref": 8}


@pytest.mark.capability("C27")
def test_after_a_while_offline_the_frames_come_in_order_without_repeats(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    topic = f"schedule:{schedule}"
    with served(house.installation) as address:
        with screen(house, address) as here:
            here.subscribe(topic)
            annotate(house, schedule)
            house.work_off()
            seen = here.until("duty.annotated")["seq"]
        annotate(house, schedule, 5)
        house.work_off()
        with screen(house, address, resume={topic: seen}) as again:
            while len(again.frames) < 5:
                again.next()
            annotate(house, schedule)
            house.work_off()
            again.until("duty.annotated")
            assert [frame["seq"] for frame in again.frames] == list(range(seen + 1, seen + 7))
            assert again.all_until_ack() == []


@pytest.mark.capability("C27")
def test_after_more_than_a_day_offline_the_screen_reads_anew(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    annotate(house, schedule, 2)
    house.work_off()
    house.advance(timedelta(hours=25).total_seconds())
    before = metric("feed_resync_total", reason="too_old")
    topic = f"schedule:{schedule}"
    with served(house.installation) as address, screen(house, address, resume={topic: 1}) as here:
        assert here.until("resync") == {"v": 1, "type": "resync", "topic": topic, "reason": "too_old"}
        annotate(house, schedule)
        house.work_off()
        assert here.until("duty.annotated")["topic"] == topic
    assert metric("feed_resync_total", reason="too_old") == before + 1


@contextmanager
def narrow(address: str) -> Iterator[socket.socket]:
    """A connection with hardly any room on the way."""
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect((host, int(port)))
        yield one


@pytest.mark.capability("C27")
def test_a_client_that_does_not_read_is_let_go_and_a_hundred_others_get_each_frame(house: Installed) -> None:
    with ExitStack() as stack:
        worker = stack.enter_context(another(house, feed_queue=64))
        address = stack.enter_context(served(worker, send_buffer=4096))
        others = [stack.enter_context(each) for each in screens(house, address, 100)]
        pipe = stack.enter_context(narrow(address))
        slow = stack.enter_context(screen(house, address, sock=pipe, max_queue=1, compression=None))
        for each in (*others, slow):
            assert each.subscribe("program")["type"] == "ack"
        dropped = metric("feed_drops_total", reason="slow")
        for _burst in range(12):
            put_frames(house, "program", 10, needs="schedule:read", size=8000)
            for each in others:
                for _frame in range(10):
                    each.next(1)
        wait_until(lambda: metric("feed_drops_total", reason="slow") == dropped + 1, what="the slow one is let go")
        assert slow.closed_with() == 4408
        for each in others:
            assert [frame["seq"] for frame in each.frames] == list(range(1, 121))


@pytest.mark.capability("C27")
def test_when_the_membership_ends_the_topics_are_dropped_within_five_seconds(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    with served(house.installation) as address, screen(house, address, "second.coordinator") as here:
        assert here.subscribe(f"schedule:{schedule}")["type"] == "ack"
        house.do(RevokeRole(user_id=house.users["second.coordinator@small.example"], role="coordinator"), "admin")
        house.work_off()
        dropped = {here.until("error", seconds=5)["topic"] for _ in range(2)}
        assert dropped == {"me", f"schedule:{schedule}"}
        annotate(house, schedule)
        house.work_off()
        assert here.closed_with() == 4401
    assert not [frame for frame in here.frames if frame["type"] == "duty.annotated"]


@pytest.mark.capability("C27")
def test_a_ticket_opens_once_and_within_a_minute(house: Installed) -> None:
    with served(house.installation) as address:
        given = ticket(house, address)
        stored = [row["token_hash"] for row in house.rows("SELECT token_hash FROM single_use")]
        assert given not in stored
        for code in (None, 4401):
            with connect(address.replace("http", "ws", 1) + "/ws/v1") as one:
                here = Screen(one)
                here.say("hello", ticket=given)
                if code is None:
                    assert here.next()["user_id"] == str(house.users["coordinator@small.example"])
                else:
                    assert here.closed_with() == code
        late = ticket(house, address)
        house.advance(61)
        with connect(address.replace("http", "ws", 1) + "/ws/v1") as one:
            here = Screen(one)
            here.say("hello", ticket=late)
            assert here.closed_with() == 4401


@pytest.mark.capability("C27")
def test_whoever_says_no_hello_or_gives_no_sign_of_life_is_let_go(house: Installed) -> None:
    with another(house, **FAST) as worker, served(worker) as address:
        with connect(address.replace("http", "ws", 1) + "/ws/v1") as one:
            assert Screen(one).closed_with() == 4401
        with screen(house, address) as silent:
            # It reads its pings and answers none.
            assert silent.closed_with() == 4409
        with screen(house, address) as alive:
            assert alive.heard[0]["heartbeat_s"] == 0.5
            for _beat in range(4):
                with pytest.raises(TimeoutError):
                    alive.next(0.5)
            assert alive.all_until_ack() == []


@pytest.mark.capability("C27")
def test_a_lost_notification_is_made_up_for_by_the_next_look(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    with another(house, **FAST) as worker, served(worker) as address, screen(house, address) as here:
        here.subscribe(f"schedule:{schedule}")
        worker.listener.stop()
        annotate(house, schedule)
        house.work_off()
        assert here.until("duty.annotated")["topic"] == f"schedule:{schedule}"


@pytest.mark.capability("C27")
def test_when_a_worker_is_killed_its_clients_resume_elsewhere_without_a_gap(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    topic = f"schedule:{schedule}"
    with house.serving() as (process, address), screen(house, address) as here:
        here.subscribe(topic)
        annotate(house, schedule, 2)
        house.work_off()
        seen = [here.until("duty.annotated")["seq"] for _ in range(2)]
        process.kill()
        process.wait()
        annotate(house, schedule, 3)
        house.work_off()
    with served(house.installation) as address, screen(house, address, resume={topic: seen[-1]}) as again:
        while len(again.frames) < 3:
            again.next()
        seen += [frame["seq"] for frame in again.frames]
    assert seen == list(range(seen[0], seen[0] + 5))


@pytest.mark.capability("C27")
def test_frames_follow_the_order_of_events_even_when_dispatched_out_of_order(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    annotate(house, schedule, 4)
    events = [row["event_id"] for row in house.rows("SELECT event_id FROM event ORDER BY position DESC LIMIT 4")]
    program = str(house.programs["small"])
    for event in (events[0], events[2], events[1], events[3], events[0]):
        house.installation.later.react(program, str(event), "realtime.feed")
    newest = "SELECT event_id FROM feed_frame WHERE topic = :topic ORDER BY seq DESC LIMIT 4"
    found = house.rows(newest, topic=f"schedule:{schedule}")
    assert [row["event_id"] for row in found] == events
    numbers = house.rows("SELECT topic, count(*) AS n, max(seq) AS top FROM feed_frame GROUP BY topic")
    assert all(row["n"] == row["top"] for row in numbers)


@pytest.mark.capability("C27")
def test_a_person_gets_their_own_duties_and_no_frame_says_a_name_or_a_word(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    with served(house.installation) as address, screen(house, address, "f5") as here:
        amend(house, schedule, "f5")
        house.work_off()
        mine = here.until("duty.changed")
        assert mine["topic"] == "me"
        assert {cell["person_after"] for cell in mine["data"]["cells"]} <= {"f5", None}
    annotate(house, schedule)
    house.work_off()
    words = ["canary"] + [row["display_name"] for row in house.rows("SELECT display_name FROM app_user")]
    words += ["Resident r1", "Doctor f5"]
    for row in house.rows("SELECT body::text AS body FROM feed_frame"):
        assert not [word for word in words if len(word) > 5 and word in row["body"]], row["body"]


@pytest.mark.capability("C27")
def test_frames_are_kept_for_a_day_and_at_most_ten_thousand_a_topic(house: Installed) -> None:
    put_frames(house, "program", 1, needs="schedule:read")
    with house.installation.database.transaction(program=house.programs["small"]) as connection:
        connection.execute(sa.text("UPDATE feed_topic SET seq = 10098 WHERE topic = 'program'"))
    put_frames(house, "program", 2, needs="schedule:read")
    left = "SELECT seq FROM feed_frame WHERE topic = 'program' ORDER BY seq"
    assert [row["seq"] for row in house.rows(left)] == [10099, 10100]
    house.advance(timedelta(hours=24, seconds=1).total_seconds())
    with house.installation.house.unit(house.by()) as unit:
        feed_frames.forget_old(unit)
    assert house.rows(left) == []
