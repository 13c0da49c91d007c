"""What is read of conflicts: the program's for those who plan, one's own for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from housestaff.features.conflicts.model import KnownConflict
from housestaff.features.conflicts.store import Conflicts
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit


@dataclass(frozen=True)
class ConflictSeen:
    """A conflict as it is read."""

    conflict_id: UUID
    kind: str
    severity: str
    person_id: str
    first_day: date
    last_day: date
    what: str
    duty_ids: tuple[str, ...]
    schedule_id: UUID | None
    leave_id: str | None
    state: str
    opened_at: datetime
    closed_at: datetime | None


def listed(
    unit: Unit,
    conflicts: Conflicts,
    *,
    state: str = "open",
    leave_id: str | None = None,
    schedule_id: UUID | None = None,
    since: date | None = None,
) -> list[ConflictSeen]:
    """Conflicts in order of their days; those who may not read drafts see their own only."""
    asker = unit.principal
    of_all = asker is None or allow(asker, "schedule:read_draft") is not None
    if not of_all and (asker is None or asker.person_id is None):
        return []
    person = None if of_all or asker is None else asker.person_id
    found = conflicts.listed(state=state, person=person, leave_id=leave_id, schedule_id=schedule_id, since=since)
    return [_seen(each) for each in found]


def _seen(each: KnownConflict) -> ConflictSeen:
    conflict = each.conflict
    return ConflictSeen(
        conflict_id=each.conflict_id,
        kind=conflict.kind,
        severity=conflict.severity,
        person_id=conflict.person_id,
        first_day=conflict.first_day,
        last_day=conflict.last_day,
        what=conflict.what,
        duty_ids=conflict.duty_ids,
        schedule_id=conflict.schedule_id,
        leave_id=conflict.leave_id,
        state=each.state,
        opened_at=each.opened_at,
        closed_at=each.closed_at,
    )
