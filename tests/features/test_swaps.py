"""C15: a swap is asked only if it may happen, and only of those who may take part in it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from housestaff.core.errors import BadInput, NotAllowed, NotFound, Stale
from housestaff.features.swaps import queries
from housestaff.features.swaps.commands import (
    AcceptSwap,
    ApproveSwap,
    DeclineSwap,
    RequestSwap,
    WithdrawSwap,
)
from tests.features.test_leave import granted
from tests.features.test_leave_conflicts import published
from tests.installed import Installed
from tests.mail_sink import MailSink

MONDAY, TUESDAY = date(2025, 8, 4), date(2025, 8, 5)
ASKED = "You are asked for a swap"


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
