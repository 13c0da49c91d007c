"""What a sheet of the year prints: a rotation for each half-block, the leave of each block, and the anchors of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

from housestaff.core.calendar import Block, BlockSeries
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.rows import PERSON_HEADING
from housestaff.files.workbook.sheets import Page

ANCHOR_ROW = 2
"""The hidden row under the head that says which half-block each column is."""
LEAVE_ANCHOR = "leave:"
"""What stands before a person's id in the hidden column of their row of leave."""

HalfBlock: TypeAlias = tuple[date, date]
"""The first and last day of half a block."""

_ANCHOR = re.compile(r"^(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)$")
_HEADED = re.compile(r"(?i)^block\s*(\d+)$")


def half_blocks(series: BlockSeries) -> list[HalfBlock]:
    """Every half-block of a year in order."""
    return [(first, last) for _block, _index, first, last in series.half_blocks()]


def printed_stays(roster: Roster, person: str, series: BlockSeries) -> list[tuple[str, str]]:
    """What a person's row prints for each half-block: the rotation, or nothing, and the layer it comes from."""
    stays = list(roster.stints_of(person))
    found = (_on(stays, half) for half in half_blocks(series))
    return [(stay.rotation, Layer(stay.layer).name.lower()) if stay else ("", "") for stay in found]


def _on(stays: Iterable[Stint], half: HalfBlock) -> Stint | None:
    return next((stay for stay in stays if stay.first <= half[1] and stay.last >= half[0]), None)


def leave_in(program: Program, person: str, block: Block) -> Iterator[Leave]:
    """The leave of a person that a block prints: what begins in it and really keeps the person away."""
    return (leave for leave in program.leaves if leave.person == person and leave.blocks and block.holds(leave.first))


def printed_leave(program: Program, person: str, block: Block) -> str:
    """What the row of leave prints under a block."""
    return ", ".join(_leave_text(leave) for leave in leave_in(program, person, block))


def _leave_text(leave: Leave) -> str:
    text = f"{leave.first:%b %-d}"
    if leave.last != leave.first:
        text += f"-{leave.last:%b %-d}" if leave.last.month != leave.first.month else f"-{leave.last.day}"
    return text + (f" {leave.half}" if leave.half else "")


def column_anchor(half: HalfBlock) -> str:
    """What the hidden row says over the column of a half-block."""
    return f"{half[0]}_{half[1]}"


def anchored_columns(page: Page) -> dict[HalfBlock, int]:
    """The column of each half-block, by the hidden row."""
    found: dict[HalfBlock, int] = {}
    for row in range(min(ANCHOR_ROW + 5, len(page.rows))):
        for column in range(page.width):
            match = _ANCHOR.match(page.text(row, column))
            if match:
                found[date.fromisoformat(match.group(1)), date.fromisoformat(match.group(2))] = column
    return found


def anchored_rows(page: Page) -> dict[str, int]:
    """The first row of each person and of each person's leave, by the hidden column."""
    anchor = next(
        (
            column
            for row in range(min(ANCHOR_ROW + 5, len(page.rows)))
            for column in range(page.width)
            if page.text(row, column) == PERSON_HEADING
        ),
        None,
    )
    found: dict[str, int] = {}
    if anchor is not None:
        for row in range(ANCHOR_ROW, len(page.rows)):
            found.setdefault(page.text(row, anchor), row)
    return {who: row for who, row in found.items() if who and who != PERSON_HEADING}


def headed_blocks(page: Page) -> dict[int, int]:
    """The first column of each block by its number, as the head of a sheet of the year names them."""
    found: dict[int, int] = {}
    for column in range(page.width):
        match = _HEADED.match(squeezed(page.text(0, column)))
        if match:
            found[int(match.group(1))] = column
    return found


def shows_a_year(page: Page) -> bool:
    """Say whether a sheet shows a year: its first row names one block after the other."""
    return len(headed_blocks(page)) > 1
