"""Reading an annual workbook: rotations of the half-blocks and the free-text leave beside them, for review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from housestaff.core.calendar import Block, BlockSeries
from housestaff.core.errors import BadInput
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.core.time import Half, days
from housestaff.files.workbook.annual_rows import headed_blocks
from housestaff.files.workbook.codes import Codes, squeezed
from housestaff.files.workbook.names import Names
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Decisions, Item, ItemKind, Read, Review
from housestaff.files.workbook.rows import NO_ROTATION
from housestaff.files.workbook.sheets import Page, Workbook, day_of, open_workbook
from housestaff.files.workbook.tell import Gathered

MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
"""Months by their first three letters."""
_SPAN = re.compile(r"(?i)([a-z]{3})[a-z]*\.?\s*(\d{1,2})(?:\s*-\s*(?:([a-z]{3})[a-z]*\.?\s*)?(\d{1,2}))?\s*(AM|PM)?")

_LEAVE_WORDS = frozenset({"leave", "lv"})

LeaveSpan: TypeAlias = tuple[date, date, Half | None]
"""First and last day away, and the half of each day where it is only one."""


@dataclass(frozen=True)
class LeaveTexts:
    """Whose leave a row tells, in which year, and who is away when by the records."""

    person: str
    series: BlockSeries
    away: Mapping[tuple[str, date, Half], Leave]


def read_annual_workbook(path: Path, program: Program, decisions: Decisions | None = None) -> Review:
    """Read the rotations of a year and the leave beside them; the blocks are those of the program's calendar."""
    return annual_review_of(open_workbook(path), program, decisions)


def annual_review_of(
    book: Workbook, program: Program, decisions: Decisions | None = None, told: tuple[Item, ...] = ()
) -> Review:
    """The review of a year that is already open; `told` are items of the reader before the first sheet."""
    return Review(book.file, lambda answers: _interpret(book, program, answers, told), dict(decisions or {}))


def _interpret(book: Workbook, program: Program, decisions: Decisions, told: tuple[Item, ...]) -> Read:
    gathered = Gathered(Codes(program), Names(program.people), decisions, list(told))
    found = 0
    for page in book.pages:
        blocks = headed_blocks(page)
        if blocks:
            found += 1
            _read_page(page, blocks, program, gathered)
    if not found:
        raise BadInput(
            "no sheet looks like a year.", place=book.file, remedy='Its first row says "block 1", "block 2" and so on.'
        )
    series = program.calendar.series[0]
    roster = Roster(
        tuple(sorted(gathered.stints, key=lambda s: (s.person, s.first))), complete=(series.first, series.last)
    )
    return Read(tuple(gathered.items), roster, tuple(gathered.leaves))


def _read_page(page: Page, blocks: dict[int, int], program: Program, gathered: Gathered) -> None:
    person: str | None = None
    known = {block.number: block for block in program.calendar.series[0].blocks}
    first_column = min(blocks.values())
    away = program.halves_away
    for row in range(2, len(page.rows)):
        name = squeezed(page.text(row, 0))
        is_bare = not any(squeezed(page.text(row, column)) for column in range(first_column, page.width))
        if name and name.casefold() not in _LEAVE_WORDS:
            if is_bare:
                match = gathered.names.match(name)
                person = match.person if match.certainty == 1.0 else None
                continue
            person = gathered.person(page, row, 0)
            if person is not None:
                _stays(page, row, (person, blocks, known), gathered)
        elif person is not None:
            texts = LeaveTexts(person, program.calendar.series[0], away)
            for number, column in blocks.items():
                if number in known:
                    gathered.leaves += read_leave(page, (row, column), texts, gathered)


def _stays(page: Page, row: int, of: tuple[str, dict[int, int], dict[int, Block]], gathered: Gathered) -> None:
    person, blocks, known = of
    for number, column in blocks.items():
        block = known.get(number)
        if block is None:
            continue
        codes = [read_rotation(page, gathered, row, column + offset) for offset in (0, 1)]
        second = codes[1] if squeezed(page.text(row, column + 1)) else codes[0]
        halves = block.halves()
        if codes[0] == second and codes[0]:
            gathered.stints.append(Stint(person, codes[0], block.first, block.last, Layer.PRELOAD))
            continue
        for code, (first, last) in zip((codes[0], second), halves, strict=True):
            if code:
                gathered.stints.append(Stint(person, code, first, last, Layer.PRELOAD))


