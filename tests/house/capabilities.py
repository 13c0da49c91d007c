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

CLAIMED: frozenset[str] = frozenset(
    f"C{number}"
    for number in (
        *range(1, 6),
        *range(7, 10),
        11,
        12,
        *range(15, 19),
        20,
        22,
        23,
        25,
        *range(26, 31),
        41,
        42,
        *range(46, 51),
        53,
    )
)
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
        print(capability)
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
