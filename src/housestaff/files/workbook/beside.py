"""Edits of an exported sheet beside its half-days: another rotation, a new row. They are told, not taken."""

from __future__ import annotations

from collections.abc import Mapping

from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.hidden import PrintedRow
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Item, ItemKind
from housestaff.files.workbook.rows import NO_ROTATION
from housestaff.files.workbook.sheets import Page
from housestaff.files.workbook.tell import Gathered

_ENDS = ("screeners", "clinic, each half-day")


def tell_beside(page: Page, printed: Mapping[str, PrintedRow], gathered: Gathered, *, anchor: int | None) -> None:
    """Tell rotations that were edited and names without a hidden person; neither changes the roster by itself."""
    at = next(
        (
            (row, column)
            for row in range(min(15, len(page.rows)))
            for column in range(page.width)
            if squeezed(page.text(row, column)).casefold() == "provider"
        ),
        None,
    )
    if at is None or anchor is None:
        return
    heading, name = at
    for row in range(heading + 1, len(page.rows)):
        left = [squeezed(page.text(row, column)).casefold() for column in range(name + 1)]
        if any(text.startswith(end) for text in left for end in _ENDS):
            break
        who = page.text(row, anchor)
        if who in printed:
            _tell_rotation(page, (row, name), printed[who], gathered)
        elif left[name]:
            odd, remedy = "this row was not exported.", "Add the person to the program, then export again."
            text = page.text(row, name)
            gathered.tell(Item(page.name, cell_name(row, name), ItemKind.NEW_ROW, text, odd, remedy, "ignore", 0.5))


def _tell_rotation(page: Page, at: tuple[int, int], printed: PrintedRow, gathered: Gathered) -> None:
    row, name = at
    first, second = name - 4, name - 3
    if first < 0 or len(printed.rotations) != 2:
        return
    texts = [squeezed(page.text(row, first)), squeezed(page.text(row, second))]
    now = tuple("" if text == NO_ROTATION else text for text in (texts[0], texts[1] or texts[0]))
    if now != printed.rotations:
        shown = "/".join(dict.fromkeys(now))
        item = Item(
            page.name,
            cell_name(row, first),
            ItemKind.ROTATION_EDITED,
            shown,
            f"the rotation was {'/'.join(dict.fromkeys(printed.rotations))} when exported.",
            "Change the stay in the program; accept to leave it as it is.",
            "ignore",
            0.5,
            f"rotation_edited:{printed.sheet}:{printed.who}:{shown}",
        )
        gathered.tell(item)
