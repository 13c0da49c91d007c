"""A sheet of the year that left the house comes back: which rotations and which leave were edited in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from housestaff.core.calendar import Block
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Half, days
from housestaff.files.workbook.annual_reading import LeaveTexts, read_leave, read_rotation, spans_of
from housestaff.files.workbook.annual_rows import (
    LEAVE_ANCHOR,
    HalfBlock,
    anchored_columns,
    anchored_rows,
    half_blocks,
    leave_in,
    printed_leave,
    printed_stays,
)
from housestaff.files.workbook.changed_cells import Change, LeaveCell, StayCell
from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.hidden import PrintedRow
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Item, ItemKind
from housestaff.files.workbook.rows import NO_ROTATION
from housestaff.files.workbook.sheets import Page
from housestaff.files.workbook.tell import Gathered


@dataclass(frozen=True)
class Sides:
    """What was exported, and what stands here now."""

    exported: Program
    program: Program
    roster: Roster


def annual_changes(page: Page, printed: Sequence[PrintedRow], sides: Sides, gathered: Gathered) -> Iterator[Change]:
    """Every cell of a sheet of the year that differs, found by the hidden anchors; what cannot be read is told."""
    columns, rows = anchored_columns(page), anchored_rows(page)
    series = sides.exported.calendar.series[0]
    for half in half_blocks(series):
        if half not in columns:
            odd = "the column of this half-block is gone."
            gathered.tell(_lost(page, f"{half[0]} to {half[1]}", odd))
    for baseline in printed:
        row = rows.get(baseline.who)
        if row is None:
            gathered.tell(_lost(page, baseline.who, "the row of this person is gone."))
        elif baseline.who.startswith(LEAVE_ANCHOR):
            yield from _leave(page, (row, columns), baseline, sides, gathered)
        else:
            yield from _stays(page, (row, columns), baseline, sides, gathered)
    _tell_new_rows(page, set(rows.values()), min(rows.values(), default=0), gathered)


def _lost(page: Page, what: str, odd: str) -> Item:
    return Item(page.name, "", ItemKind.NOT_READ, what, odd, "Accept that nothing in it changes.", "ignore", 1.0)


def _tell_new_rows(page: Page, known: set[int], first: int, gathered: Gathered) -> None:
    """A name with rotations beside it and no hidden person was put in after the export."""
    for row in range(first, len(page.rows)):
        name = squeezed(page.text(row, 0))
        if row not in known and name and any(squeezed(page.text(row, c)) for c in range(1, page.width)):
            odd, remedy = "this row was not exported.", "Add the person to the program, then export again."
            gathered.tell(Item(page.name, cell_name(row, 0), ItemKind.NEW_ROW, name, odd, remedy, "ignore", 0.5))


def _stays(
    page: Page, at: tuple[int, dict[HalfBlock, int]], printed: PrintedRow, sides: Sides, gathered: Gathered
) -> Iterator[Change]:
    """The edited rotations of one person: one cell where a whole block changed alike, else one a half."""
    (row, columns), series = at, sides.exported.calendar.series[0]
    ours = [code for code, _layer in printed_stays(sides.roster, printed.who, series)]
    for number, block in enumerate(series.blocks):
        halves, was = block.halves(), printed.texts[2 * number : 2 * number + 2]
        now = ours[2 * number : 2 * number + 2]
        if any(half not in columns for half in halves):
            continue
        theirs = _read_block(page, row, (columns[halves[0]], columns[halves[1]]), (was[0], was[1]), gathered)
        told = list(zip(halves, was, theirs, now, strict=True))
        if was[0] == was[1] and theirs[0] == theirs[1] and now[0] == now[1]:
            told = [((block.first, block.last), was[0], theirs[0], now[0])]
        for (first, last), before, their, our in told:
            if {before, their, our} != {before}:
                column = columns[halves[first != block.first]]
                yield Change(page.name, cell_name(row, column), StayCell(printed.who, first, last), before, their, our)


def _read_block(
    page: Page, row: int, columns: tuple[int, int], was: tuple[str, str], gathered: Gathered
) -> tuple[str, str]:
    """What the two cells of a block say: a blank second one belongs to the first, as where cells are merged."""
    first = _read_cell(page, row, columns[0], was[0], gathered)
    if not squeezed(page.text(row, columns[1])) and not page.is_formula(row, columns[1]):
        return first, first
    return first, _read_cell(page, row, columns[1], was[1], gathered)


def _read_cell(page: Page, row: int, column: int, was: str, gathered: Gathered) -> str:
    text = squeezed(page.text(row, column))
    if not page.is_formula(row, column):
        if text == was:
            return was
        if text in {"", NO_ROTATION}:
            return ""
    return read_rotation(page, gathered, row, column) or was


def _leave(
    page: Page, at: tuple[int, dict[HalfBlock, int]], printed: PrintedRow, sides: Sides, gathered: Gathered
) -> Iterator[Change]:
    """The edited cells of a person's leave; what an edit means is asked, because a cell names no kind."""
    (row, columns), series = at, sides.exported.calendar.series[0]
    person = printed.who.removeprefix(LEAVE_ANCHOR)
    of = LeaveTexts(person, series, sides.program.halves_away)
    for block, was in zip(series.blocks, printed.texts, strict=True):
        column = columns.get(block.halves()[0])
        if column is None:
            continue
        text, ours = squeezed(page.text(row, column)), printed_leave(sides.program, person, block)
        theirs = was if text == squeezed(was) else text
        if theirs != was:
            gathered.leaves += read_leave(page, (row, column), of, gathered)
            _tell_taken_out(page, (row, column), block, (sides, of), gathered)
        if theirs != was or ours != was:
            yield Change(
                page.name, cell_name(row, column), LeaveCell(person, block.first, block.last), was, theirs, ours
            )


def _tell_taken_out(
    page: Page, at: tuple[int, int], block: Block, of: tuple[Sides, LeaveTexts], gathered: Gathered
) -> None:
    """Records that an edited cell no longer names in full; they stand until somebody cancels them."""
    sides, texts = of
    named: set[tuple[date, Half]] = set()
    for first, last, half in spans_of(page, at, texts.series):
        named |= {(day, each) for day in days(first, last) for each in ([half] if half else Half)}
    for leave in leave_in(sides.program, texts.person, block):
        missing = [each for each in leave.halves() if each not in named]
        if missing:
            gathered.tell(_taken_out(page, at, leave, len(missing)))


def _taken_out(page: Page, at: tuple[int, int], leave: Leave, halves: int) -> Item:
    return Item(
        page.name,
        cell_name(*at),
        ItemKind.LEAVE_WITHOUT_CELLS,
        squeezed(page.text(*at)),
        f"{leave.kind} from {leave.first} to {leave.last} is on record; {halves} half-days of it no longer stand here.",
        "Accept that the record is right, or cancel the leave.",
        "ignore",
        0.5,
        f"leave_without_cells:{leave.id}",
    )
