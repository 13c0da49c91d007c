"""Leave on the pages: asked for on a phone, seen with what it hits, granted, changed, canceled."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from housestaff.core.leave import LeaveKind
from housestaff.features.leave.commands import ApproveLeave, RequestLeave
from tests.browser import Hand, Portal
from tests.features.test_leave_conflicts import COLLIDES, DECIDED, mails, published
from tests.mail_sink import MailSink
from tests.pages.test_setup_flows import hand

EACH_WAY = pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way == "phone" else [pytest.mark.slow]) for way in Hand.WAYS]
)


@EACH_WAY
def test_leave_is_asked_for_and_granted_with_its_collisions_in_sight(mailing: Portal, sink: MailSink, way: str) -> None:
    house = mailing.here
    published(house)
    resident = hand(mailing, way, "r1")
    resident.page.goto("/leave")
    resident.fill(resident.page.get_by_label("First day"), "2025-08-04")
    resident.fill(resident.page.get_by_label("Last day"), "2025-08-05")
    resident.fill(resident.page.get_by_label("Reason"), "a wedding")
    resident.press(resident.page.get_by_role("button", name="Ask for leave"))
    expect(resident.page.get_by_role("status")).to_contain_text("Asked")
    expect(resident.page.locator("#own")).to_contain_text("requested")
    house.work_off()
    assert len(mails(sink, COLLIDES)) == 1
    coordinator = hand(mailing, way)
    coordinator.page.goto("/leave")
    coordinator.press(coordinator.page.locator("#waiting").get_by_role("link"))
    expect(coordinator.page.locator("#conflicts li")).to_have_count(4)
    expect(coordinator.page.get_by_text("a wedding")).to_be_visible()
    coordinator.press(coordinator.page.get_by_role("button", name="Grant", exact=True))
    expect(coordinator.page.get_by_role("status")).to_be_visible()
    assert house.value("SELECT state FROM leave") == "approved"
    house.work_off()
    assert "is granted" in mails(sink, DECIDED, "r1")[0]


@pytest.mark.slow
def test_granted_leave_gets_other_days_and_is_canceled(portal: Portal) -> None:
    house = portal.here
    published(house)
    days = {"first_day": date(2025, 8, 4), "last_day": date(2025, 8, 8)}
    leave = house.do(RequestLeave(person_id="r1", kind=LeaveKind.VACATION, **days), "r1")  # type: ignore[arg-type]
    house.do(ApproveLeave(leave_id=leave))
    page = portal.as_("coordinator")
    page.goto(f"/leave/{leave}")
    page.get_by_label("Last day").fill("2025-08-01")
    page.get_by_role("button", name="Change the days").click()
    expect(page.get_by_role("alert")).to_contain_text("ends before it begins")
    page.get_by_label("Last day").fill("2025-08-06")
    page.get_by_role("button", name="Change the days").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert house.value("SELECT last_day FROM leave") == date(2025, 8, 6)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel this leave").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert house.value("SELECT state FROM leave") == "canceled"


@pytest.mark.slow
def test_a_form_that_is_refused_keeps_what_was_typed(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/leave")
    page.get_by_label("Who", exact=True).select_option(label="Resident r1")
    page.get_by_label("Kind").select_option(label="other")
    page.get_by_label("First day").fill("2025-08-04")
    page.get_by_role("button", name="Ask for leave").click()
    expect(page.get_by_role("alert")).to_contain_text("needs a reason")
    expect(page.get_by_label("First day")).to_have_value("2025-08-04")
    expect(page.get_by_label("Who", exact=True)).to_have_value("r1")


@pytest.mark.slow
def test_colleagues_see_who_is_away_and_not_why(portal: Portal) -> None:
    house = portal.here
    house.move_to("2025-07-20T15:00:00+00:00")
    days = {"first_day": date(2025, 8, 4), "last_day": date(2025, 8, 8)}
    leave = house.do(RequestLeave(person_id="r1", kind=LeaveKind.MEDICAL, **days), "r1")  # type: ignore[arg-type]
    house.do(ApproveLeave(leave_id=leave))
    page = portal.as_("r2")
    page.goto("/leave")
    expect(page.locator("#away")).to_contain_text("Resident r1")
    expect(page.locator("#away")).not_to_contain_text("medical")
    page.locator("#away").get_by_role("link").click()
    expect(page.get_by_text("medical")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel this leave")).to_have_count(0)
