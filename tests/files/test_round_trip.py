"""A workbook that left the house comes back: no edit is no difference, each edit one proposal, whatever was moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from housestaff.core.errors import BadInput
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Night, Roster
from housestaff.core.time import Half
from housestaff.files.workbook.block_sheet import write_block_workbook
from housestaff.files.workbook.review import ItemKind, Review
from housestaff.files.workbook.round_trip import RoundTrip, compare_workbook, read_workbook_alone
from tests.files.a_year import without_hidden_sheets
from tests.files.small_program import small_program, small_roster

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def program() -> Program:
    return small_program()


@pytest.fixture(scope="module")
def roster(program: Program) -> Roster:
    return small_roster(program)


@pytest.fixture
def file(tmp_path: Path, program: Program, roster: Roster) -> Path:
    path = tmp_path / "blocks.xlsx"
    write_block_workbook(program, roster, path, exported_at=NOON, version=3, blocks=[1, 2, 3])
    return path


def compared(file: Path, program: Program, roster: Roster) -> RoundTrip:
    found = compare_workbook(file, program, roster)
    assert isinstance(found, RoundTrip)
    return found


def put(sheet: Worksheet, row: int, column: int, value: object) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        cell.value = value  # pyright: ignore[reportAttributeAccessIssue] - any value may stand in a cell


def row_of(sheet: Worksheet, name: str) -> int:
    return next(row for row in range(1, 100) if sheet.cell(row, 5).value == name)


def test_an_export_that_nobody_touched_has_no_difference(file: Path, program: Program, roster: Roster) -> None:
    found = compared(file, program, roster)
    assert found.changes == ()
    assert found.proposed == roster
    assert found.review.items == ()


def test_three_edits_are_exactly_three_proposals_by_hand(file: Path, program: Program, roster: Roster) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    row = row_of(sheet, "Hunt")
    put(sheet, row, 6, "SIM")
    put(sheet, row, 7, "SIM")
    put(sheet, 4, 6, "Ibarra")
    book.save(file)

    found = compared(file, program, roster)

    assert len(found.changes) == len(found.proposals) == 3
    assert {change.cell for change in found.proposals} == {f"F{row}", f"G{row}", "F4"}
    place = HalfDay("f1", date(2025, 7, 31), Half.AM)
    assert Grid(program, found.proposed).code(place) == "SIM"
    assert found.proposed.halves[place][-1].layer is Layer.MANUAL
    assert found.proposed.calls[Night("faculty_call", date(2025, 7, 31))][0].person == "f2"


def test_moved_rows_and_an_inserted_column_are_found_by_their_anchors(
    file: Path, program: Program, roster: Roster
) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 1"]
    one, other = row_of(sheet, "Hunt"), row_of(sheet, "Ibarra")
    for column in range(1, sheet.max_column + 1):
        first, second = sheet.cell(one, column).value, sheet.cell(other, column).value
        put(sheet, one, column, second)
        put(sheet, other, column, first)
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.insert_cols(10)
    book.save(file)
    assert compared(file, program, roster).changes == ()


def test_an_older_file_is_merged_and_a_cell_changed_on_both_sides_is_a_conflict(
    file: Path, program: Program, roster: Roster
) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    row = row_of(sheet, "Hunt")
    put(sheet, row, 6, "SIM")
    put(sheet, row, 14, "SIM")
    book.save(file)
    ours = roster.with_entry(HalfDay("f1", date(2025, 7, 31), Half.AM), Entry(Layer.MANUAL, "ADM"))
    ours = ours.with_entry(HalfDay("f2", date(2025, 8, 5), Half.AM), Entry(Layer.MANUAL, "ADM"))

    found = compared(file, program, ours)

    assert [change.cell for change in found.conflicts] == [f"F{row}"]
    assert [change.side for change in found.changes if change.place.day == date(2025, 8, 5)] == ["ours"]
    assert len(found.proposals) == 1
    grid = Grid(program, found.proposed)
    assert grid.code(HalfDay("f1", date(2025, 7, 31), Half.AM)) == "ADM"
    assert grid.code(HalfDay("f1", date(2025, 8, 4), Half.AM)) == "SIM"


def test_without_its_hidden_sheets_a_file_is_reviewed_like_any_other(
    file: Path, program: Program, roster: Roster
) -> None:
    without_hidden_sheets(file)
    found = compare_workbook(file, program, roster)
    assert isinstance(found, Review)
    again, leaves = found.accept()
    assert leaves == ()
    ours, theirs = Grid(program, roster), Grid(program, again)
    for person in program.people:
        for place, entry in ours.person(person.id).codes.items():
            if roster.complete and place[0] <= roster.complete[1]:
                assert theirs.person(person.id).code(*place) == entry.code


def test_hidden_sheets_that_were_tampered_with_are_refused(file: Path, program: Program, roster: Roster) -> None:
    book = openpyxl.load_workbook(file)
    meta = book["_housestaff"]
    put(meta, 1, 5, meta.cell(1, 4).value)
    book.save(file)
    with pytest.raises(BadInput, match="hidden sheets were changed") as refused:
        compare_workbook(file, program, roster)
    assert "Delete the hidden sheets" in refused.value.remedy


def test_a_workbook_alone_gives_its_program_and_its_roster(file: Path, program: Program, roster: Roster) -> None:
    alone, found, review = read_workbook_alone(file)
    assert alone == program
    assert found == roster
    assert review.open == ()


def test_an_unknown_code_in_an_edit_waits_for_a_person(file: Path, program: Program, roster: Roster) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    put(sheet, row_of(sheet, "Hunt"), 6, "XYZZY")
    book.save(file)
    found = compared(file, program, roster)
    assert found.changes == ()
    (item,) = found.review.open
    assert item.kind is ItemKind.UNKNOWN_CODE
    again = compare_workbook(file, program, roster, {item.question: "SIM"})
    assert isinstance(again, RoundTrip)
    assert [change.theirs for change in again.proposals] == ["SIM"]


def test_a_cell_may_be_emptied_and_a_second_name_given(file: Path, program: Program, roster: Roster) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    put(sheet, row_of(sheet, "Hunt"), 16, None)
    put(sheet, 4, 6, "Ibarra / Hunt")
    book.save(file)
    found = compared(file, program, roster)
    assert len(found.proposals) == 2
    held = found.proposed.calls[Night("faculty_call", date(2025, 7, 31))]
    assert [entry.person for entry in held] == ["f2", "f1"]
    assert all(entry.layer is Layer.MANUAL for entry in held)
    assert HalfDay("f1", date(2025, 8, 5), Half.AM) not in found.proposed.halves


def test_the_same_roster_gives_the_same_bytes(tmp_path: Path, program: Program, roster: Roster) -> None:
    files = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for path in files:
        write_block_workbook(program, replace(roster), path, exported_at=NOON, blocks=[2])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_another_rotation_and_a_new_row_are_told_and_change_nothing(
    file: Path, program: Program, roster: Roster
) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    put(sheet, row_of(sheet, "Fuchs"), 1, "ICU")
    put(sheet, 28, 5, "Newman")
    book.save(file)
    found = compared(file, program, roster)
    assert found.changes == ()
    assert {item.kind for item in found.review.open} == {ItemKind.ROTATION_EDITED, ItemKind.NEW_ROW}


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_formula_and_a_date_on_the_wrong_weekday_are_refused_alone(file: Path, *, is_ours: bool) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Block 2"]
    row = row_of(sheet, "Hunt")
    put(sheet, row, 6, '="SIM"')
    if not is_ours:
        del book["_housestaff"]
        del book["_cells"]
        put(sheet, 3, 8, datetime(2025, 8, 20))  # noqa: DTZ001
    book.save(file)
    with pytest.raises(BadInput, match="a formula stands where a code should") as refused:
        read_workbook_alone(file)
    told = str(refused.value)
    assert f"Block 2!F{row}" in told
    assert "Replace it by its value." in told
    assert is_ours is not ("Block 2!H3" in told and "Fri 2025-08-01" in told)
