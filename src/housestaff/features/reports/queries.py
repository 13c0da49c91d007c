"""What is read of reports: their runs, for those who may read their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from housestaff.core.errors import NotFound
from housestaff.features.reports.model import SCHEDULE_EXPORT
from housestaff.features.reports.store import ReportRuns, needs_of
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit

_SHOWN = (
    "run_id", "kind", "first_day", "last_day", "parameters", "as_of", "state", "clean", "attempts", "failure_code",
    "artifacts", "asked_at", "ended_at",
)  # fmt: skip


def runs(unit: Unit, reports: ReportRuns, *, kind: str | None) -> list[dict[str, Any]]:
    """The runs of the kinds that the asker may read, the newest first."""
    return [_shown(row) for row in reports.listed(kind) if _may_read(unit, row["kind"])]


def run(unit: Unit, reports: ReportRuns, *, run_id: UUID) -> dict[str, Any]:
    """One run with its files; one of a kind that the asker may not read is not there."""
    row = reports.get(run_id)
    if not _may_read(unit, row["kind"]):
        raise NotFound("There is no such report run.")
    return _shown(row)


def exports(reports: ReportRuns, *, schedule_id: UUID) -> dict[int, dict[str, Any]]:
    """The newest export of each version of a schedule, by number."""
    found: dict[int, dict[str, Any]] = {}
    for row in reports.listed(SCHEDULE_EXPORT):
        if row["parameters"]["schedule_id"] == str(schedule_id):
            found.setdefault(int(row["parameters"]["number"]), _shown(row))
    return found


def _may_read(unit: Unit, kind: str) -> bool:
    return unit.principal is None or allow(unit.principal, needs_of(kind)) is not None


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _SHOWN}
