"""The views of schedules: typed records that are loaded with a fixed number of queries and kept at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.cells import holdings, instant
from housestaff.core.errors import NotFound
from housestaff.core.events import Period
from housestaff.core.grid import Grid
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import SCHEDULE, Schedules
from housestaff.plumbing.access import Principal, allow
from housestaff.plumbing.cache import View
from housestaff.plumbing.unit import Unit

ALL, PUBLISHED = "all", "published"
"""The scopes of a view: with drafts, or published schedules only."""

ON_CALL = ("in_house_call", "home_call", "night_float", "jeopardy")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CellRow:
    """One duty and who holds it."""

    duty_id: str
    person_id: str | None
    kind: str
    rotation_id: str
    activity: str
    line: str
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RosterGrid:
    """The cells of a schedule in order of time."""

    cells: tuple[CellRow, ...]


@dataclass(frozen=True, slots=True)
class ScheduleSummary:
    """One schedule without its cells."""

    schedule_id: UUID
    period: Period
    state: str
    method: str
    draft_revision: int
    number: int | None
    locked: tuple[str, ...]
    stats: Mapping[str, int]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """The duties of one person in seven days of the published schedules."""

    person_id: str
    first_day: date
    cells: tuple[CellRow, ...]


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody on call, with the name to ask for."""

    name: str
    cell: CellRow


@dataclass(frozen=True, slots=True)
class WhoIsOn:
    """Everybody on call on a day."""

    day: date
    on_call: tuple[OnCall, ...]


def scope_of(principal: Principal | None) -> str:
    """Whether somebody sees drafts too."""
    return ALL if principal is None or allow(principal, "schedule:read_draft") is not None else PUBLISHED


def visible(schedules: Schedules, schedule_id: UUID, scope: str) -> Schedule:
    """A schedule, if it shows in the scope; a draft that does not, or that was thrown away, is not there."""
    schedule = schedules.get(schedule_id)
    if not shows(schedule, scope):
        raise NotFound("There is no such schedule.")
    return schedule


def shows(schedule: Schedule, scope: str) -> bool:
    """Whether a schedule shows in a scope."""
    return schedule.number is not None or (scope == ALL and schedule.state != "discarded")


def load_roster_grid(  # noqa: PLR0913 - the filters of one question
    schedules: Schedules,
    programs: Programs,
    *,
    scope: str,
    schedule_id: UUID,
    number: int | None = None,
    first: date | None = None,
    last: date | None = None,
    person: str | None = None,
    rotation: str | None = None,
) -> RosterGrid:
    """The cells of a schedule: of a published version as stored, of a draft as they follow from its roster."""
    schedule = visible(schedules, schedule_id, scope)
    start, end = first or schedule.period.first_day, last or schedule.period.last_day
    if schedule.number is not None:
        wanted = number or schedule.number
        schedules.revision_of(schedule_id, wanted)
        found = schedules.cells.between(schedule_id, wanted, start, end, person=person, rotation=rotation)
        return RosterGrid(rows(found))
    if number is not None:
        raise NotFound("A draft has no published version.")
    program = programs.get(schedule.period.first_day)
    people = program.known([person] if person else program.person_by_id)
    cells = _draft_cells(schedules.view(schedule, program).grid, people)
    return RosterGrid(
        tuple(cell for cell in cells if start <= cell.day <= end and rotation in {None, cell.rotation_id})
    )


def load_schedule_summary(schedules: Schedules, *, scope: str, schedule_id: UUID) -> ScheduleSummary:
    """One schedule in summary."""
    return summary_of(visible(schedules, schedule_id, scope))


def load_person_week(unit: Unit, schedules: Schedules, *, scope: str, person: str, first_day: date) -> PersonWeek:
    """The duties of a person in a week, whichever published schedules they stand in."""
    del scope
    return PersonWeek(
        person, first_day, rows(published_cells(unit, schedules, first_day, first_day + WEEK, person=person))
    )


def load_who_is_on(unit: Unit, schedules: Schedules, programs: Programs, *, scope: str, day: date) -> WhoIsOn:
    """Everybody on call on a day."""
    del scope
    people = programs.get().person_by_id
    cells = rows(published_cells(unit, schedules, day, day + timedelta(days=1)))
    return WhoIsOn(
        day,
        tuple(
            OnCall(people[cell.person_id].display_name, cell)
            for cell in cells
            if cell.kind in ON_CALL and cell.person_id is not None and cell.person_id in people
        ),
    )


def published_cells(
    unit: Unit, schedules: Schedules, first: date, end: date, *, person: str | None = None
) -> list[dict[str, Any]]:
    """The cells of the published schedules from a day on, before another."""
    last = end - timedelta(days=1)
    asked = sa.select(SCHEDULE.c.schedule_id, SCHEDULE.c.number).where(
        SCHEDULE.c.number.is_not(None), SCHEDULE.c.first_day <= last, SCHEDULE.c.last_day >= first
    )
    return [
        cell
        for row in unit.connection.execute(asked.order_by(SCHEDULE.c.first_day)).all()
        for cell in schedules.cells.between(row.schedule_id, row.number, first, last, person=person)
    ]


def people_on(unit: Unit, schedules: Schedules, first: date, end: date) -> list[str]:
    """Those who have a duty in the published schedules from a day on, before another."""
    return sorted({cell["person_id"] for cell in published_cells(unit, schedules, first, end) if cell["person_id"]})


def rows(cells: Iterable[Mapping[str, Any]]) -> tuple[CellRow, ...]:
    """Cells of the table as records."""
    return tuple(CellRow(**{name: cell[name] for name in CellRow.__dataclass_fields__}) for cell in cells)


def summary_of(schedule: Schedule) -> ScheduleSummary:
    """A schedule in summary."""
    return ScheduleSummary(
        schedule_id=schedule.schedule_id,
        period=schedule.period,
        state=schedule.state,
        method=schedule.method,
        draft_revision=schedule.revision,
        number=schedule.number,
        locked=tuple(sorted(schedule.locked)),
        stats=schedule.stats,
        created_at=schedule.created_at,
    )


def _draft_cells(grid: Grid, people: Sequence[str]) -> list[CellRow]:
    found = [
        CellRow(
            duty_id=held.duty_id,
            person_id=held.person,
            kind=held.duty.kind.value,
            rotation_id=held.duty.rotation,
            activity=held.duty.activity,
            line=held.duty.line,
            day=held.duty.day,
            starts_at=instant(held.duty.span.start),
            ends_at=instant(held.duty.span.end),
        )
        for held in holdings(grid, people)
    ]
    return sorted(found, key=lambda cell: (cell.starts_at, cell.duty_id))


def _of_schedule(schedule_id: UUID, **_filters: Any) -> tuple[str, ...]:
    # What a draft comes to follows from the program too.
    return f"schedule:{schedule_id}", "program"


def _of_person(person: str, **_week: Any) -> tuple[str, ...]:
    return f"person:{person}", "program"


def _of_calls(**_day: Any) -> tuple[str, ...]:
    return "on_call", "program"


VIEWS = (
    View("roster_grid", RosterGrid, load_roster_grid, "schedule:read", scope_of, _of_schedule),
    View("schedule_summary", ScheduleSummary, load_schedule_summary, "schedule:read", scope_of, _of_schedule),
    View("person_week", PersonWeek, load_person_week, "schedule:read", lambda _who: PUBLISHED, _of_person),
    View("who_is_on", WhoIsOn, load_who_is_on, "schedule:read", lambda _who: PUBLISHED, _of_calls),
)
"""The views that are kept at hand."""
