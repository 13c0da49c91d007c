"""2.14: repeated requests, long lists, and errors that are all of one shape."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from housestaff.plumbing.http import PROBLEM_TYPE
from tests.installed import Installed
from tests.web import BODIES, Web, call

DRAFT = {"first_day": "2025-07-31", "last_day": "2025-08-27"}


def drafts(house: Installed) -> int:
    return house.value("SELECT count(*) FROM schedule")


def test_a_request_that_is_repeated_under_its_key_gets_the_first_answer_and_is_done_once(house: Installed) -> None:
    client = Web(house).as_("coordinator")
    key = {"Idempotency-Key": "a key"}
    first, second = (client.post("/schedules", json=DRAFT, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (201, first.json())
    assert drafts(house) == 1
    assert house.value("SELECT count(*) FROM audit_entry WHERE action = 'CreateSchedule'") == 1


def test_the_same_key_for_another_request_is_refused(house: Installed) -> None:
    client = Web(house).as_("coordinator")
    key = {"Idempotency-Key": "a key"}
    made = client.post("/schedules", json=DRAFT, headers=key).json()["schedule_id"]
    assert client.post("/schedules", json={**DRAFT, "seed": 1}, headers=key).status_code == 409
    assert client.post(f"/schedules/{made}/locks", json=DRAFT, headers=key).status_code == 409
    assert drafts(house) == 1


def test_a_key_is_ones_own_and_holds_for_a_day(house: Installed) -> None:
    web, key = Web(house), {"Idempotency-Key": "a key"}
    for name in ("coordinator", "director"):
        assert web.as_(name).post("/schedules", json=DRAFT, headers=key).status_code == 201
    assert drafts(house) == 2
    house.advance(23 * 3600)
    assert web.as_("coordinator").post("/schedules", json={**DRAFT, "seed": 1}, headers=key).status_code == 409
    house.advance(3601)
    assert web.as_("coordinator").post("/schedules", json={**DRAFT, "seed": 1}, headers=key).status_code == 201
    assert drafts(house) == 3


def test_the_same_request_from_eight_hands_at_once_is_done_once(house: Installed) -> None:
    client = Web(house).as_("coordinator")

    def ask(_hand: int) -> Any:
        return client.post("/schedules", json=DRAFT, headers={"Idempotency-Key": "a key"})

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(ask, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["schedule_id"] for answer in answers}) == 1
    assert drafts(house) == 1


def test_a_crash_between_the_commit_and_the_answer_cannot_repeat_it(
    house: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is in the database with the draft; the process dies before it is sent."""
    web, key = Web(house), {"Idempotency-Key": "a key"}
    client = web.as_("coordinator")
    done = house.installation.house.do

    def dies_after(*given: Any, **more: Any) -> None:
        done(*given, **more)
        raise SystemError("the power is gone")

    monkeypatch.setattr(house.installation.house, "do", dies_after)
    with pytest.raises(SystemError):
        client.post("/schedules", json=DRAFT, headers=key)
    monkeypatch.undo()
    again = client.post("/schedules", json=DRAFT, headers=key)
    assert again.status_code == 201
    assert again.json()["schedule_id"] == str(house.value("SELECT schedule_id FROM schedule"))
    assert drafts(house) == 1


@pytest.mark.parametrize("path", ["/on-call/links", "/webhook-endpoints", "/calendar/feeds"])
def test_an_answer_that_holds_a_secret_is_not_kept_to_be_given_again(house: Installed, path: str) -> None:
    name = "r1" if path == "/calendar/feeds" else "coordinator"
    answer = call(Web(house).as_(name), "POST", path, headers={"Idempotency-Key": "a key"})
    assert (answer.status_code, answer.json()["place"]) == (400, "Idempotency-Key")
    assert house.value("SELECT count(*) FROM idempotent_answer") == 0
    assert call(Web(house).as_(name), "POST", path).status_code == 201


def test_a_refused_request_keeps_no_answer(house: Installed) -> None:
    client, key = Web(house).as_("coordinator"), {"Idempotency-Key": "a key"}
    wrong = {"first_day": "2025-08-27", "last_day": "2025-07-31"}
    assert client.post("/schedules", json=wrong, headers=key).status_code == 400
    assert client.post("/schedules", json=DRAFT, headers=key).status_code == 201


