"""Rooms that follow one another: leave and swaps stand in calendars and in the record of violations by themselves."""

from __future__ import annotations

from datetime import date

import pytest

from housestaff.features.leave.commands import CancelLeave
from housestaff.features.swaps.commands import RollBackSwap
from tests.features.test_calendar import Phone
from tests.features.test_leave import granted
from tests.features.test_leave_conflicts import published
from tests.features.test_swaps import TUESDAY, done, night
from tests.installed import Installed

WEDNESDAY = date(2025, 8, 6)


def statuses(phone: Phone, part: str) -> set[str]:
    """How the events stand whose id holds some text."""
    return {str(event["STATUS"]) for uid, event in phone.events().items() if part in uid}


@pytest.mark.capability("C8")
def test_leave_that_is_granted_stands_in_the_feed_and_goes_when_it_is_canceled(house: Installed) -> None:
    published(house)
    phone = Phone(house, "r1")
    leave = granted(house, "r1", WEDNESDAY, WEDNESDAY)
    house.work_off()
    assert statuses(phone, leave) == {"CONFIRMED"}
    house.do(CancelLeave(leave_id=leave))
    house.work_off()
    assert statuses(phone, leave) == {"CANCELLED"}


@pytest.mark.slow
@pytest.mark.capability("C18")
def test_both_phones_follow_a_swap_and_its_return(house: Installed) -> None:
    published(house)
    swap, giver = done(house)
    theirs, taken = Phone(house, giver), Phone(house, "f5")
    assert statuses(theirs, night(TUESDAY)) == {"CANCELLED"}
    assert statuses(taken, night(TUESDAY)) == {"CONFIRMED"}
    house.do(RollBackSwap(swap_id=swap))
    house.work_off()
    assert statuses(theirs, night(TUESDAY)) == {"CONFIRMED"}
    assert statuses(taken, night(TUESDAY)) == {"CANCELLED"}


@pytest.mark.slow
@pytest.mark.capability("C9")
def test_leave_over_a_night_at_home_is_judged_when_it_is_granted_and_again_when_it_is_canceled(
    house: Installed,
) -> None:
    published(house)
    taker = house.value("SELECT person_id FROM cell WHERE duty_id = :d", d=night(TUESDAY))
    leave = granted(house, taker, TUESDAY, TUESDAY)
    house.work_off()
    asked = "SELECT state FROM violation WHERE rule = 'call_on_leave' AND person_id = :p"
    assert [row["state"] for row in house.rows(asked, p=taker)] == ["open"]
    house.do(CancelLeave(leave_id=leave))
    house.work_off()
    assert [row["state"] for row in house.rows(asked, p=taker)] == ["resolved"]
