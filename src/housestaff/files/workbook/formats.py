"""The looks of our sheets: one format for each combination of color, weight and border, made once a workbook."""

from __future__ import annotations

from housestaff.files.raw import Raw
from housestaff.files.workbook.paper import Book, Format

FONT = "Arial"  # on every machine that opens a workbook, or its twin of the same widths
HEAD, LINE, QUIET = "#1F3A4D", "#B7C3CC", "#F3F5F7"


class Looks:
    """The formats of one workbook."""

    def __init__(self, workbook: Book) -> None:
        """Remember the workbook that owns the formats."""
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Raw], ...], Format] = {}

    def look(self, **facts: Raw) -> Format:
        """The format with these facts, in our font and size, centered unless told otherwise."""
        usual = {"font_name": FONT, "font_size": 10, "align": "center", "valign": "vcenter"}
        whole = {**usual, **facts}
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(whole)
        return self._made[key]

    def cell(self, color: str, *, strong: bool = False, ends_day: bool = False, ends_week: bool = False) -> Format:
        """A half-day: its color, bold where it is protected, a line after each day, a thick one after each week."""
        right = 2 if ends_week else 1 if ends_day else 4
        return self.look(
            bg_color=color,
            border=1,
            border_color=LINE,
            right=right,
            right_color=HEAD if ends_week else LINE,
            bold=strong,
            shrink=True,
        )

    def head(self, **facts: Raw) -> Format:
        """A heading: white on dark."""
        return self.look(
            **{"bg_color": HEAD, "font_color": "#FFFFFF", "bold": True, "border": 1, "border_color": HEAD, **facts}
        )

    def name(self, **facts: Raw) -> Format:
        """A name at the left."""
        return self.look(**{"align": "left", "bold": True, "font_size": 10, "border": 1, "border_color": LINE, **facts})

    def quiet(self, **facts: Raw) -> Format:
        """A number or note beside the grid."""
        return self.look(**{"bg_color": QUIET, "border": 1, "border_color": LINE, "font_size": 8, **facts})
