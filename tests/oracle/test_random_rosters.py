"""Random rosters are valid, varied and judged; and what must hold of every judge holds of the oracle."""

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from .model import Json, Result
from .oracle import judge
from .random_rosters import random_scenario

SCHEMA: Json = json.loads(
    (Path(__file__).resolve().parents[2] / "conformance" / "schema.json").read_text(encoding="utf-8")
)
SEEDS = range(60)


def results_by_rule(scenario: Json, *rules: str) -> list[Result]:
    """The results of some rules only."""
    return judge(scenario | {"judge": list(rules)})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_roster_is_a_valid_scenario(seed: int) -> None:
    """It validates as a roster once it has an expectation, and the same seed gives the same roster."""
    scenario = random_scenario(Random(seed))
    assert scenario == random_scenario(Random(seed))
    expected = [{"rule": "eighty_hours", "person": "R1", "verdict": "kept"}]
    whole = {"$ref": "#/$defs/roster", "$defs": SCHEMA["$defs"]}
    validator: Any = Draft202012Validator(whole)
    validator.validate(scenario | {"expect": expected})


def test_random_rosters_show_every_verdict() -> None:
    """Over many seeds each verdict of the averaged and of the absolute rules turns up."""
    found: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        found.update((result.rule, result.verdict) for result in judge(random_scenario(Random(seed))))
    for rule in ("eighty_hours", "one_day_in_seven", "fourteen_after_call", "twenty_four_hours", "four_more_hours"):
        assert found[rule, "kept"], rule
        assert found[rule, "broken"], rule
    for rule, verdict in (("eighty_hours", "thin"), ("one_day_in_seven", "unknown")):
        assert found[rule, verdict], rule
    for rule in ("eight_hours_between", "leave_worked"):
        assert found[rule, "advisory"], rule


@pytest.mark.parametrize("seed", SEEDS)
def test_taking_a_duty_away_never_adds_hours_or_costs_a_free_day(seed: int) -> None:
    """Without leave, less work can only help the averages."""
    random = Random(seed)
    scenario = random_scenario(random)
    scenario["leave"] = []
    duties: list[Json] = scenario["duties"]
    left_out = random.randrange(len(duties))
    lighter: Json = {**scenario, "duties": [*duties[:left_out], *duties[left_out + 1 :]]}
    hours = zip(results_by_rule(scenario, "eighty_hours"), results_by_rule(lighter, "eighty_hours"), strict=True)
    assert all((more.high or 0) >= (less.high or 0) for more, less in hours)
    both = (results_by_rule(each, "one_day_in_seven") for each in (scenario, lighter))
    fewer, more_free = (sum(result.low or 0 for result in results) for results in both)
    assert more_free >= fewer or len(scenario["stints"]) > 1
