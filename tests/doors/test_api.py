"""The thinnest path through all floors, over HTTP: set up, import, edit, publish, amend, go back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import roster_bytes
from tests.client import Client
from tests.installed import FIRST, LAST, Installed, full_roster, small_program

NEAR = {"reason_code": "educational"}


@pytest.fixture
def coordinator(served: Installed) -> Client:
    """A coordinator with a browser."""
    client = Client(served.address)
    token = served.installation.sign_in.one_time("sign_in", served.users["coordinator@small.example"])
    assert client.sign_in_once(token).status == 201
    return client


def zipped(folder: Path) -> bytes:
    """A folder as an archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return held.getvalue()


def published(client: Client) -> str:
    """A month imported and published; its id."""
    made = client.post("/imports?name=roster.json", roster_bytes(full_roster(small_program())))
    schedule = client.post(f"/imports/{made.body['import_id']}/apply", {}).body["schedule_id"]
    answer = client.post(f"/schedules/{schedule}/publish", {"revision": 1})
    assert (answer.status, answer.body) == (200, {"number": 1})
    return schedule


def call(day: str, person: str | None) -> dict[str, object]:
    """A night of call for somebody."""
    return {"kind": "call", "line": "faculty_call", "day": day, "person": person}


def test_a_new_installation_is_set_up_and_a_program_imported_and_published(served: Installed, tmp_path: Path) -> None:
    admin = Client(served.address)
    assert admin.sign_in("admin@test.example", "a password of tests").status == 201
    opened = admin.post("/programs", {"code": "new", "name": "New", "zone": "America/Chicago"})
    assert opened.status == 201
    admin.program = "new"
    write_program_folder(small_program("new"), tmp_path / "folder")
    read = admin.post("/imports?name=program.zip", zipped(tmp_path / "folder"))
    assert read.status == 201
    review = admin.get(f"/imports/{read.body['import_id']}").body["review"]
    assert review["people"] == len(small_program().people)
    assert admin.post(f"/imports/{read.body['import_id']}/apply", {}).status == 200
    assert admin.post(f"/imports/{read.body['import_id']}/apply", {}).status == 409
    assert len(admin.get("/people").body["items"]) == len(small_program().people)
    schedule = published(admin)
    cells = admin.get(f"/schedules/{schedule}/roster?person=f1").body["cells"]
    assert {cell["person_id"] for cell in cells} == {"f1"}


def test_an_edit_shows_what_it_newly_breaks_and_can_be_undone(coordinator: Client) -> None:
    made = coordinator.post("/imports?name=roster.json", roster_bytes(full_roster(small_program())))
    schedule = coordinator.post(f"/imports/{made.body['import_id']}/apply", {}).body["schedule_id"]
    change = call("2025-08-05", None)
    checked = coordinator.post(f"/schedules/{schedule}/check", {"changes": [change]})
    assert [each["rule"] for each in checked.body["newly_broken"]] == ["one_name_a_night"]
    edit = coordinator.ask("PATCH", f"/schedules/{schedule}/draft", {"revision": 1, "changes": [change]})
    assert edit.body["draft_revision"] == 2
    assert [each["rule"] for each in edit.body["newly_broken"]] == ["one_name_a_night"]
    refused = coordinator.post(f"/schedules/{schedule}/publish", {"revision": 2})
    assert refused.status == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert [each["rule"] for each in refused.body["findings"]] == ["one_name_a_night"]
    second = {"revision": 2, "changes": [call("2025-08-06", None)]}
    assert coordinator.ask("PATCH", f"/schedules/{schedule}/draft", second).status == 200
    for revision in (3, 4):
        undone = coordinator.post(f"/schedules/{schedule}/undo", {"revision": revision})
        assert undone.body["newly_broken"] == []
        assert [each["rule"] for each in undone.body["lifted"]] == ["one_name_a_night"]
    assert coordinator.post(f"/schedules/{schedule}/undo", {"revision": 5}).status == 409
    assert coordinator.post(f"/schedules/{schedule}/publish", {"revision": 5}).status == 200


def test_a_stale_edit_is_refused(coordinator: Client) -> None:
    made = coordinator.post("/schedules", {"first_day": str(FIRST), "last_day": str(LAST)})
    draft = f"/schedules/{made.body['schedule_id']}/draft"
    change = {"revision": 1, "changes": [call("2025-08-05", "f1")]}
    assert coordinator.ask("PATCH", draft, change).status == 200
    refused = coordinator.ask("PATCH", draft, change)
    assert (refused.status, refused.body["code"]) == (409, "stale")


def test_an_amendment_is_a_version_and_a_roll_back_gives_the_same_cells(coordinator: Client) -> None:
    schedule = published(coordinator)
    before = coordinator.get(f"/schedules/{schedule}/roster").body["cells"]
    amended = coordinator.post(
        f"/schedules/{schedule}/amendments", {"base_number": 1, "changes": [call("2025-08-05", "f5")], **NEAR}
    )
    assert (amended.status, amended.body["number"]) == (201, 2)
    cells = coordinator.get(f"/schedules/{schedule}/versions/1/diff/2").body["cells"]
    assert [
        (cell["person_before"], cell["person_after"]) for cell in cells if cell["duty_id"].startswith("faculty")
    ] == [("f2", "f5")]
    back = coordinator.post(f"/schedules/{schedule}/roll-back", {"to_number": 1, **NEAR})
    assert back.body["number"] == 3
    after = coordinator.get(f"/schedules/{schedule}/roster").body["cells"]
    plain = [{key: value for key, value in cell.items() if key != "number"} for cell in before]
    assert [{key: value for key, value in cell.items() if key != "number"} for cell in after] == plain
    numbers = [each["number"] for each in coordinator.get(f"/schedules/{schedule}/versions").body["items"]]
    assert numbers[:3] == [3, 2, 1]


