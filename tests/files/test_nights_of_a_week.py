"""Nights that belong to an inpatient week carry the name of the week's holder wherever nights are printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest

from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.grid import Grid
from housestaff.core.nights import names_on_night
from housestaff.core.roster import CallEntry, Layer, Night, Roster, Stint
from housestaff.core.time import Weekday
from housestaff.files.feed_events import View, events_of
from housestaff.files.pdf import write_block_pages, write_call_calendar, write_person_pages
from housestaff.files.workbook.block_sheet import write_block_workbook
from housestaff.files.workbook.reading import read_block_workbook
from housestaff.files.workbook.round_trip import RoundTrip, compare_workbook
from tests.files.pdf_text import pages_of
from tests.files.small_program import small_program, small_roster

MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
FRIDAY, SATURDAY = date(2025, 8, 1), date(2025, 8, 2)
LINE = CallLine(
    "weekend", "Weekend attending", DutyKind.HOME_CALL, (Weekday.FRIDAY, Weekday.SATURDAY), 1020, 480, with_weeks="IPT"
)
_SMALL = small_program()
PROGRAM = replace(_SMALL, calls=(*_SMALL.calls, LINE))
_WEEK = Stint("f1", "IPT", FRIDAY, date(2025, 8, 7), Layer.SOLVER)
_BARE = small_roster(_SMALL)
ROSTER = replace(
    _BARE, stints=(*(s for s in _BARE.stints if s.rotation != "IPT"), _WEEK), complete=(FRIDAY, date(2025, 8, 27))
)


def covered() -> Roster:
    """The same roster, with the Saturday given to somebody else."""
    return replace(ROSTER, calls=MappingProxyType({**ROSTER.calls, Night("weekend", SATURDAY): (CallEntry("f2"),)}))


def test_the_block_sheet_names_the_holder(tmp_path: Path) -> None:
    path = tmp_path / "blocks.xlsx"
    write_block_workbook(PROGRAM, ROSTER, path, exported_at=MADE, blocks=[2])
    sheet = openpyxl.load_workbook(path)["Block 2"]
    assert (sheet["H4"].value, sheet["J4"].value) == ("Hunt", "Hunt")


@pytest.mark.parametrize("roster", [ROSTER, covered()], ids=["the holder", "somebody else"])
def test_a_workbook_comes_back_without_changes(roster: Roster, tmp_path: Path) -> None:
    path = tmp_path / "blocks.xlsx"
    write_block_workbook(PROGRAM, roster, path, exported_at=MADE, blocks=[2])
    trip = compare_workbook(path, PROGRAM, roster)
    assert isinstance(trip, RoundTrip)
    assert trip.changes == ()


def test_a_name_that_only_says_who_has_the_week_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "blocks.xlsx"
    write_block_workbook(PROGRAM, covered(), path, exported_at=MADE, blocks=[2])
    read = read_block_workbook(path, PROGRAM).read.roster
    weekend = {
        night.day: [entry.person for entry in held] for night, held in read.calls.items() if night.line == LINE.id
    }
    assert weekend == {SATURDAY: ["f2"]}
    assert names_on_night(read, LINE, FRIDAY) == ("f1",)


def test_the_pages_name_the_holder(tmp_path: Path) -> None:
    write_block_pages(PROGRAM, ROSTER, tmp_path / "blocks.pdf", made=MADE)
    write_call_calendar(PROGRAM, ROSTER, tmp_path / "calls.pdf", made=MADE)
    write_person_pages(PROGRAM, ROSTER, tmp_path / "people.pdf", made=MADE)
    people = pages_of(tmp_path / "people.pdf")
    assert "Weekend attending Hunt Hunt" in pages_of(tmp_path / "blocks.pdf")[0]
    assert "Weekend attending Hunt" in " ".join(pages_of(tmp_path / "calls.pdf"))
    assert "Fri Aug 1, Sat Aug 2" in next(page for page in people if page.startswith("Hunt"))


def test_the_calendars_hold_each_night_once() -> None:
    grid = Grid(PROGRAM, covered())
    nights = {
        person: [event.duties[0] for event in events_of(grid, PROGRAM.person(person), View.EACH)]
        for person in ("f1", "f2")
    }
    assert "weekend.2025-08-01.f1" in nights["f1"]
    assert "weekend.2025-08-02.f1" not in nights["f1"]
    assert "weekend.2025-08-02.f2" in nights["f2"]
