"""The turn of the year in a browser: proposed, shown, done at once; the old year stays readable and judged the same."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from playwright.sync_api import expect

from housestaff.core.program import Program
from housestaff.features.program.commands import PutPerson, SetCalendar
from housestaff.features.program.store import Programs
from housestaff.features.schedules import queries
from housestaff.features.schedules.commands import CreateSchedule, PublishSchedule
from tests.browser import Portal, serious
from tests.installed import Installed

pytestmark = pytest.mark.slow


def years(house: Installed) -> tuple[Program, ...]:
    """The program in each academic year."""

    def asked(programs: Programs) -> tuple[Program, ...]:
        return programs.years()

    return house.read(asked, needs="schedule:read")


def findings(house: Installed, schedule: UUID) -> list[str]:
    """What the judge says of a schedule."""
    judged = house.read(queries.checked, needs="schedule:read", schedule_id=schedule, edits=())
    return [each.sentence for each in judged.findings]


def published(portal: Portal) -> UUID:
    """The month of the old year, in force."""
    portal.here.move_to("2025-08-04T17:00:00+00:00")
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    return schedule


def off_cycle(house: Installed) -> None:
    """Resident r2 began the level in October."""
    facts = house.value("SELECT facts FROM person WHERE code = 'r2'")
    house.do(
        PutPerson(person_id="r2", facts={**facts, "levels": [{"level": "PGY-2", "from": "2025-10-01"}]}, version=1)
    )


def test_the_year_turns_and_the_old_one_stays_as_it_was(portal: Portal) -> None:
    off_cycle(portal.here)
    schedule = published(portal)
    before = findings(portal.here, schedule)
    page = portal.as_("coordinator")
    page.goto("/program")
    page.get_by_role("link", name="Turn of the year").click()
    expect(page.get_by_label("Resident r1: what happens")).to_have_value("promote")
    expect(page.get_by_label("Resident r3: what happens")).to_have_value("graduate")
    expect(page.get_by_label("Resident r2: from, or last day")).to_have_value("2026-10-01")
    newcomers = page.get_by_role("group", name="Newcomers")
    fields = {"Short name (id)": "r9", "Name on the schedule": "Nina New", "From": "2026-07-01"}
    for label, value in fields.items():
        newcomers.get_by_label(label).fill(value)
    page.get_by_role("button", name="Show what will change").click()
    expect(page.get_by_role("alert")).to_contain_text("the level is missing")
    expect(newcomers.get_by_label("Name on the schedule").first).to_have_value("Nina New")
    newcomers.get_by_label("Level").first.fill("PGY-1")
    page.get_by_role("button", name="Show what will change").click()
    expect(page.locator("#change")).to_contain_text("Resident r1 is PGY-2 from 2026-07-01 on.")
    expect(page.locator("#change")).to_contain_text("Nina New begins as PGY-1")
    assert len(years(portal.here)) == 1, "nothing is kept before it is asked for"
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/program/calendar?*said=saved")
    old, new = years(portal.here)
    assert (old.calendar.academic_year, new.calendar.academic_year, len(new.calendar.series[0].blocks)) == (
        2025,
        2026,
        13,
    )
    r1, r2, r3 = (new.person(each) for each in ("r1", "r2", "r3"))
    assert [r1.level_on(date(2026, 6, 30)), r1.level_on(date(2026, 7, 1))] == ["PGY-1", "PGY-2"]
    assert [r2.level_on(date(2026, 9, 30)), r2.level_on(date(2026, 10, 1))] == ["PGY-2", "PGY-3"]
    assert [r3.is_employed(date(2026, 6, 30)), r3.is_employed(date(2026, 7, 1))] == [True, False]
    assert new.person("r9").level_on(date(2026, 7, 1)) == "PGY-1"
    assert portal.here.value("SELECT action FROM audit_entry ORDER BY chain_no DESC LIMIT 1") == "RollOverYear"
    portal.here.move_to("2026-08-04T17:00:00+00:00")
    assert findings(portal.here, schedule) == before
    page = portal.as_("coordinator")
    page.goto(f"/schedules/{schedule}/year")
    expect(page.locator("#p-r3")).to_be_visible()
    made = portal.here.do(CreateSchedule(first_day=date(2026, 7, 1), last_day=date(2026, 7, 29), method="empty"))
    page.goto(f"/schedules/{made}/block")
    expect(page.locator("#p-r9")).to_be_visible()


def test_who_changed_the_program_in_the_meantime_is_not_written_over_and_the_new_year_can_be_changed(
    portal: Portal,
) -> None:
    page = portal.as_("coordinator", "phone")
    page.goto("/program/rollover")
    portal.here.do(SetCalendar(section="event", rows=(), seen=""), "second.coordinator")
    page.get_by_label("Resident r1: what happens").select_option("stay")
    page.get_by_role("button", name="Show what will change").click()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("alert")).to_contain_text("changed in the meantime")
    expect(page.get_by_label("Resident r1: what happens")).to_have_value("stay")
    assert len(years(portal.here)) == 1
    page.goto("/program/rollover")
    assert serious(page) == []
    page.get_by_role("button", name="Show what will change").click()
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/program/calendar?*said=saved")
    holidays = page.locator("#holiday")
    holidays.get_by_text("Change them").click()
    holidays.get_by_label("Name", exact=True).first.fill("Founder's day")
    page.get_by_role("button", name="Save the holidays").click()
    page.wait_for_url("**/program/calendar?*said=saved")
    old, new = years(portal.here)
    assert "Founder's day" in {each.name for each in new.calendar.holidays} - {
        each.name for each in old.calendar.holidays
    }
