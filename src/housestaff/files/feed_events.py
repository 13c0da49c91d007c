"""The events of one person's calendar: each duty by itself, or merged so that a block is a page and not a wall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from housestaff.core.duties import Duty, DutyKind, Family
from housestaff.core.grid import Grid
from housestaff.core.leave import Leave
from housestaff.core.people import Person
from housestaff.core.person_grid import PersonGrid
from housestaff.core.program import Program
from housestaff.core.roster import Entry, Layer
from housestaff.core.time import Half, Span

_CALLS = {DutyKind.IN_HOUSE_CALL, DutyKind.HOME_CALL, DutyKind.JEOPARDY}
_WEEKEND = "W"


class View(StrEnum):
    """How a feed shows duties."""

    EACH = "each"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event: the duties it stands for (the first gives the UID), its title and text, and when.

    An all-day event has dates, the last one included; any other has a span of instants.
    """

    duties: tuple[str, ...]
    title: str
    text: str = ""
    span: Span | None = None
    dates: tuple[date, date] | None = None
    transparent: bool = False


def events_of(grid: Grid, person: Person, view: View) -> tuple[FeedEvent, ...]:
    """All events of a person over the period of the roster, in order of time."""
    mine = grid.person(person.id)
    duties = [duty for duty in mine.duties if not duty.id.endswith(".blank")]
    calls = [duty for duty in duties if duty.kind in _CALLS]
    others = [duty for duty in duties if duty.kind not in _CALLS]
    found = list(_leaves(grid.program, person))
    if view is View.EACH:
        found += [*_off(grid, mine), *(_call(grid, mine, duty) for duty in calls)]
        found += [_single(grid.program, duty) for duty in others]
    else:
        after_call = {duty.day + timedelta(days=1) for duty in calls}
        told = {f"off.{day}" for day in after_call}
        found += [event for event in _off(grid, mine) if event.duties[0] not in told]
        in_house = {duty.day: _call(grid, mine, duty) for duty in calls if duty.kind is DutyKind.IN_HOUSE_CALL}
        merged = list(_merged(grid.program, mine, (others, after_call, in_house)))
        held = {duty for event in merged for duty in event.duties}
        found += [*merged, *(_call(grid, mine, duty) for duty in calls if duty.id not in held)]
    return tuple(sorted(found, key=lambda event: (_starts(grid, event), event.duties)))


def _starts(grid: Grid, event: FeedEvent) -> int:
    if event.span is not None:
        return event.span.start
    return grid.program.zone.at(event.dates[0]) if event.dates else 0


def name_of(program: Program, code: str) -> str:
    """What a code is called in words."""
    known = program.activity_by_code.get(code) or program.rotation_by_code.get(code)
    return known.name if known else code


def _title(program: Program, duty: Duty) -> str:
    code = duty.activity or duty.rotation
    return name_of(program, code) if code else duty.kind.value.replace("_", " ").capitalize()


def _single(program: Program, duty: Duty) -> FeedEvent:
    where = f"At {duty.site}." if duty.site else ""
    return FeedEvent((duty.id,), _title(program, duty), where, duty.span)


def _call(grid: Grid, mine: PersonGrid, duty: Duty) -> FeedEvent:
    """A night of call, with what follows from it on the next day."""
    line = grid.program.call_by_id.get(duty.line)
    morrow = duty.day + timedelta(days=1)
    after = [
        f"{half}: {entry.code} ({name_of(grid.program, entry.code)})"
        for half in Half
        if (entry := mine.codes.get((morrow, half))) is not None and entry.layer is Layer.DERIVED
    ]
    text = f"Next day {', '.join(after)}." if after else ""
    return FeedEvent((duty.id,), line.name if line else _title(grid.program, duty), text, duty.span)


def _leaves(program: Program, person: Person) -> Iterator[FeedEvent]:
    for leave in program.leaves:
        if leave.person == person.id and leave.blocks:
            yield from _leave(program, leave)


