"""The only file that names XlsxWriter: what we ask of a new workbook, with the types that the library leaves out."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from housestaff.core.errors import BadInput
from housestaff.files.raw import Raw

TABLOID = 3
"""Excel's number for paper of 11 by 17 inches."""

Format: TypeAlias = object
"""The look of a cell, made by a book."""


class Sheet(Protocol):
    """One sheet that is being written; rows and columns count from 0."""

    def get_name(self) -> str:
        """The name on the tab."""
        ...

    def write(self, row: int, column: int, value: Raw, look: Format | None = None) -> int:
        """Write text or a number, or only the look where there is nothing."""
        ...

    def write_string(self, row: int, column: int, text: str, look: Format | None = None) -> int:
        """Write text."""
        ...

    def write_number(self, row: int, column: int, number: float, look: Format | None = None) -> int:
        """Write a number."""
        ...

    def write_datetime(self, row: int, column: int, moment: datetime, look: Format | None = None) -> int:
        """Write a date."""
        ...

    def write_formula(self, row: int, column: int, formula: str, look: Format | None, value: float) -> int:
        """Write a formula with its present value, for readers that do not calculate."""
        ...

    def merge_range(self, row: int, column: int, to_row: int, to_column: int, text: str, look: Format) -> int:
        """Merge cells and write text into them."""
        ...

    def set_column(
        self, first: int, last: int, width: float, look: Format | None = None, options: dict[str, Raw] | None = None
    ) -> int:
        """Set the width of columns, in characters."""
        ...

    def set_row(
        self, row: int, height: float | None, look: Format | None = None, options: dict[str, Raw] | None = None
    ) -> int:
        """Set the height of a row, in points."""
        ...

    def set_default_row(self, height: float) -> None:
        """Set the height of all other rows."""
        ...

    def freeze_panes(self, row: int, column: int) -> None:
        """Keep what is above and left in sight."""
        ...

    def hide_gridlines(self, option: int) -> None:
        """Hide the lines of the grid."""
        ...

    def data_validation(self, row: int, column: int, to_row: int, to_column: int, options: dict[str, Raw]) -> int:
        """Give cells a drop-down list."""
        ...

    def conditional_format(self, row: int, column: int, to_row: int, to_column: int, options: dict[str, Raw]) -> int:
        """Let a look depend on a value."""
        ...

    def set_landscape(self) -> None:
        """Print on the long side."""
        ...

    def set_portrait(self) -> None:
        """Print on the short side."""
        ...

    def set_paper(self, kind: int) -> None:
        """Choose the paper by its number in Excel."""
        ...

    def fit_to_pages(self, width: int, height: int) -> None:
        """Shrink to pages; 0 is as many as needed."""
        ...

    def set_margins(self, left: float, right: float, top: float, bottom: float) -> None:
        """Set the margins in inches."""
        ...

    def repeat_rows(self, first: int, last: int | None = None) -> None:
        """Print these rows on every page."""
        ...

    def repeat_columns(self, first: int, last: int) -> None:
        """Print these columns on every page."""
        ...

    def print_area(self, row: int, column: int, to_row: int, to_column: int) -> int:
        """Print only this part."""
        ...

    def set_footer(self, text: str) -> None:
        """Print a line at the foot of each page."""
        ...

    def very_hidden(self) -> None:
        """Hide the sheet so that no menu shows it."""
        ...


class Book(Protocol):
    """A workbook that is being written."""

    def add_worksheet(self, name: str) -> Sheet:
        """Add a sheet."""
        ...

    def add_format(self, facts: dict[str, Raw]) -> Format:
        """Make a look."""
        ...

    def define_name(self, name: str, meaning: str) -> int:
        """Give a range a name that formulas may use."""
        ...

    def close(self) -> None:
        """Write the file."""
        ...


def new_book(path: Path, title: str, exported_at: datetime) -> Book:
    """A new workbook; the same content and instant give the same bytes."""
    xlsxwriter: Raw = import_module("xlsxwriter")  # it has no types, and only who writes a workbook waits for it

    if not path.parent.is_dir():
        raise BadInput("there is no such folder.", place=str(path.parent), remedy="Make it, or name another.")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"title": title, "created": exported_at.replace(tzinfo=None), "author": "Housestaff"})
    return cast("Book", book)


def cell_name(row: int, column: int) -> str:
    """The name of a cell as people read it, for example H14."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def cell_range(row: int, column: int, to_row: int, to_column: int) -> str:
    """The name of a range of cells."""
    return f"{cell_name(row, column)}:{cell_name(to_row, to_column)}"
