"""The tables of a roster go out and come in again; a slip is named with its row and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housestaff.core.calendar import Calendar, propose_blocks
from housestaff.core.duties import Activity, Certainty, Family
from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Finding, Force, Verdict
from housestaff.core.grid import Grid
from housestaff.core.people import Alias, Person, PersonKind
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Roster
from housestaff.core.time import Half, Span, Zone
from housestaff.files.tables_csv import (
    Defect,
    read_calls,
    read_defects,
    read_findings,
    read_wide,
    write_calls,
    write_defects,
    write_findings,
    write_wide,
)
from tests.files.values import DAYS, NOTES, ROSTERS, WORDS, few

MONDAY = date(2025, 7, 7)
PROGRAM = Program(
    "fm",
    "Family Medicine",
    Zone("America/Chicago"),
    Calendar(2025, (propose_blocks(2025),)),
    people=(
        Person("p1", "Lee", PersonKind.RESIDENT, aliases=(Alias("Lee, A."),)),
        Person("p2", "García", PersonKind.FACULTY),
    ),
    activities=(Activity("C", "Clinic", Family.CLINIC), Activity("LEC", "Lecture", Family.EDUCATION)),
)
ROSTER = Roster().with_entry(HalfDay("p1", MONDAY, Half.AM), Entry(Layer.SOLVER, "C"))


@given(ROSTERS)
@settings(max_examples=40, deadline=None)
def test_nights_of_call_come_back_as_they_went(roster: Roster) -> None:
    named = {night: entries for night, entries in roster.calls.items() if entries}
    assert read_calls(write_calls(roster)) == named


@given(few(st.builds(Defect, WORDS, WORDS, NOTES, st.none() | DAYS, NOTES, NOTES, NOTES)))
@settings(max_examples=40, deadline=None)
def test_planted_defects_come_back_as_they_went(defects: tuple[Defect, ...]) -> None:
    assert read_defects(write_defects(defects)) == defects


def test_a_wide_table_read_back_changes_nothing() -> None:
    text = write_wide(PROGRAM, ROSTER, MONDAY, date(2025, 7, 13))
    assert text.startswith("type,name,pgy,rotation,rotation2,2025-07-07_AM,2025-07-07_PM")
    assert read_wide(text, PROGRAM, ROSTER) == ROSTER


def test_an_edit_of_a_wide_table_is_an_entry_by_hand_and_a_blank_changes_nothing() -> None:
    text = 'name,2025-07-07_AM,2025-07-07_PM\r\n"Lee, A.",LEC,\r\nGarcía,,C\r\n'
    roster = read_wide(text, PROGRAM, ROSTER, by="chief")
    grid = Grid(PROGRAM, roster)
    assert grid.code(HalfDay("p1", MONDAY, Half.AM)) == "LEC"
    assert [entry.layer for entry in grid.stack(HalfDay("p1", MONDAY, Half.AM))] == [Layer.SOLVER, Layer.MANUAL]
    assert grid.code(HalfDay("p2", MONDAY, Half.PM)) == "C"
    assert len(roster.halves) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,2025-07-07_AM\nLeeh,C\n", ["row 2, column name", "'Leeh'", "Lee"]),
        ("name,2025-07-07_AM\nLee,LEX\n", ["row 2, column 2025-07-07_AM", "'LEX' is no known code", "LEC"]),
        ("name,07/07/2025\nLee,C\n", ["row 1, column 07/07/2025", "2025-07-31_AM"]),
        ("pgy\n1\n", ["row 1", "'name' is missing"]),
        ("", ["wide.csv", "no header"]),
    ],
)
def test_a_slip_in_a_wide_table_is_named(text: str, told: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        read_wide(text, PROGRAM, ROSTER)
    for part in told:
        assert part in str(refused.value)


def test_a_call_of_a_stranger_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        read_calls("date,line,person_id,layer\n2025-07-07,night,p9,solver\n", PROGRAM)
    assert "call.csv, row 2, column person_id: 'p9' is not known." in str(refused.value)
    assert "call.csv, row 2, column line" in str(refused.value)


def test_two_names_on_one_night_are_both_kept() -> None:
    calls = read_calls("date,line,person_id,layer\n2025-07-07,n,p1,preload\n2025-07-07,n,p2,manual\n")
    assert list(calls.values()) == [(CallEntry("p1", Layer.PRELOAD), CallEntry("p2", Layer.MANUAL))]
    assert read_calls(write_calls(replace(ROSTER, calls=MappingProxyType(dict(calls))))) == calls


def test_findings_keep_their_columns_commas_and_quotes() -> None:
    finding = Finding(
        "eighty_hours", Force.MUST, Verdict.BROKEN, "p1", MONDAY, MONDAY, Span(0, 60), 4900, 4800, "minutes", -100,
        4900, 4900, Citation("ACGME", "6.20", "VI.F.1"), Certainty.KNOWN, 'Lee: 81 h 40, "at most" 80 h',
    )  # fmt: skip
    (row,) = read_findings(write_findings([finding]))
    assert row["sentence"] == 'Lee: 81 h 40, "at most" 80 h'
    assert (row["citation_2025"], row["citation_2023"], row["limit"]) == ("6.20", "VI.F.1", "4800")
