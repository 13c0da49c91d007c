"""The body of a block sheet: rows of people with their half-days, the rows of call, and what stands below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Layer, Night, Stint
from housestaff.core.time import Half
from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.header import Head
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Item, ItemKind
from housestaff.files.workbook.rows import NO_ROTATION, RESIDENT_CALL_ROW, STAFF_CALL_ROW, call_rows
from housestaff.files.workbook.sheets import Page
from housestaff.files.workbook.tell import Gathered

_ENDS = ("screeners", "clinic, each half-day", "legend")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row with a name, as it stands."""

    row: int
    name: str
    role: str


def person_rows(page: Page, head: Head) -> tuple[list[PersonRow], list[PersonRow]]:
    """The rows with names under the heading, down to the computed lines, and those that stand below."""
    above: list[PersonRow] = []
    below: list[PersonRow] = []
    ended = False
    for row in range(head.heading_row + 1, len(page.rows)):
        left = [squeezed(page.text(row, column)).casefold() for column in range(head.name_column + 1)]
        ended = ended or any(text.startswith(end) for text in left for end in _ENDS)
        name = page.text(row, head.name_column)
        if not squeezed(name) or any(text.startswith("attendings") for text in left):
            continue
        found = PersonRow(row, name, squeezed(page.text(row, head.role_column)))
        if not ended:
            above.append(found)
        elif not squeezed(name)[0].isdigit():
            below.append(found)
    return above, below


def read_people(page: Page, head: Head, gathered: Gathered) -> None:
    """Read every row of a person: rotations of the halves and all half-days."""
    above, below = person_rows(page, head)
    seen: dict[str, int] = {}
    for found in above:
        person = gathered.person(page, found.row, head.name_column)
        if person is None:
            continue
        if person in seen:
            odd = f"the same person stands in row {seen[person] + 1} already."
            place = cell_name(found.row, head.name_column)
            item = Item(
                page.name,
                place,
                ItemKind.DOUBLE_NAME,
                found.name,
                odd,
                "Say whose row it is, or ignore it.",
                key=f"double_name:{page.name}!{place}",
            )
            person = gathered.tell(item)
            if person is None or person not in gathered.names.people:
                continue
        seen.setdefault(person, found.row)
        _read_cells(page, head, gathered, (found.row, person))
        _read_rotations(page, head, gathered, (found.row, person))
    for found in below:
        item = Item(
            page.name,
            cell_name(found.row, head.name_column),
            ItemKind.HELPER_NAME,
            found.name,
            "it stands below the grid.",
            "Accept that it is a note, or move it up.",
            "ignore",
            1.0,
        )
        gathered.tell(item)


def _read_cells(page: Page, head: Head, gathered: Gathered, of: tuple[int, str]) -> None:
    row, person = of
    for column, day, half in head.columns:
        code = gathered.code(page, row, column)
        if code:
            place = HalfDay(person, day, half)
            gathered.cells[place] = code
            gathered.places[place] = (page.name, cell_name(row, column))


def _read_rotations(page: Page, head: Head, gathered: Gathered, of: tuple[int, str]) -> None:
    row, person = of
    column = head.template_column - 2
    if column < 0:
        return
    first = _rotation(page, gathered, row, column)
    second = _rotation(page, gathered, row, column + 1) if squeezed(page.text(row, column + 1)) else first
    middle = head.first + timedelta(days=14)
    if first == second and first:
        gathered.stints.append(Stint(person, first, head.first, head.last, Layer.PRELOAD))
        return
    if first:
        gathered.stints.append(Stint(person, first, head.first, middle - timedelta(days=1), Layer.PRELOAD))
    if second:
        gathered.stints.append(Stint(person, second, middle, head.last, Layer.PRELOAD))


def _rotation(page: Page, gathered: Gathered, row: int, column: int) -> str | None:
    text = page.text(row, column)
    plain = squeezed(text)
    if not plain or plain == NO_ROTATION:
        return None
    known = {code.casefold(): code for code in gathered.codes.rotations}
    known |= {rotation.name.casefold(): rotation.code for rotation in gathered.codes.rotations.values()}
    if text in gathered.codes.rotations:
        return text
    code = known.get(plain.casefold())
    kind, odd, sure = ItemKind.UNKNOWN_ROTATION, "nobody has told which rotation it is.", 0.0
    if code:
        kind, odd, sure = ItemKind.SPELLING, "it is a spelling of a rotation.", 1.0
    place = cell_name(row, column)
    remedy = "Say which rotation it is, or ignore it."
    return gathered.tell(Item(page.name, place, kind, text, odd, remedy, code or "", sure, f"rotation:{plain}"))


def read_calls(page: Page, head: Head, program: Program, gathered: Gathered) -> None:
    """Read the rows of call: a name a night, two parted by a slash, anything else a note."""
    rows = call_rows(program.calls)
    for row, lines in rows.items():
        at = _call_row(page, head, row, [line.name for line in lines])
        for column, day, half in head.columns:
            text = page.text(at, column)
            if half is Half.PM or not squeezed(text):
                continue
            line = next((line for line in lines if day.weekday() in line.weekdays), lines[0])
            for person in _on_call(page, gathered, (at, column), text):
                gathered.call(Night(line.id, day), person)


def _call_row(page: Page, head: Head, usual: int, names: list[str]) -> int:
    labels = {STAFF_CALL_ROW: "staff call", RESIDENT_CALL_ROW: "resident call"}
    wanted = labels.get(usual, " / ".join(names).casefold())
    for row in range(min(20, len(page.rows))):
        if any(
            squeezed(page.text(row, column)).casefold().startswith(wanted) for column in range(head.name_column + 1)
        ):
            return row
    return usual


def _on_call(page: Page, gathered: Gathered, at: tuple[int, int], text: str) -> Iterator[str]:
    parts = [text] if gathered.names.match(text).kind is None else text.split("/")
    for part in parts:
        match = gathered.names.match(part.strip(" ") if len(parts) > 1 else part)
        if match.kind is ItemKind.UNMATCHED_NAME and match.certainty < 0.6:
            item = Item(
                page.name,
                cell_name(*at),
                ItemKind.NOTE,
                squeezed(part),
                "it is no name, so probably a note.",
                "Accept that it is a note, or say who has this call.",
                "ignore",
                0.9,
                f"note:{squeezed(part)}",
            )
            answer = gathered.tell(item)
            if answer in gathered.names.people:
                yield str(answer)
            continue
        person = gathered.person(page, *at, text=part.strip(" ") if len(parts) > 1 else part)
        if person:
            yield person


def block_days(head: Head) -> list[date]:
    """The dates of a sheet in order."""
    return [day for _, day, half in head.columns if half is Half.AM]