def _leave(program: Program, leave: Leave) -> Iterator[FeedEvent]:
    title = f"Leave: {leave.kind.value}"
    if leave.half is None:
        yield FeedEvent((f"leave.{leave.id}",), title, dates=(leave.first, leave.last))
        return
    start, end = program.half_day(leave.half)
    for day, _ in leave.halves():
        span = Span(program.zone.at(day, start), program.zone.at(day, end))
        yield FeedEvent((f"leave.{leave.id}.{day}",), title, span=span)


def _off(grid: Grid, mine: PersonGrid) -> Iterator[FeedEvent]:
    """Days off as all-day events that leave the day free; plain weekends say nothing."""
    first, last = grid.period
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        entries = [mine.codes.get((day, half)) for half in Half]
        if all(entry is not None and _is_off(grid.program, entry) for entry in entries):
            code = next(entry.code for entry in entries if entry is not None)
            if code != _WEEKEND:
                yield FeedEvent((f"off.{day}",), name_of(grid.program, code), dates=(day, day), transparent=True)


def _is_off(program: Program, entry: Entry) -> bool:
    activity = program.activity_by_code.get(entry.code)
    if activity is None:
        return entry.code in {"OFF", "PC", "HOL", "CLOSED", _WEEKEND}
    return activity.family is Family.OFF


def _merged(
    program: Program, mine: PersonGrid, of: tuple[list[Duty], set[date], dict[date, FeedEvent]]
) -> Iterator[FeedEvent]:
    """One event for each stay on a service and one for each other day, in-house call with the day it follows.

    What comes after a call is told with the call.
    """
    duties, after_call, in_house = of
    services: dict[tuple[str, date], list[Duty]] = defaultdict(list)
    by_day: dict[date, list[Duty]] = defaultdict(list)
    for duty in duties:
        stint = mine.stint_on(duty.day)
        if stint is not None and duty.activity == stint.rotation and duty.half is not None:
            services[stint.rotation, stint.first].append(duty)
        elif duty.day not in after_call or not _derived(mine, duty):
            by_day[duty.day].append(duty)
    for (rotation, _), held in services.items():
        times = _times(program, held[0].span)
        ids = tuple(duty.id for duty in held)
        yield FeedEvent(ids, name_of(program, rotation), f"Usually {times}.", dates=(held[0].day, held[-1].day))
    for day, held in by_day.items():
        for event in _day(program, held):
            call = in_house.get(day) if event.span and len(held) == len(event.duties) else None
            yield _with_call(event, call) if call else event


def _derived(mine: PersonGrid, duty: Duty) -> bool:
    entry = mine.codes.get((duty.day, duty.half)) if duty.half else None
    return entry is not None and entry.layer is Layer.DERIVED


def _day(program: Program, held: list[Duty]) -> Iterator[FeedEvent]:
    """The half-days of one date as one event; duties with times of their own stay alone."""
    halves = [duty for duty in held if duty.half is not None]
    for duty in held:
        if duty.half is None:
            yield _single(program, duty)
    if halves:
        titles = [_title(program, duty) for duty in halves]
        title = (
            titles[0]
            if len(set(titles)) == 1
            else ", ".join(f"{duty.half} {name}" for duty, name in zip(halves, titles, strict=True))
        )
        span = Span(halves[0].span.start, max(duty.span.end for duty in halves))
        yield FeedEvent(tuple(duty.id for duty in halves), title, span=span)


def _with_call(day: FeedEvent, call: FeedEvent) -> FeedEvent:
    """A day and the in-house night that follows it without a break, as one event."""
    if day.span is None or call.span is None:
        return day
    span = Span(day.span.start, call.span.end)
    return FeedEvent((*day.duties, *call.duties), f"{day.title}, then {call.title}", call.text, span)


def _times(program: Program, span: Span) -> str:
    start, end = program.zone.clock(span.start)[-5:], program.zone.clock(span.end)[-5:]
    return f"from {start}" if end == "12:00" else f"{start} to {end}"
