"""Lists the capabilities we claim, each with its tests and its control: `make capabilities`.

A test that shows an effect is marked `capability("C1")`. The test that repeats it with the consumer switched off,
and sees it fail, is marked `control("C1")`. A claim without both is no claim.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

PARTLY = {
    "C7": "open gaps and active overrides stand in no file",
    "C8": "no push to a calendar server",
    "C11": "two duties at once in a published version answer 422, not 409; nobody looks for levels too low",
    "C12": "the verdict of a duty is not stored; no banner",
    "C15": "no rings; answers are given on the pages, not by a link in the mail",
    "C16": "no approval by policy; what is frozen without a reason answers 400",
    "C17": "the confirmation does not tell the new hours",
    "C18": "no push to a calendar server",
    "C20": "open swaps do not stand among the items",
    "C22": "no webhook, no digest of warnings",
    "C25": "no yearly pack; not inside swaps",
}
"""Claimed but for what is said here: their tests and controls stand, and a bullet or more of theirs does not."""

CLAIMED: frozenset[str] = frozenset(
    f"C{number}" for number in (*range(1, 6), 9, 23, *range(26, 31), 41, 42, *range(46, 51), 53)
) | frozenset(PARTLY)
"""Written by hand, in the change that adds the tests."""


@dataclass(frozen=True)
class Evidence:
    """The tests and controls found for one capability."""

    tests: list[str] = field(default_factory=list[str])
    controls: list[str] = field(default_factory=list[str])


class Collector:
    """A pytest plugin that notes which tests stand for which capability."""

    def __init__(self) -> None:
        self.found: dict[str, Evidence] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("capability"):
                for capability in mark.args:
                    self.found.setdefault(capability, Evidence()).tests.append(item.nodeid)
            for mark in item.iter_markers("control"):
                for capability in mark.args:
                    self.found.setdefault(capability, Evidence()).controls.append(item.nodeid)


def shortcomings(claimed: Iterable[str], found: dict[str, Evidence]) -> list[str]:
    """What keeps the claims from being true, one sentence each."""
    claims = set(claimed)
    said: list[str] = []
    for capability in sorted(claims | found.keys(), key=in_order):
        evidence = found.get(capability, Evidence())
        if capability not in claims:
            said.append(f"{capability} has tests but is not claimed.")
        if not evidence.tests:
            said.append(f"{capability} has no test.")
        if not evidence.controls:
            said.append(f"{capability} has no control.")
    return said


def in_order(capability: str) -> tuple[int, str]:
    """C2 before C10."""
    digits = re.search(r"\d+", capability)
    return (int(digits.group()) if digits else 0, capability)


def collect() -> dict[str, Evidence]:
    """Read the marks of every test without running one."""
    collector = Collector()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(["--collect-only", "-q", "-p", "no:terminalreporter"], plugins=[collector])
    if code is not pytest.ExitCode.OK:
        sys.exit(f"The tests cannot be collected ({code!r}); `pytest --collect-only` says why.\n{output.getvalue()}")
    return collector.found


def main() -> int:
    """Print each capability with its tests and its control; 1 where one lacks either."""
    found = collect()
    if not CLAIMED:
        print("No capability is claimed yet.")
    for capability in sorted(CLAIMED | found.keys(), key=in_order):
        evidence = found.get(capability, Evidence())
        print(f"{capability}, but for: {PARTLY[capability]}" if capability in PARTLY else capability)
        for test in evidence.tests:
            print(f"  test     {test}")
        for control in evidence.controls:
            print(f"  control  {control}")
    lacking = shortcomings(CLAIMED, found)
    for sentence in lacking:
        print(sentence, file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
