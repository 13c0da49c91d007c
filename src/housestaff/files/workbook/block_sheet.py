"""The block workbook: one sheet a block with the half-days of everybody, as programs pin it to the wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from housestaff.core.demand import CallLine
from housestaff.core.grid import Grid
from housestaff.core.nights import names_on_night
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Half, Weekday
from housestaff.files.workbook.codes import Codes
from housestaff.files.workbook.computed import code_sets, write_computed, write_counters
from housestaff.files.workbook.formats import Looks
from housestaff.files.workbook.hidden import PrintedRow, write_hidden
from housestaff.files.workbook.legend import CODE_LIST, write_code_sheet, write_legend
from housestaff.files.workbook.paper import TABLOID, Format, Sheet, new_book
from housestaff.files.workbook.rows import (
    FIRST_DAY_COLUMN,
    HEADING_ROW,
    NAME_COLUMN,
    NO_ROTATION,
    PERSON_HEADING,
    RESIDENT_CALL_ROW,
    ROLE_COLUMN,
    STAFF_CALL_ROW,
    TEMPLATE_COLUMN,
    Layout,
    call_rows,
    layout,
    lines_without_row,
    role_text,
    sheet_name_of,
    template_text,
)

WEEKEND_COLOR = "#E6E6E6"
ANCHOR_ROW = 7
ROW_HEIGHT, GAP_HEIGHT = 28, 7


def write_block_workbook(
    program: Program,
    roster: Roster,
    path: Path,
    *,
    exported_at: datetime,
    version: int = 0,
    blocks: Sequence[int] | None = None,
) -> None:
    """Write the block sheets of a year, or of some blocks, with all that is needed to find edits again."""
    workbook = new_book(path, program.name, exported_at)
    grid, codes, looks = Grid(program, roster), Codes(program), Looks(workbook)
    sets = code_sets(program, codes)
    printed: list[PrintedRow] = []
    series = program.calendar.series[0]
    for block in series.blocks:
        if blocks is None or block.number in blocks:
            sheet = workbook.add_worksheet(f"Block {block.number}")
            writer = BlockSheet(sheet, layout(program, block), grid, (codes, sets, looks))
            printed += writer.write()
    write_code_sheet(workbook, workbook.add_worksheet(CODE_LIST), sets, (codes, looks))
    write_hidden(workbook, program, roster, printed, exported_at=exported_at, version=version)
    workbook.close()


_Sets: TypeAlias = Mapping[str, Sequence[str]]


class BlockSheet:
    """One sheet of one block while it is written."""

    def __init__(self, sheet: Sheet, plan: Layout, grid: Grid, kit: tuple[Codes, _Sets, Looks]) -> None:
        """Take the sheet, where everything stands, and what is to be printed."""
        self.sheet, self.plan, self.grid = sheet, plan, grid
        self.codes, self.sets, self.looks = kit
        self._seen: dict[tuple[str, bool, bool, bool], Format] = {}
        self.printed: list[PrintedRow] = []
        self.texts: dict[int, list[str]] = {}

    def write(self) -> list[PrintedRow]:
        """Write everything; the rows that were printed come back for the hidden sheets."""
        self._setup()
        self._dates()
        self._calls()
        for group in self.plan.groups:
            for offset, person in enumerate(group.people):
                self._person(group.first + offset, person)
        write_counters(self.sheet, self.plan, self.sets, self.looks, self.texts)
        write_computed(self.sheet, self.plan, self.grid.program, (self.sets, self.looks), self.texts)
        last = write_legend(self.sheet, self.plan, self.codes, self.looks)
        if left := lines_without_row(self.grid.program.calls):
            last += 1
            names = ", ".join(line.name for line in left)
            self.sheet.write_string(
                last, FIRST_DAY_COLUMN, f"Not on this sheet for want of a row: {names}.", self.looks.name()
            )
        self._hide_spare_rows()
        self._printing(last)
        return self.printed

    def _setup(self) -> None:
        sheet, plan = self.sheet, self.plan
        sheet.set_column(0, 1, 6)
        sheet.set_column(TEMPLATE_COLUMN, ROLE_COLUMN, 5)
        sheet.set_column(NAME_COLUMN, NAME_COLUMN, 15)
        sheet.set_column(FIRST_DAY_COLUMN, plan.last_day_column, 4.2)
        sheet.set_column(plan.last_day_column + 1, plan.last_day_column + 1, 1)
        sheet.set_column(plan.counter_column, plan.counter_column + 7, 4)
        sheet.set_column(plan.anchor_column, plan.anchor_column, 12, None, {"hidden": True})
        sheet.set_default_row(ROW_HEIGHT)
        sheet.freeze_panes(HEADING_ROW + 1, FIRST_DAY_COLUMN)
        sheet.set_row(ANCHOR_ROW, None, None, {"hidden": True})
        sheet.hide_gridlines(2)

    def _dates(self) -> None:
        sheet, plan, looks = self.sheet, self.plan, self.looks
        block = plan.block
        sheet.merge_range(0, 0, 0, 1, self.grid.program.name, looks.name(border=0, shrink=True))
        sheet.write_number(0, TEMPLATE_COLUMN, block.number, looks.head(font_size=14))
        sheet.merge_range(
            0, ROLE_COLUMN, 0, NAME_COLUMN, f"{block.first:%d%b}-{block.last:%d%b}", looks.head(font_size=11)
        )
        for row, label in ((1, "Day"), (2, "Date")):
            sheet.merge_range(row, 0, row, NAME_COLUMN, label, looks.name(align="right", font_size=9))
        for day in plan.days:
            column = plan.column(day, Half.AM)
            off = day.weekday() >= Weekday.SATURDAY or not self.grid.program.calendar.is_workday(day)
            tone = looks.head(bg_color="#6B7C88") if off else looks.head()
            sheet.merge_range(0, column, 0, column + 1, _day_name(day), tone)
            sheet.merge_range(1, column, 1, column + 1, f"{day:%a}", looks.quiet(bold=True, font_size=9))
            moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a cell's date has no zone
            sheet.merge_range(2, column, 2, column + 1, "", looks.quiet(num_format="d mmm yyyy"))
            sheet.write_datetime(2, column, moment, looks.quiet(num_format="d mmm yyyy", shrink=True, bold=True))
            for half in Half:
                sheet.write_string(HEADING_ROW, plan.column(day, half), half.value, looks.head(font_size=8))
                sheet.write_string(ANCHOR_ROW, plan.column(day, half), f"{day}_{half}")
        heads = ("1st half", "2nd half", "TEMPLATE", "ROLE", "PROVIDER")
        for column, text in enumerate(heads):
            sheet.write_string(HEADING_ROW, column, text, looks.head(font_size=8))
        sheet.write_string(HEADING_ROW, plan.anchor_column, PERSON_HEADING)

    def _calls(self) -> None:
        sheet, plan, looks = self.sheet, self.plan, self.looks
        program, roster = self.grid.program, self.grid.roster
        labels = {STAFF_CALL_ROW: "Staff Call", RESIDENT_CALL_ROW: "Resident Call"}
        rows: dict[int, list[CallLine]] = {STAFF_CALL_ROW: [], RESIDENT_CALL_ROW: []}
        rows |= call_rows(program.calls)
        for row, lines in rows.items():
            label = labels.get(row) or " / ".join(line.name for line in lines)
            sheet.merge_range(row, 0, row, NAME_COLUMN, label, looks.name(align="right"))
            for day in plan.days:
                on = [line for line in lines if day.weekday() in line.weekdays]
                held = tuple(id_ for line in on for id_ in names_on_night(roster, line, day))
                people = [program.person_by_id.get(id_) for id_ in held]
                names = " / ".join(sheet_name_of(person) for person in people if person)
                column = plan.column(day, Half.AM)
                tone = looks.quiet(bg_color="#DCE6F1" if names else "#FFFFFF", bold=True, shrink=True)
                sheet.merge_range(row, column, row, column + 1, names, tone)
                if on:
                    self.printed.append(PrintedRow(sheet.get_name(), f"call:{on[0].id}", day, (names,), ("", *held)))

    def _person(self, row: int, person: Person) -> None:
        sheet, plan, looks = self.sheet, self.plan, self.looks
        halves = self._rotations(person)
        if halves[0] == halves[1]:
            sheet.merge_range(row, 0, row, 1, halves[0], looks.quiet(bg_color=self._tone(halves[0]), bold=True))
        else:
            for column, text in enumerate(halves):
                sheet.write_string(
                    row, column, text or NO_ROTATION, looks.quiet(bg_color=self._tone(text), bold=True, shrink=True)
                )
        sheet.write_string(row, TEMPLATE_COLUMN, template_text(person, plan.block), looks.quiet())
        sheet.write_string(row, ROLE_COLUMN, role_text(person, plan.block), looks.quiet())
        sheet.write_string(row, NAME_COLUMN, sheet_name_of(person), looks.name(shrink=True))
        sheet.write_string(row, plan.anchor_column, person.id)
        mine = self.grid.person(person.id)
        texts: list[str] = []
        layers: list[str] = []
        for day in plan.days:
            for half in Half:
                code = mine.code(day, half)
                entry = mine.codes.get((day, half))
                texts.append(code)
                layers.append(entry.layer.name[0] if entry else "")
                sheet.write(row, plan.column(day, half), code, self._look(day, half, code))
        self.texts[row] = texts
        self.printed.append(
            PrintedRow(sheet.get_name(), person.id, plan.block.first, tuple(texts), tuple(layers), halves)
        )
        source = f"='{CODE_LIST}'!$A$2:$A${len(self.codes.known) + 1}"
        asked = "This code is not in the list; it will be asked about when the sheet is read."
        options = {"validate": "list", "source": source, "error_type": "information", "error_message": asked}
        sheet.data_validation(row, FIRST_DAY_COLUMN, row, plan.last_day_column, options)

    def _rotations(self, person: Person) -> tuple[str, str]:
        mine = self.grid.person(person.id)
        found: list[str] = []
        for first, last in self.plan.block.halves():
            stay = next((s for s in mine.stints if s.first <= last and s.last >= first), None)
            found.append(stay.rotation if stay else "")
        return found[0], found[1]

    def _tone(self, rotation: str) -> str:
        return self.codes.color(rotation) if rotation else "#FFFFFF"

    def _look(self, day: date, half: Half, code: str) -> Format:
        weekend, ends_day = day.weekday() >= Weekday.SATURDAY, half is Half.PM
        key = (code, weekend, ends_day, day.weekday() == Weekday.SUNDAY)
        if key not in self._seen:
            color = self.codes.color(code) if code else WEEKEND_COLOR if weekend else "#FFFFFF"
            activity = self.codes.activities.get(code)
            strong = bool(activity and activity.protected)
            self._seen[key] = self.looks.cell(color, strong=strong, ends_day=ends_day, ends_week=ends_day and key[3])
        return self._seen[key]

    def _hide_spare_rows(self) -> None:
        """Rows that hold nobody are there to be shown when somebody comes; one thin row parts the groups."""
        if HEADING_ROW + 1 not in call_rows(self.grid.program.calls):
            self.sheet.set_row(HEADING_ROW + 1, GAP_HEIGHT)
        held = [row for row in self.texts if row < self.plan.computed]
        first = min((group.first for group in self.plan.groups), default=HEADING_ROW + 1)
        for row in range(first, self.plan.computed - 1):
            if row in self.texts:
                continue
            if row - 1 in self.texts and any(other > row for other in held):
                self.sheet.set_row(row, GAP_HEIGHT)
            else:
                self.sheet.set_row(row, None, None, {"hidden": True})

    def _printing(self, last_row: int) -> None:
        sheet, plan = self.sheet, self.plan
        sheet.set_landscape()
        sheet.set_paper(TABLOID)
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
        sheet.repeat_rows(0, HEADING_ROW)
        sheet.repeat_columns(0, NAME_COLUMN)
        sheet.print_area(0, 0, last_row, plan.counter_column + 7)
        sheet.set_footer("&L&8&F&C&8Block " + str(plan.block.number) + "&R&8Page &P of &N")


def _day_name(day: date) -> str:
    return {1: "TUES", 3: "THURS"}.get(day.weekday(), f"{day:%a}".upper())
