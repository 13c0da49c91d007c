"""What each role sees on pages: why somebody is away, findings and hours of others, a suspended program."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from housestaff.core.duties import Activity, Family
from housestaff.core.edits import SetCall, SetHalf
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.time import Half
from housestaff.doors.api import api_of
from housestaff.features.accounts.commands import GrantRole, SuspendProgram
from housestaff.features.program.commands import ImportProgram
from housestaff.features.schedules.commands import AmendSchedule, EditDraft, PublishSchedule
from tests.installed import Installed, small_program
from tests.web import Web

MONDAY = date(2025, 8, 4)
NOW = f"{MONDAY}T17:00:00+00:00"
DEPLOYED = Leave("r2.away", "r2", LeaveKind.MILITARY, MONDAY, MONDAY, status=LeaveStatus.APPROVED, note="unit orders")
AWAY_TOO = Leave("r3.away", "r3", LeaveKind.VACATION, MONDAY, MONDAY, status=LeaveStatus.APPROVED)
BY_HAND = SetHalf(person="r3", day=MONDAY, half=Half.AM, code="TDY")
"""What an office writes into a cell beside the leave itself; it stands under it in the stack."""
BOARDS = (
    "year", "year?scale=days", f"block?day={MONDAY}", f"day?day={MONDAY}", f"people/r2?first={MONDAY}",
    f"people/r3?first={MONDAY}", f"cell?person=r2&day={MONDAY}&half=AM", f"cell?person=r3&day={MONDAY}&half=AM",
    f"stay?person=r2&day={MONDAY}", f"night?line=faculty_call&day={MONDAY}", "coverage", "versions",
)  # fmt: skip


def published(house: Installed) -> str:
    """The path of a schedule in force, in which r2 is deployed, and r3 is away, with a code by hand under it."""
    draft = drafted(house, BY_HAND)
    house.do(PublishSchedule(schedule_id=draft, revision=2))
    return f"/schedules/{draft}"


def drafted(house: Installed, edit: SetHalf) -> UUID:
    """A draft with a change, in a program in which two are away."""
    house.move_to(NOW)
    plain = small_program()
    activities = (*plain.activities, Activity("TDY", "Government duty", Family.LEAVE, counts=False))
    house.do(ImportProgram(program=replace(plain, leaves=(DEPLOYED, AWAY_TOO), activities=activities)))
    draft = house.draft()
    house.do(EditDraft(schedule_id=draft, revision=1, edits=(edit,)))
    return draft


def on_pages(house: Installed, name: str) -> TestClient:
    """Somebody who has signed in on the pages."""
    user = house.admin if name == "admin" else house.users[f"{name}@small.example"]
    return of_user(house, user)


def of_user(house: Installed, user: UUID) -> TestClient:
    """A user who has signed in on the pages."""
    client = TestClient(api_of(house.installation), headers={"Accept": "text/html"})
    client.post("/sign-in", data={"token": house.installation.sign_in.one_time("sign_in", user)})
    return client


def shown(client: TestClient, path: str) -> str:
    """What stands on a page, without the lists from which a code or a reason is chosen."""
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return re.sub(r"<(select|datalist).*?</\1>", "", answer.text, flags=re.DOTALL)


@pytest.mark.parametrize("name", ["r1", "f1", "auditor", "admin"])
def test_nobody_who_may_not_know_it_reads_on_a_board_why_somebody_is_away(house: Installed, name: str) -> None:
    schedule = published(house)
    client = on_pages(house, name)
    for board in BOARDS:
        told = shown(client, f"{schedule}/{board}")
        for word in ("TDY", "DEP", "military", "unit orders"):
            assert word not in told, f"{name} reads {word} in {board}"


def test_their_own_person_and_a_coordinator_read_why(house: Installed) -> None:
    schedule = published(house)
    own, office = on_pages(house, "r2"), on_pages(house, "coordinator")
    for client in (own, office):
        assert "military, unit orders" in shown(client, f"{schedule}/cell?person=r2&day={MONDAY}&half=AM")
    assert ">TDY<" in shown(office, f"{schedule}/cell?person=r3&day={MONDAY}&half=AM")


def test_what_if_does_not_tell_an_auditor_a_code_that_says_why_somebody_is_away(house: Installed) -> None:
    draft = drafted(house, replace(BY_HAND, person="r1"))
    client = on_pages(house, "auditor")
    token = client.get("/").text.partition('data-csrf="')[2].partition('"')[0]
    change = {"csrf": token, "edit.kind": "half", "edit.person": "r1", "edit.day": str(MONDAY), "edit.half": "AM"}
    told = client.post(f"/schedules/{draft}/what-if", data={**change, "edit.code": ""}).text
    follows = told.partition("come")[2].partition("</ul>")[0]
    assert "LV" in follows
    assert "TDY" not in follows


def test_a_resident_reads_what_changed_and_not_for_which_reason(house: Installed) -> None:
    schedule = published(house)
    night = SetCall(line="faculty_call", day=date(2025, 8, 6), person="f5")
    amend = AmendSchedule(
        schedule_id=UUID(schedule.rpartition("/")[2]), base_number=1, edits=(night,), reason_code="sick", reason="fever"
    )
    house.do(amend)
    assert "fever" in shown(on_pages(house, "coordinator"), f"{schedule}/versions")
    assert "fever" not in shown(on_pages(house, "r1"), f"{schedule}/versions")


def test_one_reads_ones_own_hours_and_a_coordinator_everybodys(house: Installed) -> None:
    schedule = published(house)
    resident, office = on_pages(house, "r1"), on_pages(house, "coordinator")
    assert "bar-picture" in shown(resident, f"{schedule}/people/r1")
    assert "bar-picture" not in shown(resident, f"{schedule}/people/r3")
    assert "bar-picture" in shown(office, f"{schedule}/people/r3")


def test_findings_of_others_stay_hidden_from_a_login_that_is_no_person(house: Installed) -> None:
    schedule = published(house)
    guest = house.do(GrantRole(email="guest@small.example", display_name="Guest", role="faculty"), "admin")
    answer = of_user(house, guest).get(f"{schedule}/findings")
    assert answer.status_code == 403
    assert "linked to no person" in answer.text


def test_a_resident_compares_published_versions_and_no_drafts(house: Installed) -> None:
    schedule = published(house)
    assert on_pages(house, "coordinator").get(f"{schedule}/versions?old=1&new=2").status_code == 200
    resident = on_pages(house, "r1")
    assert resident.get(f"{schedule}/versions?old=1&new=3").status_code == 404
    assert on_pages(house, "coordinator").get(f"{schedule}/versions?old=1&new=99").status_code == 404


@pytest.mark.parametrize("name", ["coordinator", "director", "r1", "auditor"])
def test_the_pages_of_a_suspended_program_can_still_be_read(house: Installed, name: str) -> None:
    schedule = published(house)
    client = on_pages(house, name)
    house.do(SuspendProgram(), "admin")
    for path in ("/", "/account", "/schedules", "/on-call", "/notices", f"{schedule}/year", f"{schedule}/calls"):
        shown(client, path)


def test_a_month_with_a_single_row_of_days_has_its_weekdays(house: Installed) -> None:
    schedule = published(house)
    told = shown(on_pages(house, "r1"), f"{schedule}/calls?month=2025-07")
    assert told.count('<th scope="col">') == 7


def test_the_start_page_leads_to_a_night_without_a_name(house: Installed) -> None:
    published(house)
    plain = small_program()
    backup = replace(plain.calls[0], id="backup", name="Backup call")
    house.do(ImportProgram(program=replace(plain, calls=(*plain.calls, backup))))
    office = on_pages(house, "coordinator")
    found = re.search(r'no single name.*?href="([^"]+)"', shown(office, "/"))
    assert found is not None
    assert "Backup call" in shown(office, unescape(found[1]))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-01-05"])
def test_a_day_outside_of_the_schedule_is_refused_in_words(house: Installed, day: str) -> None:
    schedule = published(house)
    office = on_pages(house, "coordinator")
    for path in (
        f"cell?person=r1&day={day}&half=AM",
        f"stay?person=r1&day={day}",
        f"night?line=faculty_call&day={day}",
    ):
        assert office.get(f"{schedule}/{path}").status_code == 404, path
    token = office.get("/").text.partition('data-csrf="')[2].partition('"')[0]
    places = (
        {"edit.kind": "half", "edit.person": "r1", "edit.day": day, "edit.half": "AM", "edit.code": "C"},
        {"edit.kind": "stint", "edit.person": "r1", "edit.first": day, "edit.last": day, "edit.rotation": "CARD"},
    )
    for change in places:
        answer = office.post(f"{schedule}/what-if", data={"csrf": token, **change})
        assert answer.status_code == 400, change
        assert "outside of the schedule" in answer.text


def test_whoever_has_to_sign_in_comes_to_the_very_page_that_they_asked_for(house: Installed) -> None:
    stranger = TestClient(api_of(house.installation), headers={"Accept": "text/html"}, follow_redirects=False)
    answer = stranger.get("/audit?action=denied%3AImportProgram")
    assert answer.headers["location"] == "/sign-in?next=%2Faudit%3Faction%3Ddenied%253AImportProgram"


def test_addresses_of_logins_are_for_who_may_read_contacts_and_for_their_owner(house: Installed) -> None:
    web = Web(house)
    mine = {each["email"] for each in web.as_("r1").get("/memberships", params={"limit": 200}).json()["items"]}
    assert mine == {"", "r1@small.example"}
    assert "r2@small.example" in str(web.as_("coordinator").get("/memberships", params={"limit": 200}).json())
