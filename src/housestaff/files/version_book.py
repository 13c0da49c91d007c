"""A published version as a workbook: the cover, the grid with one duty a cell, people, rotations, call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from housestaff.files.raw import Raw
from housestaff.files.version_sheet import VersionSheet
from housestaff.files.workbook.formats import Looks
from housestaff.files.workbook.paper import TABLOID, Book, Sheet, new_book

GRID, COVER = "Grid", "Cover"
HEAD_ROW, FIRST_DAY = 1, 2
"""Where the grid begins: under the row of dates, right of name and group."""


def write_version_book(version: VersionSheet, path: Path) -> None:
    """Write the workbook of a version; the same version gives the same bytes."""
    book = new_book(path, version.title, version.made)
    looks = Looks(book)
    _cover(book.add_worksheet(COVER), version, looks)
    _grid(book.add_worksheet(GRID), version, looks)
    _list(book, "People", looks, ("Person", "Duty", "How many"), version.counts("holder"))
    _list(book, "Rotations", looks, ("Rotation", "Person", "How many"), version.counts("rotation"))
    names = {holder.id: holder.name for holder in version.holders}
    calls = (
        (f"{each.start:%Y-%m-%d %H:%M}", f"{each.end:%Y-%m-%d %H:%M}", each.name, names[each.holder])
        for each in version.calls
    )
    _list(book, "Call", looks, ("From", "To", "Line", "Person"), calls)
    book.close()


def _cover(sheet: Sheet, version: VersionSheet, looks: Looks) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 70)
    sheet.hide_gridlines(2)
    for row, (label, text) in enumerate(version.cover):
        sheet.write_string(row, 0, label, looks.head(align="left"))
        sheet.write_string(row, 1, text, looks.look(align="left"))


def _grid(sheet: Sheet, version: VersionSheet, looks: Looks) -> None:
    shown = version.all_days
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 10)
    sheet.set_column(FIRST_DAY, FIRST_DAY + len(shown) - 1, 8)
    sheet.write_string(0, 0, f"{version.title}, {version.period}", looks.name(border=0))
    for column, text in enumerate(("Person", "Level", *(f"{day:%a %b %-d}" for day in shown))):
        sheet.write_string(HEAD_ROW, column, text, looks.head())
    row = HEAD_ROW + 1
    for holder in version.holders:
        for number, lane in enumerate(version.lanes(holder)):
            sheet.write_string(row, 0, "" if number else holder.name, looks.name())
            sheet.write_string(row, 1, "" if number else holder.group, looks.quiet())
            for column, duty in enumerate(lane, FIRST_DAY):
                if duty is not None:
                    sheet.write_string(row, column, duty.code, looks.look(border=1, shrink=True))
            row += 1
    sheet.freeze_panes(HEAD_ROW + 1, FIRST_DAY)
    _print(sheet)
    sheet.repeat_columns(0, 1)


def _list(book: Book, name: str, looks: Looks, heads: Sequence[str], rows: Iterable[Sequence[Raw]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(heads) - 1, 26)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, looks.head(align="left"))
    for row, facts in enumerate(rows, 1):
        for column, fact in enumerate(facts):
            sheet.write(row, column, fact, looks.look(align="left"))
    sheet.freeze_panes(1, 0)
    _print(sheet)


def _print(sheet: Sheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(TABLOID)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEAD_ROW)
