"""C16, C17: an approved swap is done at its time or fails by name, and is given back exactly."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.features.portal.queries import dashboard
from housestaff.features.schedules.commands import AmendSchedule
from housestaff.features.schedules.store import Schedules
from housestaff.features.swaps import queries
from housestaff.features.swaps.commands import (
    AcceptSwap,
    ApproveSwap,
    RejectSwap,
    RollBackSwap,
    WithdrawSwap,
)
from housestaff.files.roster_json import roster_hash
from housestaff.plumbing import installation_metrics
from tests.features.test_leave import granted
from tests.features.test_leave_conflicts import published
from tests.features.test_swaps import MONDAY, TUESDAY, agreed, done, give_away, holder, mails, night, state
from tests.installed import Installed
from tests.mail_sink import MailSink

DONE, BACK = "A swap is done", "A swap was taken back"


def roster_now(house: Installed, schedule: UUID) -> str:
    """A mark of the newest roster, byte by byte."""

    def asked(schedules: Schedules) -> str:
        return roster_hash(schedules.roster(schedule, schedules.get(schedule).revision))

    return house.read(asked, needs="schedule:read")


def executing(house: Installed, sink: MailSink, *, timers_run: bool = True) -> None:
    """An approved swap happens at its time, not before."""
    published(house)
    sink.received.clear()
    swap, giver = agreed(house)
    at = house.installation.clock.now() + timedelta(hours=6)
    house.do(ApproveSwap(swap_id=swap, execute_at=at))
    with pytest.raises(Stale):
        house.do(ApproveSwap(swap_id=swap, execute_at=at))
    house.work_off()
    assert house.value("SELECT count(*) FROM timer WHERE kind = 'swap.execute' AND state = 'armed'") == 1
    assert holder(house, night(TUESDAY)) == giver
    if not timers_run:
        with house.installation.database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'timer' AND status = 'todo'")
    house.advance(6 * 3600 + 5)
    house.work_off()
    assert holder(house, night(TUESDAY)) == "f5"
    assert state(house, swap) == "executed"
    assert house.value("SELECT max(number) FROM schedule_revision") == 2


@pytest.mark.capability("C16")
def test_an_approved_swap_is_carried_out_at_its_time(posting: Installed, sink: MailSink) -> None:
    executing(posting, sink)


@pytest.mark.slow
@pytest.mark.control("C16")
def test_without_its_timer_the_roster_does_not_change(posting: Installed, sink: MailSink) -> None:
    with pytest.raises(AssertionError):
        executing(posting, sink, timers_run=False)


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_leave_that_comes_between_makes_it_fail_and_everything_stays(posting: Installed, sink: MailSink) -> None:
    published(posting)
    swap, giver = agreed(posting)
    posting.do(ApproveSwap(swap_id=swap, execute_at=posting.installation.clock.now() + timedelta(hours=6)))
    granted(posting, "f5", TUESDAY, TUESDAY)
    posting.work_off()
    sink.received.clear()
    posting.advance(6 * 3600 + 5)
    posting.work_off()
    assert state(posting, swap) == "failed"
    assert holder(posting, night(TUESDAY)) == giver
    assert posting.value("SELECT payload->>'code' FROM event WHERE type = 'swap.failed'") == "on_leave"
    assert {"f5", giver} <= {to for to, _text in mails(sink, "A swap could not be done")}


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_a_withdrawn_swap_moves_nothing_and_its_timer_is_canceled(house: Installed) -> None:
    published(house)
    swap, giver = agreed(house)
    house.do(ApproveSwap(swap_id=swap, execute_at=house.installation.clock.now() + timedelta(hours=6)))
    house.do(WithdrawSwap(swap_id=swap), giver)
    assert house.value("SELECT state FROM timer WHERE kind = 'swap.execute'") == "canceled"
    house.advance(7 * 3600)
    house.work_off()
    assert holder(house, night(TUESDAY)) == giver


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_nobody_decides_about_their_own_swap_and_only_in_time(house: Installed) -> None:
    published(house)
    swap, giver = agreed(house)
    for person in (giver, "r1"):
        with pytest.raises(NotAllowed):
            house.do(ApproveSwap(swap_id=swap), person)
    first = house.value("SELECT starts_at FROM cell WHERE duty_id = :d", d=night(TUESDAY))
    with pytest.raises(BadInput):
        house.do(ApproveSwap(swap_id=swap, execute_at=first - timedelta(minutes=30)))
    house.move_to(f"{first + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S+00:00}")
    with pytest.raises(Stale):
        house.do(ApproveSwap(swap_id=swap, freeze_reason="sick"))


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_what_starts_soon_takes_a_reason(house: Installed) -> None:
    published(house)
    swap, _giver = agreed(house)
    house.move_to("2025-08-02T15:00:00+00:00")
    with pytest.raises(BadInput, match="frozen"):
        house.do(ApproveSwap(swap_id=swap))
    house.do(ApproveSwap(swap_id=swap, freeze_reason="sick"))
    assert house.value("SELECT reason_code FROM audit_entry WHERE action = 'ApproveSwap'") == "sick"


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_who_decides_is_told_and_a_refusal_closes_it(posting: Installed, sink: MailSink) -> None:
    published(posting)
    sink.received.clear()
    swap, giver = agreed(posting)
    posting.work_off()
    waiting = {to for to, _text in mails(sink, "A swap waits for your decision")}
    assert waiting == {"coordinator", "second.coordinator", "third.coordinator"}
    posting.do(RejectSwap(swap_id=swap, reason_code="coverage_gap"))
    posting.work_off()
    assert {to for to, _text in mails(sink, "A swap is over")} == {giver, "f5"}


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_what_nobody_answers_expires(house: Installed) -> None:
    published(house)
    swap, _giver = give_away(house)
    house.advance(73 * 3600)
    house.work_off()
    assert state(house, swap) == "expired"
    with pytest.raises(Stale):
        house.do(AcceptSwap(swap_id=swap, person_id="f5"), "f5")


def confirming(house: Installed, sink: MailSink) -> None:
    """Parties and coordinators get one mail each with what has moved."""
    published(house)
    sink.received.clear()
    _swap, giver = done(house)
    told = mails(sink, DONE)
    everybody = ["coordinator", "f5", giver, "second.coordinator", "third.coordinator"]
    assert sorted(to for to, _text in told) == sorted(everybody)
    assert all("Faculty call" in text and "taken back until" in text for _to, text in told)
    assert mails(sink, "Your schedule has changed") == []


@pytest.mark.slow
@pytest.mark.capability("C17")
def test_all_concerned_get_proof_of_what_moved_once(posting: Installed, sink: MailSink) -> None:
    confirming(posting, sink)


@pytest.mark.slow
@pytest.mark.control("C17")
def test_nobody_gets_proof_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.swap_execution", on=False)
    with pytest.raises(AssertionError):
        confirming(posting, sink)


@pytest.mark.slow
@pytest.mark.capability("C17")
def test_taken_back_the_roster_is_the_same_byte_by_byte(posting: Installed, sink: MailSink) -> None:
    schedule = published(posting)
    before = roster_now(posting, schedule)
    swap, giver = done(posting)
    assert roster_now(posting, schedule) != before
    sink.received.clear()
    posting.do(RollBackSwap(swap_id=swap), giver)
    posting.work_off()
    assert roster_now(posting, schedule) == before
    assert holder(posting, night(TUESDAY)) == giver
    assert {"f5", giver} <= {to for to, _text in mails(sink, BACK)}


@pytest.mark.slow
@pytest.mark.capability("C17")
def test_a_duty_that_was_changed_since_is_named_and_after_a_day_it_is_too_late(house: Installed) -> None:
    schedule = published(house)
    swap, _giver = done(house)
    found = house.read(queries.partners, needs="swap:request", duty_ids=(night(TUESDAY),))
    other = next(each.person_id for each in found if each.is_legal)
    edit = SetCall(line="faculty_call", day=TUESDAY, person=other)
    house.do(AmendSchedule(schedule_id=schedule, base_number=2, edits=(edit,)))
    with pytest.raises(Stale, match="faculty_call"):
        house.do(RollBackSwap(swap_id=swap))
    second, _ = done(house, MONDAY)
    house.advance(24 * 3600 + 1)
    with pytest.raises(Stale, match="over"):
        house.do(RollBackSwap(swap_id=second))


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_leave_withdraws_what_is_asked_or_agreed(house: Installed) -> None:
    published(house)
    swap, _giver = agreed(house)
    granted(house, "f5", TUESDAY, TUESDAY)
    house.work_off()
    assert state(house, swap) == "withdrawn"


def nights_on_the_page(house: Installed, person: str) -> int:
    """The nights of call that somebody's start page counts."""
    return house.read(dashboard, needs="schedule:read", by=person).stats.call_nights


