"""A draft edited in a browser: by keyboard, by pointer, on a phone; tried first, then kept, then taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from housestaff.core.roster import HalfDay, Night, Stint
from housestaff.core.time import Half
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import PublishSchedule
from housestaff.features.schedules.store import Schedules
from tests.browser import Portal
from tests.installed import FIRST, LAST

pytestmark = pytest.mark.slow

PLACE = HalfDay("r1", FIRST, Half.AM)
SUNDAY = date(2025, 8, 3)


def board(page: Page, schedule: UUID, view: str = "block") -> None:
    """Open a board of a schedule and wait until its scripts listen."""
    page.goto(f"/schedules/{schedule}/{view}")
    expect(page.locator("html.scripted")).to_have_count(1)


def revision(portal: Portal, schedule: UUID) -> int:
    """The newest revision of a schedule."""
    return int(portal.here.value("SELECT revision FROM schedule WHERE schedule_id = :id", id=schedule))


def code(portal: Portal, schedule: UUID, place: HalfDay = PLACE) -> str:
    """What stands on a half-day, as it is stored."""

    def asked(programs: Programs, schedules: Schedules) -> str:
        held = schedules.get(schedule)
        return schedules.view(held, programs.get()).grid.code(place)

    return portal.here.read(asked, needs="schedule:read")


def called(portal: Portal, schedule: UUID, night: Night) -> tuple[str, ...]:
    """Who has a night of call, as it is stored."""

    def asked(schedules: Schedules) -> tuple[str, ...]:
        held = schedules.get(schedule)
        return schedules.roster(schedule, held.revision).on_call(night.line, night.day)

    return portal.here.read(asked, needs="schedule:read")


def stays(portal: Portal, schedule: UUID, person: str) -> list[Stint]:
    """The stays of somebody, as they are stored."""

    def asked(schedules: Schedules) -> list[Stint]:
        held = schedules.get(schedule)
        return [each for each in schedules.roster(schedule, held.revision).stints if each.person == person]

    return portal.here.read(asked, needs="schedule:read")


def saved(page: Page, number: int) -> None:
    """Wait until the page shows a revision."""
    expect(page.locator("#workbench")).to_have_attribute("data-revision", str(number))


def test_a_code_written_by_keyboard_is_judged_at_once_and_kept_when_saved(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator("#p-r1 td").first.focus()
    page.keyboard.type("at")
    page.keyboard.press("Enter")
    expect(page.locator("#staged-count")).to_have_text("1")
    expect(page.locator("#verdict .note")).to_be_visible()
    assert revision(portal, schedule) == 1
    page.keyboard.press("Control+s")
    saved(page, 2)
    assert code(portal, schedule) == "AT"
    expect(page.locator("#p-r1 td").first).to_have_text("AT")


def test_many_cells_are_chosen_and_written_at_once_and_one_undo_takes_all_back(portal: Portal) -> None:
    schedule = portal.here.draft()
    before = code(portal, schedule)
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("td.selected")).to_have_count(4)
    page.keyboard.type("W")
    page.keyboard.press("Enter")
    expect(page.locator("#staged-count")).to_have_text("4")
    page.get_by_role("button", name="Save").click()
    saved(page, 2)
    assert code(portal, schedule, HalfDay("r2", FIRST, Half.PM)) == "W"
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/block?said=undone")
    assert revision(portal, schedule) == 3
    assert code(portal, schedule) == before


def test_a_cell_that_is_dragged_moves_what_was_written_there(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator("#p-f5 td").nth(2).click()
    page.keyboard.type("AT")
    page.keyboard.press("Enter")
    page.locator("#p-f5 td").nth(2).drag_to(page.locator("#p-f5 td").nth(4))
    expect(page.locator("#staged-count")).to_have_text("2")
    page.get_by_role("button", name="Save").click()
    saved(page, 2)
    assert code(portal, schedule, HalfDay("f5", date(2025, 8, 2), Half.AM)) == "AT"


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_panel_shows_layers_and_rules_and_tries_a_change(portal: Portal, size: str) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator", size)
    board(page, schedule)
    cell = page.locator("#p-r1 td").first
    if size == "phone":
        cell.tap()
    else:
        cell.click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="Layers")).to_be_visible()
    expect(panel.get_by_text("hours 80", exact=False).or_(panel.get_by_text("eighty hours")).first).to_be_visible()
    panel.get_by_label("What stands here").fill("at")
    panel.get_by_role("button", name="What if").click()
    expect(page.locator("#verdict .note")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    saved(page, 2)
    assert code(portal, schedule) == "AT"


def test_a_change_that_is_thrown_away_leaves_no_trace(portal: Portal) -> None:
    schedule = portal.here.draft()
    before = code(portal, schedule)
    page = portal.as_("coordinator")
    board(page, schedule)
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#tray")).to_be_visible()
    page.get_by_role("button", name="Throw all away").click()
    expect(page.locator("#tray")).to_be_hidden()
    assert revision(portal, schedule) == 1
    assert code(portal, schedule) == before


def test_a_night_goes_to_somebody_else_in_the_calendar_of_call(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule, "calls?month=2025-08")
    page.locator(f'[data-line="faculty_call"][data-day="{SUNDAY}"] a').click()
    page.get_by_label("Who has it").select_option("f5")
    page.locator("#panel").get_by_role("button", name="What if").click()
    expect(page.locator("#verdict .note")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    saved(page, 2)
    assert called(portal, schedule, Night("faculty_call", SUNDAY)) == ("f5",)


def test_a_stay_is_cut_in_the_year(portal: Portal) -> None:
    schedule = portal.here.draft()
    page = portal.as_("coordinator")
    board(page, schedule, "year")
    page.locator("#p-r1 td").first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    panel.get_by_label("To").fill("2025-08-10")
    panel.get_by_label("Rotation").select_option("")
    panel.get_by_role("button", name="What if").click()
    expect(page.locator("#verdict .note")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    saved(page, 2)
    assert [(each.first, each.last) for each in stays(portal, schedule, "r1")] == [(date(2025, 8, 11), LAST)]


def test_without_scripts_a_cell_is_read_and_written_by_a_form(portal: Portal) -> None:
    schedule = portal.here.draft()
    user = portal.here.users["coordinator@small.example"]
    page = portal.visitor(java_script_enabled=False)
    page.goto("/sign-in/link")
    page.get_by_label("behind the #").fill(portal.here.installation.sign_in.one_time("sign_in", user))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/schedules/{schedule}/people/r1?first={FIRST}")
    page.locator(f'a[href*="day={FIRST}"][href*="half=AM"]').click()
    page.get_by_label("What stands here").fill("AT")
    page.get_by_role("button", name="Save").click()
    assert code(portal, schedule) == "AT"


def test_a_published_schedule_refuses_what_breaks_a_rule_by_name_and_takes_the_rest_with_a_reason(
    portal: Portal,
) -> None:
    portal.here.move_to("2025-07-20T17:00:00+00:00")
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    page = portal.as_("coordinator")
    board(page, schedule, "calls?month=2025-08")
    night = page.locator(f'[data-line="faculty_call"][data-day="{SUNDAY}"] a')
    night.click()
    page.get_by_label("Who has it").select_option("")
    page.locator("#panel").get_by_role("button", name="What if").click()
    expect(page.locator("#verdict .note.bad")).to_contain_text("would be broken")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#verdict")).to_contain_text("Refused")
    assert revision(portal, schedule) == 2
    page.get_by_role("button", name="Throw all away").click()
    page.get_by_role("button", name="Close").click()
    night.click()
    page.get_by_label("Who has it").select_option("f5")
    page.locator("#panel").get_by_role("button", name="What if").click()
    expect(page.locator("#verdict .note.good")).to_be_visible()
    page.locator("#tray").get_by_label("Reason").select_option("sick")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#workbench")).to_have_attribute("data-number", "2")
    assert called(portal, schedule, Night("faculty_call", SUNDAY)) == ("f5",)
