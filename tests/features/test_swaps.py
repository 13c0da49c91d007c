"""C15, C16, C17: a swap is asked only if it may happen, done at its time, and given back exactly."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.errors import BadInput, NotAllowed, NotFound, Stale
from housestaff.features.portal.queries import dashboard
from housestaff.features.schedules.commands import AmendSchedule
from housestaff.features.schedules.store import Schedules
from housestaff.features.swaps import queries
from housestaff.features.swaps.commands import (
    AcceptSwap,
    ApproveSwap,
    DeclineSwap,
    RejectSwap,
    RequestSwap,
    RollBackSwap,
    WithdrawSwap,
)
from housestaff.files.roster_json import roster_hash
from tests.features.test_leave import granted
from tests.features.test_leave_conflicts import published
from tests.installed import Installed
from tests.mail_sink import MailSink

MONDAY, TUESDAY = date(2025, 8, 4), date(2025, 8, 5)
ASKED, DONE, BACK = "You are asked for a swap", "A swap is done", "A swap was taken back"


def night(day: date) -> str:
    """The duty of a night of the faculty's call."""
    return f"faculty_call.{day}"


def holder(house: Installed, duty: str) -> str:
    """Who has a duty in the newest version."""
    return house.value("SELECT person_id FROM cell WHERE duty_id = :d ORDER BY number DESC LIMIT 1", d=duty)


def give_away(house: Installed, day: date = TUESDAY, *, to: str | None = "f5") -> tuple[UUID, str]:
    """A night that its holder gives to somebody, or to whoever takes it."""
    giver = holder(house, night(day))
    return house.do(RequestSwap(person_id=giver, give=(night(day),), to=to), giver), giver


def agreed(house: Installed, day: date = TUESDAY) -> tuple[UUID, str]:
    """A night that somebody gives and f5 takes."""
    swap, giver = give_away(house, day)
    house.do(AcceptSwap(swap_id=swap, person_id="f5"), "f5")
    return swap, giver


def done(house: Installed, day: date = TUESDAY) -> tuple[UUID, str]:
    """The same, approved and carried out."""
    swap, giver = agreed(house, day)
    house.do(ApproveSwap(swap_id=swap))
    house.work_off()
    return swap, giver


def state(house: Installed, swap: UUID) -> str:
    """Where a swap stands."""
    return house.value("SELECT state FROM swap WHERE swap_id = :id", id=swap)


def mails(sink: MailSink, subject: str) -> list[tuple[str, str]]:
    """To whom mails with a subject went, and their texts."""
    found = [mail for mail in sink.received if str(mail["Subject"]) == subject]
    return [(str(mail["To"]).partition("@")[0], mail.get_body(("plain",)).get_content()) for mail in found]  # type: ignore[union-attr]


def roster_now(house: Installed, schedule: UUID) -> str:
    """A mark of the newest roster, byte by byte."""

    def asked(schedules: Schedules) -> str:
        return roster_hash(schedules.roster(schedule, schedules.get(schedule).revision))

    return house.read(asked, needs="schedule:read")


def asking(house: Installed, sink: MailSink) -> None:
    """A legal swap: one mail to the other party with the duty both ways, a receipt for the one who asked."""
    published(house)
    sink.received.clear()
    _swap, giver = give_away(house)
    house.work_off()
    assert [to for to, _text in mails(sink, ASKED)] == ["f5"]
    assert "Faculty call: Doctor" in mails(sink, ASKED)[0][1]
    receipts = house.rows("SELECT u.email FROM notice n JOIN app_user u ON u.user_id = n.recipient_user_id "
                          "WHERE n.type = 'swap_receipt'")  # fmt: skip
    assert [row["email"] for row in receipts] == [f"{giver}@small.example"]


@pytest.mark.capability("C15")
def test_whoever_is_asked_gets_one_mail_and_the_asker_a_receipt(posting: Installed, sink: MailSink) -> None:
    asking(posting, sink)


@pytest.mark.slow
@pytest.mark.control("C15")
def test_nobody_is_asked_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("notices.swap_request", on=False)
    with pytest.raises(AssertionError):
        asking(posting, sink)


@pytest.mark.capability("C15")
def test_a_swap_that_breaks_a_rule_or_meets_leave_is_refused_and_leaves_no_row(house: Installed) -> None:
    published(house)
    granted(house, "f5", TUESDAY, TUESDAY)
    with pytest.raises(BadInput) as refused:
        give_away(house)
    assert refused.value.place == "on_leave"
    with pytest.raises(BadInput) as other:
        give_away(house, to="r1")
    assert other.value.place == "who"
    with pytest.raises(NotFound):
        house.do(RequestSwap(person_id="f1", give=("faculty_call.2020-01-01",)), "f1")
    assert house.value("SELECT count(*) FROM swap") == 0


