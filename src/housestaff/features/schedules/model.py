"""The nouns of schedules and their states; every move that is not here is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from housestaff.core.errors import Stale
from housestaff.core.events import Period

METHODS = ("solved", "copied", "empty", "imported")
ARCHIVE_AFTER = timedelta(days=30)
FREEZE_REASONS = (
    "sick", "emergency_leave", "safety", "coverage_gap", "military", "administrative", "educational", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as stored: its period, its state, its newest revision and published number."""

    schedule_id: UUID
    period: Period
    state: str
    method: str
    revision: int
    number: int | None
    locked: frozenset[str]
    stats: dict[str, Any]
    created_by: UUID | None
    created_at: datetime

    def as_draft(self, revision: int | None) -> Schedule:
        """This schedule, if it is a draft and the revision that somebody saw is its newest."""
        if self.state != "draft":
            raise Stale(f"This schedule is {self.state}, no draft. Amend it, or make a new draft.")
        if revision is not None and revision != self.revision:
            raise Stale(f"The draft is at revision {self.revision} by now, not {revision}. Read it again and repeat.")
        return self

    def as_published(self) -> Schedule:
        """This schedule, if it is published."""
        if self.state != "published":
            raise Stale(f"This schedule is {self.state}, not published.")
        return self

    def revised(self) -> Schedule:
        """One revision further."""
        return replace(self, revision=self.revision + 1)

    def published(self) -> Schedule:
        """In force, as its first version."""
        return replace(self.revised(), state="published", number=1)

    def amended(self) -> Schedule:
        """In force with one version more."""
        return replace(self.revised(), number=(self.number or 0) + 1)

    def archived(self, today: date) -> Schedule:
        """Put away, if its period is long over."""
        if today < self.period.last_day + ARCHIVE_AFTER:
            raise Stale(f"It can be archived from {self.period.last_day + ARCHIVE_AFTER} on, 30 days after its end.")
        return replace(self.as_published(), state="archived")

    def discarded(self) -> Schedule:
        """Thrown away, if it is a draft."""
        return replace(self.as_draft(None), state="discarded")


@dataclass(frozen=True, slots=True)
class Revision:
    """One step in the life of a schedule."""

    revision: int
    number: int | None
    cause: str
    reason: str
    author: UUID | None
    at: datetime
    size: int
