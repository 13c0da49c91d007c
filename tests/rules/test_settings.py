"""The numbers of local rules are settings of the program, and hold from the date that it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.letters import read_letters
from housestaff.core.program import Dated, Policy
from housestaff.core.roster import Night, Roster
from housestaff.core.time import days
from housestaff.rules.fairness.shares import is_within, shares, target_of
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import RULES
from housestaff.rules.ruleset import Held, Ruleset
from tests.builders import attending, program

YEAR = BlockSeries("main", 2025, (Block(1, date(2025, 7, 1), date(2026, 6, 30)),))


def is_found(name: str, row: str, policy: Policy) -> bool:
    crew, roster = read_letters(row)
    rule = RULES[name]
    held = Ruleset([Held(name, rule, rule.force, rule.numbers, None, None, rule.citation)])
    found = judge(FinishedRoster.of(replace(crew, policy=policy), roster), held)
    return any(finding.rule == name for finding in found)


@pytest.mark.parametrize(
    ("rule", "row", "setting", "stricter"),
    [
        ("six_in_a_row", "DDDDDD.", "days_in_a_row", 5),
        ("ten_hours_between", "SD.....", "wished_rest_hours", 15),
        ("sixteen_hours_first_year", "DDDDD..", "first_year_period_hours", 11),
        ("long_run", "DDDDD..", "long_run_rest_hours", 13),
        ("early_warning", "DDDDDD. DDDDDD. DDDDDD. DDDDDD.", "early_warning_weekly_hours", 60),
    ],
)
def test_a_stricter_number_of_the_program_finds_more(rule: str, row: str, setting: str, stricter: int) -> None:
    """The row is kept with the usual number and told with the program's own, but not before that holds."""
    later = Dated(stricter, date(2030, 7, 1))
    assert not is_found(rule, row, Policy())
    assert is_found(rule, row, Policy({setting: (Dated(stricter),)}))
    assert not is_found(rule, row, Policy({setting: (later,)}))


def test_how_far_from_the_fair_share_is_told_by_the_program() -> None:
    """Two people, every Sunday to one of them: far from fair, unless the program does not mind."""
    crew = program(attending("f1"), attending("f2"), calendar=Calendar(2025, (YEAR,)))
    roster = Roster(complete=(YEAR.first, YEAR.last))
    for night in (day for day in days(YEAR.first, YEAR.last) if day.weekday() == 6):
        roster = roster.with_call(Night("faculty_call", night), "f1")
    lenient = replace(crew, policy=Policy({"sunday_calls_from_fair": (Dated(30),)}))
    verdicts = [{each.kind: is_within(each) for each in shares(one, roster)}["Sunday"] for one in (crew, lenient)]
    assert verdicts == [False, True]
    told = {each.rule for each in judge(FinishedRoster.of(lenient, roster)) if "Sunday" in each.sentence}
    assert "even_calls" not in told
    assert "even_calls" in {each.rule for each in judge(FinishedRoster.of(crew, roster)) if "Sunday" in each.sentence}
    assert [target_of(crew, kind) for kind in ("Sunday", "weekday", "holiday")] == [1, 2, 1]
