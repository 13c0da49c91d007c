"""Running the public conformance cases on our own judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from housestaff.core.finding import Finding, Verdict
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.rules.conformance_kinds import OTHER_KINDS
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for

RosterReader: TypeAlias = Callable[[Mapping[str, Any]], tuple[Program, Roster]]
"""What turns a scenario into a program and a roster; it lives with the file formats."""

_IN_ORDER = {Verdict.KEPT, Verdict.THIN, Verdict.NOT_JUDGED}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One scenario of one case: passed, or what was expected and not found."""

    id: str
    name: str
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Say whether the case came out as the text says."""
        return not self.problems


def problems_of(scenario: Mapping[str, Any], read_roster: RosterReader) -> list[str]:
    """Where we differ from what a scenario of any kind expects."""
    if scenario["kind"] == "roster":
        return list(roster_problems(*read_roster(scenario), scenario))
    return list(OTHER_KINDS[scenario["kind"]](scenario))


def run_cases(cases: Iterable[Mapping[str, Any]], read_roster: RosterReader) -> list[CaseResult]:
    """Run every scenario of every case."""
    return [
        CaseResult(case["id"], scenario["name"], tuple(problems_of(scenario, read_roster)))
        for case in cases
        for scenario in case["variants"]
    ]


def roster_problems(program: Program, roster: Roster, scenario: Mapping[str, Any]) -> Iterator[str]:
    """Where the judge differs from what a roster scenario expects."""
    view = FinishedRoster.of(program, roster, is_log=scenario["reading"] == "log")
    findings = judge(view, ruleset_for(program).only(scenario["judge"]), kept=True)
    used: set[int] = set()
    for expected in scenario["expect"]:
        matching = [number for number, found in enumerate(findings) if _fits(found, expected)]
        if expected["verdict"] == Verdict.NOT_JUDGED and not any(_names(found, expected) for found in findings):
            continue
        if not matching and expected["verdict"] == Verdict.KEPT and not expected.get("amount"):
            continue  # nothing was asked of this roster, so nothing can be wrong; anything else found is reported below
        if not matching:
            near = [_short(found) for found in findings if found.rule == expected["rule"]]
            yield f"expected {dict(expected)}; found {near or 'nothing'}"
        used.update(matching)
    for number, found in enumerate(findings):
        if number not in used and found.verdict not in _IN_ORDER:
            yield f"unexpected {_short(found)}"


def _names(found: Finding, expected: Mapping[str, Any]) -> bool:
    dates = (("from", found.first), ("to", found.last))
    return (found.rule, found.who) == (expected["rule"], expected["person"]) and all(
        expected[key] == str(day) for key, day in dates if key in expected
    )


def _fits(found: Finding, expected: Mapping[str, Any]) -> bool:
    numbers = (("amount", found.amount), ("limit", found.limit), ("low", found.low), ("high", found.high))
    return (
        _names(found, expected)
        and found.verdict == expected["verdict"]
        and all(expected[key] == value for key, value in numbers if key in expected)
        and expected.get("unit", found.unit) == found.unit
    )


def _short(found: Finding) -> str:
    return f"{found.rule} {found.first}..{found.last} {found.verdict} {found.amount}/{found.limit} {found.unit}"
