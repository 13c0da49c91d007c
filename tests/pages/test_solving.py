"""A solve watched on its page: how far it is, what it came to, and what stands in its way."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from housestaff.core.rotations import Requirement
from housestaff.features.program.commands import ImportProgram
from tests.browser import Portal
from tests.features.test_solves import PROGRAM

pytestmark = pytest.mark.slow


def test_a_solve_is_watched_until_its_draft_can_be_looked_at(portal: Portal) -> None:
    portal.here.do(ImportProgram(program=PROGRAM))
    page = portal.as_("coordinator")
    page.goto("/schedules")
    page.get_by_role("button", name="New draft").click()
    page.get_by_label("Seconds that a solve may take").fill("15")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="The solve waits for a worker")).to_be_visible()
    with portal.here.worker():
        expect(page.get_by_role("heading", name="Solving")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("Bound", exact=True)).to_be_visible(timeout=30_000)
        expect(page.get_by_role("heading", name="Solved")).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Look at the draft").click()
    expect(page).to_have_url(re.compile("/year"))
    expect(page.locator("#p-r1 td.stay").first).to_be_visible()
    assert portal.here.value("SELECT state FROM solve_run") == "solved"


def test_what_cannot_be_solved_is_told_in_facts(portal: Portal) -> None:
    wish = (Requirement("PGY-1", "CARD", 2, 2), Requirement("PGY-1", "FMC", 2, 2))
    impossible = replace(PROGRAM, requirements=(*wish, *PROGRAM.requirements[1:]))
    portal.here.do(ImportProgram(program=impossible))
    page = portal.as_("coordinator")
    page.goto("/schedules")
    page.get_by_role("button", name="New draft").click()
    page.get_by_role("button", name="Make it").click()
    with portal.here.worker():
        expect(page.get_by_role("heading", name="This cannot be solved")).to_be_visible(timeout=90_000)
    facts = page.get_by_text("These facts clash").locator("..").get_by_role("listitem")
    assert 1 <= facts.count() <= 5
    assert portal.here.value("SELECT state FROM solve_run") == "infeasible"
