"""The proof of a roster, as a value: the worst window of each rule, the objective by level, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass

from housestaff.core.finding import Finding


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level of the objective: its value, the proven bound, and the gap between them in percent."""

    name: str
    value: float
    bound: float
    unit: str = ""

    @property
    def gap_percent(self) -> float:
        """How far the value may still be from the best, in percent of the value."""
        if self.value == self.bound:
            return 0.0
        return 100 * abs(self.value - self.bound) / max(1.0, abs(self.value))


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage of a solve with its levels and time."""

    name: str
    status: str
    seconds: float
    levels: tuple[LevelResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was judged, with which law, how it came about, and the worst window of every rule and person."""

    program: str
    roster_hash: str
    ruleset_hash: str
    seed: int
    seconds: float
    versions: tuple[tuple[str, str], ...]
    stages: tuple[StageResult, ...]
    worst: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    kept: int
    broken: int
    unknown: int
