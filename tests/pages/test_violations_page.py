"""The work list of violations: read by whoever may, acknowledged, accepted and taken back, with nothing but a form."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from housestaff.features.program.commands import SetPolicy
from tests.browser import Portal
from tests.features.long_month import BUSY, WHY, long_draft, violation


@pytest.mark.parametrize("scripts", [True, False])
def test_the_director_reads_acknowledges_accepts_and_takes_back(portal: Portal, *, scripts: bool) -> None:
    """With scripts and without any."""
    long_draft(portal.here)
    page = portal.as_("director")
    if not scripts:
        page.route("**/*.js*", lambda route: route.abort())
    page.get_by_role("link", name="Violations").click()
    row = page.get_by_role("row").filter(has_text="eighty hours")
    for told in ("320 h 01", "320 h 00", "6.20 (2023: VI.F.1)", "Resident r2", "open", "draft", "must hold"):
        expect(row).to_contain_text(told)
    row.get_by_role("link", name="eighty hours").click()
    page.get_by_label("What is done about it").fill("The clinic of the week after is moved.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("main")).to_contain_text("director: The clinic of the week after is moved.")
    page.get_by_label("Reason").select_option("sick")
    page.get_by_label("Justification").fill(WHY)
    until = portal.here.installation.clock.now().date() + timedelta(days=5)
    page.get_by_label("Until", exact=True).fill(str(until))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="Overrides")).to_be_visible()
    assert violation(portal.here)["state"] == "overridden"
    expect(page.locator("main")).to_contain_text(WHY)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".tag", has_text="taken back")).to_be_visible()
    history = page.get_by_role("table").get_by_role("rowheader").all_inner_texts()
    assert history == ["opened", "acknowledged", "accepted"]


@pytest.mark.slow
def test_what_is_refused_is_told_in_the_form_and_nothing_that_was_typed_is_lost(portal: Portal) -> None:
    long_draft(portal.here)
    page = portal.as_("director")
    page.goto(f"/violations/{violation(portal.here)['violation_id']}")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_label("Reason").select_option("safety")
    page.get_by_label("Justification").fill("too short")
    page.get_by_label("Until", exact=True).fill(str(portal.here.installation.clock.now().date() + timedelta(days=5)))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    expect(page.get_by_label("Justification")).to_have_value("too short")
    expect(page.get_by_label("Reason")).to_have_value("safety")


@pytest.mark.slow
def test_a_coordinator_is_not_offered_what_they_may_not(portal: Portal) -> None:
    long_draft(portal.here)
    page = portal.as_("coordinator")
    page.goto(f"/violations/{violation(portal.here)['violation_id']}")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign", exact=True)).to_have_count(0)
    page.goto("/violations?severity=warning")
    page.get_by_role("table").get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()


@pytest.mark.slow
def test_a_resident_has_no_list_in_the_bar_and_sees_their_own(portal: Portal) -> None:
    long_draft(portal.here)
    page = portal.as_(BUSY, "phone")
    expect(page.get_by_role("link", name="Violations")).to_have_count(0)
    page.goto("/violations")
    expect(page.get_by_text("No rule is broken.")).to_be_visible()
    known = violation(portal.here)["violation_id"]
    answer = page.goto(f"/violations/{known}")
    assert answer is not None
    assert answer.status == 404


@pytest.mark.slow
def test_the_list_is_read_in_spanish(portal: Portal) -> None:
    long_draft(portal.here)
    page = portal.as_("director")
    page.context.add_cookies([{"name": "housestaff_language", "value": "es", "url": portal.here.address}])
    page.goto("/violations")
    expect(page.get_by_role("heading", name="Incumplimientos")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="320 h 01")).to_contain_text("obligatoria")


@pytest.mark.slow
def test_the_longest_end_that_is_offered_is_the_one_of_the_programs_policy(portal: Portal) -> None:
    long_draft(portal.here)
    portal.here.do(SetPolicy(values={"override_max_days": 10}))
    page = portal.as_("director")
    page.goto(f"/violations/{violation(portal.here)['violation_id']}")
    today = portal.here.installation.clock.now().astimezone(ZoneInfo("America/Chicago")).date()
    expect(page.get_by_label("Until", exact=True)).to_have_attribute("max", str(today + timedelta(days=10)))
