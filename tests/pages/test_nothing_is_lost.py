"""What somebody has begun on a board is neither lost nor put in a wrong place, whatever happens meanwhile."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import Portal
from tests.pages.test_editing import SUNDAY, board, revision
from tests.pages.test_live import somebody_writes

pytestmark = pytest.mark.slow

NIGHT = f'[data-line="faculty_call"][data-day="{SUNDAY}"]'


def tried(page: Page) -> None:
    """A code is tried on the first half-day of r1."""
    page.locator("#p-r1 td").first.focus()
    page.keyboard.type("at")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .note").first).to_be_visible()


def test_whoever_was_signed_out_meanwhile_signs_in_and_finds_what_they_tried(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    tried(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/sign-in?**")
    assert urlsplit(page.url).query.endswith(f"%2Fschedules%2F{schedule}%2Fblock")
    assert revision(portal, schedule) == 1
    user = portal.here.users["coordinator@small.example"]
    page.goto(f"/sign-in/link#{portal.here.installation.sign_in.one_time('sign_in', user)}")
    page.wait_for_url(f"{portal.here.address}/")
    board(page, schedule)
    expect(page.locator("#staged-count")).to_have_text("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#workbench")).to_have_attribute("data-revision", "2")


def test_where_the_server_cannot_be_reached_the_page_says_so_and_keeps_what_was_tried(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    tried(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#verdict")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#workbench")).to_have_attribute("data-revision", "2")


def test_a_night_that_is_tried_stays_tried_on_a_page_without_a_grid(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule, "calls?month=2025-08")
    page.locator(f"{NIGHT} a").click()
    page.get_by_label("Who has it").select_option("f5")
    page.locator("#panel").get_by_role("button", name="What if").click()
    expect(page.locator("#staged-count")).to_have_text("1")
    board(page, schedule, "coverage")
    expect(page.locator("#staged-count")).to_have_text("1")
    expect(page.locator("#verdict .note").first).to_be_visible()


def in_the_second_cell(portal: Portal) -> tuple[Page, UUID]:
    """Somebody whose cursor stands in the first row, and who hears what others do."""
    schedule = portal.here.draft()
    portal.here.work_off()
    page = portal.as_("coordinator")
    board(page, schedule)
    expect(page.locator("#workbench")).to_have_attribute("data-live", "on")
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#p-r1 td").nth(1)).to_be_focused()
    return page, schedule


def test_who_writes_in_another_field_keeps_the_focus_when_somebody_else_saves(portal: Portal) -> None:
    page, schedule = in_the_second_cell(portal)
    field = page.get_by_role("searchbox")
    field.focus()
    somebody_writes(portal, schedule, 1, "AT")
    expect(page.locator("#p-r1 td").first).to_have_text("AT")
    expect(field).to_be_focused()


def test_who_stands_in_a_row_that_somebody_else_changes_stays_there(portal: Portal) -> None:
    page, schedule = in_the_second_cell(portal)
    somebody_writes(portal, schedule, 1, "AT")
    expect(page.locator("#p-r1 td").first).to_have_text("AT")
    expect(page.locator("#p-r1 td").nth(1)).to_be_focused()


def test_rows_that_are_not_shown_are_not_written(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("td.selected")).to_have_count(2)
    page.get_by_role("searchbox").fill("Resident r1")
    expect(page.locator("#p-r2")).to_be_hidden()
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#staged-count")).to_have_text("1")


def test_a_letter_on_a_night_of_call_writes_no_half_day(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator(f"#grid {NIGHT}").click()
    expect(page.locator("#panel").get_by_label("Who has it")).to_be_visible()
    page.locator(f"#grid {NIGHT}").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("a")
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#grid input.writing")).to_have_count(0)


def test_a_late_answer_does_not_take_the_place_of_what_was_opened_after_it(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    late: list[Route] = []
    page.route("**/cell?person=r1&**", lambda route: late.append(route))  # noqa: PLW0108 - a method takes no mark
    page.locator("#p-r1 td").first.click()
    page.locator("#p-r2 td").first.click()
    heading = page.locator("#panel h2")
    expect(heading).to_contain_text("Resident r2")
    with page.expect_response("**/cell?person=r1&**"):
        late[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(heading).to_contain_text("Resident r2")


def test_whoever_closes_the_panel_is_where_they_opened_it(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule, "calls?month=2025-08")
    link = page.locator(f"{NIGHT} a")
    link.click()
    expect(page.get_by_label("Who has it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(link).to_be_focused()