def test_two_amendments_on_one_base_meet_only_where_they_touch(coordinator: Client) -> None:
    schedule = published(coordinator)
    amendments = f"/schedules/{schedule}/amendments"
    first = {"base_number": 1, "changes": [call("2025-08-05", "f5")], **NEAR}
    assert coordinator.post(amendments, first).status == 201
    other = {"base_number": 1, "changes": [call("2025-08-12", "f5")], **NEAR}
    assert coordinator.post(amendments, other).body["number"] == 3
    clash = coordinator.post(amendments, {"base_number": 1, "changes": [call("2025-08-05", "f1")], **NEAR})
    assert clash.status == 409
    assert "faculty_call on 2025-08-05" in clash.body["detail"]


def test_what_starts_soon_needs_a_reason(served: Installed, coordinator: Client) -> None:
    schedule = published(coordinator)
    served.move_to("2025-08-04T12:00:00+00:00")
    coordinator.sign_in_once(served.installation.sign_in.one_time("sign_in", served.users["coordinator@small.example"]))
    change = {"base_number": 1, "changes": [call("2025-08-05", "f5")]}
    refused = coordinator.post(f"/schedules/{schedule}/amendments", change)
    assert (refused.status, refused.body["place"]) == (400, "reason_code")
    words = coordinator.post(f"/schedules/{schedule}/amendments", {**change, "reason_code": "other", "reason": "no"})
    assert words.status == 400
    assert coordinator.post(f"/schedules/{schedule}/amendments", {**change, "reason_code": "sick"}).status == 201
    far = {"base_number": 2, "changes": [call("2025-08-25", "f5")]}
    assert coordinator.post(f"/schedules/{schedule}/amendments", far).status == 201


def test_publishing_is_refused_while_nothing_can_judge(served: Installed, coordinator: Client) -> None:
    from housestaff.features.schedules.publishing import Gate

    makers: dict[object, Any] = served.installation.house.parts.makers  # type: ignore[assignment]
    gate = makers[Gate]
    makers[Gate] = lambda unit: replace(gate(unit), judge=None)
    made = coordinator.post("/schedules", {"first_day": str(FIRST), "last_day": str(LAST)})
    refused = coordinator.post(f"/schedules/{made.body['schedule_id']}/publish", {"revision": 1})
    assert refused.status == 403
    assert served.value("SELECT state FROM schedule") == "draft"


def test_one_correlation_id_runs_from_the_request_to_the_notice(served: Installed, coordinator: Client) -> None:
    told = str(uuid4())
    body = {"first_day": str(FIRST), "last_day": str(LAST)}
    answer = coordinator.post("/schedules", body, X_Correlation_Id=told)
    served.work_off()
    assert answer.headers["x-correlation-id"] == told
    for table in ("event", "audit_entry", "notice"):
        rows = served.rows(f"SELECT correlation_id FROM {table} WHERE correlation_id = :c", c=told)
        assert rows, table


def test_a_change_without_the_token_of_our_pages_is_refused(coordinator: Client) -> None:
    coordinator.csrf = ""
    refused = coordinator.post("/schedules", {"first_day": str(FIRST), "last_day": str(LAST)})
    assert (refused.status, refused.body["code"]) == (403, "not_allowed")


def test_a_request_from_another_site_is_refused(coordinator: Client) -> None:
    body = {"first_day": str(FIRST), "last_day": str(LAST)}
    assert coordinator.post("/schedules", body, Sec_Fetch_Site="cross-site").status == 403


def test_locks_hold_and_a_discarded_draft_is_gone(coordinator: Client) -> None:
    made = coordinator.post("/schedules", {"first_day": str(FIRST), "last_day": str(LAST)})
    path = f"/schedules/{made.body['schedule_id']}"
    assert coordinator.post(f"{path}/locks", {"lock": ["r1", "f1"]}).body == {"locked": ["f1", "r1"]}
    assert coordinator.post(f"{path}/locks", {"unlock": ["f1"]}).body == {"locked": ["r1"]}
    assert coordinator.post(f"{path}/discard").status == 204
    assert coordinator.get(path).status == 404
    assert coordinator.post(f"{path}/publish", {"revision": 1}).status == 409


def test_the_layers_of_a_cell_can_be_read(coordinator: Client) -> None:
    made = coordinator.post("/imports?name=roster.json", roster_bytes(full_roster(small_program())))
    schedule = coordinator.post(f"/imports/{made.body['import_id']}/apply", {}).body["schedule_id"]
    stack = coordinator.get(f"/schedules/{schedule}/stack?person=r1&day=2025-08-05&half=AM").body
    assert stack["layers"][-1]["code"] == "CARD"
    assert stack["sentence"].startswith("Tue Aug 5 AM: ")


def test_a_file_that_cannot_be_read_says_where_and_what_would_be_right(coordinator: Client) -> None:
    refused = coordinator.post("/imports?name=program.toml", b"[program]\nid = 7\nnmae = 'X'\n")
    assert refused.status == 400
    assert "nmae" in refused.body["detail"]
    assert coordinator.post("/imports?name=picture.png", b"x").status == 400
    assert coordinator.post("/imports?name=roster.json", b"{}").status == 400