def read_rotation(page: Page, gathered: Gathered, row: int, column: int) -> str | None:
    """The rotation that a cell names: read, or decided; nothing where it is blank, unknown or ignored."""
    text = page.text(row, column)
    plain = squeezed(text)
    is_formula = page.is_formula(row, column)
    if not is_formula and (not plain or plain == NO_ROTATION):
        return None
    if not is_formula and text in gathered.codes.rotations:
        return text
    known = {code.casefold(): code for code in gathered.codes.rotations}
    known |= {rotation.name.casefold(): rotation.code for rotation in gathered.codes.rotations.values()}
    code = known.get(plain.casefold(), "")
    kind, odd = ItemKind.UNKNOWN_ROTATION, "nobody has told which rotation it is."
    if code:
        kind, odd = ItemKind.SPELLING, "it is a spelling of a rotation."
    remedy = "Say which rotation it is, or ignore it."
    sure = 1.0 if code else 0.0
    if is_formula:
        kind, odd, remedy = ItemKind.FORMULA, "a formula stands where a rotation should.", "Replace it by its value."
        sure = min(sure, 0.9)
    return gathered.tell(
        Item(page.name, cell_name(row, column), kind, text, odd, remedy, code, sure, f"rotation:{plain}")
    )


def read_leave(page: Page, at: tuple[int, int], of: LeaveTexts, gathered: Gathered) -> Iterator[Leave]:
    """The leave that a free text tells and no record holds, once a person says which kind it is."""
    text = squeezed(page.text(*at))
    if not text:
        return
    spans = spans_of(page, at, of.series)
    fresh = [part for span in spans for part in _not_on_record(span, of)]
    if spans and not fresh:
        return
    told = "; ".join(f"{first} to {last}" + (f" {half}" if half else "") for first, last, half in fresh)
    odd = f"no record says so; it reads as {told}." if spans else "no dates can be read from it."
    sure = 0.5 if "?" not in text and spans else 0.0
    remedy = "Say which kind of leave it is, or ignore it and enter it as a request."
    item = Item(
        page.name,
        cell_name(*at),
        ItemKind.LEAVE_WITHOUT_RECORD,
        text,
        odd,
        remedy,
        "vacation" if spans else "",
        sure,
        f"annual_leave:{of.person}:{text}",
    )
    answer = gathered.tell(item)
    if answer in set(LeaveKind):
        for first, last, half in fresh:
            yield Leave(f"{of.person}.{first}.annual", of.person, LeaveKind(answer), first, last, half, note=text)


def _not_on_record(span: LeaveSpan, of: LeaveTexts) -> Iterator[LeaveSpan]:
    """The runs of days of a span that no record covers."""
    first, last, half = span
    start: date | None = None
    for day in days(first, last + timedelta(days=1)):
        is_fresh = day <= last and any((of.person, day, each) not in of.away for each in ([half] if half else Half))
        if is_fresh and start is None:
            start = day
        elif not is_fresh and start is not None:
            yield start, day - timedelta(days=1), half
            start = None


def spans_of(page: Page, at: tuple[int, int], series: BlockSeries) -> list[LeaveSpan]:
    """The dates that a free text means, in the academic year; a real date in the cell is one day."""
    value = day_of(page.value(*at))
    if value is not None:
        return [(value, value, None)]
    found: list[LeaveSpan] = []
    for month, day, to_month, to_day, half in _SPAN.findall(page.text(*at)):
        first = _day(month, day, series)
        last = _day(to_month or month, to_day or day, series)
        if first is not None and last is not None and first <= last <= first + timedelta(days=200):
            found.append((first, last, Half(half.upper()) if half else None))
    return found


def _day(month: str, day: str, series: BlockSeries) -> date | None:
    number = MONTHS.get(month.casefold())
    if number is None:
        return None
    try:
        return date(series.academic_year + (number < 7), number, int(day))
    except ValueError:
        return None
