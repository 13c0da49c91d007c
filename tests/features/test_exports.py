"""C7: every published version has printable and spreadsheet files that never change."""

from __future__ import annotations

import base64
import hashlib
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.program import Program
from housestaff.features.program.commands import ImportProgram
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from housestaff.files.version_book import FIRST_DAY, GRID, HEAD_ROW
from housestaff.files.workbook.sheets import open_workbook
from housestaff.plumbing.retention import retain
from housestaff.plumbing.unit import Request
from tests.files.pdf_text import text_of
from tests.installed import Installed, small_program
from tests.web import Web

NOW = "2025-07-31T15:00:00+00:00"
ODD = {"r1": "=cmd|x", "r2": "O<b>&Co"}
NIGHT = date(2025, 8, 5)


def odd_program() -> Program:
    """The small program with two names that a careless writer would take for something else."""
    program = small_program()
    named = tuple(replace(each, display_name=ODD.get(each.id, each.display_name)) for each in program.people)
    return replace(program, people=named)


def published(house: Installed) -> UUID:
    """The small month in force, and everything done that follows."""
    house.move_to(NOW)
    house.do(ImportProgram(program=odd_program()), "admin")
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    house.work_off()
    return schedule


def amend(house: Installed, schedule: UUID, base: int, person: str) -> None:
    """Give a night to somebody else."""
    edit = SetCall(line="faculty_call", day=NIGHT, person=person)
    house.do(AmendSchedule(schedule_id=schedule, base_number=base, edits=(edit,), reason_code="educational"))


def runs(house: Installed) -> dict[int, dict[str, Any]]:
    """The runs as a resident sees them, by version."""
    answer = Web(house).as_("r1").get("/report-runs")
    assert answer.status_code == 200, answer.text
    return {each["parameters"]["number"]: each for each in answer.json()["items"]}


def files(house: Installed, number: int) -> dict[str, bytes]:
    """The files of a version as somebody downloads them, each held against its digest and against its row."""
    client, found = Web(house).as_("r1"), dict[str, bytes]()
    for file in runs(house)[number]["artifacts"]:
        answer = client.get(f"/artifacts/{file['artifact_id']}")
        assert answer.status_code == 200, answer.text
        digest = hashlib.sha256(answer.content)
        assert answer.headers["Digest"] == f"sha-256={base64.b64encode(digest.digest()).decode()}"
        stored = house.value("SELECT sha256 FROM artifact WHERE artifact_id = :a", a=UUID(file["artifact_id"]))
        assert stored == digest.hexdigest()
        found[file["format"]] = answer.content
    return found


def a_version_has_its_files(house: Installed, folder: Path) -> None:
    """PDF with period and number; XLSX with one filled cell for each duty; names as they are written."""
    found = files(house, 1)
    assert sorted(found) == ["pdf", "xlsx"]
    for ending, data in found.items():
        (folder / f"version.{ending}").write_bytes(data)
    text = text_of(folder / "version.pdf")
    author = "coordinator"
    checksum = house.value("SELECT roster_hash FROM schedule_revision WHERE number = 1")
    for told in ("Program small", "July 31, 2025 to August 27, 2025", "version 1", author, checksum, *ODD.values()):
        assert told in text, told
    book = open_workbook(folder / "version.xlsx")
    grid = next(page for page in book.pages if page.name == GRID)
    filled = [cell for row in grid.rows[HEAD_ROW + 1 :] for cell in row[FIRST_DAY:] if cell != ""]
    assert len(filled) == house.value("SELECT count(*) FROM cell WHERE person_id IS NOT NULL") == 209
    names = {str(row[0]) for row in grid.rows[HEAD_ROW + 1 :]}
    assert set(ODD.values()) <= names
    assert not any(page.formulas for page in book.pages)
    cover = {str(row[0]): str(row[1]) for row in book.pages[0].rows}
    assert (cover["Program"], cover["Version"], cover["Checksum"]) == ("Program small", "1", checksum)