@pytest.mark.slow
def test_the_start_pages_of_both_follow_the_swap_and_its_return(house: Installed) -> None:
    published(house)
    giver = holder(house, night(TUESDAY))
    before = nights_on_the_page(house, giver), nights_on_the_page(house, "f5")
    swap, _ = done(house)
    assert (nights_on_the_page(house, giver), nights_on_the_page(house, "f5")) == (before[0] - 1, before[1] + 1)
    house.do(RollBackSwap(swap_id=swap))
    assert (nights_on_the_page(house, giver), nights_on_the_page(house, "f5")) == before


@pytest.mark.slow
@pytest.mark.capability("C16")
def test_a_duty_that_is_gone_when_the_time_comes_makes_it_fail_and_no_dead_letter(house: Installed) -> None:
    schedule = published(house)
    swap, _giver = agreed(house)
    house.do(ApproveSwap(swap_id=swap, execute_at=house.installation.clock.now() + timedelta(hours=6)))
    found = house.read(queries.partners, needs="swap:request", duty_ids=(night(TUESDAY),))
    other = next(each.person_id for each in found if each.is_legal and each.person_id != "f5")
    edit = SetCall(line="faculty_call", day=TUESDAY, person=other)
    house.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(edit,)))
    house.advance(6 * 3600 + 5)
    house.work_off()
    assert state(house, swap) == "failed"
    assert holder(house, night(TUESDAY)) == other
    assert house.value("SELECT count(*) FROM dead_letter") == 0


@pytest.mark.slow
def test_swaps_leave_and_conflicts_are_counted(house: Installed) -> None:
    published(house)
    done(house)
    give_away(house, MONDAY)
    granted(house, "r1", TUESDAY, TUESDAY)
    house.work_off()
    told = installation_metrics.text(house.installation.database, house.installation.clock.now()).decode()
    for state_ in ("requested", "agreed", "approved", "executed"):
        times = 2.0 if state_ == "requested" else 1.0
        assert f'housestaff_swaps_total{{kind="absorb",state="{state_}"}} {times}' in told
    assert 'housestaff_swaps_open{kind="absorb",state="requested"} 1.0' in told
    assert 'housestaff_leaves_total{state="approved"} 1.0' in told
    assert 'housestaff_conflicts_open{kind="on_leave"} 2.0' in told
