"""The only file of this room that names openpyxl: an existing workbook, edited, always with the same bytes."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import openpyxl

from housestaff.files.workbook.paper import cell_name

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_INSTANT = b"2025-07-01T12:00:00Z"
_ZIPPED = (2025, 7, 1, 12, 0, 0)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell of a sheet; rows and columns count from 1."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        """The cell as the review prints it, for example "Block 9!H14"."""
        return f"{self.sheet}!{cell_name(self.row - 1, self.column - 1)}"


class Book:
    """A workbook without its hidden sheets."""

    def __init__(self, path: Path) -> None:
        """Open a file and forget what Housestaff hid in it."""
        self._book: Any = cast("Any", openpyxl.load_workbook(path))
        for name in list(self._book.sheetnames):
            if self._book[name].sheet_state != "visible":
                del self._book[name]

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets."""
        return list(self._book.sheetnames)

    def rows(self, sheet: str) -> range:
        """The rows of a sheet that hold anything."""
        return range(1, self._book[sheet].max_row + 1)

    def text(self, place: Place) -> str:
        """The text of a cell; empty for anything else."""
        value = self._book[place.sheet].cell(place.row, place.column).value
        return value if isinstance(value, str) else ""

    def moment(self, place: Place) -> datetime | None:
        """The date that a cell holds, if it holds one."""
        value = self._book[place.sheet].cell(place.row, place.column).value
        return value if isinstance(value, datetime) else None

    def put(self, place: Place, value: str | datetime | None) -> None:
        """Write a cell."""
        self._book[place.sheet].cell(place.row, place.column).value = value

    def clear_row(self, sheet: str, row: int) -> None:
        """Empty a row."""
        for column in range(1, self._book[sheet].max_column + 1):
            self.put(Place(sheet, row, column), None)

    def clear_column_headed(self, sheet: str, heading: str) -> None:
        """Empty the column under a heading, and the heading."""
        page = self._book[sheet]
        for column in range(1, page.max_column + 1):
            if any(page.cell(row, column).value == heading for row in range(1, 10)):
                for row in self.rows(sheet):
                    self.put(Place(sheet, row, column), None)

    def save(self, path: Path) -> None:
        """Write the file; what the library dates by the clock is dated by the year."""
        raw = BytesIO()
        self._book.save(raw)
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                data = old.read(info)
                if info.filename == "docProps/core.xml":
                    data = _MODIFIED.sub(rb"\g<1>" + _INSTANT + rb"\g<2>", data)
                new.writestr(zipfile.ZipInfo(info.filename, _ZIPPED), data, zipfile.ZIP_DEFLATED)
