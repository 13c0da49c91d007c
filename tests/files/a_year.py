"""A year workbook of a small program, as it left the house, and what people do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.files.workbook.annual_sheet import write_annual_workbook
from housestaff.files.workbook.round_trip import RoundTrip, compare_workbook
from tests.files.small_program import small_program

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
YEAR = "Block Schedule"


def year_program() -> Program:
    """The small program with leave over the edge of a block, and of faculty."""
    found = small_program()
    weeks = [
        Leave("l2", "r0", LeaveKind.VACATION, date(2025, 8, 30), date(2025, 9, 3)),
        Leave("l3", "f1", LeaveKind.CONFERENCE, date(2025, 7, 3), date(2025, 7, 3)),
    ]
    return replace(found, leaves=(*found.leaves, *weeks))


def written(folder: Path, program: Program, roster: Roster) -> Path:
    """The year workbook as it is exported."""
    path = folder / "year.xlsx"
    write_annual_workbook(program, roster, path, exported_at=NOON, version=3)
    return path


def without_hidden_sheets(file: Path) -> None:
    """Take away what the house keeps in a workbook for itself."""
    book = openpyxl.load_workbook(file)
    del book["_housestaff"]
    del book["_cells"]
    book.save(file)


def compared(file: Path, program: Program, roster: Roster, answers: dict[str, str] | None = None) -> RoundTrip:
    found = compare_workbook(file, program, roster, answers)
    assert isinstance(found, RoundTrip)
    return found


def put(sheet: Worksheet, row: int, column: int, value: object) -> None:
    for merged in list(sheet.merged_cells.ranges):
        if (row, column) in set(merged.cells):
            sheet.unmerge_cells(str(merged))
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = value  # pyright: ignore[reportAttributeAccessIssue] - any value may stand in a cell


def row_of(sheet: Worksheet, name: str) -> int:
    return next(row for row in range(1, 100) if sheet.cell(row, 1).value == name)


def edited(file: Path, *edits: tuple[str, int, object], sheet: str = YEAR) -> None:
    """Write (name, column, value) into the row of a person; a name with a plus means the row of leave below."""
    book = openpyxl.load_workbook(file)
    for name, column, value in edits:
        row = row_of(book[sheet], name.rstrip("+")) + name.endswith("+")
        put(book[sheet], row, column, value)
    book.save(file)
