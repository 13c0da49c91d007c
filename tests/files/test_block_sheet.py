"""The block workbook looks as programs know it, opens in other programs, and is written fast."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from housestaff.core.errors import BadInput
from housestaff.core.roster import Entry, HalfDay, Layer
from housestaff.core.time import Half
from housestaff.files.workbook.block_sheet import write_block_workbook
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.rows import role_text
from tests.files.small_program import small_program, small_roster, year_program, year_roster

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
PROGRAM = small_program()
ROSTER = small_roster(PROGRAM)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("block") / "blocks.xlsx"
    write_block_workbook(PROGRAM, ROSTER, file, exported_at=NOON, blocks=[1, 2])
    return file


def test_everything_stands_where_programs_look_for_it(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Block 2"]
    assert sheet["C1"].value == 2
    assert (sheet["F1"].value, sheet["BH1"].value) == ("THURS", "WED")
    assert sheet["F3"].value == datetime(2025, 7, 31)  # noqa: DTZ001 - a cell's date has no zone
    assert [sheet.cell(6, column).value for column in (3, 4, 5)] == ["TEMPLATE", "ROLE", "PROVIDER"]
    assert sheet["A4"].value == "Staff Call"
    names = {sheet.cell(row, 5).value: row for row in range(9, 69) if sheet.cell(row, 5).value}
    assert {9 <= names[name] <= 13 for name in ("Castro", "Fuchs")} == {True}
    assert 14 <= names["Boyle"] <= 19
    assert 20 <= names["Ames"] <= 25
    assert 31 <= names["Prof. Gray"] <= 43
    assert 55 <= names["Klein"] <= 65
    assert sheet.cell(names["Boyle"], 4).value == "PGY 2"
    assert sheet.cell(names["Boyle"], 3).value == "R2"
    assert sheet["A71"].value == "Screeners (in person)"
    assert sheet.freeze_panes == "F7"


def test_it_has_the_formulas_merged_cells_lists_and_print_setup_of_a_real_one(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Block 2"]
    formulas = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert len(formulas) > 500
    assert len(sheet.merged_cells.ranges) > 150
    assert len(sheet.data_validations.dataValidation) > 5
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$6"
    assert sheet.print_title_cols == "$A:$E"


def test_hidden_sheets_are_very_hidden(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert [book[name].sheet_state for name in ("_housestaff", "_cells")] == ["veryHidden", "veryHidden"]


def test_what_looks_like_a_formula_in_a_name_stays_text(tmp_path: Path) -> None:
    person = PROGRAM.people[0].__class__("r0", "=1+1", PROGRAM.people[0].kind, PROGRAM.people[0].levels)
    program = PROGRAM.__class__("x", "=HYPERLINK(1)", PROGRAM.zone, PROGRAM.calendar, people=(person,))
    write_block_workbook(program, ROSTER.__class__(), tmp_path / "names.xlsx", exported_at=NOON, blocks=[2])
    sheet = openpyxl.load_workbook(tmp_path / "names.xlsx")["Block 2"]
    assert sheet["A1"].data_type == "s"
    assert [cell.data_type for cell in sheet["E"] if cell.value == "=1+1"] == ["s"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder") as refused:
        write_block_workbook(PROGRAM, ROSTER, tmp_path / "none" / "x.xlsx", exported_at=NOON)
    assert refused.value.remedy


def test_a_year_of_twenty_nine_people_is_written_in_three_seconds(tmp_path: Path) -> None:
    program = year_program()
    assert len(program.people) == 29
    roster = year_roster(program)
    start = time.process_time()
    write_block_workbook(program, roster, tmp_path / "year.xlsx", exported_at=NOON)
    assert time.process_time() - start < 3


def test_cells_are_named_as_in_excel() -> None:
    assert [cell_name(0, column) for column in (0, 25, 26, 60, 701, 702)] == ["A1", "Z1", "AA1", "BI1", "ZZ1", "AAA1"]


@pytest.mark.slow
def test_another_office_program_calculates_the_same_values(path: Path, tmp_path: Path) -> None:
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(path)],  # noqa: E501, S607
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    ours = openpyxl.load_workbook(path, data_only=True)["Block 2"]
    theirs = openpyxl.load_workbook(tmp_path / path.name, data_only=True)["Block 2"]
    formulas = openpyxl.load_workbook(path)["Block 2"]
    checked = 0
    for row in formulas.iter_rows():
        for cell in row:
            if re.match("=", str(cell.value)):
                assert theirs[cell.coordinate].value == pytest.approx(ours[cell.coordinate].value), cell.coordinate
                checked += 1
    assert checked > 500


def test_where_the_clinic_is_closed_no_attendings_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "blocks.xlsx"
    days = (date(2025, 7, 4), date(2025, 7, 7))
    clinic = {HalfDay("r1", day, Half.AM): (Entry(Layer.MANUAL, "C30"),) for day in days}
    roster = replace(ROSTER, stints=(), halves=MappingProxyType(clinic), calls=MappingProxyType({}))
    write_block_workbook(PROGRAM, roster, file, exported_at=NOON, blocks=[1])
    sheet = openpyxl.load_workbook(file, data_only=True)["Block 1"]
    column = {sheet.cell(8, column).value: column for column in range(6, 70)}
    holiday, monday = column["2025-07-04_AM"], column["2025-07-07_AM"]
    assert [sheet.cell(row, 1).value for row in (77, 79)] == ["Total need", "Attendings short"]
    assert [sheet.cell(row, holiday).value for row in (75, 77, 79)] == [0, 0, 0]
    assert [sheet.cell(row, monday).value for row in (75, 77, 79)] == [0.25, 1, 1]


def test_rows_that_hold_nobody_are_hidden_and_groups_stay_apart(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Block 2"]
    rows = {row: sheet.cell(row, 5).value for row in range(9, 69)}
    assert all(not sheet.row_dimensions[row].hidden for row, name in rows.items() if name)
    assert sheet.row_dimensions[13].hidden
    assert [row for row, name in rows.items() if not name and not sheet.row_dimensions[row].hidden] == [11, 16, 22, 35]
    assert sheet.page_setup.paperSize == 3


def test_what_a_learner_is_fits_its_column() -> None:
    stages = {"medical student": "MS", "behavioral health consultant": "BHC", "MS3": "MS3", "pharmacist": "PHAR"}
    for stage, shown in stages.items():
        person = replace(PROGRAM.person("s1"), stage=stage)
        assert role_text(person, PROGRAM.calendar.series[0].blocks[0]) == shown
