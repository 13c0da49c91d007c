"""The annual workbook: everybody's rotations of the year in half-blocks, leave beside them, templates and faculty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from housestaff.core.calendar import BlockSeries
from housestaff.core.derived import template_code
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, days
from housestaff.files.workbook.annual_rows import (
    ANCHOR_ROW,
    LEAVE_ANCHOR,
    column_anchor,
    half_blocks,
    printed_leave,
    printed_stays,
)
from housestaff.files.workbook.codes import Codes
from housestaff.files.workbook.formats import Looks
from housestaff.files.workbook.hidden import A_YEAR, PrintedRow, write_hidden
from housestaff.files.workbook.paper import TABLOID, Sheet, new_book
from housestaff.files.workbook.rows import NO_ROTATION, PERSON_HEADING, sheet_name_of

SCHEDULE, TEMPLATES, FACULTY = "Block Schedule", "Templates", "Faculty"
FIRST_COLUMN = 2
_PAGE, _LOWEST, _TALLEST = 880, 16, 30
"""The height of a printed page at full size, and the rows' least and most, in points."""
_LEAVE_WIDTH = 21
"""The letters of leave that stand side by side under one block."""


def write_annual_workbook(
    program: Program, roster: Roster, path: Path, *, exported_at: datetime, version: int = 0
) -> None:
    """Write the year on one page: people by level, two columns a block, leave under each name."""
    book = new_book(path, f"{program.name}, year", exported_at)
    looks, codes = Looks(book), Codes(program)
    series = program.calendar.series[0]
    residents = sorted(program.residents, key=lambda person: (_level(person, series), _is_short(person, series)))
    printed: list[PrintedRow] = []
    for name, people in ((SCHEDULE, residents), (FACULTY, list(program.faculty))):
        sheet = book.add_worksheet(name)
        year = _Year(sheet, program, roster, (looks, codes))
        printed += year.write(people, by_level=name == SCHEDULE)
    _write_templates(book.add_worksheet(TEMPLATES), program, looks, codes)
    write_hidden(book, program, roster, printed, exported_at=exported_at, version=version, shows=A_YEAR)
    book.close()


def _level(person: Person, series: BlockSeries) -> str:
    return next((level for block in series.blocks if (level := person.level_on(block.first))), "")


def _is_short(person: Person, series: BlockSeries) -> bool:
    return not (person.is_employed(series.first) and person.is_employed(series.last))


