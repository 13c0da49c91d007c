"""Swaps on the pages: offered with only legal partners, answered on a phone, approved, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import Hand, Portal
from tests.features.test_leave import granted
from tests.features.test_leave_conflicts import published
from tests.features.test_swaps import TUESDAY, done, give_away, holder, night
from tests.mail_sink import MailSink
from tests.pages.test_setup_flows import hand

EACH_WAY = pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way == "phone" else [pytest.mark.slow]) for way in Hand.WAYS]
)


@EACH_WAY
def test_a_night_is_given_taken_and_approved(mailing: Portal, sink: MailSink, way: str) -> None:
    house = mailing.here
    published(house)
    giver = holder(house, night(TUESDAY))
    mine = hand(mailing, way, giver)
    mine.page.goto(f"/swaps/new?duty={night(TUESDAY)}")
    taker = mine.page.get_by_role("radio", name="Doctor f5")
    if way == "keyboard":
        mine.reach(mine.page.get_by_role("radio", name="Whoever takes it"))
        while not taker.is_checked():
            mine.page.keyboard.press("ArrowDown")
    else:
        mine.press(taker)
    mine.fill(mine.page.get_by_label("Reason"), "a concert")
    mine.press(mine.page.get_by_role("button", name="Ask"))
    expect(mine.page.get_by_role("status")).to_contain_text("Asked")
    house.work_off()
    assert "You are asked for a swap" in {str(mail["Subject"]) for mail in sink.received}
    other = hand(mailing, way, "f5")
    other.page.goto("/swaps")
    other.press(other.page.locator("#waiting").get_by_role("link"))
    other.press(other.page.get_by_role("button", name="Accept"))
    expect(other.page.get_by_text("waits for approval")).to_be_visible()
    coordinator = hand(mailing, way)
    coordinator.page.goto("/swaps")
    coordinator.press(coordinator.page.locator("#to-decide").get_by_role("link"))
    coordinator.press(coordinator.page.get_by_role("button", name="Approve", exact=True))
    expect(coordinator.page.get_by_role("status")).to_be_visible()
    house.work_off()
    assert holder(house, night(TUESDAY)) == "f5"


@pytest.mark.slow
def test_who_may_not_take_a_duty_stands_there_with_the_reason(portal: Portal) -> None:
    house = portal.here
    published(house)
    granted(house, "f5", TUESDAY, TUESDAY)
    page = portal.as_(holder(house, night(TUESDAY)))
    page.goto("/swaps")
    page.locator(f'#coming a[href*="{night(TUESDAY)}"]').click()
    expect(page.get_by_role("radio", name="Doctor f5")).to_have_count(0)
    page.locator("details.card summary").click()
    expect(page.locator("details.card li", has_text="Doctor f5")).to_contain_text("on leave")


@pytest.mark.slow
def test_a_swap_is_taken_back_by_a_party_and_declined_by_who_is_asked(portal: Portal) -> None:
    house = portal.here
    published(house)
    swap, giver = done(house)
    page = portal.as_("f5")
    page.goto(f"/swaps/{swap}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("taken back", exact=True)).to_be_visible()
    assert holder(house, night(TUESDAY)) == giver
    again, _ = give_away(house, TUESDAY + timedelta(days=7))
    page.goto(f"/swaps/{again}")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("declined", exact=True)).to_be_visible()
    assert house.value("SELECT state FROM swap WHERE swap_id = :id", id=again) == "declined"
