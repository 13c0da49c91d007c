"""Every roster case of the conformance suite runs through the oracle: cases and oracle check one another."""

import json
import time
from pathlib import Path

import pytest

from .matching import complaints
from .model import Json
from .oracle import judge

CASES = Path(__file__).resolve().parents[2] / "conformance" / "cases"


def roster_scenarios() -> list[tuple[str, Json]]:
    """All scenarios of kind "roster", each with the id of its row and its own name."""
    found: list[tuple[str, Json]] = []
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            found += [
                (f"{case['id']}: {scenario['name']}", scenario)
                for scenario in case["variants"]
                if scenario["kind"] == "roster"
            ]
    return found


SCENARIOS = roster_scenarios()


@pytest.mark.parametrize("scenario", [scenario for _, scenario in SCENARIOS], ids=[name for name, _ in SCENARIOS])
def test_the_oracle_judges_the_row_as_the_text_says(scenario: Json) -> None:
    """The oracle gives each expected result, and no other finding."""
    results = judge(scenario)
    assert not complaints(scenario, results), "\n".join([*complaints(scenario, results), "", *map(str, results)])


def test_the_oracle_is_fast_enough_for_random_rosters() -> None:
    """A block of 28 days takes less than half a second."""
    scenario = next(scenario for name, scenario in SCENARIOS if name.startswith("W80-07"))
    start = time.perf_counter()
    judge(scenario)
    assert time.perf_counter() - start < 0.5