class _Year:
    """One sheet of the year while it is written."""

    def __init__(self, sheet: Sheet, program: Program, roster: Roster, kit: tuple[Looks, Codes]) -> None:
        self.sheet, self.program, self.roster = sheet, program, roster
        self.looks, self.codes = kit
        self.height = float(_LOWEST)
        self.series = program.calendar.series[0]
        self.last_column = FIRST_COLUMN + 2 * len(self.series.blocks) - 1

    def write(self, people: list[Person], *, by_level: bool) -> list[PrintedRow]:
        """Write all rows; what was printed comes back for the hidden sheets."""
        self._head()
        self.height = min(_TALLEST, max(_LOWEST, (_PAGE - 80) / max(len(people), 1) / 1.6))
        row, group, printed = ANCHOR_ROW + 1, "", list[PrintedRow]()
        for person in people:
            level = _level(person, self.series) if by_level else "FAC"
            if level != group:
                group = level
                head = self.looks.head(align="left", indent=1)
                title = level.replace("-", "") if level == "PGY-1" else level
                self.sheet.set_row(row, 18)
                self.sheet.merge_range(row, 0, row, self.last_column, title or "Without a level", head)
                row += 1
            printed += self._person(row, person, level)
            row += 2
        self._printing(row)
        return printed

    def _head(self) -> None:
        sheet, looks = self.sheet, self.looks
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 7)
        sheet.set_column(FIRST_COLUMN, self.last_column, 7)
        sheet.set_column(self.last_column + 2, self.last_column + 2, 10, None, {"hidden": True})
        sheet.set_default_row(17)
        sheet.freeze_panes(2, FIRST_COLUMN)
        sheet.hide_gridlines(2)
        sheet.merge_range(0, 0, 0, 1, self.program.name, looks.name(border=0, font_size=11))
        sheet.merge_range(1, 0, 1, 1, f"{self.series.first:%b %Y} to {self.series.last:%b %Y}", looks.name(border=0))
        for index, block in enumerate(self.series.blocks):
            column = FIRST_COLUMN + 2 * index
            sheet.merge_range(0, column, 0, column + 1, f"block {block.number}", looks.head())
            dates = f"{block.first:%d%b}-{block.last:%d%b}"
            sheet.merge_range(1, column, 1, column + 1, dates, looks.quiet(bold=True))
        for index, half in enumerate(half_blocks(self.series)):
            sheet.write_string(ANCHOR_ROW, FIRST_COLUMN + index, column_anchor(half))
        sheet.write_string(ANCHOR_ROW, self.last_column + 2, PERSON_HEADING)
        sheet.set_row(ANCHOR_ROW, None, None, {"hidden": True})

    def _person(self, row: int, person: Person, level: str) -> Iterator[PrintedRow]:
        """The row of a person's rotations, and under it the row of their leave."""
        sheet, looks = self.sheet, self.looks
        sheet.write_string(row, 0, sheet_name_of(person), looks.name(shrink=True))
        sheet.write_string(row, 1, level.replace("-", " "), looks.quiet())
        sheet.write_string(row, self.last_column + 2, person.id)
        stays = printed_stays(self.roster, person.id, self.series)
        texts = tuple(code for code, _layer in stays)
        for index, block in enumerate(self.series.blocks):
            column, halves = FIRST_COLUMN + 2 * index, texts[2 * index : 2 * index + 2]
            if halves[0] == halves[1]:
                sheet.merge_range(row, column, row, column + 1, halves[0], self._look(halves[0], person, block.first))
            else:
                for offset, code in enumerate(halves):
                    sheet.write_string(row, column + offset, code or NO_ROTATION, self._look(code, person, block.first))
        layers = tuple(layer for _code, layer in stays)
        yield PrintedRow(sheet.get_name(), person.id, self.series.first, texts, layers)
        yield self._leave(row + 1, person)

    def _leave(self, row: int, person: Person) -> PrintedRow:
        sheet, looks, lines, texts = self.sheet, self.looks, 1, list[str]()
        sheet.write_string(row, 0, "leave", looks.quiet(align="right", italic=True, indent=1))
        sheet.write_string(row, 1, "", looks.quiet())
        sheet.write_string(row, self.last_column + 2, f"{LEAVE_ANCHOR}{person.id}")
        for index, block in enumerate(self.series.blocks):
            column, away = FIRST_COLUMN + 2 * index, printed_leave(self.program, person.id, block)
            texts.append(away)
            lines = max(lines, -(-len(away) // _LEAVE_WIDTH))
            tone = looks.quiet(bg_color="#F9DADA" if away else "#FFFFFF", italic=True, text_wrap=True, font_size=7.5)
            sheet.merge_range(row, column, row, column + 1, away, tone)
        sheet.set_row(row - 1, self.height)
        sheet.set_row(row, max(0.6 * self.height, 10 * lines))
        return PrintedRow(sheet.get_name(), f"{LEAVE_ANCHOR}{person.id}", self.series.first, tuple(texts))

    def _look(self, code: str, person: Person, day: date) -> object:
        color = "#EFEFEF" if not person.is_employed(day) else self.codes.color(code) if code else "#FFFFFF"
        return self.looks.cell(color, strong=True, ends_day=True)

    def _printing(self, rows: int) -> None:
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(TABLOID)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
        sheet.repeat_rows(0, 1)
        sheet.repeat_columns(0, 1)
        sheet.print_area(0, 0, max(rows - 1, 2), self.last_column)
        sheet.set_footer("&L&8&F&C&8&A&R&8Page &P of &N")


def _write_templates(sheet: Sheet, program: Program, looks: Looks, codes: Codes) -> None:
    """A row for each rotation with the codes it prints, Thursday first; archived ones stand below."""
    start = next((day for day in days(date(2026, 1, 1), date(2026, 1, 7)) if day.weekday() == 3), date(2026, 1, 1))
    week = [date.fromordinal(start.toordinal() + offset) for offset in range(7)]
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 15, 6)
    for column, text in enumerate(("Rotation", "Name")):
        sheet.write_string(0, column, text, looks.head())
    for index, day in enumerate(week):
        sheet.merge_range(0, 2 + 2 * index, 0, 3 + 2 * index, f"{day:%a}", looks.head())
    live = [rotation for rotation in program.rotations if not rotation.archived]
    old = [rotation for rotation in program.rotations if rotation.archived]
    row = 1
    for rotation in live:
        _template_row(sheet, row, (program, rotation, week), (looks, codes))
        row += 1
    if old:
        sheet.merge_range(row, 0, row, 15, "ARCHIVED", looks.head(align="left"))
        for offset, rotation in enumerate(old, 1):
            _template_row(sheet, row + offset, (program, rotation, week), (looks, codes))
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _template_row(sheet: Sheet, row: int, what: tuple[Program, Rotation, list[date]], kit: tuple[Looks, Codes]) -> None:
    (program, rotation, week), (looks, codes) = what, kit
    sheet.write_string(row, 0, rotation.code, looks.quiet(bold=True, bg_color=codes.color(rotation.code)))
    sheet.write_string(row, 1, rotation.name, looks.name(bold=False, font_size=9))
    for index, day in enumerate(week):
        for half in Half:
            entry = template_code(program, rotation, day, half)
            code = entry.code if entry else ""
            look = looks.cell(codes.color(code) if code else "#FFFFFF", ends_day=half is Half.PM)
            sheet.write(row, 2 + 2 * index + (half is Half.PM), code, look)