@pytest.mark.capability("C7")
def test_a_version_has_a_pdf_and_a_workbook_with_every_duty(house: Installed, tmp_path: Path) -> None:
    published(house)
    assert runs(house)[1]["state"] == "stored"
    a_version_has_its_files(house, tmp_path)
    told = house.rows("SELECT type, priority FROM notice WHERE type LIKE 'export%'")
    assert [(row["type"], row["priority"]) for row in told] == [("export_ready", "low")] * 3
    (event,) = house.rows("SELECT payload FROM event WHERE type = 'report.stored'")
    assert [str(each) for each in event["payload"]["artifact_ids"]] == [
        file["artifact_id"] for file in runs(house)[1]["artifacts"]
    ]


@pytest.mark.control("C7")
def test_there_are_no_files_while_the_consumer_is_off(house: Installed, tmp_path: Path) -> None:
    house.switch("reports.publish_export", on=False)
    published(house)
    assert house.value("SELECT count(*) FROM artifact") == 0
    with pytest.raises(KeyError):
        a_version_has_its_files(house, tmp_path)


@pytest.mark.capability("C7")
def test_the_files_of_the_first_version_stay_as_they_are_when_a_second_gets_its_own(house: Installed) -> None:
    schedule = published(house)
    before = files(house, 1)
    amend(house, schedule, 1, "f5")
    house.advance(601)
    house.work_off()
    assert files(house, 1) == before
    after = files(house, 2)
    assert sorted(after) == ["pdf", "xlsx"]
    assert all(after[each] != before[each] for each in after)


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_of_amendments_that_follow_one_another_the_newest_is_exported_and_others_when_asked_for(
    house: Installed,
) -> None:
    schedule = published(house)
    for base, person in ((1, "f5"), (2, "f2"), (3, "f5")):
        amend(house, schedule, base, person)
        house.work_off()
    house.advance(601)
    house.work_off()
    assert {number: run["state"] for number, run in runs(house).items()} == {
        1: "stored",
        2: "canceled",
        3: "canceled",
        4: "stored",
    }
    client, body = Web(house).as_("coordinator"), {"schedule_id": str(schedule), "number": 2}
    asked = client.post("/reports/schedule_export/runs", json=body)
    assert (asked.status_code, asked.json()["run_id"]) == (202, runs(house)[2]["run_id"])
    house.work_off()
    assert sorted(files(house, 2)) == ["pdf", "xlsx"]
    made = runs(house)[2]["artifacts"]
    again = client.post("/reports/schedule_export/runs", json=body)
    house.work_off()
    assert again.json() == asked.json()
    assert runs(house)[2]["artifacts"] == made
    assert client.post("/reports/schedule_export/runs", json={**body, "number": 9}).status_code == 404


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_the_same_version_made_twice_has_the_same_bytes(house: Installed) -> None:
    published(house)
    first = files(house, 1)
    ids = {file["artifact_id"] for file in runs(house)[1]["artifacts"]}
    house.advance(3600)
    with house.installation.database.transaction(program=house.programs["small"]) as connection:
        connection.exec_driver_sql("UPDATE report_run SET state = 'queued', artifacts = '[]'")
    run = runs(house)[1]["run_id"]
    house.installation.jobs.kinds["report"].run(program_id=str(house.programs["small"]), run_id=run, correlation_id=run)
    assert files(house, 1) == first
    assert ids.isdisjoint(file["artifact_id"] for file in runs(house)[1]["artifacts"])


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_two_workers_that_make_one_run_keep_one_pair_of_files(house: Installed) -> None:
    published(house)
    run = runs(house)[1]
    for _ in range(2):
        house.installation.jobs.kinds["report"].run(
            program_id=str(house.programs["small"]), run_id=run["run_id"], correlation_id=run["run_id"]
        )
    assert runs(house)[1] == run
    assert house.value("SELECT count(*) FROM artifact") == 2


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_a_kill_between_file_and_row_leaves_one_run_and_no_orphan_after_retention(house: Installed) -> None:
    house.move_to(NOW)
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    dying = house.starts(sys.executable, "-m", "tests.faults.dying", "artifact", "-")
    assert dying.wait(60) == -9
    assert house.value("SELECT count(*) FROM artifact") == 0
    with house.worker():
        house.until(lambda: house.value("SELECT count(*) FROM report_run WHERE state = 'stored'") == 1, seconds=60)
        house.until(house.is_quiet)
    assert house.value("SELECT count(*) FROM artifact") == 2
    kept = sorted((house.folder / "artifacts").rglob("*.*"))
    assert len(kept) == 3
    assert not any(file.name.endswith(".part") for file in kept)
    house.move_to("2099-01-01T00:00:00+00:00")
    at_work = house.installation.house
    with at_work.unit(Request.of_system(house.programs["small"])) as unit:
        at_work.call(retain, unit)
    left = {str(file.relative_to(house.folder / "artifacts")) for file in (house.folder / "artifacts").rglob("*.*")}
    assert left == {row["key"] for row in house.rows("SELECT key FROM artifact")}


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_while_the_store_is_full_the_run_is_tried_again_then_failed_and_told_and_the_version_stands(
    house: Installed,
) -> None:
    house.move_to(NOW)
    folder = house.folder / "artifacts"
    folder.mkdir(exist_ok=True)
    in_the_way = folder / str(house.programs["small"])
    in_the_way.write_text("a file where the folder of the program should be")
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    for _ in range(9):
        house.work_off()
        house.advance(3600)
    run = runs(house)[1]
    assert (run["state"], run["failure_code"], run["attempts"]) == ("failed", "attempts_used_up", 8)
    assert house.value("SELECT count(*) FROM notice WHERE type = 'export_failed'") == 3
    assert house.value("SELECT state FROM schedule WHERE schedule_id = :s", s=schedule) == "published"
    assert house.value("SELECT count(*) FROM artifact") == 0
    in_the_way.unlink()
    body = {"schedule_id": str(schedule)}
    Web(house).as_("coordinator").post("/reports/schedule_export/runs", json=body)
    house.work_off()
    assert sorted(files(house, 1)) == ["pdf", "xlsx"]