@pytest.mark.capability("C15")
def test_two_nights_are_exchanged_one_for_one(house: Installed) -> None:
    published(house)
    one, other = holder(house, night(MONDAY)), holder(house, night(TUESDAY))
    ask = RequestSwap(person_id=one, give=(night(MONDAY),), want=(night(TUESDAY),), to=other)
    swap = house.do(ask, one)
    house.do(AcceptSwap(swap_id=swap, person_id=other), other)
    house.do(ApproveSwap(swap_id=swap))
    house.work_off()
    assert (holder(house, night(MONDAY)), holder(house, night(TUESDAY))) == (other, one)


@pytest.mark.slow
@pytest.mark.capability("C15")
def test_a_duty_is_in_one_open_swap_and_an_ended_one_frees_it(house: Installed) -> None:
    published(house)
    swap, giver = give_away(house)
    with pytest.raises(Stale):
        give_away(house)
    house.do(WithdrawSwap(swap_id=swap), giver)
    give_away(house)


@pytest.mark.slow
@pytest.mark.capability("C15")
def test_an_open_duty_is_offered_to_who_may_take_it_and_the_first_to_take_it_has_it(
    posting: Installed, sink: MailSink
) -> None:
    published(posting)
    sink.received.clear()
    swap, _giver = give_away(posting, to=None)
    posting.work_off()
    offered = [to for to, _text in mails(sink, "A duty is offered to you")]
    assert "f5" in offered
    assert "r1" not in offered
    posting.do(AcceptSwap(swap_id=swap, person_id="f5"), "f5")
    other = next(person for person in offered if person != "f5")
    with pytest.raises(Stale, match=r"agreed|taken"):
        posting.do(AcceptSwap(swap_id=swap, person_id=other), other)
    rows = posting.rows("SELECT person_id, state FROM swap_offer")
    assert {row["state"] for row in rows if row["person_id"] != "f5"} == {"closed"}
    assert {row["state"] for row in rows if row["person_id"] == "f5"} == {"taken"}


@pytest.mark.slow
@pytest.mark.control("C15")
def test_nothing_is_offered_while_nobody_looks_for_partners(posting: Installed, sink: MailSink) -> None:
    posting.switch("swaps.match", on=False)
    published(posting)
    give_away(posting, to=None)
    posting.work_off()
    with pytest.raises(AssertionError):
        assert mails(sink, "A duty is offered to you")


@pytest.mark.slow
@pytest.mark.capability("C15")
def test_partners_are_shown_with_the_reason_for_everybody_else(house: Installed) -> None:
    published(house)
    granted(house, "f5", TUESDAY, TUESDAY)
    giver = holder(house, night(TUESDAY))
    found = house.read(queries.partners, needs="swap:request", by=giver, duty_ids=(night(TUESDAY),))
    by_person = {each.person_id: each for each in found}
    assert set(by_person) == {"f1", "f2", "f3", "f4", "f5"} - {giver}
    assert "on leave" in by_person["f5"].why_not
    assert [each.is_legal for each in found] == sorted((each.is_legal for each in found), reverse=True)
    with pytest.raises(NotAllowed):
        house.read(queries.partners, needs="swap:request", by="r1", duty_ids=(night(TUESDAY),))


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


@pytest.mark.slow
@pytest.mark.capability("C15")
def test_a_private_swap_is_seen_by_its_parties_and_who_decides(house: Installed) -> None:
    published(house)
    swap, giver = give_away(house)

    def sees(by: str) -> bool:
        return swap in {each.swap_id for each in house.read(queries.listed, needs="swap:read", by=by)}

    assert sees(giver)
    assert sees("f5")
    assert sees("coordinator")
    assert sees("auditor")
    assert not sees("r1")


@pytest.mark.slow
@pytest.mark.capability("C15")
def test_declined_it_is_over(posting: Installed, sink: MailSink) -> None:
    published(posting)
    swap, giver = give_away(posting)
    posting.do(DeclineSwap(swap_id=swap, person_id="f5"), "f5")
    posting.work_off()
    assert state(posting, swap) == "declined"
    assert giver in {to for to, _text in mails(sink, "A swap is over")}


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
