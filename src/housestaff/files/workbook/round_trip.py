"""An exported workbook comes back: what was edited, what changed here meanwhile, and the proposals that follow.

Rows are found by their hidden person, columns by their hidden half-day, so moved rows and inserted columns do no harm.
Sheets of half-days are compared here, those of a year in `annual_trip.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from housestaff.core.errors import BadInput
from housestaff.core.grid import Grid
from housestaff.core.nights import names_on_night
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Night, Roster
from housestaff.core.time import Half
from housestaff.files.guard import gathered as gathered_problems
from housestaff.files.workbook.annual_inferring import infer_year, unknown_of_a_year
from housestaff.files.workbook.annual_reading import annual_review_of
from housestaff.files.workbook.annual_rows import shows_a_year
from housestaff.files.workbook.annual_trip import Sides, annual_changes
from housestaff.files.workbook.beside import tell_beside
from housestaff.files.workbook.changed_cells import Change, entered
from housestaff.files.workbook.codes import Codes, squeezed
from housestaff.files.workbook.hidden import Hidden, PrintedRow, read_hidden
from housestaff.files.workbook.inferring import infer_program
from housestaff.files.workbook.names import Names
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.reading import review_of
from housestaff.files.workbook.review import Decisions, Item, ItemKind, Read, Review
from housestaff.files.workbook.rows import PERSON_HEADING, call_rows
from housestaff.files.workbook.sheets import Page, Workbook, open_workbook
from housestaff.files.workbook.tell import Gathered

_HALF_DAY = re.compile(r"^(\d{4}-\d\d-\d\d)_(AM|PM)$")


@dataclass(frozen=True)
class RoundTrip:
    """What a workbook that came back contains.

    `changes` are all cells that differ, `review` holds what could not be read. `proposed` is the roster of today with
    the edits of the file entered by hand; a cell that both sides changed is left as it is until a person decides.
    """

    changes: tuple[Change, ...]
    proposed: Roster
    review: Review

    @property
    def proposals(self) -> tuple[Change, ...]:
        """The edits of the file: only theirs."""
        return tuple(change for change in self.changes if change.side == "theirs")

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """Cells that were changed on both sides to different things."""
        return tuple(change for change in self.changes if change.side == "both" and change.theirs != change.ours)


def compare_workbook(
    path: Path, program: Program, roster: Roster, decisions: Decisions | None = None, *, by: str = ""
) -> RoundTrip | Review:
    """What was edited in a workbook that we exported; one without its hidden sheets comes back as a review."""
    book = open_workbook(path)
    hidden = read_hidden(book.hidden, book.file)
    if hidden is None:
        return _reviewed(book, program, decisions)
    grid, answers = Grid(program, roster), dict(decisions or {})
    changes, _ = _changes(book, hidden, grid, answers)
    proposed = entered(roster, changes, by=by, why=f"from {book.file}")
    review = Review(book.file, lambda known: _again(book, hidden, grid, known), answers)
    return RoundTrip(tuple(changes), proposed, review)


def _reviewed(book: Workbook, program: Program, decisions: Decisions | None) -> Review:
    is_year = any(shows_a_year(page) for page in book.pages)
    return annual_review_of(book, program, decisions) if is_year else review_of(book, program, decisions)


def read_workbook_alone(path: Path, decisions: Decisions | None = None) -> tuple[Program, Roster, Review]:
    """The program and roster that a workbook holds by itself: from its hidden sheets with all edits, else inferred.

    Raises `BadInput` where a cell of the grid holds a formula, or a date that its weekday or its neighbors contradict:
    there is nothing to judge until a person writes what is meant.
    """
    book = open_workbook(path)
    hidden = read_hidden(book.hidden, book.file)
    if hidden is not None:
        program, grid = hidden.program, Grid(hidden.program, hidden.roster)
        review = Review(book.file, lambda known: _again(book, hidden, grid, known), dict(decisions or {}))
    elif any(shows_a_year(page) for page in book.pages):
        program = infer_year(book)
        review = annual_review_of(book, program, decisions, told=tuple(unknown_of_a_year(book)))
    else:
        program = infer_program(book)
        review = review_of(book, program, decisions)
    refused = [
        BadInput(item.odd, place=f"{book.file}, {item.place}", remedy=item.remedy)
        for item in review.open
        if item.kind in {ItemKind.FORMULA, ItemKind.IMPOSSIBLE_DATE}
    ]
    if refused:
        raise gathered_problems(refused)
    return replace(program, leaves=(*program.leaves, *review.read.leaves)), review.read.roster, review


def _again(book: Workbook, hidden: Hidden, grid: Grid, decisions: Decisions) -> Read:
    changes, gathered = _changes(book, hidden, grid, decisions)
    roster = entered(grid.roster, changes, why=f"from {book.file}")
    return Read(tuple(gathered.items), roster, tuple(gathered.leaves))


def _changes(book: Workbook, hidden: Hidden, grid: Grid, decisions: Decisions) -> tuple[list[Change], Gathered]:
    gathered = Gathered(Codes(hidden.program), Names(hidden.program.people), decisions)
    changes: list[Change] = []
    pages = {page.name: page for page in book.pages}
    for sheet in dict.fromkeys(row.sheet for row in hidden.rows):
        page = pages.get(sheet)
        mine = [row for row in hidden.rows if row.sheet == sheet]
        if page is None:
            odd, remedy = "the sheet is gone.", "Accept that it was deleted; nothing in it changes."
            gathered.tell(Item(sheet, "", ItemKind.NOT_READ, sheet, odd, remedy, "ignore", 1.0))
        elif hidden.shows_a_year:
            changes += annual_changes(page, mine, Sides(hidden.program, grid.program, grid.roster), gathered)
        else:
            changes += _block_changes(page, mine, grid, gathered)
    return changes, gathered


def _block_changes(page: Page, rows: list[PrintedRow], grid: Grid, gathered: Gathered) -> Iterator[Change]:
    printed = {row.who: row for row in rows if not row.who.startswith("call:")}
    yield from _rows(page, printed, grid, gathered)
    tell_beside(page, printed, gathered, anchor=_anchor_column(page))
    yield from _nights(page, [row for row in rows if row.who.startswith("call:")], grid, gathered)


def _rows(page: Page, printed: dict[str, PrintedRow], grid: Grid, gathered: Gathered) -> Iterator[Change]:
    columns = _columns(page)
    anchor = _anchor_column(page)
    seen: set[str] = set()
    for row in range(len(page.rows)):
        who = page.text(row, anchor) if anchor is not None else ""
        baseline = printed.get(who)
        if baseline is None or who in seen:
            continue
        seen.add(who)
        for index, text in enumerate(baseline.texts):
            day, half = date.fromordinal(baseline.first.toordinal() + index // 2), (Half.AM, Half.PM)[index % 2]
            column = columns.get((day, half))
            if column is None:
                continue
            place = HalfDay(who, day, half)
            theirs = text
            if page.text(row, column) != text:
                theirs = gathered.code(page, row, column) or ("" if not squeezed(page.text(row, column)) else text)
            ours = grid.code(place)
            if theirs != text or ours != text:
                yield Change(page.name, cell_name(row, column), place, text, theirs, ours)
    for who in printed:
        if who not in seen:
            odd, remedy = "the row of this person is gone.", "Accept that nothing in it changes."
            gathered.tell(Item(page.name, "", ItemKind.NOT_READ, who, odd, remedy, "ignore", 1.0))


def _nights(page: Page, printed: list[PrintedRow], grid: Grid, gathered: Gathered) -> Iterator[Change]:
    columns = _columns(page)
    rows = {line.id: row for row, lines in call_rows(grid.program.calls).items() for line in lines}
    for baseline in printed:
        night = Night(baseline.who.removeprefix("call:"), baseline.first)
        column, row = columns.get((baseline.first, Half.AM)), rows.get(night.line)
        if column is None or row is None:
            continue
        before, text = " / ".join(baseline.layers[1:]), page.text(row, column)
        theirs = before
        if squeezed(text) != squeezed(baseline.texts[0]):
            parts = [part.strip() for part in text.split("/") if part.strip()]
            people = [gathered.person(page, row, column, text=part) for part in parts]
            theirs = " / ".join(person for person in people if person) if all(people) else before
        line = grid.program.call_by_id[night.line]
        ours = " / ".join(names_on_night(grid.roster, line, night.day))
        if theirs != before or ours != before:
            yield Change(page.name, cell_name(row, column), night, before, theirs, ours)


def _columns(page: Page) -> dict[tuple[date, Half], int]:
    """The column of each half-day, by the hidden row that names them."""
    for row in range(min(20, len(page.rows))):
        found: dict[tuple[date, Half], int] = {}
        for column in range(page.width):
            match = _HALF_DAY.match(page.text(row, column))
            if match:
                found[date.fromisoformat(match.group(1)), Half(match.group(2))] = column
        if len(found) > 10:
            return found
    return {}


def _anchor_column(page: Page) -> int | None:
    for row in range(min(20, len(page.rows))):
        for column in range(page.width):
            if page.text(row, column) == PERSON_HEADING:
                return column
    return None
