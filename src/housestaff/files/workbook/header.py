"""The head of a block sheet: where the dates stand, which they really are, and where names and roles stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.calendar import Block
from housestaff.core.errors import BadInput
from housestaff.core.time import Half, Weekday
from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.paper import cell_name
from housestaff.files.workbook.review import Decisions, Item, ItemKind, settle
from housestaff.files.workbook.sheets import Page, day_of

_TEXT_DATE = re.compile(r"^\d{1,2}[./-]\d{1,2}([./-]\d{2,4})?$|^\d{4}-\d{1,2}-\d{1,2}$|^\d{1,2}[ -]?[A-Za-z]{3}")
_LOOK = 15


@dataclass(frozen=True, slots=True)
class Head:
    """Where things stand on a sheet (rows and columns from 0), and which half-day each column is."""

    heading_row: int
    name_column: int
    role_column: int
    template_column: int
    columns: tuple[tuple[int, date, Half], ...]
    anchor_column: int | None = None

    @property
    def first(self) -> date:
        """The first date of the sheet."""
        return self.columns[0][1]

    @property
    def last(self) -> date:
        """The last date of the sheet."""
        return self.columns[-1][1]


def find_head(
    page: Page, blocks: Sequence[Block], decisions: Decisions, *, anchor: str = ""
) -> tuple[Head, list[Item]] | None:
    """Locate the head of a sheet and reconcile its dates; nothing where the sheet is no block sheet."""
    date_row = _date_row(page)
    words = {
        squeezed(page.text(row, column)).casefold(): (row, column)
        for row in range(min(_LOOK, len(page.rows)))
        for column in range(page.width)
        if page.text(row, column)
    }
    if date_row is None or "provider" not in words:
        return None
    row, name_column = words["provider"]
    starts = [column for column in range(name_column + 1, page.width) if _is_date(page, date_row, column)]
    items: list[Item] = []
    dates = _reconciled(page, date_row, starts, blocks, (decisions, items))
    columns = _columns(page, row, starts, dates, items)
    if not columns:
        return None
    head = Head(
        heading_row=row,
        name_column=name_column,
        role_column=words.get("role", (row, name_column - 1))[1],
        template_column=words.get("template", (row, name_column - 2))[1],
        columns=tuple(columns),
        anchor_column=words[anchor][1] if anchor in words else None,
    )
    return head, items


def _is_date(page: Page, row: int, column: int) -> bool:
    return day_of(page.value(row, column)) is not None or bool(_TEXT_DATE.match(squeezed(page.text(row, column))))


def _date_row(page: Page) -> int | None:
    counts = {
        row: sum(_is_date(page, row, column) for column in range(page.width))
        for row in range(min(_LOOK, len(page.rows)))
    }
    best = max(counts, key=lambda row: counts[row], default=None)
    return best if best is not None and counts[best] >= 5 else None


def _weekday(page: Page, date_row: int, column: int) -> Weekday | None:
    for row in range(date_row - 1, -1, -1):
        text = squeezed(page.text(row, column)).casefold()[:3]
        try:
            return Weekday.named(text)
        except BadInput:
            continue
    return None


def _reconciled(
    page: Page, row: int, starts: Sequence[int], blocks: Sequence[Block], told: tuple[Decisions, list[Item]]
) -> list[date]:
    """The dates of the columns: days follow each other, so most of them together say where the row begins."""
    decisions, items = told
    votes: Counter[date] = Counter()
    likely = {block.first for block in blocks}
    for index, column in enumerate(starts):
        weekday = _weekday(page, row, column)
        for years in (0, -1, 1):
            day = _moved(day_of(page.value(row, column)) or _parsed(page.text(row, column)), years)
            if day is not None and (weekday is None or weekday == day.weekday()):
                start = day - timedelta(days=index)
                votes[start] += 1 + (start in likely)
    if not votes:
        return []
    start = max(votes, key=lambda day: (votes[day], day in likely, day))
    found: list[date] = []
    for index, column in enumerate(starts):
        meant = start + timedelta(days=index)
        value, text = day_of(page.value(row, column)), squeezed(page.text(row, column))
        if value == meant or _parsed(text) == meant:
            found.append(meant)
            continue
        item = _date_item(page, (row, column), value or _parsed(text), meant)
        items.append(item)
        answer = settle(item, decisions)
        found.append(_parsed(answer) or meant if answer else meant)
    return found


def _date_item(page: Page, at: tuple[int, int], read: date | None, meant: date) -> Item:
    kind, odd = ItemKind.IMPOSSIBLE_DATE, f"this is no date, or not the one between its neighbors: {meant:%a} {meant}."
    text = squeezed(page.text(*at))
    if read is not None and (read.month, read.day) == (meant.month, meant.day):
        kind, odd = ItemKind.WRONG_YEAR, f"its year does not fit its weekday; {meant:%A} was {meant}."
    elif read is None and re.match(r"^\d{1,2}[./-]\d{1,2}$", text):
        kind, odd = ItemKind.AMBIGUOUS_DATE, "day and month can be read both ways."
    return Item(
        page.name,
        cell_name(*at),
        kind,
        text,
        odd,
        "Accept the date that the row says, or write another.",
        suggestion=meant.isoformat(),
        certainty=0.95,
        key=f"{kind.value}:{page.name}:{text}:{meant}",
    )


def _moved(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return None


def _parsed(text: str | None) -> date | None:
    try:
        return date.fromisoformat(squeezed(text or "")[:10])
    except ValueError:
        return None


def _columns(
    page: Page, heading_row: int, starts: Sequence[int], dates: Sequence[date], items: list[Item]
) -> list[tuple[int, date, Half]]:
    """Which half-day each column is: the date's own is the morning, the next (or the one called PM) the afternoon."""
    found: list[tuple[int, date, Half]] = []
    for index, (column, day) in enumerate(zip(starts, dates, strict=False)):
        end = starts[index + 1] if index + 1 < len(starts) else column + 2
        between = list(range(column + 1, end))
        named = [each for each in between if squeezed(page.text(heading_row, each)).upper() == "PM"]
        after = named[0] if named else between[0] if between else None
        found.append((column, day, Half.AM))
        if after is not None:
            found.append((after, day, Half.PM))
        items += [
            Item(
                page.name,
                cell_name(heading_row, extra),
                ItemKind.INSERTED_COLUMN,
                "",
                f"one more column follows {day}.",
                "Accept that it is not part of the grid, or delete it.",
                suggestion="ignore",
                certainty=0.95,
                key=f"inserted_column:{page.name}:{day}",
            )
            for extra in between
            if extra != after
        ]
    return found
