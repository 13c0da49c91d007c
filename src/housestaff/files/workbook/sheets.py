"""The only file that names Calamine: the sheets of a workbook as rows of values, and which cells are formulas."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

from housestaff.core.errors import BadInput
from housestaff.files.guard import read_zip
from housestaff.files.raw import Raw
from housestaff.files.workbook.paper import cell_name

_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*>\s*<f[ >/]')
_SHEET = re.compile(rb'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_TARGET = re.compile(rb"<Relationship [^>]*>")


@dataclass(frozen=True)
class Page:
    """One visible sheet: its rows of values from A1 on, and the names of cells that hold a formula."""

    name: str
    rows: list[list[Raw]]
    formulas: frozenset[str]

    def value(self, row: int, column: int) -> Raw:
        """The value of a cell; empty text outside."""
        if row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def text(self, row: int, column: int) -> str:
        """The value of a cell as text, blanks and all; a whole number without a decimal point."""
        value = self.value(row, column)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def is_formula(self, row: int, column: int) -> bool:
        """Say whether a cell holds a formula."""
        return cell_name(row, column) in self.formulas

    def place(self, row: int, column: int) -> str:
        """The name of a cell with its sheet, as people say it."""
        return f"{self.name}!{cell_name(row, column)}"

    @property
    def width(self) -> int:
        """The number of columns."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook file: those that people see, and the hidden ones as bare rows."""

    file: str
    pages: tuple[Page, ...]
    hidden: Mapping[str, list[list[Raw]]]


def open_workbook(path: Path) -> Workbook:
    """Read all sheets of an .xlsx file, after all checks of the file."""
    data = read_zip(path)
    calamine: Raw = import_module("python_calamine")  # it is heavy, and only who reads a workbook waits for it
    try:
        book: Raw = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {meta.name: meta for meta in book.sheets_metadata}
        rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise BadInput(
            "the workbook is damaged.", place=path.name, remedy="Open it in Excel and save it again."
        ) from error
    formulas = _formulas(data)
    pages: list[Page] = []
    hidden: dict[str, list[list[Raw]]] = {}
    for name, meta in sheets.items():
        if meta.visible == calamine.SheetVisibleEnum.Visible:
            pages.append(Page(name, rows[name], formulas.get(name, frozenset())))
        else:
            hidden[name] = rows[name]
    return Workbook(path.name, tuple(pages), hidden)


def _formulas(data: bytes) -> dict[str, frozenset[str]]:
    """Which cells are formulas, by sheet; the reader itself hands over only their values."""
    found: dict[str, frozenset[str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = set(packed.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        targets: dict[bytes, str] = {}
        for tag in _TARGET.findall(packed.read("xl/_rels/workbook.xml.rels")):
            id_, target = re.search(rb'\bId="([^"]*)"', tag), re.search(rb'\bTarget="([^"]*)"', tag)
            if id_ and target:
                targets[id_.group(1)] = target.group(1).decode()
        for name, id_ in _SHEET.findall(packed.read("xl/workbook.xml")):
            file = targets.get(id_, "")
            file = file.removeprefix("/") if file.startswith("/") else f"xl/{file}"
            if file in names:
                cells = _FORMULA.findall(packed.read(file))
                found[name.decode("utf-8")] = frozenset(cell.decode() for cell in cells)
    return found


def day_of(value: object) -> date | None:
    """The date that a cell holds, if it holds one."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
