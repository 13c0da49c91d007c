"""Mutation coverage of the law: whatever rule loses its body, its own example, case or planted defect then fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from housestaff.core.finding import Force, Verdict
from housestaff.core.letters import read_letters
from housestaff.files.conformance_json import read_cases, read_roster_case
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import LAW, RULES
from housestaff.rules.rule import Rule
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for
from housestaff.solving.model import pinned_is_feasible
from housestaff.synthetic.family_medicine.defects import spoiled_a
from tests.rules.cases import CASES, Case
from tests.rules.numbers import numbers_of

FOUND = {Verdict.BROKEN, Verdict.ADVISORY}
SCENARIOS = [
    scenario
    for case in read_cases(Path(__file__).parents[2] / "conformance" / "cases")
    for scenario in case["variants"]
    if scenario["kind"] == "roster"
]
PLANTED = ("employed", "qualified", "derived_cells", "demand_met", "one_name_a_night", "attendings_in_clinic",
           "rooms_in_clinic", "rooms_wanted", "required_rotations", "rotation_order")  # fmt: skip


def without_body(rule: Rule) -> Rule:
    """The rule with everything but its body."""
    return replace(rule, read=lambda _view, **_numbers: iter(()))


def alone(rule: Rule, **numbers: Any) -> Ruleset:
    """A rule as a must that always holds, with some numbers."""
    numbers = {**numbers_of(rule), **numbers}
    return Ruleset([Held(rule.name, rule, Force.MUST, numbers, None, None, rule.citation, rule.levels)])


def breaks(view: FinishedRoster, rules: Ruleset) -> bool:
    """Say whether the judge finds something that is not in order."""
    return any(finding.verdict in FOUND for finding in judge(view, rules))


def letters_fail(rule: Rule, body: Rule) -> bool:
    """Say whether an example of broken letters is no longer broken under a body."""
    emergency = "emergency" in rule.read.__module__
    views = (FinishedRoster.of(*read_letters(row, emergency=emergency)) for row in rule.broken)
    return any(not breaks(view, alone(body)) for view in views)


def scenarios_of(name: str) -> Iterator[dict[str, Any]]:
    """The conformance scenarios in which a rule must find something."""
    for scenario in SCENARIOS:
        if any(each["rule"] == name and each["verdict"] in FOUND for each in scenario["expect"]):
            yield scenario


def scenarios_fail(rule: Rule, body: Rule) -> bool:
    """Say whether a conformance case of a rule no longer comes out under a body."""
    for scenario in scenarios_of(rule.name):
        program, roster = read_roster_case(scenario)
        held = [replace(each, rule=body) for each in ruleset_for(program).only([rule.name])]
        view = FinishedRoster.of(program, roster, is_log=scenario["reading"] == "log")
        if not breaks(view, Ruleset(held)):
            return True
    return False


def case_fails(rule: Rule, body: Rule) -> bool:
    """Say whether the broken roster of a rule's case is no longer broken under a body."""
    case = CASES[rule.name]()
    return not breaks(case.view(kept=False), alone(body, **case.numbers))


def planted_fails(rule: Rule, body: Rule) -> bool:
    """Say whether what is planted in program A is no longer found under a body."""
    reference = spoiled_a(7).reference
    view = FinishedRoster.of(reference.program, reference.witness)
    held = [replace(each, rule=body) for each in ruleset_for(reference.program).only([rule.name])]
    return not breaks(view, Ruleset(held))


def proof_of(rule: Rule) -> Any:
    """The test that shows what a rule does: its letters, its case, what is planted, else its conformance cases."""
    if rule.broken:
        return letters_fail
    if rule.name in CASES:
        return case_fails
    return planted_fails if rule.name in PLANTED else scenarios_fail


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: rule.name)
def test_a_rule_that_loses_its_body_is_missed(rule: Rule) -> None:
    """With its body everything comes out; without it the rule's own example, case or defect fails."""
    fails = proof_of(rule)
    assert not fails(rule, rule)
    assert fails(rule, without_body(rule))


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_broken_and_one_fact_away_kept(name: str) -> None:
    """The judge calls the one broken and the other kept, and neither is beside the point."""
    case = CASES[name]()
    rules = alone(RULES[name], **case.numbers)
    assert breaks(case.view(kept=False), rules)
    assert not breaks(case.view(kept=True), rules)


OF_SERVICES = {"preceptor_ratio", "primary_care_exception", "rotation_window", "rotation_capacity"}
"""Their amounts are counts of services, which only the stages that open them answer with expressions."""


@pytest.mark.parametrize("name", [name for name in CASES if not RULES[name].judged_only and name not in OF_SERVICES])
def test_the_solver_forbids_the_broken_case_and_leaves_the_kept_one(name: str) -> None:
    """Pinned in the solver's model, exactly the broken roster has no solution."""
    case: Case = CASES[name]()
    rules = alone(RULES[name], **case.numbers)
    answers = [pinned_is_feasible(*each, rules, published=case.published) for each in (case.broken, case.kept)]
    assert answers == [False, True]
