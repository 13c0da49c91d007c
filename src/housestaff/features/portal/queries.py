"""What a start page reads: always of the person who asks, always of what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.features.notices.store import Notices
from housestaff.features.portal.model import Stats, Week, academic_year, coming_weeks, stats_of
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import SCHEDULE, Schedules
from housestaff.features.schedules.views import CellRow, published_cells, rows
from housestaff.plumbing.access import NoPerson
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

FEWEST_WEEKS, MOST_WEEKS = 4, 8
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """Who asks, as a person of the program."""

    id: str
    name: str
    roles: tuple[str, ...]
    level: str
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class OwnLeave:
    """One record of one's own leave."""

    leave_id: str
    first: date
    last: date
    half: str | None
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One's own start page; swaps, conflicts, alerts and decisions come with their rooms."""

    person: OwnPerson
    academic_year: int
    as_of: datetime
    schedule_number: int | None
    stats: Stats
    weeks: tuple[Week, ...]
    leaves: tuple[OwnLeave, ...]


def dashboard(
    unit: Unit, programs: Programs, schedules: Schedules, notices: Notices, *, year: int | None = None
) -> Dashboard:
    """One's own year: counted right, and the coming weeks.

    Raises `NoPerson` for a login that is no person of the program. Zeros where nothing is published.
    """
    program, person = programs.get(), _person(unit)
    today = program.zone.day(unit.now)
    span = (date(year, 7, 1), date(year + 1, 6, 30)) if year is not None else academic_year(today)
    # The coming weeks may lie outside of the year that is asked for.
    first, end = min(span[0], today - _WEEK), max(span[1] + _DAY, today + (MOST_WEEKS + 1) * _WEEK)
    cells = _cells(unit, schedules, person, first, end)
    user = unit.request.user_id
    stats = stats_of(
        program, person, cells, year=span, today=today, unread=notices.unread(user) if user is not None else 0
    )
    return Dashboard(
        person=_self(unit, program, person, today),
        academic_year=span[0].year,
        as_of=unit.now,
        schedule_number=_number_on(unit, today),
        stats=stats,
        weeks=tuple(_weeks(program, person, cells, today=today, weeks=MOST_WEEKS)),
        leaves=tuple(map(_own_leave, _leaves(program, person, *span))),
    )


def weeks(unit: Unit, programs: Programs, schedules: Schedules, *, weeks: int) -> list[Week]:
    """One's own coming weeks, the running one first."""
    program, person = programs.get(), _person(unit)
    today = program.zone.day(unit.now)
    cells = _cells(unit, schedules, person, today - _WEEK, today + (weeks + 1) * _WEEK)
    return _weeks(program, person, cells, today=today, weeks=weeks)


def _person(unit: Unit) -> str:
    person = unit.principal.person_id if unit.principal else None
    if person is None:
        raise NoPerson(NoPerson.__doc__ or "")
    return person


def _self(unit: Unit, program: Program, person: str, today: date) -> OwnPerson:
    known, principal = program.person(person), unit.principal
    return OwnPerson(
        id=person,
        name=known.display_name,
        roles=principal.roles if principal else (),
        level=known.level_on(today) or known.role_on(today),
        locale=principal.locale if principal else "",
        time_zone=program.zone.name,
    )


def _cells(unit: Unit, schedules: Schedules, person: str, first: date, end: date) -> list[CellRow]:
    return list(rows(published_cells(unit, schedules, first, end, person=person)))


def _leaves(program: Program, person: str, first: date, last: date) -> list[Leave]:
    """The records of a person that meet a span, in order of time."""
    mine = (each for each in program.leaves if each.person == person and each.first <= last and each.last >= first)
    return sorted(mine, key=lambda each: (each.first, each.id))


def _own_leave(leave: Leave) -> OwnLeave:
    half = leave.half.value if leave.half else None
    return OwnLeave(leave.id, leave.first, leave.last, half, leave.kind.value, leave.status.value)


def _weeks(program: Program, person: str, cells: Sequence[CellRow], *, today: date, weeks: int) -> list[Week]:
    frozen = ProgramSettings(program.policy).number("freeze_horizon_days", today)
    met = _leaves(program, person, today - _WEEK, today + (weeks + 1) * _WEEK)
    leaves = [each for each in met if each.blocks]
    return coming_weeks(program, cells, leaves, today=today, weeks=weeks, frozen=frozen)


def _number_on(unit: Unit, today: date) -> int | None:
    """The newest version of the schedule in force on a date, or of the next one."""
    asked = (
        sa.select(SCHEDULE.c.number)
        .where(SCHEDULE.c.number.is_not(None), SCHEDULE.c.last_day >= today)
        .order_by(SCHEDULE.c.first_day)
        .limit(1)
    )
    return unit.connection.execute(asked).scalar_one_or_none()
