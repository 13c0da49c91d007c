"""Files brought in from the command line: read, reviewed, decided, and only then in force."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from housestaff.files.program_toml import write_program, write_program_folder
from housestaff.files.roster_json import write_roster
from tests.command_line import COORDINATOR, last_entry, refused, run, told
from tests.installed import Installed, full_roster, small_program
from tests.messy import messy_workbook

UNKNOWN = "unknown_code:QQX"


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A block workbook of somebody else, with a spelling and with a code that nobody knows."""
    return messy_workbook(tmp_path)


def test_a_workbook_is_reviewed_cell_by_cell_and_put_in_a_draft_when_all_is_decided(
    house: Installed, messy: Path
) -> None:
    done = run(house, "imports", "read", messy, "--as", COORDINATOR)
    assert done.returncode == 0, done.stderr
    assert "7 stays" in done.stdout
    assert "Block 2!G20: 'lec': it is a spelling of LEC." in done.stdout
    assert (
        f"Block 2!I20: 'QQX': nobody has told what it means. Say which code it is, or ignore the cell. [{UNKNOWN}]"
        in (done.stdout)
    )
    assert last_entry(house) == ("ReadImport", "cli", house.by().user_id)
    import_id = house.value("SELECT import_id FROM import_run")
    assert house.value("SELECT count(*) FROM schedule") == 0
    said = refused(house, "imports", "apply", import_id, "--accept", "0.9")
    assert "block2.xlsx: 1 items are not decided" in said
    assert "Block 2!I20" in said
    assert house.value("SELECT state FROM import_run") == "read"
    made = told(house, "imports", "apply", import_id, "--accept", "0.9", "--decide", f"{UNKNOWN}=ignore")
    assert house.rows("SELECT schedule_id, state, method FROM schedule") == [
        {"schedule_id": UUID(made["schedule_id"]), "state": "draft", "method": "imported"}
    ]
    assert last_entry(house) == ("ApplyImport", "cli", house.admin)
    assert "applied already" in refused(house, "imports", "apply", import_id)
    assert "applied already" in run(house, "imports", "show", import_id).stdout
    kept = {each["question"]: each["decided"] for each in told(house, "imports", "read", messy)["review"]["items"]}
    assert kept == {"variant:lec": "accept", UNKNOWN: "ignore"}, "the answers are kept for the next file"


@pytest.mark.slow
def test_a_workbook_goes_into_a_draft_that_is_there_by_a_file_of_decisions(
    house: Installed, messy: Path, tmp_path: Path
) -> None:
    draft = house.draft()
    import_id = told(house, "imports", "read", messy)["import_id"]
    (tmp_path / "decisions.json").write_text(json.dumps({"variant:lec": "accept", UNKNOWN: "LEC"}))
    decided = ("imports", "apply", import_id, "--decisions", tmp_path / "decisions.json", "--into", draft)
    assert "at revision 1 by now" in refused(house, *decided, "--revision", 7)
    assert told(house, *decided, "--revision", 1)["schedule_id"] == str(draft)
    row = house.rows("SELECT revision, cause, changes FROM schedule_revision ORDER BY revision DESC LIMIT 1")[0]
    assert (row["revision"], row["cause"]) == (2, "import")
    assert str(row["changes"]).count("LEC") >= 2


def test_a_program_is_reviewed_and_then_stands_in_the_place_of_the_old_one(house: Installed, tmp_path: Path) -> None:
    program = replace(small_program(), name="Renamed")
    write_program_folder(program, tmp_path / "folder")
    read = told(house, "imports", "read", tmp_path / "folder")
    assert (read["kind"], read["name"]) == ("folder", "folder.zip")
    assert read["review"]["people"] == len(program.people)
    asked = "SELECT count(*) FROM audit_entry WHERE action = 'ApplyImport'"
    assert house.value(asked) == 0
    assert told(house, "imports", "apply", read["import_id"])["schedule_id"] is None
    assert house.value(asked) == 1
    assert house.value("SELECT facts->'program'->>'name' FROM program_head") == "Renamed"


@pytest.mark.slow
def test_one_file_is_sent_alone_and_with_its_tables_where_it_has_some(house: Installed, tmp_path: Path) -> None:
    write_program_folder(small_program(), tmp_path / "folder")
    beside = told(house, "imports", "read", tmp_path / "folder" / "program.toml")
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "own.toml").write_text(write_program(small_program()))
    alone = told(house, "imports", "read", tmp_path / "alone" / "own.toml")
    assert [each["kind"] for each in (beside, alone)] == ["folder", "program"]
    assert beside["review"] == alone["review"]


@pytest.mark.slow
def test_a_roster_becomes_a_draft(house: Installed, tmp_path: Path) -> None:
    write_roster(full_roster(small_program()), tmp_path / "roster.json")
    read = told(house, "imports", "read", tmp_path / "roster.json")
    assert read["review"]["nights"] > 10
    made = told(house, "imports", "apply", read["import_id"])["schedule_id"]
    assert told(house, "schedules", "check", made)["broken"] == 0


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_told_with_its_place_and_nothing_is_kept(
    house: Installed, tmp_path: Path
) -> None:
    files = {
        "program.toml": (b"[program]\nid = 7\nnmae = 'X'\n", "program.toml"),
        "latin.toml": (b"[program]\nname = 'Se\xf1or'\n", "latin.toml: line 2 is not UTF-8 text."),
        "roster.json": (b"{", "roster.json"),
        "notes.txt": (b"hello", "Bring a file of .toml"),
        "block9.xlsx": (b"no workbook", "block9.xlsx"),
    }
    for name, (content, expected) in files.items():
        (tmp_path / name).write_bytes(content)
        assert expected in refused(house, "imports", "read", tmp_path / name), name
    assert "there is no such file" in refused(house, "imports", "read", tmp_path / "gone.xlsx")
    assert "block_workbook or year_workbook" in refused(house, "imports", "read", tmp_path / "x.xlsx", "--kind", "pdf")
    import_id = "00000000-0000-7000-8000-000000000000"
    assert "no such import" in refused(house, "imports", "show", import_id)
    assert "QUESTION=ANSWER" in refused(house, "imports", "apply", import_id, "--decide", "QQX")
    assert house.value("SELECT count(*) FROM import_run") == 0
