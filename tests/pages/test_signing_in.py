"""Signing in and out in a browser, at a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.browser import Portal, serious


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_one_time_link_signs_in_and_stands_in_no_address(portal: Portal, size: str) -> None:
    page = portal.as_("coordinator", size)
    assert page.locator("h1").inner_text() == "Program small"
    assert "#" not in page.url
    assert portal.here.value("SELECT count(*) FROM session WHERE revoked_at IS NULL") == 1


def test_signing_out_ends_the_session_and_leads_to_the_door(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.get_by_text("coordinator ▾").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in?said=signed_out")
    assert portal.here.value("SELECT count(*) FROM session WHERE revoked_at IS NULL") == 0
    page.goto("/schedules")
    assert "/sign-in?next=%2Fschedules" in page.url


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_door_can_be_used_by_everybody(portal: Portal, language: str, theme: str) -> None:
    page = portal.visitor()
    page.goto("/sign-in")
    page.get_by_label("Language").select_option(language)
    page.get_by_label("Look").select_option(theme)
    page.get_by_role("button", name="Change").click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("data-theme") == theme
    assert serious(page) == []
