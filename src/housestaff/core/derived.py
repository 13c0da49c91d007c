"""What follows from decisions: post-call cells, recovery, leave cells, holidays. Computed, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from housestaff.core.calendar import DayType, InstitutionalEvent
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Entry, Layer, Roster, Stint
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Weekday, days

WEEKEND, DAY_OFF, HOLIDAY, CLOSED, POST_CALL, LEAVE = "W", "OFF", "HOL", "CLOSED", "PC", "LV"

_LEAVE_CODES = {LeaveKind.CONFERENCE: "CONF", LeaveKind.MILITARY: "TDY"}
_DAY = timedelta(days=1)


def leave_code(leave: Leave) -> str:
    """The code that the grid prints for a leave of this kind."""
    return _LEAVE_CODES.get(leave.kind, LEAVE)


def after_call(program: Program, roster: Roster) -> dict[str, dict[tuple[date, Half], Entry]]:
    """The cells that follow from nights of call: PCAT and DO for faculty, post-call for residents."""
    cells: dict[str, dict[tuple[date, Half], Entry]] = defaultdict(dict)
    for night, entries in roster.calls.items():
        line = program.call_by_id.get(night.line)
        if line is None:
            continue
        for entry in entries:
            for half, code in line.after:
                why = f"{line.name} on {night.day:%a %b %-d}"
                cells[entry.person][night.day + _DAY, half] = Entry(Layer.DERIVED, code, why=why)
    return cells


def after_stints(program: Program, stints: Iterable[Stint]) -> dict[tuple[date, Half], Entry]:
    """Post-call after the last night of a night stint, and the recovery Friday after an inpatient week of faculty."""
    cells: dict[tuple[date, Half], Entry] = {}
    stays = list(stints)
    for stint in stays:
        rotation = program.rotation_by_code.get(stint.rotation)
        if rotation is None:
            continue
        morrow = stint.last + _DAY
        goes_on = any(other.rotation == stint.rotation and other.holds(morrow) for other in stays)
        if goes_on:
            continue
        if rotation.night:
            code, why = POST_CALL, f"after the last night of {rotation.name}"
        elif program.person(stint.person).is_faculty and rotation.week_starts_on is not None:
            code, why = DAY_OFF, f"recovery after the {rotation.name} week"
        else:
            continue
        for half in Half:
            cells[morrow, half] = Entry(Layer.DERIVED, code, why=why)
    return cells


def template_code(program: Program, rotation: Rotation | None, day: date, half: Half, level: str = "") -> Entry | None:
    """What the rotation prints on a half-day before anybody decides anything."""
    weekend = day.weekday() >= Weekday.SATURDAY
    if rotation is None:
        return Entry(Layer.TEMPLATE, WEEKEND, why="weekend") if weekend else None
    for cell in rotation.pattern:
        fits = cell.weekday == day.weekday() and cell.half is half and (not cell.levels or level in cell.levels)
        if fits and _in_weeks(program, cell.weeks, day):
            return Entry(Layer.TEMPLATE, cell.activity, why=f"pattern of {rotation.name}")
    if day.weekday() in rotation.days_off.weekdays:
        return Entry(Layer.TEMPLATE, DAY_OFF, why=f"day off on {rotation.name}")
    if weekend and not rotation.weekend_work:
        return Entry(Layer.TEMPLATE, WEEKEND, why="weekend")
    if rotation.is_service:
        return Entry(Layer.TEMPLATE, rotation.code, why=f"service of {rotation.name}")
    return None


def _in_weeks(program: Program, weeks: tuple[int, ...], day: date) -> bool:
    if not weeks:
        return True
    block = program.calendar.series[0].block_on(day)
    if block is None:
        return False
    number = (day - block.first).days // 7 + 1
    is_last = day + timedelta(days=7) > block.last
    return number in weeks or (-1 in weeks and is_last)


def from_calendar(program: Program, person: Person, stints: list[Stint]) -> dict[tuple[date, Half], Entry]:
    """Holidays and closures for people whose rotation does not work through them."""
    cells: dict[tuple[date, Half], Entry] = {}
    for holiday in program.calendar.holidays:
        rotation = _rotation_on(program, stints, holiday.observed)
        if rotation is not None and rotation.is_service and rotation.weekend_work:
            continue
        code = CLOSED if holiday.type is DayType.CLOSURE else HOLIDAY
        for half in Half:
            cells[holiday.observed, half] = Entry(Layer.DERIVED, code, why=holiday.name)
    for event in program.calendar.events:
        for day in days(event.first, event.last):
            rotation = _rotation_on(program, stints, day)
            bound = event.binds_inpatient or rotation is None or not rotation.is_service
            if bound and day.weekday() < Weekday.SATURDAY and concerns(event, person, day):
                for half in Half:
                    if event.covers(day, half):
                        cells[day, half] = Entry(Layer.PRELOAD, event.activity, why=event.name)
    return cells


def concerns(event: InstitutionalEvent, person: Person, day: date) -> bool:
    """Say whether an event is for a person: for all, for a kind, a level, or by name."""
    names = {"all", person.id, person.level_on(day)}
    names |= {"residents"} if person.is_trainee else set()
    names |= {"faculty"} if person.is_faculty else set()
    return person.kind.value in event.scope or bool(names & set(event.scope))


def _rotation_on(program: Program, stints: list[Stint], day: date) -> Rotation | None:
    stint = next((stint for stint in stints if stint.holds(day)), None)
    return program.rotation_by_code.get(stint.rotation) if stint else None
