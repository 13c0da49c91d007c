"""The five ways in which a wish can fail; the message is written for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housestaff.core.finding import Finding


class HousestaffError(Exception):
    """What every refusal of Housestaff has in common: a sentence that says what to do."""


class NotFound(HousestaffError):
    """Nothing of that name is here."""


class NotAllowed(HousestaffError):
    """This person may not do this."""


class Stale(HousestaffError):
    """Somebody else changed this in the meantime; read it again and repeat."""


class RuleBroken(HousestaffError):
    """The change would newly break a rule; the findings name it with its arithmetic."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings and say the first of them."""
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.sentence for finding in self.findings[:3]))


class NotJudged(RuleBroken):
    """Nobody knows whether a rule is broken, because the judge has given up on it."""

    def __init__(self, message: str) -> None:
        """There is no finding to show."""
        super().__init__(())
        self.args = (message,)


class BadInput(HousestaffError):
    """What was given cannot be read; the place and the remedy are named."""

    def __init__(self, problem: str, *, place: str = "", remedy: str = "") -> None:
        """Say the place (file, sheet, row, field), the problem and what would be right."""
        self.problem, self.place, self.remedy = problem, place, remedy
        super().__init__(": ".join(part for part in (place, problem) if part) + (f" {remedy}" if remedy else ""))


class Unreachable(Exception):
    """The database or another part cannot be reached; nobody asked for anything wrong."""
