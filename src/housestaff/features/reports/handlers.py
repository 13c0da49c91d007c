"""What reports do when a version is in force, and the commands about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import Period, ReportFailed, ScheduleAmended, SchedulePublished
from housestaff.features.reports.commands import ExportVersion
from housestaff.features.reports.model import GATHERED, SCHEDULE_EXPORT
from housestaff.features.reports.store import REPORT_RUN, Asked, ReportRuns, move
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import REVISION, Schedules
from housestaff.features.schedules.views import PUBLISHED, visible
from housestaff.plumbing.bus import handles, reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit


@reacts_to(SchedulePublished, ScheduleAmended, as_="reports.publish_export")
def export_the_version(happened: Occurred, unit: Unit, runs: ReportRuns, schedules: Schedules) -> None:
    """The first version is exported at once; of amendments that follow one another, the newest ten minutes later."""
    event = happened.event
    assert isinstance(event, SchedulePublished | ScheduleAmended)  # noqa: S101 - the consumer takes no other
    schedule = schedules.get(event.schedule_id)
    if schedule.number is None or schedule.number > event.number:
        return
    at = happened.occurred_at + GATHERED if isinstance(event, ScheduleAmended) else None
    runs.begin(export_of(unit, schedule, event.number), at=at)


@handles(ExportVersion)
def export_version(ask: ExportVersion, unit: Unit, runs: ReportRuns, schedules: Schedules) -> UUID:
    """The files are made now, unless they are there."""
    schedule = visible(schedules, ask.schedule_id, PUBLISHED)
    number = ask.number or schedule.number or 1
    schedules.revision_of(ask.schedule_id, number)
    run_id, is_new = runs.begin(export_of(unit, schedule, number))
    if not is_new:
        runs.ask_again(run_id)
    unit.is_about("report_run", run_id, changes={"number": [None, number]})
    return run_id


def export_of(unit: Unit, schedule: Schedule, number: int) -> Asked:
    """What the export of a version makes; it tells of the instant at which the version was put in force."""
    return Asked(
        kind=SCHEDULE_EXPORT,
        period=schedule.period,
        parameters={"schedule_id": str(schedule.schedule_id), "number": number},
        as_of=_in_force_since(unit, schedule.schedule_id, number),
    )


def _in_force_since(unit: Unit, schedule_id: UUID, number: int) -> datetime:
    asked = sa.select(REVISION.c.at).where(REVISION.c.schedule_id == schedule_id, REVISION.c.number == number)
    return unit.connection.execute(asked).scalar_one()


def bury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A run whose attempts are used up has failed, and says so; what it was about stands."""
    run_id = UUID(str(arguments["run_id"]))
    asked = sa.select(REPORT_RUN).where(REPORT_RUN.c.run_id == run_id)
    row: dict[str, Any] = dict(unit.connection.execute(asked).mappings().one())
    code = "attempts_used_up"
    move(unit, row, "failed", failure_code=code)
    unit.tell(ReportFailed(**about(row), code=code))


def unbury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A failed run waits for a worker again."""
    unit.connection.execute(
        REPORT_RUN.update()
        .where(REPORT_RUN.c.run_id == UUID(str(arguments["run_id"])), REPORT_RUN.c.state == "failed")
        .values(state="queued", failure_code="", ended_at=None)
    )


def about(run: Mapping[str, Any]) -> dict[str, Any]:
    """What every event about a run says of it."""
    schedule = run["parameters"].get("schedule_id")
    return {
        "run_id": run["run_id"],
        "kind": run["kind"],
        "period": Period(first_day=run["first_day"], last_day=run["last_day"]),
        "schedule_id": UUID(schedule) if schedule else None,
        "number": run["parameters"].get("number"),
    }
