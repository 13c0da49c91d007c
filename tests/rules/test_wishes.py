"""Wishes: each kind is met or not, the first choices are counted apart, and the solver hears them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from housestaff.core.errors import BadInput
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.roster import Roster, Stint
from housestaff.core.wishes import Wish, WishKind
from housestaff.files.program_toml import read_program, write_program_folder
from housestaff.rules.fairness.honor_wishes import wishes_met
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for
from housestaff.solving.calls import solve_faculty_calls
from housestaff.solving.run import Watch
from tests.builders import BLOCKS, attending, program, resident
from tests.rules.cases import WHOLE, day_of, on_call

MONDAY = day_of(5)


def met(wish: Wish, roster: Roster, *leaves: Leave) -> bool:
    """Say whether a wish of somebody comes true."""
    crew = program(resident("r1"), attending("f1"), leaves=leaves, wishes=(wish,))
    findings = judge(FinishedRoster.of(crew, roster), ruleset_for(crew).only(["honor_wishes"]))
    assert len(findings) < 2
    return not findings


def test_a_vacation_week_is_met_by_five_weekdays_of_vacation() -> None:
    """A sick week is no vacation, and four days are no week."""
    wish = Wish("r1", WishKind.VACATION_WEEK, str(day_of(7)))
    roster = Roster(complete=WHOLE)
    assert met(wish, roster, Leave("l", "r1", LeaveKind.VACATION, MONDAY, day_of(9)))
    assert not met(wish, roster, Leave("l", "r1", LeaveKind.VACATION, MONDAY, day_of(8)))
    assert not met(wish, roster, Leave("l", "r1", LeaveKind.SICK, MONDAY, day_of(9)))


@pytest.mark.parametrize(("rotation", "liked", "avoided"), [("CARD", True, False), ("NF", False, True)])
def test_a_rotation_is_wished_for_a_block(rotation: str, *, liked: bool, avoided: bool) -> None:
    stays = Roster(stints=(Stint("r1", rotation, BLOCKS[0].first, BLOCKS[0].last),), complete=WHOLE)
    assert met(Wish("r1", WishKind.ROTATION, "CARD@2"), stays) is liked
    assert met(Wish("r1", WishKind.AVOID_ROTATION, "CARD@2"), stays) is avoided


def test_weekdays_and_dates_of_call_are_wished() -> None:
    """The call stands on a Monday."""
    roster = on_call(MONDAY)
    assert met(Wish("f1", WishKind.PREFER_CALL, "monday"), roster)
    assert not met(Wish("f1", WishKind.PREFER_CALL, "tuesday"), roster)
    assert not met(Wish("f1", WishKind.AVOID_CALL, "monday"), roster)
    assert met(Wish("f1", WishKind.AVOID_DATE, str(day_of(6))), roster)
    assert not met(Wish("f1", WishKind.AVOID_DATE, str(MONDAY)), roster)


def test_first_choices_and_the_worst_off_are_told() -> None:
    """Of three wishes one came true; the resident fares worst."""
    wishes = (
        Wish("f1", WishKind.AVOID_DATE, str(day_of(6))),
        Wish("f1", WishKind.AVOID_CALL, "monday", 2),
        Wish("r1", WishKind.ROTATION, "CARD@2"),
    )
    crew = program(resident("r1"), attending("f1"), wishes=wishes)
    told = wishes_met(FinishedRoster.of(crew, on_call(MONDAY)))
    assert told is not None
    assert (told.met, told.wishes, told.first_met, told.first_choices) == (1, 3, 1, 2)
    assert (told.worst_off, told.worst_met, told.worst_wishes) == ("r1", 0, 1)
    assert wishes_met(FinishedRoster.of(replace(crew, wishes=()), on_call(MONDAY))) is None


def test_the_solver_hears_a_wish_about_call() -> None:
    """Who would be free of call on some dates is free on them."""
    dates = [day_of(number) for number in (5, 6, 12, 13)]
    wishes = tuple(Wish(f"f{n}", WishKind.AVOID_DATE, str(day)) for n in range(1, 5) for day in dates)
    crew = program(*(attending(f"f{n}") for n in range(1, 6)), wishes=wishes[: len(wishes) // 2])
    roster, outcomes = solve_faculty_calls(crew, Roster(complete=WHOLE), Watch(seconds=20), seed=0, seconds=8)
    assert all(outcome.found for outcome in outcomes)
    assert roster is not None
    assert {name for day in dates for name in roster.on_call("faculty_call", day)} <= {"f3", "f4", "f5"}


def test_wishes_go_out_as_a_table_and_come_in_again(tmp_path: Path) -> None:
    """wishes.csv has a row a wish; a kind that nobody knows is told with its row."""
    crew = program(resident("r1"), wishes=(Wish("r1", WishKind.VACATION_WEEK, "2025-08-04", 1),))
    write_program_folder(crew, tmp_path)
    table = tmp_path / "wishes.csv"
    assert table.read_text("utf-8").splitlines() == ["person_id,kind,what,rank", "r1,vacation_week,2025-08-04,1"]
    assert read_program(tmp_path).wishes == crew.wishes
    table.write_text("person_id,kind,what,rank\r\nr1,vacaton_week,2025-08-04,1\r\n", "utf-8")
    with pytest.raises(BadInput, match=r"wishes\.csv, row 2"):
        read_program(tmp_path)


@pytest.mark.parametrize(
    ("kind", "what", "rank"),
    [
        (WishKind.VACATION_WEEK, "August", 1),
        (WishKind.AVOID_CALL, "someday", 1),
        (WishKind.ROTATION, "CARD", 1),
        (WishKind.ROTATION, "CARD@first", 1),
        (WishKind.AVOID_DATE, "2025-08-04", 11),
    ],
)
def test_a_wish_that_nobody_could_read_is_refused(kind: WishKind, what: str, rank: int) -> None:
    with pytest.raises(BadInput):
        Wish("r1", kind, what, rank)
