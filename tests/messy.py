"""A workbook of somebody else, with a spelling and with a code that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell

from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.files.workbook.block_sheet import write_block_workbook
from tests.installed import full_roster, small_program

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def messy_workbook(folder: Path) -> Path:
    """The second block of the small program as somebody would have typed it."""
    return messy_block(small_program(), full_roster(small_program()), folder, who="Resident r1")


def messy_block(program: Program, roster: Roster, folder: Path, *, who: str) -> Path:
    """The second block of a program as somebody would have typed it, with two odd codes in the row of one person."""
    path = folder / "block2.xlsx"
    write_block_workbook(program, roster, path, exported_at=NOON, blocks=[2])
    book = openpyxl.load_workbook(path)
    for hidden in ("_housestaff", "_cells"):
        del book[hidden]
    sheet = book["Block 2"]
    row = next(row for row in range(1, 100) if sheet.cell(row, 5).value == who)
    anchors = [(8, column, None) for column in range(1, sheet.max_column + 1)]
    for place in (*anchors, (row, 7, "lec"), (row, 9, "QQX")):
        cell = sheet.cell(*place[:2])
        if isinstance(cell, Cell):
            cell.value = place[2]
    book.save(path)
    return path
