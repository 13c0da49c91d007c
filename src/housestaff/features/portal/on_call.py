"""Who is on call: now and in the coming days, from what is published, with exact times and names and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from housestaff.features.accounts.queries import program_seen
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.features.schedules.views import ON_CALL, published_cells, rows
from housestaff.plumbing.unit import Unit

SHOWN_DAYS = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OnCallDuty:
    """A span of call with who has it."""

    line: str
    name: str
    starts_at: datetime
    ends_at: datetime
    day: date
    is_now: bool


@dataclass(frozen=True, slots=True)
class OnCallBoard:
    """The spans of some days in order of time."""

    program: str
    zone: str
    as_of: datetime
    first: date
    duties: tuple[OnCallDuty, ...]

    @property
    def now(self) -> tuple[OnCallDuty, ...]:
        """Those who are on call at this instant."""
        return tuple(each for each in self.duties if each.is_now)


def board(unit: Unit, programs: Programs, schedules: Schedules) -> OnCallBoard:
    """Everybody on call from yesterday's nights, which may still run, to a week from today."""
    program, (name, _zone, _locale) = programs.get(), program_seen(unit)
    today = program.zone.day(unit.now)
    cells = rows(published_cells(unit, schedules, today - _DAY, today + SHOWN_DAYS * _DAY))
    lines = {each.id: each.name for each in program.calls} | {each.code: each.name for each in program.rotations}
    people = program.person_by_id
    duties = [
        OnCallDuty(
            line=lines.get(cell.line or cell.rotation_id, cell.line or cell.rotation_id),
            name=people[cell.person_id].display_name,
            starts_at=cell.starts_at,
            ends_at=cell.ends_at,
            day=cell.day,
            is_now=cell.starts_at <= unit.now < cell.ends_at,
        )
        for cell in cells
        if cell.kind in ON_CALL and cell.person_id in people and cell.person_id is not None and cell.ends_at > unit.now
    ]
    duties.sort(key=lambda each: (each.starts_at, each.line, each.name))
    return OnCallBoard(name, program.zone.name, unit.now, today, tuple(duties))


def as_text(found: OnCallBoard) -> str:
    """The board as plain text for paging systems: one span a line, its fields set apart by tabs.

    Fields: line of call, name, first and last minute as local date and time (YYYY-MM-DD HH:MM), zone. The first line
    names them.
    """
    head = "line\tname\tstart\tend\tzone"
    told = [
        "\t".join((_plain(each.line), _plain(each.name), *_local(each, found.zone), found.zone))
        for each in found.duties
    ]
    return "\n".join((head, *told)) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _local(duty: OnCallDuty, zone: str) -> tuple[str, str]:
    there = ZoneInfo(zone)
    start, end = (each.astimezone(there).strftime("%Y-%m-%d %H:%M") for each in (duty.starts_at, duty.ends_at))
    return start, end
