"""Messy grids are read, everything odd is put before a person, and nothing is guessed silently."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.errors import BadInput
from housestaff.core.grid import Grid
from housestaff.core.leave import LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Roster
from housestaff.core.time import Half
from housestaff.files.workbook.annual_reading import read_annual_workbook
from housestaff.files.workbook.annual_sheet import write_annual_workbook
from housestaff.files.workbook.block_sheet import write_block_workbook
from housestaff.files.workbook.codes import Codes, display_of, family_medicine_activities, meaning_of
from housestaff.files.workbook.reading import read_block_workbook
from housestaff.files.workbook.review import IGNORE, ItemKind, decisions_json, read_decisions
from housestaff.files.workbook.round_trip import read_workbook_alone
from tests.files.small_program import small_program, small_roster

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def program() -> Program:
    return small_program()


@pytest.fixture(scope="module")
def roster(program: Program) -> Roster:
    return small_roster(program)


class Grid2:
    """A block workbook of somebody else: ours without the hidden sheets and anchors, ready to be made messy."""

    def __init__(self, path: Path, program: Program, roster: Roster) -> None:
        write_block_workbook(program, roster, path, exported_at=NOON, blocks=[2])
        self.path, self.book = path, openpyxl.load_workbook(path)
        del self.book["_housestaff"]
        del self.book["_cells"]
        self.sheet: Worksheet = self.book["Block 2"]
        for column in range(1, self.sheet.max_column + 1):
            self.put(8, column, None)

    def put(self, row: int, column: int, value: object) -> None:
        cell = self.sheet.cell(row, column)
        if isinstance(cell, Cell):
            cell.value = value  # pyright: ignore[reportAttributeAccessIssue] - any value may stand in a cell

    def row(self, name: str) -> int:
        return next(row for row in range(1, 100) if self.sheet.cell(row, 5).value == name)

    def saved(self) -> Path:
        self.book.save(self.path)
        return self.path


@pytest.fixture
def grid(tmp_path: Path, program: Program, roster: Roster) -> Grid2:
    return Grid2(tmp_path / "block9.xlsx", program, roster)


def test_a_clean_grid_has_nothing_to_review(grid: Grid2, program: Program) -> None:
    review = read_block_workbook(grid.saved(), program)
    assert review.items == ()
    roster, leaves = review.accept()
    assert leaves == ()
    assert len(roster.calls) > 20


def test_every_trap_of_a_messy_cell_is_told_with_its_place_and_likely_meaning(grid: Grid2, program: Program) -> None:
    row = grid.row("Hunt")
    for column, text in ((6, f"AT{NBSP}"), (7, "aSM"), (8, "C40/OMT"), (9, "QQX"), (14, '="C30"'), (15, "lec ")):
        grid.put(row, column, text)
    review = read_block_workbook(grid.saved(), program)
    kinds = {item.cell: (item.kind, item.suggestion) for item in review.items}
    assert kinds[f"F{row}"] == (ItemKind.SPELLING, "AT")
    assert kinds[f"G{row}"] == (ItemKind.VARIANT, "ASM")
    assert kinds[f"H{row}"] == (ItemKind.SLASH_CELL, "C40")
    assert kinds[f"I{row}"][0] is ItemKind.UNKNOWN_CODE
    assert kinds[f"N{row}"][0] is ItemKind.FORMULA
    assert kinds[f"O{row}"] == (ItemKind.VARIANT, "LEC")
    assert len(review.items) == 6
    assert all(item.remedy and item.odd and item.sheet == "Block 2" for item in review.items)


def test_nothing_is_saved_until_everything_is_decided_and_decisions_are_kept(grid: Grid2, program: Program) -> None:
    row = grid.row("Hunt")
    grid.put(row, 6, "QQX")
    grid.put(row, 7, f"AT{NBSP}")
    path = grid.saved()
    review = read_block_workbook(path, program)
    with pytest.raises(BadInput, match="2 items are not decided") as refused:
        review.accept()
    assert f"Block 2!F{row}" in str(refused.value)

    sure = review.accepting(1.0)
    assert [item.read for item in sure.open] == ["QQX"]
    done = sure.decided({"unknown_code:QQX": "SIM"})
    roster, _ = done.accept()
    whole = Grid(program, roster)
    assert whole.code(HalfDay("f1", date(2025, 7, 31), Half.AM)) == "SIM"
    assert whole.code(HalfDay("f1", date(2025, 7, 31), Half.PM)) == "AT"

    kept = read_decisions(decisions_json(done.decisions))
    assert read_block_workbook(path, program, kept).open == ()


def test_names_are_matched_exactly_by_alias_by_likeness_or_not_at_all(grid: Grid2, program: Program) -> None:
    rows = {name: grid.row(name) for name in ("Ames", "Castro", "Diaz", "Engel")}
    for old, new in (("Ames", "Ames, K."), ("Castro", f"Castro{NBSP} "), ("Diaz", "Diazz"), ("Engel", "Zwick")):
        grid.put(rows[old], 5, new)
    review = read_block_workbook(grid.saved(), program)
    found = {item.read: item for item in review.items}
    assert (found["Ames, K."].kind, found["Ames, K."].suggestion) == (ItemKind.ALIAS, "r0")
    assert (found[f"Castro{NBSP} "].kind, found[f"Castro{NBSP} "].suggestion) == (ItemKind.SPELLING, "r2")
    assert found["Diazz"].suggestion == "r3"
    assert found["Diazz"].certainty < 0.9
    assert found["Zwick"].kind is ItemKind.UNMATCHED_NAME
    assert {item.read for item in review.accepting(0.9).open} == {"Diazz", "Zwick"}
    done = review.accepting(0.9).decided({"name:Diazz": "r3", "name:Zwick": IGNORE})
    roster, _ = done.accept()
    assert {stint.person for stint in roster.stints} == {"r0", "r1", "r2", "r3", "r5"}


def test_a_name_that_stands_twice_waits_for_a_person(grid: Grid2, program: Program) -> None:
    grid.put(grid.row("Jolie"), 5, "Hunt")
    review = read_block_workbook(grid.saved(), program)
    (item,) = review.open
    assert item.kind is ItemKind.DOUBLE_NAME
    roster, _ = review.decided({item.question: "f3"}).accept()
    assert any(place.person == "f3" for place in roster.halves)


def test_dates_of_a_wrong_year_and_impossible_dates_are_reconciled_with_the_weekdays(
    grid: Grid2, program: Program
) -> None:
    grid.put(3, 10, datetime(2024, 8, 2))  # noqa: DTZ001
    grid.put(3, 12, "32 Aug")
    grid.put(3, 14, "8/4")
    review = read_block_workbook(grid.saved(), program)
    assert [(item.cell, item.kind, item.suggestion) for item in review.items] == [
        ("J3", ItemKind.WRONG_YEAR, "2025-08-02"),
        ("L3", ItemKind.IMPOSSIBLE_DATE, "2025-08-03"),
        ("N3", ItemKind.AMBIGUOUS_DATE, "2025-08-04"),
    ]
    roster, _ = review.accepting(0.9).accept()
    assert roster.complete == (date(2025, 7, 31), date(2025, 8, 27))


def test_a_whole_row_of_last_years_dates_follows_its_weekdays(grid: Grid2, program: Program) -> None:
    for column in range(6, 62, 2):
        value = grid.sheet.cell(3, column).value
        assert isinstance(value, datetime)
        grid.put(3, column, value.replace(year=2024))
    review = read_block_workbook(grid.saved(), program)
    assert {item.kind for item in review.items} == {ItemKind.WRONG_YEAR}
    assert len(review.items) == 28
    roster, _ = review.accepting(0.9).accept()
    assert roster.complete == (date(2025, 7, 31), date(2025, 8, 27))


def test_an_inserted_column_is_told_and_left_out(grid: Grid2, program: Program) -> None:
    for merged in list(grid.sheet.merged_cells.ranges):
        grid.sheet.unmerge_cells(str(merged))
    grid.sheet.insert_cols(12)
    review = read_block_workbook(grid.saved(), program)
    assert [item.kind for item in review.items] == [ItemKind.INSERTED_COLUMN]
    roster, _ = review.accepting(0.9).accept()
    assert Grid(program, roster).code(HalfDay("f1", date(2025, 8, 27), Half.PM)) != ""


def test_leave_cells_without_a_record_become_records_of_the_kind_that_a_person_says(
    grid: Grid2, program: Program
) -> None:
    row = grid.row("Hunt")
    for column in (14, 15, 16, 17, 18):
        grid.put(row, column, "LV")
    review = read_block_workbook(grid.saved(), program)
    assert {item.kind for item in review.items} == {ItemKind.LEAVE_WITHOUT_RECORD}
    _, leaves = review.decided({"leave_without_record:LV": "sick"}).accept()
    assert [(leave.first, leave.last, leave.half, leave.kind) for leave in leaves] == [
        (date(2025, 8, 4), date(2025, 8, 5), None, LeaveKind.SICK),
        (date(2025, 8, 6), date(2025, 8, 6), Half.AM, LeaveKind.SICK),
    ]


def test_a_clinic_during_leave_on_record_is_told(grid: Grid2, program: Program) -> None:
    grid.put(grid.row("Diaz"), 14, "C30")
    review = read_block_workbook(grid.saved(), program)
    assert [item.kind for item in review.items] == [ItemKind.LEAVE_WITHOUT_CELLS]


def test_helper_names_below_the_grid_and_notes_in_call_are_no_people(grid: Grid2, program: Program) -> None:
    grid.put(95, 5, "call Nora about keys")
    grid.put(5, 6, "RETREAT")
    review = read_block_workbook(grid.saved(), program)
    assert {item.kind for item in review.items} == {ItemKind.HELPER_NAME, ItemKind.NOTE}
    assert review.accepting(0.9).open == ()


def test_blank_cells_stay_unknown(grid: Grid2, program: Program) -> None:
    row = grid.row("Hunt")
    for column in (30, 31):
        grid.put(row, column, None)
    roster, _ = read_block_workbook(grid.saved(), program).accept()
    assert HalfDay("f1", date(2025, 8, 12), Half.AM) not in roster.halves


def test_a_width_that_is_no_block_of_the_program_is_told(grid: Grid2, program: Program) -> None:
    blocks = (Block(1, date(2025, 7, 1), date(2025, 7, 30)), Block(2, date(2025, 7, 31), date(2025, 8, 26)))
    other = replace(program, calendar=Calendar(2025, (BlockSeries("main", 2025, blocks),)))
    review = read_block_workbook(grid.saved(), other)
    assert ItemKind.BLOCK_LENGTH in {item.kind for item in review.items}


def test_a_grid_alone_gives_people_dates_and_a_roster(grid: Grid2, roster: Roster) -> None:
    alone, found, review = read_workbook_alone(grid.saved())
    assert {person.display_name for person in alone.residents} == {"Ames", "Boyle", "Castro", "Diaz", "Engel", "Fuchs"}
    assert next(p for p in alone.people if p.display_name == "Boyle").level_on(date(2025, 8, 1)) == "PGY-2"
    assert [(block.number, block.length) for block in alone.calendar.series[0].blocks] == [(2, 28)]
    assert {item.kind for item in review.items} == {ItemKind.LEAVE_WITHOUT_RECORD}
    whole = Grid(alone, found)
    for place in roster.halves:
        if place.person == "r1" and date(2025, 7, 31) <= place.day <= date(2025, 8, 27):
            assert whole.code(HalfDay("boyle", place.day, place.half)) != ""


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"PK\x03\x04nonsense", "no.* Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, program: Program, data: bytes, told: str) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=told) as refused:
        read_block_workbook(path, program)
    assert refused.value.place
    assert refused.value.remedy


def test_a_zip_bomb_and_a_foreign_zip_are_refused(tmp_path: Path, program: Program) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 260 * 1024 * 1024)
    with pytest.raises(BadInput, match="would unpack to 260 MB"):
        read_block_workbook(bomb, program)
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(BadInput, match="damaged"):
        read_block_workbook(other, program)


def test_a_workbook_without_a_block_is_refused(tmp_path: Path, program: Program) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    for known in (program, None):
        with pytest.raises(BadInput, match="no sheet looks like a block"):
            read_block_workbook(tmp_path / "empty.xlsx", known)


def test_codes_and_meanings_are_one_to_one() -> None:
    codes = [activity.code for activity in family_medicine_activities()]
    assert len({meaning_of(code) for code in codes}) == len(codes)
    assert [display_of(*meaning_of(code)) for code in codes] == codes
    assert all(Codes(small_program()).read(code).certainty == 1.0 for code in codes)


def test_a_year_goes_out_and_comes_back(tmp_path: Path, program: Program, roster: Roster) -> None:
    path = tmp_path / "year.xlsx"
    write_annual_workbook(program, roster, path, exported_at=NOON)
    review = read_annual_workbook(path, program)
    assert review.items == ()
    again, _ = review.accept()
    assert {(s.person, s.rotation, s.first, s.last) for s in again.stints} == {
        (s.person, s.rotation, s.first, s.last) for s in roster.stints
    }


def test_a_stay_of_half_a_block_stays_half_a_block(tmp_path: Path, program: Program, roster: Roster) -> None:
    half = Roster(tuple(s for s in roster.stints if s.rotation != "CLI"), complete=roster.complete)
    block = program.calendar.series[0].blocks[1]
    wanted = {s for s in half.stints if s.first <= block.last and s.last >= block.first}
    assert any(s.last < block.last for s in wanted)
    Grid2(tmp_path / "block.xlsx", program, half).saved()
    write_annual_workbook(program, half, tmp_path / "year.xlsx", exported_at=NOON)
    for review in (
        read_block_workbook(tmp_path / "block.xlsx", program),
        read_annual_workbook(tmp_path / "year.xlsx", program),
    ):
        found = {(s.person, s.rotation, s.first, s.last) for s in review.accepting(0.5).accept()[0].stints}
        assert {(s.person, s.rotation, s.first, s.last) for s in wanted} <= found
        assert len(found) in {len(wanted), len(half.stints)}


def test_free_text_leave_of_a_year_is_read_and_asked_about(tmp_path: Path, program: Program, roster: Roster) -> None:
    path = tmp_path / "year.xlsx"
    write_annual_workbook(program, roster, path, exported_at=NOON)
    book = openpyxl.load_workbook(path)
    sheet = book["Block Schedule"]
    row = next(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "Ames") + 1
    for column, text in ((3, "LV:Jul 1-5"), (7, "Sep 20 -26"), (9, "Nov 24-26???"), (11, datetime(2025, 11, 3))):  # noqa: DTZ001
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)
        cell.value = text
    book.save(path)
    review = read_annual_workbook(path, program)
    assert [item.certainty for item in review.items] == [0.5, 0.5, 0.0, 0.5]
    _, leaves = review.answer(review.items, "vacation").accept()
    assert [(leave.first, leave.last) for leave in leaves] == [
        (date(2025, 7, 1), date(2025, 7, 5)),
        (date(2025, 9, 20), date(2025, 9, 26)),
        (date(2025, 11, 24), date(2025, 11, 26)),
        (date(2025, 11, 3), date(2025, 11, 3)),
    ]
