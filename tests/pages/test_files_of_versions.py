"""The files of versions on the pages: links where they are, a button where they are not, who may press it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from housestaff.features.schedules.commands import PublishSchedule
from tests.browser import Hand, Portal

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", Hand.WAYS)
def test_files_are_made_and_downloaded_on_the_page_of_versions(portal: Portal, way: str) -> None:
    house = portal.here
    house.move_to("2025-07-31T15:00:00+00:00")
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    here = Hand(portal.as_("coordinator", "phone" if way == "phone" else "desk"), way)
    here.page.goto(f"/schedules/{schedule}/versions")
    here.press(here.page.get_by_role("button", name="Make the files of version 1"))
    expect(here.page.get_by_role("status")).to_contain_text("being made")
    house.work_off()
    here.page.goto(f"/schedules/{schedule}/versions")
    with here.page.expect_download() as waiting:
        here.press(here.page.get_by_role("link", name="version 1 as PDF"))
    name = waiting.value.suggested_filename
    assert name == "Schedule 2025-07-31 to 2025-08-27, version 1.pdf"
    assert waiting.value.path().read_bytes().startswith(b"%PDF")


def test_a_resident_downloads_and_has_no_button(portal: Portal) -> None:
    house = portal.here
    house.switch("reports.publish_export", on=False)
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    page = portal.as_("r1")
    page.goto(f"/schedules/{schedule}/versions")
    expect(page.get_by_role("button", name="Make the files of version 1")).to_have_count(0)
