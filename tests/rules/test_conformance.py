"""The public conformance cases, each under its own id, read by the judge and, where a plan is judged, by the solver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from housestaff.core.finding import Force, Verdict
from housestaff.files.conformance_json import read_cases, read_roster_case
from housestaff.rules.conformance import problems_of
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for
from housestaff.solving.model import pinned_is_feasible

ROOT = Path(__file__).parents[2] / "conformance"
CASES = read_cases(ROOT / "cases")
SCENARIOS = [
    pytest.param(scenario, id=f"{case['id']}: {scenario['name']}") for case in CASES for scenario in case["variants"]
]
PLANS = [
    pytest.param(scenario, id=f"{case['id']}: {scenario['name']}")
    for case in CASES
    for scenario in case["variants"]
    if scenario["kind"] == "roster" and scenario["reading"] == "plan"
]


def test_every_id_of_the_text_has_a_case() -> None:
    """The committed list of ids, over 230 of them, and the cases agree."""
    ids = (ROOT / "ids.txt").read_text("utf-8").split()
    assert len(ids) > 230
    assert set(ids) <= {case["id"] for case in CASES}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_judge_says_what_the_text_says(scenario: dict[str, Any]) -> None:
    """Verdict, amount and limit come out as the law's own tables have them."""
    assert problems_of(scenario, read_roster_case) == []


@pytest.mark.parametrize("scenario", PLANS)
def test_the_solver_leaves_standing_what_the_judge_keeps(scenario: dict[str, Any]) -> None:
    """A pinned roster is feasible under a rule exactly where the judge does not call it broken."""
    program, roster = read_roster_case(scenario)
    for held in ruleset_for(program).only(scenario["judge"]):
        if held.rule.judged_only or held.force is not Force.MUST:
            continue
        alone = ruleset_for(program).only([held.name])
        verdicts = {finding.verdict for finding in judge(FinishedRoster.of(program, roster), alone)}
        if Verdict.UNKNOWN not in verdicts:
            assert pinned_is_feasible(program, roster, alone) is (Verdict.BROKEN not in verdicts), held.name
