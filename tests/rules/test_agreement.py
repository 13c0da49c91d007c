"""Random rosters: the judge against a brute-force oracle written from the text alone, and against the solver."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from housestaff.core.finding import Force, Verdict
from housestaff.files.conformance_json import read_roster_case
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for
from housestaff.solving.model import pinned_is_feasible
from tests.oracle.oracle import judge as ask_the_oracle
from tests.oracle.random_rosters import random_scenario

WITH_AUXILIARIES = {"one_day_in_seven", "one_day_in_seven_each_week"}
"""Rules that the solver reads with auxiliary windows: there it may be stricter than the judge, never laxer."""

IN_DISPUTE = {Verdict.BROKEN, Verdict.ADVISORY}


def roster_without_unknown_leave(seed: int) -> dict[str, Any]:
    """A random roster in which no unknown duty falls on leave: there the grid itself lets leave win."""
    scenario = random_scenario(Random(seed))
    away = {(each["from"], each["to"]) for each in scenario["leave"]}
    scenario["duties"] = [
        duty
        for duty in scenario["duties"]
        if duty.get("certainty") != "unknown" or not any(first <= duty["start"][:10] <= last for first, last in away)
    ]
    return scenario


def said(results: Any) -> set[tuple[str, str, str, str, int | None]]:
    """What was found broken or advised against: rule, person, last date, verdict, limit."""
    return {
        (each.rule, getattr(each, "who", None) or each.person, str(each.last), str(each.verdict), each.limit)
        for each in results
        if str(each.verdict) in {verdict.value for verdict in IN_DISPUTE}
    }


@pytest.mark.parametrize("tens", range(12))
def test_the_judge_agrees_with_the_oracle(tens: int) -> None:
    """120 random rosters of four to nine weeks, with leave, calls, nights, block edges and clock changes."""
    for seed in range(10 * tens, 10 * tens + 10):
        scenario = roster_without_unknown_leave(seed)
        program, roster = read_roster_case(scenario)
        view = FinishedRoster.of(program, roster, is_log=scenario["reading"] == "log")
        found = judge(view, ruleset_for(program).only(scenario["judge"]))
        assert said(found) == said(ask_the_oracle(scenario)), f"seed {seed}"


@pytest.mark.slow
@pytest.mark.parametrize("hundreds", range(1, 11))
def test_the_judge_agrees_with_the_oracle_on_a_thousand_rosters(hundreds: int) -> None:
    """The same over a thousand more."""
    for seed in range(100 * hundreds + 20, 100 * hundreds + 120):
        scenario = roster_without_unknown_leave(seed)
        program, roster = read_roster_case(scenario)
        view = FinishedRoster.of(program, roster, is_log=scenario["reading"] == "log")
        found = judge(view, ruleset_for(program).only(scenario["judge"]))
        assert said(found) == said(ask_the_oracle(scenario)), f"seed {seed}"


@pytest.mark.parametrize("tens", range(6))
def test_the_solver_agrees_with_the_judge(tens: int) -> None:
    """60 random rosters pinned in the solver: no laxer than the judge, and exact where no auxiliary is needed."""
    for seed in range(1000 + 10 * tens, 1000 + 10 * tens + 10):
        scenario = roster_without_unknown_leave(seed)
        scenario["duties"] = [duty for duty in scenario["duties"] if duty.get("certainty") != "unknown"]
        program, roster = read_roster_case(scenario)
        for held in ruleset_for(program).only(scenario["judge"]):
            if held.rule.judged_only or held.force is not Force.MUST:
                continue
            alone = ruleset_for(program).only([held.name])
            broken = any(finding.is_violation for finding in judge(FinishedRoster.of(program, roster), alone))
            feasible = pinned_is_feasible(program, roster, alone)
            if held.name in WITH_AUXILIARIES:
                assert not (feasible and broken), f"seed {seed}, {held.name}"
            else:
                assert feasible is not broken, f"seed {seed}, {held.name}"