@pytest.mark.slow
@pytest.mark.capability("C7")
def test_files_are_downloaded_by_the_program_only_and_who_did_stands_in_the_chain(house: Installed) -> None:
    published(house)
    file = runs(house)[1]["artifacts"][0]["artifact_id"]
    files(house, 1)
    asked = "SELECT actor_user_id FROM audit_entry WHERE action = 'DownloadArtifact' AND subject_id = :a"
    assert [row["actor_user_id"] for row in house.rows(asked, a=file)] == [house.users["r1@small.example"]]
    house.add_program("other")
    theirs = Web(house).as_("coordinator", program="other")
    assert theirs.get(f"/artifacts/{file}").status_code == 404
    assert theirs.get(f"/report-runs/{runs(house)[1]['run_id']}").status_code == 404
    assert theirs.get("/report-runs").json()["items"] == []
    assert Web(house).as_("r1").post("/reports/schedule_export/runs", json={"schedule_id": file}).status_code == 403


@pytest.mark.slow
def test_runs_and_bytes_are_counted(house: Installed) -> None:
    published(house)
    text = Web(house).nobody().get("http://testserver/metrics/installation").text
    assert 'housestaff_report_runs_total{kind="schedule_export",state="stored"} 1.0' in text
    size = house.value("SELECT size FROM artifact WHERE name LIKE '%.xlsx'")
    assert f'housestaff_artifact_bytes_total{{format="xlsx",kind="schedule_export"}} {float(size)}' in text
