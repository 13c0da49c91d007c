"""Who is on call, for whoever has a link: names, lines and exact times, until the link is revoked."""

from __future__ import annotations

from datetime import date

from fastapi.testclient import TestClient

from housestaff.core.edits import SetCall
from housestaff.doors.api import api_of
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from tests.installed import Installed
from tests.web import Web

EVENING = "2025-08-04T23:30:00+00:00"
GOLDEN = """\
line\tname\tstart\tend\tzone
Faculty call\tDoctor f1\t2025-08-04 17:00\t2025-08-05 08:00\tAmerica/Chicago
"""


def published(house: Installed) -> None:
    house.move_to(EVENING)
    house.do(PublishSchedule(schedule_id=house.draft(), revision=1))


def a_link(house: Installed) -> tuple[TestClient, str, str]:
    """Somebody with no login, the path of a link, and its id."""
    answer = Web(house).as_("coordinator").post("/on-call/links", json={"name": "switchboard"})
    assert answer.status_code == 201, answer.text
    return TestClient(api_of(house.installation)), answer.json()["path"], answer.json()["link_id"]


def test_a_link_shows_who_is_on_call_now_as_page_text_and_json(house: Installed) -> None:
    published(house)
    anybody, path, _id = a_link(house)
    text = anybody.get(f"{path}.txt").text
    assert text.startswith(GOLDEN), text
    told = anybody.get(f"{path}.json").json()
    now = [each for each in told["duties"] if each["is_now"]]
    assert [(each["line"], each["starts_at"], each["ends_at"]) for each in now] == [
        ("Faculty call", "2025-08-04T22:00:00+00:00", "2025-08-05T13:00:00+00:00")
    ]
    assert "Faculty call" in anybody.get(path, headers={"Accept": "text/html"}).text
    assert set(told["duties"][0]) == {"line", "name", "starts_at", "ends_at", "day", "is_now"}


def test_a_revoked_link_shows_nothing_and_both_acts_stand_in_the_chain(house: Installed) -> None:
    published(house)
    anybody, path, link_id = a_link(house)
    assert Web(house).as_("coordinator").delete(f"/on-call/links/{link_id}").status_code == 204
    assert anybody.get(f"{path}.txt").status_code == 404
    assert anybody.get(f"/api/v1{path}.json").status_code == 404
    asked = "SELECT action FROM audit_entry WHERE subject_kind = 'on_call_link' ORDER BY chain_no"
    assert [row["action"] for row in house.rows(asked)] == ["MakeOnCallLink", "RevokeOnCallLink"]


def test_a_change_that_is_published_stands_on_the_board_at_once(house: Installed) -> None:
    published(house)
    anybody, path, _id = a_link(house)
    schedule = house.value("SELECT schedule_id FROM schedule WHERE state = 'published'")
    edit = SetCall(line="faculty_call", day=date(2025, 8, 5), person="f5")
    house.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(edit,), reason_code="sick"))
    assert "Doctor f5\t2025-08-05 17:00" in anybody.get(f"{path}.txt").text


def test_a_resident_can_make_no_link_and_a_link_opens_one_program_only(house: Installed) -> None:
    published(house)
    web = Web(house)
    assert web.as_("r1").post("/on-call/links", json={"name": "mine"}).status_code == 403
    house.add_program("other")
    answer = web.as_("coordinator", program="other").post("/on-call/links", json={"name": "theirs"})
    told = TestClient(api_of(house.installation)).get(f"{answer.json()['path']}.json").json()
    assert (told["program"], told["duties"]) == ("Program other", [])
