"""A conflict: two things that cannot both hold."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What was found. `key` is the same whenever the same is found again; `what` is a code of the program."""

    key: str
    kind: str
    severity: str
    person_id: str
    duty_ids: tuple[str, ...]
    first_day: date
    last_day: date
    what: str
    schedule_id: UUID | None = None
    leave_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownConflict:
    """A conflict that is written down."""

    conflict_id: UUID
    conflict: Conflict
    state: str
    opened_at: datetime
    closed_at: datetime | None


def mark_of(conflicts: Iterable[Conflict]) -> str:
    """A mark of a set of conflicts: the same for the same set."""
    keys = sorted(f"{each.key}/{each.severity}" for each in conflicts)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def counted(conflicts: Iterable[Conflict]) -> Mapping[str, int]:
    """How many there are of each kind and severity."""
    return dict(sorted(Counter(f"{each.kind}:{each.severity}" for each in conflicts).items()))
