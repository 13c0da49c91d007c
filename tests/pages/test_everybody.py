"""Every page can be used by everybody: with a keyboard, a screen reader, in the dark, in Spanish, on a phone."""

from __future__ import annotations

from uuid import UUID

import pytest

from housestaff.features.schedules.commands import PublishSchedule
from tests.browser import Portal, serious
from tests.installed import FIRST

pytestmark = pytest.mark.slow

NOW = "2025-08-04T17:00:00+00:00"
PAGES = {
    "coordinator": (
        "/", "/account", "/notices", "/on-call", "/audit", "/design",
        "/schedules", "{draft}/year", "{draft}/year?scale=days", "{draft}/block", "{draft}/calls", "{draft}/day",
        "{draft}/people/r1", "{draft}/coverage", "{draft}/findings", "{draft}/versions?old=1&new=2", "{draft}/locks",
        "{draft}/solve", "{draft}/cell?person=r1&day=" + str(FIRST) + "&half=AM",
        "{draft}/stay?person=r1&day=" + str(FIRST), "{draft}/night?line=faculty_call&day=" + str(FIRST),
        "/program", "/program/people", "/program/people/new", "/program/people/r1", "/program/members",
        "/program/role", "/program/rotation", "/program/rotation/CARD", "/program/rotation/new", "/program/activity",
        "/program/requirement", "/program/demand/new", "/program/call", "/program/call/faculty_call",
        "/program/calendar", "/program/calendar?propose=series&year=2026", "/program/policy", "/program/rollover",
        "/imports", "/program/webhook", "/leave", "/conflicts", "/swaps",
        "/violations", "/violations?state=resolved", "/violations/{violation}",
    ),
    "r1": (
        "/", "/account", "/notices", "/on-call", "/schedules", "{draft}/year", "{draft}/people/r1", "/nothing",
        "/program", "/program/people/r2", "/program/call", "/leave", "/swaps",
    ),
    "f1": ("/swaps", "/swaps/new?duty=faculty_call.2025-08-12"),
    "director": ("/", "{draft}/findings", "/violations/{violation}"),
    "admin": ("/", "/operations", "/audit", "/programs/new", "/program"),
    "": ("/sign-in", "/sign-in/link", "/invitation", "/forgotten", "/password-reset"),
}  # fmt: skip


def paths() -> list[tuple[str, str]]:
    return [(name, path) for name, listed in PAGES.items() for path in listed]


def places_of(portal: Portal, schedule: UUID) -> dict[str, str]:
    """What stands in the addresses: the schedule in force, and one of its violations."""
    violation = portal.here.value("SELECT violation_id FROM violation ORDER BY key LIMIT 1")
    return {"draft": f"/schedules/{schedule}", "violation": str(violation)}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_on_any_page_in_both_languages_and_themes(portal: Portal, name: str) -> None:
    portal.here.move_to(NOW)
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    portal.here.work_off()
    places = places_of(portal, schedule)
    page = portal.as_(name) if name else portal.visitor()
    found: list[str] = []
    for language, theme in (("en", "light"), ("es", "dark")):
        page.context.add_cookies(
            [
                {"name": "housestaff_language", "value": language, "url": portal.here.address},
                {"name": "housestaff_theme", "value": theme, "url": portal.here.address},
            ]
        )
        for path in PAGES[name]:
            answer = page.goto(path.format(**places))
            assert answer is not None
            if answer.status == 200 or path == "/nothing":
                found += [f"{path} {language} {theme}: {each}" for each in serious(page)]
            else:
                found.append(f"{path}: {answer.status}")
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone(portal: Portal, name: str) -> None:
    portal.here.move_to(NOW)
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    portal.here.work_off()
    places = places_of(portal, schedule)
    page = portal.as_(name, "phone") if name else portal.visitor("phone")
    page.set_viewport_size({"width": 360, "height": 740})
    wide: list[str] = []
    for path in PAGES[name]:
        page.goto(path.format(**places))
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide.append(f"{path}: {width}")
    assert wide == []
