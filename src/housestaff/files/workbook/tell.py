"""What a reading gathers: facts that are sure, and items for a person about the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from housestaff.core.leave import Leave
from housestaff.core.roster import CallEntry, HalfDay, Layer, Night, Stint
from housestaff.files.workbook.codes import Codes, squeezed
from housestaff.files.workbook.names import Names
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Decisions, Item, ItemKind, settle
from housestaff.files.workbook.sheets import Page

_CODE_REMEDY = "Say which code it is, or ignore the cell."
_NAME_REMEDY = "Say who it is, or ignore the row."


@dataclass
class Gathered:
    """The facts and items of one reading, while it goes on."""

    codes: Codes
    names: Names
    decisions: Decisions
    items: list[Item] = field(default_factory=list[Item])
    cells: dict[HalfDay, str] = field(default_factory=dict[HalfDay, str])
    places: dict[HalfDay, tuple[str, str]] = field(default_factory=dict[HalfDay, tuple[str, str]])
    stints: list[Stint] = field(default_factory=list[Stint])
    calls: dict[Night, tuple[CallEntry, ...]] = field(default_factory=dict[Night, tuple[CallEntry, ...]])
    dates: list[date] = field(default_factory=list[date])
    leaves: list[Leave] = field(default_factory=list[Leave])

    def tell(self, item: Item) -> str | None:
        """Keep an item; its meaning comes back where a person has already given one."""
        self.items.append(item)
        return settle(item, self.decisions)

    def code(self, page: Page, row: int, column: int) -> str | None:
        """The code of a cell: read, or decided; nothing where it is blank, unknown or ignored."""
        text = page.text(row, column)
        is_formula = page.is_formula(row, column)
        if not squeezed(text) and not is_formula:
            return None
        reading = self.codes.read(text)
        if is_formula:
            item = Item(
                page.name,
                cell_name(row, column),
                ItemKind.FORMULA,
                squeezed(text),
                "a formula stands where a code should.",
                "Replace it by its value.",
                reading.code,
                min(reading.certainty, 0.9),
                f"formula:{squeezed(text)}",
            )
            return self.tell(item)
        if reading.certainty == 1.0 and not reading.oddity:
            return reading.code
        kind = ItemKind.UNKNOWN_CODE
        if reading.certainty == 1.0:
            kind = ItemKind.SPELLING
        elif reading.certainty >= 0.9:
            kind = ItemKind.VARIANT
        elif "/" in text:
            kind = ItemKind.SLASH_CELL
        odd = f"{reading.oddity}."
        shown = text if kind is ItemKind.SPELLING else squeezed(text)
        item = Item(page.name, cell_name(row, column), kind, shown, odd, _CODE_REMEDY, reading.code, reading.certainty)
        return self.tell(item)

    def person(self, page: Page, row: int, column: int, text: str = "") -> str | None:
        """Who a name is: matched, or decided; nothing where nobody can say or the row is ignored."""
        text = text or page.text(row, column)
        match = self.names.match(text)
        if match.kind is None:
            return match.person
        item = Item(
            page.name,
            cell_name(row, column),
            match.kind,
            text,
            match.odd,
            _NAME_REMEDY,
            match.person,
            match.certainty,
            key=f"name:{text}",
        )
        answer = self.tell(item)
        return answer if answer in self.names.people else None

    def call(self, night: Night, person: str) -> None:
        """Keep a name on a night; a second one stands beside the first."""
        held = self.calls.get(night, ())
        if person not in {entry.person for entry in held}:
            self.calls[night] = (*held, CallEntry(person, Layer.PRELOAD, why="from the workbook"))
