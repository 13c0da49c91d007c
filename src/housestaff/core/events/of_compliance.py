"""What happens to violations of the rules, and to the overrides by which some are accepted for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _ComplianceEvent(Event):
    @property
    def tags(self) -> tuple[str, ...]:
        """Whatever shows violations."""
        return ("violations",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ViolationEvent(_ComplianceEvent):
    aggregate_kind: ClassVar[str] = "violation"
    violation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found(_ViolationEvent):
    key: str
    rule: str
    force: str
    severity: str
    person_id: str | None
    rotation_id: str | None
    window: Period
    value: int
    limit: int
    margin: int
    unit: str
    certainty: str
    citation: str
    schedule_id: UUID
    number: int | None
    previous_value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationOpened(_Found):
    """A rule was found broken that was not before; `number` is empty in a draft."""

    type: ClassVar[str] = "violation.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationWorsened(_Found):
    """A broken rule is broken by an hour, a day, a night or a person more; both values stand here."""

    type: ClassVar[str] = "violation.worsened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationResolved(_Found):
    """A broken rule is kept again."""

    type: ClassVar[str] = "violation.resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationReopened(_Found):
    """A rule is broken again, or still broken now that what had accepted it is over."""

    type: ClassVar[str] = "violation.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationAcknowledged(_ViolationEvent):
    """Somebody has seen a violation and takes care of it."""

    type: ClassVar[str] = "violation.acknowledged"
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationEscalated(_ViolationEvent):
    """Nobody has acknowledged a violation in time; `step` counts how far up the chain it has gone."""

    type: ClassVar[str] = "violation.escalated"
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _OverrideEvent(_ComplianceEvent):
    aggregate_kind: ClassVar[str] = "override"
    override_id: UUID
    violation_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideApplied(_OverrideEvent):
    """Violations are accepted for a time; why, in words, stands in the override and not here."""

    type: ClassVar[str] = "override.applied"
    level: str
    reason_code: str
    expires_at: datetime
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OverrideEnded(_OverrideEvent):
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideExpired(_OverrideEnded):
    """The time of an override is over."""

    type: ClassVar[str] = "override.expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRevoked(_OverrideEnded):
    """Somebody has taken an override back."""

    type: ClassVar[str] = "override.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideVoided(_OverrideEnded):
    """A duty that an override covered is another one now, so that it accepts nothing any more."""

    type: ClassVar[str] = "override.voided"
