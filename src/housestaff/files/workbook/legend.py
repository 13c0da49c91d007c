"""The legend under a block sheet, and the sheet of all codes from which the drop-down lists are fed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from housestaff.core.duties import Family
from housestaff.files.workbook.codes import FAMILY_COLORS, Codes
from housestaff.files.workbook.formats import LINE, Looks
from housestaff.files.workbook.paper import Book, Sheet, cell_range
from housestaff.files.workbook.rows import FIRST_DAY_COLUMN, NAME_COLUMN, Layout

CODE_LIST = "Codes"
_WORDS = {
    Family.CLINIC: "Clinic",
    Family.SUPERVISION: "Supervision",
    Family.EDUCATION: "Education",
    Family.ADMINISTRATION: "Administration",
    Family.SERVICE: "Service",
    Family.OFF: "Off",
    Family.LEAVE: "Leave",
}


def write_legend(sheet: Sheet, plan: Layout, codes: Codes, looks: Looks) -> int:
    """Write which color is which family, with the codes of this sheet; the last row used comes back."""
    row = plan.computed + 10
    sheet.set_row(row - 1, 7)
    sheet.merge_range(row, 0, row, NAME_COLUMN, "Legend", looks.head(align="left", indent=1))
    for offset, (family, color) in enumerate(FAMILY_COLORS.items()):
        here = [code for code in codes.known if codes.family(code) is family]
        at = row + offset
        sheet.set_row(at, 17)
        left, right = FIRST_DAY_COLUMN, plan.last_day_column
        sheet.merge_range(
            at,
            left,
            at,
            left + 3,
            _WORDS[family],
            looks.look(bg_color=color, bold=True, border=1, border_color=LINE, font_size=9),
        )
        listed = "   ".join(here)
        sheet.merge_range(at, left + 4, at, right, listed, looks.look(align="left", font_size=8, indent=1, shrink=True))
    return row + len(FAMILY_COLORS) - 1


def write_code_sheet(book: Book, sheet: Sheet, sets: Mapping[str, Sequence[str]], kit: tuple[Codes, Looks]) -> None:
    """Write every code with its name and family, and beside them the sets that the formulas count."""
    codes, looks = kit
    for offset, (name, members) in enumerate(sets.items()):
        column = 4 + offset
        sheet.write_string(0, column, name, looks.head())
        for row, code in enumerate(members or ["-"], 1):
            sheet.write_string(row, column, code, looks.look())
        cells = cell_range(1, column, max(len(members), 1), column)
        first, last = (re.sub(r"([A-Z]+)", r"$\1$", cell) for cell in cells.split(":"))
        book.define_name(name, f"='{CODE_LIST}'!{first}:{last}")
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 2, 16)
    for column, text in enumerate(("Code", "Name", "Family")):
        sheet.write_string(0, column, text, looks.head())
    for row, code in enumerate(codes.known, 1):
        known = codes.activities.get(code) or codes.rotations.get(code)
        family = codes.family(code)
        sheet.write_string(row, 0, code, looks.look(bg_color=codes.color(code), border=1, bold=True))
        sheet.write_string(row, 1, known.name if known else "", looks.look(align="left"))
        sheet.write_string(row, 2, _WORDS[family] if family else "", looks.look(align="left"))
    sheet.freeze_panes(1, 0)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
