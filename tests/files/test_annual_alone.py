"""A year workbook without what stands here: reviewed, judged as far as it goes, refused where nothing can be judged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from housestaff.bootstrap.years import judge_file
from housestaff.core.errors import BadInput
from housestaff.core.finding import Verdict
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.files.workbook.review import ItemKind, Review
from housestaff.files.workbook.round_trip import compare_workbook, read_workbook_alone
from tests.files.a_year import YEAR, compared, edited, row_of, without_hidden_sheets, written, year_program
from tests.files.small_program import small_roster


@pytest.fixture(scope="module")
def program() -> Program:
    return year_program()


@pytest.fixture(scope="module")
def roster(program: Program) -> Roster:
    return small_roster(program)


@pytest.fixture
def file(tmp_path: Path, program: Program, roster: Roster) -> Path:
    return written(tmp_path, program, roster)


def test_without_its_hidden_sheets_a_year_is_reviewed_like_any_other(
    file: Path, program: Program, roster: Roster
) -> None:
    without_hidden_sheets(file)
    found = compare_workbook(file, program, roster)
    assert isinstance(found, Review)
    again, leaves = found.accept()
    assert leaves == ()
    assert {(s.person, s.rotation, s.first, s.last) for s in again.stints} == {
        (s.person, s.rotation, s.first, s.last) for s in roster.stints
    }


def test_a_year_is_judged_with_the_edits_made_in_it(file: Path, program: Program) -> None:
    block = program.calendar.series[0].blocks[1]
    assert judge_file(file).odd == ()
    edited(file, ("Fuchs", 5, "ED"), ("Diaz", 5, "-"), ("Ames", 5, "XYZZY"))
    judged = judge_file(file)
    assert Stint("r5", "ED", block.first, block.last, Layer.MANUAL) in judged.roster.stints
    assert not [stay for stay in judged.roster.stints_of("r3") if block.holds(stay.first)]
    (odd,) = judged.odd
    assert "XYZZY" in odd


def foreign(path: Path, *, head: str = "Jul 2025 to Jun 2026", dates: str = "31Jul-27Aug") -> Path:
    """A sheet of the year that somebody typed, of two blocks."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Schedule"
    rows: list[list[object]] = [
        ["Hill Family Medicine", "", "block 1", "", "block 2"],
        [head, "", "Jul 1 - Jul 30", "", dates],
        ["PGY1"],
        ["Ames", "", "IPT", "", "CLI", "ICU"],
        ["leave", "", "Jul 7-9"],
        ["FAC"],
        ["Gray", "", "-", "", "-"],
    ]
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_foreign_year_is_judged_as_far_as_it_can_and_says_what_is_unknown(tmp_path: Path) -> None:
    judged = judge_file(foreign(tmp_path / "somebody.xlsx"))
    assert [(person.display_name, person.level_on(date(2025, 8, 1))) for person in judged.program.people] == [
        ("Ames", "PGY-1"),
        ("Gray", ""),
    ]
    assert [(s.rotation, s.first, s.last) for s in judged.roster.stints] == [
        ("IPT", date(2025, 7, 1), date(2025, 7, 30)),
        ("CLI", date(2025, 7, 31), date(2025, 8, 13)),
        ("ICU", date(2025, 8, 14), date(2025, 8, 27)),
    ]
    unknown = [odd for odd in judged.odd if "half-days, nights of call, hours and requirements are unknown" in odd]
    assert len(unknown) == 1
    assert any("reads as 2025-07-07 to 2025-07-09" in odd for odd in judged.odd)
    hours = {finding.verdict for finding in judged.findings if finding.rule in {"eighty_hours", "one_day_in_seven"}}
    assert Verdict.UNKNOWN in hours
    assert Verdict.BROKEN not in hours


def test_a_year_without_its_year_or_its_dates_is_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="which academic year") as refused:
        read_workbook_alone(foreign(tmp_path / "somebody.xlsx", head="this year"))
    assert refused.value.place == "somebody.xlsx, Schedule!A2"
    with pytest.raises(BadInput, match="no first and last day of block 2") as refused:
        read_workbook_alone(foreign(tmp_path / "somebody.xlsx", dates="August"))
    assert refused.value.place == "Schedule!E2"
    with pytest.raises(BadInput, match="leaves a hole"):
        read_workbook_alone(foreign(tmp_path / "somebody.xlsx", dates="8/2 - 8/27"))


def test_a_formula_in_a_year_is_refused_alone_and_asked_in_a_review(
    file: Path, program: Program, roster: Roster
) -> None:
    edited(file, ("Fuchs", 5, '="NF"'))
    row = row_of(openpyxl.load_workbook(file)[YEAR], "Fuchs")
    with pytest.raises(BadInput, match="a formula stands where a rotation should") as refused:
        judge_file(file)
    assert refused.value.place == f"year.xlsx, {YEAR}!E{row}"
    assert refused.value.remedy == "Replace it by its value."
    found = compared(file, program, roster)
    assert found.changes == ()
    assert [item.kind for item in found.review.open] == [ItemKind.FORMULA]
