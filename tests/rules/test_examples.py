"""Each rule's own letters, through judge and solver; and every rule proves that it does something."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module

import pytest

import housestaff.rules as rules_room
from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Force
from housestaff.core.letters import read_letters, write_letters
from housestaff.core.program import Dated, Policy
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import LAW, RULES
from housestaff.rules.rule import COMMON, Rule, examples
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for
from housestaff.solving.model import pinned_is_feasible
from tests.rules.cases import CASES
from tests.rules.numbers import numbers_of, rows_of

EXAMPLES = [
    pytest.param(rule, row, kept, id=f"{rule.name} {row} {'kept' if kept else 'broken'}")
    for rule, row, kept in examples(LAW)
]
OF_A_PROGRAM = {
    "moonlighting_approved",
    "leave_worked",
    "call_on_leave",
    "employed",
    "qualified",
    "derived_cells",
    "demand_met",
    "one_name_a_night",
    "attendings_in_clinic",
    "rooms_in_clinic",
    "rooms_wanted",
    "required_rotations",
    "rotation_order",
    *CASES,
}
"""Rules about records, services and counts: rows of letters cannot show them; programs with planted defects do."""


def held_alone(rule: Rule) -> Ruleset:
    """One rule as a must that always holds."""
    return Ruleset([Held(rule.name, rule, Force.MUST, numbers_of(rule), None, None, rule.citation, rule.levels)])


@pytest.mark.parametrize(("rule", "row", "kept"), EXAMPLES)
def test_the_letters_of_a_rule_say_what_it_means(rule: Rule, row: str, *, kept: bool) -> None:
    """The judge calls the broken row broken and the kept row kept; the solver agrees."""
    program, roster = read_letters(row, emergency="emergency" in rule.read.__module__)
    rules = held_alone(rule)
    broken = any(finding.is_violation for finding in judge(FinishedRoster.of(program, roster), rules))
    assert broken is not kept
    if not rule.judged_only:
        assert pinned_is_feasible(program, roster, rules) is kept


def test_a_call_on_the_weekend_before_leave_puts_the_whole_weekend_back() -> None:
    """The weekend beside a leave week is leave only while nothing is worked on it: judge and solver alike."""
    rules = held_alone(RULES["one_day_in_seven"])
    for row, kept in (("CCK.LLLLL..CCC", False), ("CC..LLLLL..CCC", True)):
        program, roster = read_letters(row)
        assert any(found.is_violation for found in judge(FinishedRoster.of(program, roster), rules)) is not kept
        assert pinned_is_feasible(program, roster, rules) is kept


def test_letters_are_read_and_written_alike() -> None:
    """A row comes back as it was typed."""
    for row in ("DDDDDD.KN.CE", "LL(DN)SOHM.A"):
        program, roster = read_letters(row)
        assert write_letters(program, roster, "R1") == row


def test_no_rule_is_forgotten() -> None:
    """Every rule that stands in a file of the room stands in the law."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(rules_room.__path__, "housestaff.rules."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Rule):
                found.add(value.name)
    assert found == set(RULES)
    assert len(RULES) == len(LAW)


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: rule.name)
def test_a_rule_has_examples_or_says_why_not(rule: Rule) -> None:
    """Kept and broken letters for every rule that rows of letters can show, else the reason it is only judged."""
    assert (rule.kept and rule.broken) or rule.judged_only or rule.name in OF_A_PROGRAM
    assert rule.says.endswith(".")


def test_no_local_rule_is_shown_as_an_acgme_rule() -> None:
    """Only rules with a number of the common requirements cite them."""
    for rule in LAW:
        assert (rule.citation.source == COMMON) is bool(rule.citation.number_2025 or rule.citation.number_2023), (
            rule.name
        )


@pytest.mark.parametrize("rule", [rule for rule in LAW if rule.broken], ids=lambda rule: rule.name)
def test_a_rule_without_its_body_keeps_everything(rule: Rule) -> None:
    """Removing a body is noticed: what was broken with it is kept without it."""
    program, roster = read_letters(rule.broken[0], emergency="emergency" in rule.read.__module__)
    empty = replace(rule, read=lambda _view, **_numbers: iter(()))
    assert judge(FinishedRoster.of(program, roster), held_alone(rule))
    assert not judge(FinishedRoster.of(program, roster), held_alone(empty))


@pytest.mark.parametrize("rule", [rule for rule in LAW if rule.numbers], ids=lambda rule: rule.name)
def test_a_number_in_the_code_is_of_the_common_law_and_dated(rule: Rule) -> None:
    """A specialty's, a state's or a program's numbers stand in packs and settings, never in the code."""
    own = [key for key, value in rule.numbers.items() if type(value) is int and value != 0]
    is_dated = rule.since is not None or any(row.id == rule.name for row in rows_of(rule))
    assert not own or (is_dated and (rule.citation.source == COMMON or rows_of(rule))), own


def test_a_rule_whose_numbers_stand_in_a_pack_is_refused_without_one() -> None:
    """Switched on by hand in a program of another specialty it would judge with no number at all."""
    crew = replace(read_letters("DDDDDD.")[0], policy=Policy({"rule.twelve_in_the_department": (Dated(value=True),)}))
    with pytest.raises(BadInput, match="no pack of this program has a number"):
        ruleset_for(crew)


def test_a_citation_prints_both_numberings() -> None:
    """People find the rule in either edition."""
    assert str(RULES["eighty_hours"].citation) == "6.20 (2023: VI.F.1)"
    assert str(Citation("program policy")) == "program policy"
