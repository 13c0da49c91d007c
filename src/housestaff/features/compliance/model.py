"""The nouns of compliance and their states; every move that is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from housestaff.core.errors import Stale
from housestaff.core.finding import Finding, Force, Verdict
from housestaff.rules.law import RULES

OPEN, ACKNOWLEDGED, OVERRIDDEN, RESOLVED = "open", "acknowledged", "overridden", "resolved"
CRITICAL, WARNING = "critical", "warning"
OPENED, WORSENED, REOPENED = "opened", "worsened", "reopened"
"""The moves that are named otherwise than the state to which they lead."""

PUBLISHED = "published"
ACTIVE, EXPIRED, REVOKED, VOIDED = "active", "expired", "revoked", "voided"
SHORTEST_JUSTIFICATION = 30
LAST_STEP = 3
"""So many times a violation can go up: the chain has four steps, and the first is told at once."""

_HOUR = 60
_EARLY = "early_warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A finding with its life: what it measured at its last move, its state, and since when it stands."""

    violation_id: UUID
    schedule_id: UUID
    number: int | None
    place: str
    key: str
    rule: str
    rule_version: str
    ruleset_hash: str
    force: str
    severity: str
    state: str
    subject: str
    person_id: str | None
    level: str
    rotation_id: str | None
    first_day: date
    last_day: date
    value: int
    limit: int
    margin: int
    unit: str
    certainty: str
    citation: str
    finding: Mapping[str, Any]
    """What the judge said last: the sum as a sentence, the duties, the span in minutes."""
    first_seen: datetime
    last_seen: datetime
    opened_at: datetime
    times_opened: int
    step: int
    acknowledged_by: UUID | None
    note: str

    @property
    def is_alerting(self) -> bool:
        """Whether somebody must be told at once: a rule that must hold, in a schedule that is in force."""
        return self.severity == CRITICAL and self.number is not None

    def seen(self, facts: Mapping[str, Any], now: datetime, *, is_accepted: bool) -> tuple[Violation, str]:
        """Found again: how it stands now, and the move that this is; none where nothing of weight has changed."""
        if self.state == RESOLVED:
            return self._again(facts, now, times=1), REOPENED
        if self.state == OVERRIDDEN:
            return (self._still(facts, now), "") if is_accepted else (self._again(facts, now, times=0), REOPENED)
        is_worse = self.margin - facts["margin"] >= step_of(self.unit)
        if is_worse or (self.severity, facts["severity"]) == (WARNING, CRITICAL):
            return replace(self, **facts, last_seen=now), WORSENED
        return self._still(facts, now), ""

    def _again(self, facts: Mapping[str, Any], now: datetime, *, times: int) -> Violation:
        opened = self.times_opened + times
        fresh: dict[str, Any] = {"acknowledged_by": None, "note": "", "step": 0, "opened_at": now, "last_seen": now}
        return replace(self, **facts, state=OPEN, times_opened=opened, **fresh)

    def _still(self, facts: Mapping[str, Any], now: datetime) -> Violation:
        """Nobody is told, so the values stay those of which people were told."""
        kept = {name: facts[name] for name in ("finding", "ruleset_hash", "rule_version")}
        return replace(self, **kept, last_seen=now)

    def gone(self) -> Violation:
        """No longer found."""
        return replace(self, state=RESOLVED)

    def acknowledged(self, by: UUID | None, note: str) -> Violation:
        """Seen by somebody who takes care of it."""
        if self.state != OPEN:
            raise Stale(f"This violation is {self.state}, not open.")
        return replace(self, state=ACKNOWLEDGED, acknowledged_by=by, note=note)

    def overridden(self) -> Violation:
        """Accepted for a time."""
        if self.state not in {OPEN, ACKNOWLEDGED}:
            raise Stale(f"The violation of {self.rule.replace('_', ' ')} is {self.state}.")
        return replace(self, state=OVERRIDDEN)

    def escalated(self) -> Violation:
        """One step further up the chain."""
        return replace(self, step=self.step + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A signed acceptance of named violations, for a time."""

    override_id: UUID
    level: str
    state: str
    reason_code: str
    justification: str
    expires_at: datetime
    applied_by: UUID | None
    applied_at: datetime
    ended_by: UUID | None = None
    ended_at: datetime | None = None

    def ended(self, state: str, at: datetime, by: UUID | None) -> Override:
        """It accepts nothing any more."""
        if self.state != ACTIVE:
            raise Stale(f"This override is {self.state} already.")
        return replace(self, state=state, ended_at=at, ended_by=by)


def severity_of(finding: Finding) -> str:
    """How grave a finding is; empty where it is no violation: a wish, an early warning, what is not known."""
    if finding.verdict is Verdict.BROKEN:
        return CRITICAL
    is_local = finding.verdict is Verdict.ADVISORY and finding.force is not Force.WISH and finding.rule != _EARLY
    return WARNING if is_local else ""


def key_of(place: str, finding: Finding) -> str:
    """What names a violation over every judging: where it stands, the rule, whom it is about, and its window."""
    rotation = f":{finding.rotation}" if finding.rotation else ""
    return f"{place}:{finding.rule}:{finding.who}:{finding.first}..{finding.last}{rotation}"


def place_of(schedule_id: UUID, number: int | None) -> str:
    """Where violations of a schedule stand: in its draft, or in what is published."""
    return str(schedule_id) if number is None else PUBLISHED


def step_of(unit: str) -> int:
    """By how much a margin must shrink to be told: an hour, else one of what is counted."""
    return _HOUR if unit == "minutes" else 1


def title_of(rule: str) -> str:
    """What a rule says, in a sentence; of a row of a pack, its name."""
    return RULES[rule].says if rule in RULES else rule.replace("_", " ")
