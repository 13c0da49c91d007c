"""C41, C42 on pages: everybody's start page, from the published schedule and nothing else."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from playwright.sync_api import expect

from housestaff.core.edits import SetCall
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from tests.browser import Portal
from tests.features.test_leave import request
from tests.features.test_leave_conflicts import published as in_force
from tests.features.test_swaps import give_away

MONDAY = "2025-08-04T17:00:00+00:00"


def published(portal: Portal) -> UUID:
    """A schedule in force, looked at on Monday, August 4."""
    portal.here.move_to(MONDAY)
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    portal.here.work_off()
    return schedule


@pytest.mark.capability("C41")
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_resident_sees_now_their_hours_and_their_weeks(portal: Portal, size: str) -> None:
    published(portal)
    page = portal.as_("r1", size)
    now = page.get_by_role("heading", name="Now", exact=True).locator("..")
    expect(now).to_contain_text("Cardiology")
    hours = page.get_by_role("heading", name="My hours").locator("..")
    expect(hours).to_contain_text("hours a week on average, of 80")
    expect(hours.get_by_role("img").first).to_be_visible()
    weeks = page.get_by_role("heading", name="Coming weeks").locator("..")
    expect(weeks.get_by_role("listitem").first).to_contain_text("now")


@pytest.mark.capability("C41")
def test_before_anything_is_published_the_page_says_so(portal: Portal) -> None:
    portal.here.move_to(MONDAY)
    portal.here.draft()
    page = portal.as_("r1")
    expect(page.get_by_text("Nothing is published yet")).to_be_visible()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_have_count(0)


@pytest.mark.capability("C42")
def test_an_attending_sees_the_week_that_runs_first(portal: Portal) -> None:
    published(portal)
    page = portal.as_("f3")
    first = page.get_by_role("heading", name="Coming weeks").locator("..").get_by_role("listitem").first
    expect(first).to_contain_text("now")
    expect(first).to_contain_text("1 Aug")


def test_a_coordinator_sees_a_night_without_a_name_who_is_away_and_the_drafts(portal: Portal) -> None:
    schedule = published(portal)
    page = portal.as_("coordinator")
    expect(page.get_by_text("Every night of call has exactly one name.")).to_be_visible()
    expect(page.get_by_role("heading", name="Drafts and versions").locator("..")).to_contain_text("published")
    night = SetCall(line="faculty_call", day=date(2025, 8, 6), person="f5")
    portal.here.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(night,), reason_code="sick"))
    page.goto("/on-call")
    expect(page.get_by_role("row").filter(has_text="Aug 6, 2025, 5:00").first).to_contain_text("Doctor f5")


def test_a_director_sees_findings_rule_by_rule_and_goes_to_one(portal: Portal) -> None:
    published(portal)
    page = portal.as_("director")
    rules = page.get_by_role("heading", name="Rules on what is in force").locator("..")
    expect(rules).to_be_visible()
    rules.get_by_role("link").first.click()
    expect(page.locator("details.card")).to_have_count(1)


def test_an_operator_sees_what_failed_and_switches_a_consumer(portal: Portal) -> None:
    page = portal.as_("admin")
    expect(page.get_by_role("heading", name="The installation").locator("..")).to_contain_text("dead letters")
    page.goto("/operations")
    page.get_by_role("button", name="cache.warm: switch off").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert portal.here.value("SELECT is_on FROM consumer_switch WHERE name = 'cache.warm'") is False
    page.goto("/audit?action=SwitchConsumer")
    expect(page.get_by_role("row").filter(has_text="SwitchConsumer").first).to_be_visible()


def test_an_auditor_without_a_person_has_a_page_too(portal: Portal) -> None:
    published(portal)
    page = portal.as_("auditor")
    expect(page.get_by_role("heading", name="On call today")).to_be_visible()
    expect(page.get_by_role("heading", name="Coming weeks")).to_have_count(0)


def test_a_link_to_the_board_is_made_read_by_a_stranger_and_revoked(portal: Portal) -> None:
    published(portal)
    page = portal.as_("coordinator")
    page.goto("/on-call")
    page.get_by_label("Who is to use it").fill("switchboard")
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_role("status").locator("code").inner_text()
    stranger = portal.visitor("phone")
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="On call: Program small")).to_be_visible()
    expect(stranger.get_by_role("row").nth(1)).to_contain_text("Faculty call")
    assert stranger.goto(f"{address}.txt").text().startswith("line\tname")  # type: ignore[union-attr]
    page.goto("/on-call")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_be_visible()
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 404


def test_notices_are_read_one_by_one_and_all_at_once(portal: Portal) -> None:
    published(portal)
    page = portal.as_("r1")
    page.goto("/notices")
    unread = "SELECT count(*) FROM notice WHERE read_at IS NULL AND recipient_user_id = :user"
    user = portal.here.users["r1@small.example"]
    assert portal.here.value(unread, user=user) > 0
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert portal.here.value(unread, user=user) == 0


@pytest.mark.slow
def test_what_waits_for_somebody_stands_there_and_leads_on(portal: Portal) -> None:
    house = portal.here
    in_force(house)
    give_away(house)
    request(house)
    house.work_off()
    page = portal.as_("f5")
    page.locator("#waits").get_by_role("link", name="1 swap to answer").click()
    expect(page.locator("#waiting")).to_contain_text("Faculty call")
    page = portal.as_("coordinator")
    expect(page.locator("#waits")).to_contain_text("1 leave to decide")
    expect(page.locator("#waits")).to_contain_text("10 conflicts")