@pytest.mark.parametrize(
    "path", ["/memberships", "/people", "/schedules", "/notices", "/audit", "/versions", "/sessions"]
)
def test_a_long_list_comes_in_pages_that_leave_nothing_out(house: Installed, path: str) -> None:
    web = Web(house)
    client = web.as_("second.coordinator")
    made = ""
    for _ in range(3):
        made = web.as_("coordinator").post("/schedules", json=DRAFT).json()["schedule_id"]
        web.as_("second.coordinator")
    edit = BODIES["PATCH", "/schedules/{schedule_id}/draft"]
    for revision in (1, 2):
        day = f"2025-08-0{4 + revision}"
        change = {**edit, "revision": revision, "changes": [{**edit["changes"][0], "day": day}]}
        assert client.patch(f"/schedules/{made}/draft", json=change).status_code == 200
    house.work_off()
    place = f"/schedules/{made}/versions" if path == "/versions" else path
    whole = client.get(place, params={"limit": 200}).json()
    assert len(whole["items"]) >= 3
    assert whole["cursor"] is None
    pages, cursor = [], None
    while True:
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = client.get(place, params=asked).json()
        pages.append(answer["items"])
        cursor = answer["cursor"]
        if cursor is None:
            break
    assert [item for page in pages for item in page] == whole["items"]
    assert {len(page) for page in pages[:-1]} == {2}


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 201}, {"cursor": "no page gave this"}, {"cursor": "eA=="}])
def test_a_page_that_cannot_be_is_refused(house: Installed, asked: dict[str, Any]) -> None:
    assert Web(house).as_("coordinator").get("/people", params=asked).status_code == 400


def test_every_error_is_a_problem_document_with_the_correlation_id(house: Installed) -> None:
    client = Web(house).as_("r1")
    mine = "0190a5b2-0000-7000-8000-000000000001"
    client.headers["X-Correlation-Id"] = mine
    answers = {
        400: client.get("/people", params={"limit": 0}),
        401: Web(house).nobody().get("/schedules", headers={"X-Correlation-Id": mine}),
        403: client.post("/schedules", json=DRAFT),
        404: client.get("/no-such-place"),
        405: client.delete("/people"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == PROBLEM_TYPE
        assert answer.headers["X-Correlation-Id"] == answer.json()["correlation_id"] == mine
        assert {"type", "title", "status", "code", "detail", "findings"} <= set(answer.json())
        assert answer.json()["status"] == status
    assert answers[405].headers["Allow"] == "GET"


def test_a_place_outside_of_the_api_answers_the_same_way(house: Installed) -> None:
    from fastapi.testclient import TestClient

    answer = TestClient(Web(house).app).get("/nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM_TYPE)


def test_a_fault_of_ours_tells_nothing_of_itself(house: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_given: object, **_more: object) -> None:
        raise RuntimeError("a secret of the house")

    web = Web(house)
    client = web.as_("coordinator")
    monkeypatch.setattr(house.installation.house, "read", breaks)
    quiet = web.nobody(raises=False)
    quiet.cookies, quiet.headers = client.cookies, client.headers
    answer = quiet.get("/schedules")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM_TYPE)
    assert "secret" not in answer.text


def test_with_several_programs_the_header_says_which(house: Installed) -> None:
    house.add_program("other")
    admin = Web(house).as_("admin")
    asked = admin.get("/schedules")
    assert (asked.status_code, asked.json()["place"]) == (400, "Housestaff-Program")
    for name in ("other", str(house.programs["other"])):
        assert admin.get("/schedules", headers={"Housestaff-Program": name}).status_code == 200


def test_the_document_is_public_and_names_every_answer(house: Installed) -> None:
    web = Web(house)
    document = web.nobody().get("/openapi.json")
    assert document.status_code == 200
    operations = [
        (path, method, each) for path, has in document.json()["paths"].items() for method, each in has.items()
    ]
    assert len(operations) > 55
    for path, method, each in operations:
        statuses = set(each["responses"])
        assert {"400", "401", "403", "404", "409", "422", "429", "503"} <= statuses, (path, method)
        assert statuses & {"200", "201", "202", "204", "303", "307"}, (path, method)
        assert each["summary"], (path, method)
        assert each["x-permission"], (path, method)
    assert "Problem" in document.json()["components"]["schemas"]


def test_what_no_column_can_hold_is_refused(house: Installed) -> None:
    client = Web(house).as_("coordinator")
    assert (
        client.post("/memberships", json={"email": "a@b", "display_name": "a\0b", "role": "faculty"}).status_code == 400
    )
    assert client.get("/audit", params={"subject_id": "a\0b"}).status_code == 400
    assert call(client, "GET", "/schedules/{schedule_id}", {"schedule_id": "x"}).status_code == 400


def test_a_program_of_a_code_that_is_taken_is_refused(house: Installed) -> None:
    admin = Web(house).as_("admin")
    made = {"code": "small", "name": "Another", "zone": "America/Chicago"}
    assert admin.post("/programs", json=made).status_code == 409
    assert admin.post("/programs", json={**made, "code": "large"}).status_code == 201
