"""A program is set up in a browser: people, logins, definitions, calendar, policy, a new program."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from housestaff.core.program import Program
from housestaff.features.program.commands import PutPerson
from housestaff.features.program.store import Programs
from tests.browser import Portal
from tests.installed import Installed, known_people

pytestmark = pytest.mark.slow

NOW = "2025-08-04T17:00:00+00:00"


def program(house: Installed, name: str = "coordinator") -> Program:
    """The program as it is stored."""

    def asked(programs: Programs) -> Program:
        return programs.get()

    return house.read(asked, needs="schedule:read", by=name)


def last_action(house: Installed) -> str:
    """What the audit chain tells last."""
    return str(house.value("SELECT action FROM audit_entry ORDER BY chain_no DESC LIMIT 1"))


def save(page: Page) -> None:
    """Keep the form."""
    page.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_promotion_is_a_new_row_with_its_date_and_the_old_one_stays(portal: Portal, size: str) -> None:
    portal.here.move_to(NOW)
    page = portal.as_("coordinator", size)
    page.goto("/program/people")
    page.get_by_role("link", name="Resident r1").click()
    levels = page.get_by_role("group", name="Levels")
    expect(levels.get_by_role("button", name="Add a row")).to_be_visible()
    levels.get_by_label("Level").last.fill("PGY-2")
    levels.get_by_label("From").last.fill("2025-10-01")
    save(page)
    page.wait_for_url("**/people/r1?said=saved")
    person = program(portal.here).person("r1")
    assert (person.level_on(date(2025, 9, 30)), person.level_on(date(2025, 10, 1))) == ("PGY-1", "PGY-2")
    assert last_action(portal.here) == "PutPerson"


def test_a_person_is_added_by_keyboard_alone(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/people/new")
    page.get_by_label("Short name (id)").focus()
    page.keyboard.type("r9")
    page.keyboard.press("Tab")
    page.keyboard.type("Nina New")
    page.keyboard.press("Tab")
    page.keyboard.type("resident")
    page.keyboard.press("Tab")
    page.keyboard.type("nina@small.example")
    page.get_by_role("group", name="Levels").get_by_role("button", name="Add a row").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("PGY-1")
    page.keyboard.press("Tab")
    page.keyboard.type("07012025")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/r9?said=saved")
    added = program(portal.here).person("r9")
    assert (added.display_name, added.email, added.level_on(date(2025, 7, 1))) == (
        "Nina New", "nina@small.example", "PGY-1",
    )  # fmt: skip


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/people/r2")
    page.get_by_label("Track").fill("research")
    page.get_by_label("Cohort").evaluate("field => field.type = 'text'")
    page.get_by_label("Cohort").fill("two")
    page.get_by_role("group", name="Credentials").get_by_label("Credential").first.fill("NRP")
    save(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("'two' is no whole number. Write digits.")
    expect(alert).to_contain_text("Credentials")
    expect(page.get_by_label("Track")).to_have_value("research")
    expect(page.get_by_role("group", name="Credentials").get_by_label("Credential").first).to_have_value("NRP")
    assert program(portal.here).person("r2").track == ""


def test_what_somebody_else_changed_in_the_meantime_is_not_written_over(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/people/r2")
    facts = portal.here.value("SELECT facts FROM person WHERE code = 'r2'")
    portal.here.do(PutPerson(person_id="r2", facts={**facts, "track": "chief"}, version=1), "second.coordinator")
    page.get_by_label("Stage").fill("late")
    with page.expect_response("**/people/r2") as answered:
        save(page)
    assert answered.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("was changed in the meantime")
    expect(page.get_by_label("Stage")).to_have_value("late")
    assert (program(portal.here).person("r2").track, program(portal.here).person("r2").stage) == ("chief", "")


def test_without_scripts_a_person_is_changed_by_the_blank_rows(portal: Portal) -> None:
    user = portal.here.users["coordinator@small.example"]
    page = portal.visitor(java_script_enabled=False)
    page.goto("/sign-in/link")
    page.get_by_label("behind the #").fill(portal.here.installation.sign_in.one_time("sign_in", user))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/program/people/f1")
    rows = page.get_by_role("group", name="Credentials")
    rows.get_by_label("Credential").nth(1).fill("NRP")
    rows.get_by_label("Grade").nth(1).fill("perform")
    rows.get_by_label("From").nth(1).fill("2025-07-01")
    save(page)
    assert program(portal.here).person("f1").has_credential("NRP", date(2025, 8, 1))


def test_a_rotation_has_its_weekly_pattern_in_a_grid(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/rotation/new")
    page.get_by_label("Code", exact=False).first.fill("PEDS")
    page.get_by_label("Name").first.fill("Pediatrics")
    page.get_by_label("Kind").select_option("outpatient")
    page.get_by_label("Wednesday, afternoon", exact=True).select_option("LEC")
    page.get_by_label("Wednesday, afternoon: how firmly").select_option("protected")
    capacity = page.get_by_role("group", name="People at one time")
    capacity.get_by_label("Name").fill("PGY-1")
    capacity.get_by_label("Least").fill("1")
    capacity.get_by_label("Most").fill("2")
    save(page)
    page.wait_for_url("**/program/rotation?said=saved")
    added = program(portal.here).rotation("PEDS")
    assert added.capacity == (("PGY-1", 1, 2),)
    assert [(cell.weekday.name, cell.half.value, cell.activity, cell.force.value) for cell in added.pattern] == [
        ("WEDNESDAY", "PM", "LEC", "protected")
    ]
    page.get_by_role("link", name="PEDS").click()
    page.get_by_label("Archived").check()
    save(page)
    page.wait_for_url("**/rotation/PEDS?said=saved")
    assert program(portal.here).rotation("PEDS").archived
    assert last_action(portal.here) == "PutPart"


def test_demand_and_requirements_are_counted_and_begin_with_the_first(portal: Portal) -> None:
    page = portal.as_("coordinator", "phone")
    page.goto("/program/demand")
    page.get_by_role("link", name="Write the first one").click()
    page.get_by_label("Line").fill("card-am")
    page.get_by_label("Rotation or activity").fill("CARD")
    page.get_by_label("Who").fill("resident")
    page.get_by_label("At least").fill("1")
    page.get_by_label("Monday").check()
    save(page)
    page.wait_for_url("**/program/demand?said=saved")
    (line,) = program(portal.here).demand
    assert (line.line, line.where, line.at_least, [day.name for day in line.weekdays]) == (
        "card-am", "CARD", 1, ["MONDAY"],
    )  # fmt: skip


def test_blocks_are_proposed_looked_over_and_saved_and_a_hole_is_refused(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/calendar")
    blocks = page.locator("#series")
    blocks.get_by_label("Last day").nth(1).fill("2025-09-30")
    blocks.get_by_label("First day").nth(1).fill("2025-08-30")
    page.get_by_role("button", name="Save the blocks").click()
    expect(page.get_by_role("alert")).to_contain_text("leaves a hole after block")
    expect(page.locator("#series").get_by_label("First day").nth(1)).to_have_value("2025-08-30")
    page.locator("#series").get_by_label("First day").nth(1).fill("2025-08-28")
    page.get_by_role("button", name="Save the blocks").click()
    page.wait_for_url("**/calendar?said=saved")
    assert program(portal.here).calendar.last == date(2025, 9, 30)
    assert last_action(portal.here) == "SetCalendar"
    page.locator("#event").get_by_text("Change them").click()
    events = page.locator("#event")
    for label, value in {"Name": "Retreat", "From": "2025-09-10", "To": "2025-09-10", "Activity": "LEC"}.items():
        events.get_by_label(label, exact=True).fill(value)
    events.get_by_label("Kind").fill("retreat")
    events.get_by_label("For whom").fill("residents; f1")
    page.get_by_role("button", name="Save the events").click()
    page.wait_for_url("**/calendar?said=saved")
    (event,) = program(portal.here).calendar.events
    assert (event.name, event.scope) == ("Retreat", ("residents", "f1"))


def test_a_setting_is_changed_from_a_date_on_and_its_default_taken_back(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/policy?q=freeze")
    page.locator("#freeze_horizon_days summary").click()
    page.get_by_label("Value").fill("9999")
    page.get_by_role("button", name="Set it", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("freeze_horizon_days is 9999")
    expect(page.locator("#freeze_horizon_days").get_by_label("Value")).to_have_value("9999")
    page.locator("#freeze_horizon_days").get_by_label("Value").fill("10")
    page.locator("#freeze_horizon_days").get_by_label("From").fill("2026-01-01")
    page.locator("#freeze_horizon_days").get_by_role("button", name="Set it", exact=True).click()
    page.wait_for_url("**/policy?q=freeze&said=saved*")
    held = "SELECT facts->'value' FROM policy_value WHERE key = 'freeze_horizon_days'"
    assert portal.here.value(held) == [{"from": "2026-01-01", "is": 10}]
    setting = page.locator("#freeze_horizon_days")
    setting.locator("summary").click()
    setting.get_by_role("button", name="Take the default back").click()
    page.wait_for_url("**/policy?q=freeze&said=saved*")
    assert portal.here.rows(held) == []


def test_a_rule_is_switched_off_and_left_to_the_packs_again(portal: Portal) -> None:
    page = portal.as_("director")
    held = "SELECT facts->'value' FROM policy_value WHERE key = 'rule'"
    page.goto("/program/policy")
    page.get_by_label("Rules", exact=True).select_option("even_calls")
    page.locator("#h-rule").select_option("off")
    page.locator("#switches form").first.get_by_role("button").click()
    page.wait_for_url("**/policy?said=saved*")
    assert portal.here.value(held) == {"even_calls": False}
    page.get_by_label("Rules", exact=True).select_option("even_calls")
    page.locator("#h-rule").select_option("")
    page.locator("#switches form").first.get_by_role("button").click()
    page.wait_for_url("**/policy?said=saved*")
    assert portal.here.rows(held) == []


def test_an_admin_opens_a_program_and_begins_it_with_its_blocks(portal: Portal) -> None:
    page = portal.as_("admin")
    page.goto("/programs/new")
    page.get_by_label("Name").fill("Pediatrics")
    page.get_by_label("Code").fill("peds")
    page.get_by_label("Time zone").fill("Nowhere/Land")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("alert")).to_contain_text("Nowhere/Land")
    expect(page.get_by_label("Name")).to_have_value("Pediatrics")
    page.get_by_label("Time zone").fill("America/Denver")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="Pediatrics")).to_be_visible()
    page.goto("/program")
    page.get_by_role("link", name="Begin with the calendar").click()
    page.get_by_label("Academic year").first.fill("2026")
    page.get_by_role("button", name="Propose blocks").click()
    page.get_by_role("button", name="Save the blocks").click()
    page.wait_for_url("**/calendar?said=saved")
    page.goto("/program")
    expect(page.get_by_text("main: 13 blocks")).to_be_visible()
    portal.here.programs |= known_people(portal.here.installation)[0]
    zone = portal.here.value("SELECT facts->'program'->>'time_zone' FROM program_head", program="peds")
    assert zone == "America/Denver"
