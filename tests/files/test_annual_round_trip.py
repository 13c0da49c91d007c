"""The year workbook comes back: no edit is no difference, an edited rotation a proposal, edited leave a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from housestaff.core.leave import LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.files.workbook.changed_cells import LeaveCell, StayCell
from housestaff.files.workbook.review import IGNORE, ItemKind
from housestaff.files.workbook.round_trip import read_workbook_alone
from tests.files.a_year import YEAR, compared, edited, put, row_of, written, year_program
from tests.files.small_program import small_roster


@pytest.fixture(scope="module")
def program() -> Program:
    return year_program()


@pytest.fixture(scope="module")
def roster(program: Program) -> Roster:
    return small_roster(program)


@pytest.fixture
def file(tmp_path: Path, program: Program, roster: Roster) -> Path:
    return written(tmp_path, program, roster)


def test_a_year_that_nobody_touched_has_no_difference(file: Path, program: Program, roster: Roster) -> None:
    found = compared(file, program, roster)
    assert found.changes == ()
    assert found.proposed == roster
    assert found.review.items == ()
    assert found.review.read.leaves == ()


def test_a_year_alone_gives_its_program_its_leave_and_its_roster(file: Path, program: Program, roster: Roster) -> None:
    alone, found, review = read_workbook_alone(file)
    assert alone == program
    assert found == roster
    assert review.items == ()


def test_two_edited_stays_are_exactly_two_proposals_by_hand(file: Path, program: Program, roster: Roster) -> None:
    second, third = program.calendar.series[0].blocks[1:3]
    middle = third.halves()[1]
    assert [(s.rotation, s.first) for s in roster.stints_of("r5")][1:] == [("NF", second.first), ("CLI", third.first)]
    edited(file, ("Fuchs", 5, "ED"), ("Fuchs", 7, "CLI"), ("Fuchs", 8, "ICU"))

    found = compared(file, program, roster)

    row = row_of(openpyxl.load_workbook(file)[YEAR], "Fuchs")
    assert found.changes == found.proposals
    assert [(change.cell, change.place, change.exported, change.theirs) for change in found.proposals] == [
        (f"E{row}", StayCell("r5", second.first, second.last), "NF", "ED"),
        (f"H{row}", StayCell("r5", *middle), "CLI", "ICU"),
    ]
    assert set(found.proposed.stints) - set(roster.stints) == {
        Stint("r5", "ED", second.first, second.last, Layer.MANUAL),
        Stint("r5", "CLI", *third.halves()[0]),
        Stint("r5", "ICU", *middle, Layer.MANUAL),
    }
    assert {s.person for s in set(roster.stints) - set(found.proposed.stints)} == {"r5"}
    assert found.proposed.calls == roster.calls


def test_two_cells_of_one_stay_are_one_stay(file: Path, program: Program, roster: Roster) -> None:
    second, third = program.calendar.series[0].blocks[1:3]
    edited(file, ("Fuchs", 5, "ED"), ("Fuchs", 7, "ED"))
    found = compared(file, program, roster)
    assert len(found.proposals) == 2
    assert Stint("r5", "ED", second.first, third.last, Layer.MANUAL) in found.proposed.stints


def test_a_dash_takes_a_stay_away(file: Path, program: Program, roster: Roster) -> None:
    block = program.calendar.series[0].blocks[0]
    edited(file, ("Boyle", 3, "-"))
    found = compared(file, program, roster)
    assert [(change.place, change.theirs) for change in found.proposals] == [
        (StayCell("r1", block.first, block.last), "")
    ]
    assert not [stay for stay in found.proposed.stints_of("r1") if block.holds(stay.first)]


def test_moved_rows_and_an_inserted_column_are_found_by_their_anchors(
    file: Path, program: Program, roster: Roster
) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book[YEAR]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    one, other = row_of(sheet, "Ames"), row_of(sheet, "Fuchs")
    for offset in (0, 1):
        for column in range(1, sheet.max_column + 1):
            first, second = sheet.cell(one + offset, column).value, sheet.cell(other + offset, column).value
            put(sheet, one + offset, column, second)
            put(sheet, other + offset, column, first)
    sheet.insert_cols(5)
    book.save(file)
    found = compared(file, program, roster)
    assert found.changes == ()
    assert found.review.items == ()


def test_a_stay_changed_on_both_sides_is_a_conflict_and_stays_as_it_is(
    file: Path, program: Program, roster: Roster
) -> None:
    block = program.calendar.series[0].blocks[1]
    edited(file, ("Fuchs", 5, "ED"), ("Ames", 5, "ED"))
    ours = roster.with_stints(
        replace(s, rotation="ICU") if s.person == "r5" and block.holds(s.first) else s for s in roster.stints
    )
    found = compared(file, program, ours)
    assert [(change.place.person, change.ours) for change in found.conflicts if isinstance(change.place, StayCell)] == [
        ("r5", "ICU")
    ]
    assert len(found.proposals) == 1
    assert Stint("r5", "ICU", block.first, block.last) in found.proposed.stints
    assert "ED" in {s.rotation for s in found.proposed.stints_of("r0")}


def test_what_changed_here_since_the_export_is_ours(file: Path, program: Program, roster: Roster) -> None:
    block = program.calendar.series[0].blocks[1]
    ours = roster.with_stints(
        replace(s, rotation="ICU") if s.person == "r5" and block.holds(s.first) else s for s in roster.stints
    )
    more = replace(program, leaves=(*program.leaves, replace(program.leaves[0], id="l9", person="r5")))
    found = compared(file, more, ours)
    assert {change.side for change in found.changes} == {"ours"}
    assert {type(change.place) for change in found.changes} == {StayCell, LeaveCell}
    assert found.proposed == ours


def test_new_leave_in_a_cell_is_a_proposal_whose_kind_is_asked(file: Path, program: Program, roster: Roster) -> None:
    edited(file, ("Fuchs+", 3, "Jul 7-9"))
    found = compared(file, program, roster)
    (change,) = found.proposals
    assert isinstance(change.place, LeaveCell)
    assert (change.exported, change.theirs) == ("", "Jul 7-9")
    (item,) = found.review.open
    assert item.kind is ItemKind.LEAVE_WITHOUT_RECORD
    assert found.review.read.leaves == ()
    _, leaves = found.review.decided({item.question: "sick"}).accept()
    assert [(leave.person, leave.kind, leave.first, leave.last) for leave in leaves] == [
        ("r5", LeaveKind.SICK, date(2025, 7, 7), date(2025, 7, 9))
    ]


def test_longer_leave_asks_for_the_days_that_no_record_holds(file: Path, program: Program, roster: Roster) -> None:
    edited(file, ("Ames+", 7, "Aug 30-Sep 5"))
    assert program.calendar.series[0].blocks[2].holds(date(2025, 8, 30))
    found = compared(file, program, roster)
    (item,) = found.review.open
    _, leaves = found.review.decided({item.question: "vacation"}).accept()
    assert [(leave.first, leave.last) for leave in leaves] == [(date(2025, 9, 4), date(2025, 9, 5))]


def test_leave_taken_out_of_a_cell_stands_until_it_is_canceled_and_is_told(
    file: Path, program: Program, roster: Roster
) -> None:
    edited(file, ("Ames+", 7, "Aug 30"))
    found = compared(file, program, roster)
    (item,) = found.review.open
    assert item.kind is ItemKind.LEAVE_WITHOUT_CELLS
    assert "2025-08-30 to 2025-09-03" in item.odd
    assert "8 half-days" in item.odd
    assert len(found.proposals) == 1
    assert found.review.answer([item], IGNORE).accept()[1] == ()


def test_leave_of_faculty_comes_back_too(file: Path, program: Program, roster: Roster) -> None:
    edited(file, ("Hunt+", 3, "Jul 3, Jul 10"), sheet="Faculty")
    (item,) = compared(file, program, roster).review.open
    found = compared(file, program, roster, {item.question: "conference"})
    assert [leave.first for leave in found.review.read.leaves] == [date(2025, 7, 10)]


def test_a_rotation_nobody_knows_waits_for_a_person(file: Path, program: Program, roster: Roster) -> None:
    edited(file, ("Fuchs", 5, "XYZZY"))
    found = compared(file, program, roster)
    assert found.changes == ()
    (item,) = found.review.open
    assert item.kind is ItemKind.UNKNOWN_ROTATION
    again = compared(file, program, roster, {item.question: "ICU"})
    assert [change.theirs for change in again.proposals] == ["ICU"]


def test_a_row_that_went_a_row_that_came_and_a_column_that_went_are_told(
    file: Path, program: Program, roster: Roster
) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book[YEAR]
    row = row_of(sheet, "Boyle")
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(row, 2)
    put(sheet, 60, 1, "Newman")
    put(sheet, 60, 3, "ICU")
    sheet.delete_cols(28)
    book.save(file)
    found = compared(file, program, roster)
    assert found.changes == ()
    assert found.proposed == roster
    assert [(item.kind, item.read) for item in found.review.open] == [
        (ItemKind.NOT_READ, "2026-06-18 to 2026-06-30"),
        (ItemKind.NOT_READ, "r1"),
        (ItemKind.NOT_READ, "leave:r1"),
        (ItemKind.NEW_ROW, "Newman"),
    ]
