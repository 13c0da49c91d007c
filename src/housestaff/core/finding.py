"""What the judge says: one result with its window, measure, limit, citation, certainty and the sum as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.duties import Certainty
from housestaff.core.time import Span, hours_and_minutes


class Force(StrEnum):
    """How binding a rule is."""

    MUST = "must"
    SHOULD = "should"
    WISH = "wish"


class Verdict(StrEnum):
    """What a bound came to."""

    KEPT = "kept"
    THIN = "thin"
    BROKEN = "broken"
    ADVISORY = "advisory"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule comes from: the source, its number in the 2025 and in the 2023 numbering, and the pack row."""

    source: str
    number_2025: str = ""
    number_2023: str = ""
    pack: str = ""
    pack_version: int = 0
    confidence: str = "confirmed"

    def __str__(self) -> str:
        """The citation as it is printed: both numberings, or the plain source."""
        numbers = self.number_2025
        if self.number_2023:
            numbers = f"{numbers} (2023: {self.number_2023})" if numbers else self.number_2023
        return numbers or self.source


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one rule for one person, line or place over one window.

    `amount` and `limit` are in `unit`; `margin` is how much was left, negative where the limit was passed. `low` and
    `high` are the ends of an amount that is not fully known. `weekly` lists counted minutes week by week.
    """

    rule: str
    force: Force
    verdict: Verdict
    who: str
    first: date
    last: date
    span: Span
    amount: int
    limit: int
    unit: str
    margin: int
    low: int
    high: int
    citation: Citation
    certainty: Certainty
    sentence: str
    duties: tuple[str, ...] = ()
    at_least: bool = False
    note: str = ""
    half_days_present: int | None = None
    leave_halves: int = 0
    weekly: tuple[int, ...] = ()
    rotation: str = ""

    @property
    def is_violation(self) -> bool:
        """Say whether a rule that must hold does not."""
        return self.verdict is Verdict.BROKEN

    @property
    def key(self) -> tuple[str, str, date, date]:
        """What names this result over re-judging: rule, subject and window."""
        return self.rule, self.who, self.first, self.last


_ONE = {
    "duties": "duty",
    "people": "person",
    "stays before": "stay before",
    "quarters of an attending": "quarter of an attending",
}


def measured(amount: int, unit: str) -> str:
    """An amount with its unit in words, for example "252 h 00" or "3 days"."""
    if unit == "minutes":
        return hours_and_minutes(amount)
    return f"{amount} {_ONE.get(unit, unit.removesuffix('s')) if amount == 1 else unit}"
