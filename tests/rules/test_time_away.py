"""Time away: each leave charged once, in each board's own unit, and the answer to "on time?"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from housestaff.core.errors import BadInput
from housestaff.core.leave import Balance, Leave, LeaveKind, LeaveStatus
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.time import Half
from housestaff.rules.boards import Board, Unit, read_boards, shipped_boards
from housestaff.rules.ledgers import Absence, ledger
from housestaff.rules.time_away import entitlements, time_away
from tests.builders import program, resident

SECOND_YEAR = Person(
    "r1",
    "Doctor Ash",
    PersonKind.RESIDENT,
    levels=(
        LevelSpan("PGY-1", Dates(date(2024, 7, 1), date(2025, 6, 30))),
        LevelSpan("PGY-2", Dates(date(2025, 7, 1), date(2027, 6, 30))),
    ),
)


def parental(first: date, last: date, **more: object) -> Leave:
    return Leave("l1", "r1", LeaveKind.PARENTAL, first, last, **more)  # type: ignore[arg-type]


def answers(crew: Program) -> dict[str, str]:
    return {each.ledger.board.id: each.ledger.answer for each in time_away(crew, crew.person("r1"))}


SIX_WEEKS = parental(date(2025, 9, 1), date(2025, 10, 12))


def test_the_program_and_the_board_answer_each_for_itself() -> None:
    """Six weeks are 14 days over the program's 28 and, without a record of last year, unknown to the board."""
    crew = program(SECOND_YEAR, leaves=(SIX_WEEKS,), boards=("ABIM",))
    assert answers(crew) == {"program": "needs extension of 14 days", "ABIM": "unknown"}


def test_an_opening_balance_makes_it_known() -> None:
    """Ten days in the first year leave room for 42 in the second, thirty do not."""
    for used, answer in ((10.0, "on time"), (30.0, "needs extension of 2 days")):
        balances = (Balance("r1", "ABIM", 2024, used, "from the paper ledger"),)
        crew = program(SECOND_YEAR, leaves=(SIX_WEEKS,), boards=("ABIM",), balances=balances)
        assert answers(crew)["ABIM"] == answer


def test_training_ends_later_by_the_extension() -> None:
    crew = program(SECOND_YEAR, leaves=(SIX_WEEKS,))
    (own,) = time_away(crew, crew.person("r1"))
    assert own.finishes == date(2027, 6, 30)
    assert own.projected == date(2027, 7, 14)


def test_an_unverified_board_answers_unknown_until_the_program_vouches_for_it() -> None:
    """The arithmetic is shown either way."""
    crew = program(SECOND_YEAR, leaves=(SIX_WEEKS,), boards=("ABFM",))
    (_own, board) = time_away(crew, crew.person("r1"))
    assert board.ledger.answer == "unknown"
    assert "6 weeks used" in board.ledger.sentence
    vouched = replace(crew, policy=Policy({"verified.ABFM": (Dated(value=True),)}))
    assert answers(vouched)["ABFM"] == "on time"


def test_a_request_is_answered_before_it_is_approved() -> None:
    asked = replace(SIX_WEEKS, status=LeaveStatus.REQUESTED)
    crew = program(SECOND_YEAR, leaves=(asked,))
    (own,) = time_away(crew, crew.person("r1"))
    assert (own.ledger.answer, own.if_granted.answer) == ("on time", "needs extension of 14 days")


def test_a_board_counts_only_its_years_of_training() -> None:
    """The last two surgical years are not asked of a second-year resident; the first three are."""
    crew = program(SECOND_YEAR, leaves=(SIX_WEEKS,), boards=("ABS", "ABS-senior"))
    assert set(answers(crew)) == {"program", "ABS"}


def test_leave_over_july_is_charged_to_both_years_and_the_worse_one_answers() -> None:
    """35 days in this year and 5 in the next: the limit of 28 is passed by 7, not by 12 and not by none."""
    over_july = parental(date(2026, 5, 27), date(2026, 7, 5))
    crew = program(SECOND_YEAR, leaves=(over_july,))
    (own,) = time_away(crew, crew.person("r1"))
    assert own.ledger.charged == {2025: 35.0, 2026: 5.0}
    assert own.ledger.answer == "needs extension of 7 days"


def test_days_outside_a_boards_years_are_not_counted_for_it() -> None:
    """Of leave that reaches into the fourth year only the days of the first three count."""
    third = replace(SECOND_YEAR, levels=(LevelSpan("PGY-3", Dates(date(2025, 7, 1))),))
    crew = program(third, leaves=(parental(date(2026, 5, 27), date(2026, 7, 5)),), boards=("ABP",))
    found = {each.ledger.board.id: each.ledger for each in time_away(crew, crew.person("r1"))}
    assert set(found["ABP"].used) == {2025}


