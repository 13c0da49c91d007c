"""One record of leave and its life: asked for, granted or not, changed, taken back, over. Any other move is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from housestaff.core.errors import Stale
from housestaff.core.events import Period
from housestaff.core.leave import Leave, LeaveStatus
from housestaff.core.time import Half

REVIEW_WITHIN = timedelta(days=7)
"""Leave that was recorded in an emergency is looked at again within a week."""

OPEN = frozenset({LeaveStatus.REQUESTED, LeaveStatus.APPROVED})
"""Where a record still means something for the days to come."""


@dataclass(frozen=True, slots=True)
class LeaveRecord:
    """Leave as the law reads it, with what people did to it. `reason` is for its own person and those who decide."""

    leave: Leave
    version: int = 1
    reason: str = ""
    requested_by: UUID | None = None
    requested_at: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    review_by: date | None = None

    @property
    def span(self) -> Period:
        """Its first and last day."""
        return Period(first_day=self.leave.first, last_day=self.leave.last)

    @property
    def half(self) -> str | None:
        """The half of each day, if it is only one."""
        return self.leave.half.value if self.leave.half else None

    def approved(self, by: UUID | None, at: datetime) -> LeaveRecord:
        """Granted."""
        return self._decided(LeaveStatus.APPROVED, by, at)

    def rejected(self, by: UUID | None, at: datetime) -> LeaveRecord:
        """Not granted."""
        return self._decided(LeaveStatus.REJECTED, by, at)

    def withdrawn(self) -> LeaveRecord:
        """Asked for no longer."""
        return self._moved(LeaveStatus.REQUESTED, LeaveStatus.WITHDRAWN)

    def canceled(self) -> LeaveRecord:
        """Taken back after it was granted."""
        return self._moved(LeaveStatus.APPROVED, LeaveStatus.CANCELED)

    def completed(self) -> LeaveRecord:
        """Over."""
        return self._moved(LeaveStatus.APPROVED, LeaveStatus.COMPLETED)

    def amended(self, first: date, last: date, half: Half | None) -> LeaveRecord:
        """Granted for other days; the record stays the same one."""
        same = self._moved(LeaveStatus.APPROVED, LeaveStatus.APPROVED)
        return replace(same, leave=replace(same.leave, first=first, last=last, half=half))

    def _decided(self, state: LeaveStatus, by: UUID | None, at: datetime) -> LeaveRecord:
        return replace(self._moved(LeaveStatus.REQUESTED, state), decided_by=by, decided_at=at)

    def _moved(self, before: LeaveStatus, after: LeaveStatus) -> LeaveRecord:
        if self.leave.status is not before:
            raise Stale(f"This leave is {self.leave.status.value}, not {before.value}. Read it again.")
        return replace(self, leave=replace(self.leave, status=after), version=self.version + 1)
