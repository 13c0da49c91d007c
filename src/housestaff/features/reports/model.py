"""The nouns of reports: their kinds, and the run that makes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

SCHEDULE_EXPORT = "schedule_export"
GATHERED = timedelta(minutes=10)
"""Of amendments that follow one another within this, only the newest is exported by itself."""
STATES = ("queued", "running", "stored", "sent", "failed", "canceled")
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One kind of report: what it takes to read it, and the files that it has."""

    name: str
    needs: str
    formats: tuple[str, ...]


KINDS: Mapping[str, ReportKind] = {
    each.name: each for each in (ReportKind(SCHEDULE_EXPORT, "schedule:read", ("pdf", "xlsx")),)
}

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
