"""A file is brought in a browser: read, reviewed, decided, and only then in force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from housestaff.files.program_toml import write_program
from tests.browser import Portal, serious
from tests.installed import Installed, small_program
from tests.messy import messy_workbook

pytestmark = pytest.mark.slow

UNKNOWN = "unknown_code:QQX"


def bring(page: Page, file: Path) -> None:
    """Choose a file and let it be read."""
    page.goto("/imports")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read it").click()


def decided_again(house: Installed) -> dict[str, str | None]:
    """What the newest import shows as decided."""
    review = house.value("SELECT review FROM import_run ORDER BY at DESC LIMIT 1")
    return {item["question"]: item["decided"] for item in review["items"]}


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_workbook_is_put_in_a_draft_once_everything_odd_is_decided_and_the_answers_are_kept(
    portal: Portal, tmp_path: Path, size: str
) -> None:
    messy = messy_workbook(tmp_path)
    page = portal.as_("coordinator", size)
    bring(page, messy)
    page.wait_for_url("**/imports/*-*")
    expect(page.get_by_role("heading", name="QQX")).to_be_visible()
    expect(page.get_by_text("Block 2!I20")).to_be_visible()
    page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("alert")).to_contain_text("2 items are not decided")
    assert portal.here.value("SELECT count(*) FROM schedule") == 0
    page.get_by_role("button", name="at least 90 % sure").click()
    expect(page.get_by_label("it means LEC")).to_be_checked()
    page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("alert")).to_contain_text("1 items are not decided")
    expect(page.get_by_label("it means LEC")).to_be_checked()
    page.locator("section", has_text="QQX").get_by_label("leave it out").check()
    page.get_by_role("button", name="Put it in").click()
    page.wait_for_url("**/schedules/**")
    assert portal.here.value("SELECT method FROM schedule") == "imported"
    assert portal.here.value("SELECT count(*) FROM audit_entry WHERE action = 'ApplyImport'") == 1
    bring(page, messy)
    expect(page.get_by_text("decided before")).to_have_count(2)
    assert decided_again(portal.here) == {"variant:lec": "accept", UNKNOWN: "ignore"}


def test_a_workbook_goes_into_a_draft_that_is_there_with_another_meaning_for_a_cell(
    portal: Portal, tmp_path: Path
) -> None:
    draft = portal.here.draft()
    page = portal.as_("coordinator")
    bring(page, messy_workbook(tmp_path))
    page.get_by_role("button", name="at least 90 % sure").click()
    odd = page.locator("section", has_text="QQX")
    odd.get_by_label("something else").check()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("alert")).to_contain_text("do not say what")
    odd.get_by_label("something else").check()
    odd.get_by_label("namely").fill("LEC")
    page.get_by_label("Into").select_option(label=page.get_by_label("Into").locator("option").nth(1).inner_text())
    page.get_by_role("button", name="Put it in").click()
    page.wait_for_url(f"**/schedules/{draft}/**")
    changes = portal.here.value("SELECT changes FROM schedule_revision ORDER BY revision DESC LIMIT 1")
    assert str(changes).count("LEC") >= 2


def test_a_program_file_stands_in_the_place_of_the_old_program_after_a_second_question(
    portal: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "program.toml"
    file.write_text(write_program(replace(small_program(), name="Renamed")))
    page = portal.as_("coordinator")
    bring(page, file)
    expect(page.get_by_text("The whole program becomes what the file says")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Put it in").click()
    page.wait_for_url("**/program?said=saved")
    expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
    assert portal.here.value("SELECT facts->'program'->>'name' FROM program_head") == "Renamed"


def test_a_file_that_cannot_be_read_is_told_with_its_place_and_nothing_is_kept(portal: Portal, tmp_path: Path) -> None:
    page = portal.as_("coordinator")
    for name, said in (("notes.txt", "Bring a file of"), ("program.toml", "program.toml")):
        (tmp_path / name).write_text("[program]\nid = 7\n")
        page.goto("/imports")
        page.get_by_label("File", exact=True).set_input_files(tmp_path / name)
        page.get_by_role("button", name="Read it").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
    assert portal.here.value("SELECT count(*) FROM import_run") == 0


def test_the_review_can_be_used_by_everybody_and_is_no_wider_than_a_phone(portal: Portal, tmp_path: Path) -> None:
    page = portal.as_("coordinator", "phone")
    page.set_viewport_size({"width": 360, "height": 740})
    bring(page, messy_workbook(tmp_path))
    expect(page.get_by_role("heading", name="QQX")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(page) == []