def test_clinical_weeks_are_short_by_what_no_year_makes_up() -> None:
    """Nine weeks away in one of three years leave 139 of 140 clinical weeks."""
    nine = parental(date(2025, 9, 1), date(2025, 11, 2))
    crew = program(SECOND_YEAR, leaves=(nine,), boards=("ABS",))
    assert answers(crew)["ABS"] == "needs extension of 7 days"


def test_two_meetings_share_the_free_days_of_a_year() -> None:
    """Of four and four days five are free, three are charged; holidays are no working days."""
    board = Board("ABA", Unit.WORKING_DAYS, verified=True, cumulative=60, meeting_days=5)
    meetings = [Absence("conference", date(2025, 10, day), date(2025, 10, day + 3)) for day in (6, 20)]
    assert ledger(board, {}, meetings).total == 3
    assert ledger(board, {}, meetings, holidays={date(2025, 10, 20)}).total == 2


def test_two_records_on_one_day_charge_it_once() -> None:
    board = Board("ABIM", Unit.CALENDAR_DAYS, verified=True, per_year=35)
    day = date(2025, 10, 6)
    twice = [Absence("sick", day, day, Half.PM), Absence("vacation", day, day)]
    assert ledger(board, {}, twice).entries == (0.5, 0.5)


def test_canceled_leave_is_reversed_and_stays_in_the_history() -> None:
    crew = program(SECOND_YEAR, leaves=(replace(SIX_WEEKS, status=LeaveStatus.CANCELED),))
    (own,) = time_away(crew, crew.person("r1"))
    assert own.ledger.entries == (42.0, -42.0)
    assert own.ledger.answer == "on time"


def test_a_paid_week_must_remain_beside_the_first_long_leave() -> None:
    """With four weeks of vacation all taken the entitlement fails; with one left it is granted."""
    vacation = Leave("v", "r1", LeaveKind.VACATION, date(2026, 1, 5), date(2026, 1, 30))
    for weeks, verdict in ((4, "fails"), (5, "on time")):
        policy = Policy({"vacation_weeks": (Dated(weeks),)})
        crew = program(SECOND_YEAR, leaves=(SIX_WEEKS, vacation), policy=policy)
        found = {each.entitlement: each.verdict for each in entitlements(crew, crew.person("r1"))}
        assert found["IR-IV.H"] == verdict
        assert "appointments" not in found


def test_a_board_that_nobody_knows_is_refused() -> None:
    crew = program(resident(), boards=("ABXX",))
    with pytest.raises(BadInput, match="no board 'ABXX'"):
        list(time_away(crew, crew.person("r1")))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('id = "X"\nunit = "weeks"\nsince = 2020-07-01\ncites = { title = "X" }', "nobody verified"),
        ('id = "X"\nunit = "days"\nsince = 2020-07-01\ncites = { title = "X" }\nconfidence = "confirmed"', "unit"),
        ('id = "X"\nunit = "weeks"\nsince = 2020-07-01\nconfidence = "confirmed"', "no cites"),
        ('id = "X"\nunit = "weeks"\ncites = { title = "X" }\nconfidence = "confirmed"', "since"),
        ('id = "X"\nlimit = 3\nunit = "weeks"\nsince = 2020-07-01\ncites = { title = "X" }', "unknown key"),
    ],
)
def test_a_row_that_does_not_add_up_is_refused(row: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_boards(f"[pack]\nversion = 1\n[[board]]\n{row}\n")


def test_two_rows_of_one_board_do_not_overlap() -> None:
    row = '[[board]]\nid = "X"\nunit = "weeks"\nsince = 2020-07-01\ncites = { title = "X" }\nconfidence = "confirmed"\n'
    with pytest.raises(BadInput, match="overlap"):
        read_boards(f"[pack]\nversion = 1\n{row}{row}")


def test_the_shipped_limits_are_those_of_the_text() -> None:
    """Section 12.2, board by board: the unverified ones are off."""
    boards = {each.id: each for each in shipped_boards().boards}
    assert boards["ABIM"].per_year == 35
    assert (boards["ABS"].required, boards["ABS-senior"].required, boards["ABS-critical-care"].required) == (
        140,
        92,
        46,
    )
    assert (boards["ABA"].cumulative, boards["ABA"].with_approval, boards["ABA"].meeting_days) == (60, 40, 5)
    assert {id_ for id_, each in boards.items() if not each.verified} == {"ABFM", "ABEM", "ABOG", "ABPN"}
