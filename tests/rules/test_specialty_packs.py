"""Packs of specialties: dated, marked, off where nobody read the source, and judged where a roster can show it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from housestaff.core.errors import BadInput
from housestaff.core.finding import Verdict
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.roster import Roster
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import RULES
from housestaff.rules.pack import PackRow, read_pack, shipped, shipped_ids
from housestaff.rules.ruleset import Held, ruleset_for
from tests.builders import program, resident
from tests.rules.cases import CASES, WHOLE, lettered

SPECIALTIES = {
    "internal-medicine": "internal_medicine",
    "family-medicine": "family_medicine",
    "pediatrics": "pediatrics",
    "general-surgery": "general_surgery",
    "obstetrics": "obstetrics_gynecology",
    "psychiatry": "psychiatry",
    "anesthesiology": "anesthesiology",
    "radiology": "diagnostic_radiology",
    "neurological-surgery": "neurological_surgery",
    "em-2017": "emergency_medicine",
}
ROWS = [pytest.param(row, id=f"{id_} {row.id}") for id_ in shipped_ids() for row in shipped(id_, frozenset(RULES)).rows]


def held(specialty: str, **policy: bool) -> dict[str, Held]:
    values = {key.replace("__", "."): (Dated(value),) for key, value in policy.items()}
    crew = replace(program(resident()), specialty=specialty, policy=Policy(values))
    return {each.name: each for each in ruleset_for(crew)}


def test_each_specialty_of_the_text_has_its_pack() -> None:
    applies = {id_: shipped(id_, frozenset(RULES)).applies_to.get("specialty") for id_ in SPECIALTIES}
    assert applies == SPECIALTIES


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_judged_by_a_rule_or_says_why_not(row: PackRow) -> None:
    """What nobody read is off; what no roster shows has a reason instead of a rule."""
    assert bool(row.rule) is not bool(row.not_judged)
    assert row.is_vouched_for or not row.enabled


@pytest.mark.parametrize("specialty", SPECIALTIES.values())
def test_no_unverified_number_is_held(specialty: str) -> None:
    assert all(each.citation.confidence != "unverified" for each in held(specialty).values())


def test_forty_clinic_weeks_are_an_advisory_in_family_medicine() -> None:
    """The confirmed row of 2023 is judged on the year, and only there."""
    case = CASES["clinic_weeks"]()
    rule = held("family_medicine")["clinic_weeks"]
    assert (rule.numbers["weeks"], rule.citation.confidence) == (40, "confirmed")
    assert "clinic_weeks" not in held("pediatrics")
    crew = replace(case.broken[0], specialty="family_medicine")
    found = judge(FinishedRoster.of(crew, case.broken[1]), ruleset_for(crew).only(["clinic_weeks"]))
    assert [(each.verdict, each.amount, each.limit) for each in found] == [(Verdict.ADVISORY, 5, 6)]


def test_an_unverified_row_is_not_switched_on_unread() -> None:
    """The refusal names the row and says what would be right; with the program's word it is judged."""
    with pytest.raises(BadInput, match="nobody has read its source"):
        held("diagnostic_radiology", rule__early_call=True)
    assert held("diagnostic_radiology", verified__early_call=True)["early_call"].numbers["months"] == 12


def test_a_rule_without_a_number_is_not_switched_on() -> None:
    """Only its pack knows the months; the refusal says so instead of judging nothing."""
    with pytest.raises(BadInput, match="no pack of this program has a number for it"):
        held("pediatrics", rule__early_call=True)


def calls_before_2022(specialty: str, **policy: bool) -> list[Verdict]:
    values = {key.replace("__", "."): (Dated(value),) for key, value in policy.items()}
    crew: Program = replace(program(resident()), specialty=specialty, policy=Policy(values))
    roster = Roster(duties=lettered("K.K"), complete=WHOLE)
    rules = ruleset_for(crew).only(["every_third_night_each"])
    return [each.verdict for each in judge(FinishedRoster.of(crew, roster), rules)]


def test_the_date_of_the_duty_decides_in_a_specialty_too() -> None:
    """Internal medicine did not average call until 2022; a duty of 2025 is not judged by it."""
    rows = {row.id: row for row in shipped("internal-medicine", frozenset(RULES)).rows}
    assert str(rows["every_third_night_each"].until) == "2022-06-30"
    assert calls_before_2022("internal_medicine", verified__every_third_night_each=True) == []


def test_psychiatry_asks_for_presence_only_where_the_program_switches_it_on() -> None:
    """A secondary source is shipped, off, and may be switched on."""
    assert "psychiatry_presence" not in held("psychiatry")
    row = held("psychiatry", rule__psychiatry_presence=True)["psychiatry_presence"]
    assert (row.rule.name, row.levels, row.numbers["months"]) == ("supervised", ("PGY-1",), 12)


def test_a_row_that_is_not_judged_needs_no_rule_but_a_reason() -> None:
    """A row of no known rule is refused unless it says why nobody judges it."""
    row = '[pack]\nid = "x"\nversion = 1\n[[rule]]\nid = "panel"\nforce = "should"\nsince = 2023-07-01\n'
    row += 'confidence = "confirmed"\n'
    with pytest.raises(BadInput, match="there is no rule 'panel'"):
        read_pack(row, frozenset(RULES))
    (read,) = read_pack(row + 'not_judged = "a roster holds no panel"\n', frozenset(RULES)).rows
    assert (read.rule, read.not_judged) == ("", "a roster holds no panel")
