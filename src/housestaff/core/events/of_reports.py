"""What happens to reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.events.event import Event, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportEvent(Event):
    aggregate_kind: ClassVar[str] = "report_run"
    run_id: UUID
    kind: str
    period: Period
    schedule_id: UUID | None = None
    number: int | None = None

    @property
    def aggregate_id(self) -> str:
        """The run."""
        return str(self.run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStored(_ReportEvent):
    """The files of a report are stored, checked, and never change from now on."""

    type: ClassVar[str] = "report.stored"
    artifact_ids: tuple[UUID, ...]
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailed(_ReportEvent):
    """A report could not be made, however often it was tried."""

    type: ClassVar[str] = "report.failed"
    code: str
