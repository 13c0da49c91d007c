"""Another user's change appears by itself, and after a lost connection nothing is missing."""

from __future__ import annotations

from time import monotonic

from playwright.sync_api import WebSocketRoute, expect

from housestaff.core.edits import SetHalf
from housestaff.core.time import Half
from housestaff.features.schedules.commands import EditDraft
from tests.browser import Portal
from tests.installed import FIRST
from tests.pages.test_editing import board


def somebody_writes(portal: Portal, schedule: object, seen: int, code: str, half: Half = Half.AM) -> None:
    """Another coordinator writes a code on the first half-day of r1."""
    edit = SetHalf(person="r1", day=FIRST, half=half, code=code)
    portal.here.do(EditDraft(schedule_id=schedule, revision=seen, edits=(edit,)), "second.coordinator")  # type: ignore[arg-type]
    portal.here.work_off()


def test_what_another_writes_appears_within_a_second_without_reloading(portal: Portal) -> None:
    schedule = portal.here.draft()
    portal.here.work_off()
    page = portal.as_("coordinator")
    board(page, schedule)
    expect(page.locator("#workbench")).to_have_attribute("data-live", "on")
    page.evaluate("window.stays = true")
    somebody_writes(portal, schedule, 1, "AT")
    told = monotonic()
    expect(page.locator("#p-r1 td").first).to_have_text("AT", timeout=1000)
    assert monotonic() - told < 1
    assert page.evaluate("window.stays") is True
    assert page.locator("#workbench").get_attribute("data-revision") == "2"


def test_after_a_lost_connection_nothing_is_missing(portal: Portal) -> None:
    schedule = portal.here.draft()
    portal.here.work_off()
    page = portal.as_("coordinator")
    lines: list[WebSocketRoute] = []

    def passes_on(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    page.route_web_socket("**/ws/v1", passes_on)
    board(page, schedule)
    expect(page.locator("#workbench")).to_have_attribute("data-live", "on")
    lines[0].close()
    expect(page.locator("#workbench")).to_have_attribute("data-live", "off")
    somebody_writes(portal, schedule, 1, "AT")
    somebody_writes(portal, schedule, 2, "AT", Half.PM)
    expect(page.locator("#p-r1 td").first).to_have_text("AT", timeout=10_000)
    expect(page.locator("#p-r1 td").nth(1)).to_have_text("AT")
    assert page.locator("#workbench").get_attribute("data-revision") == "3"
