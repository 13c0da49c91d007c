"""Duties that go from one person to another: the roster after that, and why a duty cannot go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType

from housestaff.core.cells import Holding, holdings
from housestaff.core.demand import CallLine
from housestaff.core.derived import DAY_OFF, WEEKEND
from housestaff.core.duties import Duty, DutyKind
from housestaff.core.edits import SetStint, with_stint
from housestaff.core.errors import BadInput, Stale
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.roster import CallEntry, Cell, Entry, HalfDay, Layer, Night, Roster
from housestaff.core.time import Weekday

_DAY = timedelta(days=1)
_BY_STAY = frozenset({DutyKind.ROTATION_DAY, DutyKind.NIGHT_FLOAT})
"""Kinds of duty that a stay on a rotation brings along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One duty that goes from one person to another."""

    duty_id: str
    giver: str
    taker: str


def moved(grid: Grid, moves: Iterable[Move], *, why: str) -> Roster:
    """The roster in which the duties have gone over; what follows from them (post-call, nights of a week) follows.

    Of a stay on a rotation the days go over, and what the taker had on those days goes back. Raises `Stale` where a
    duty is not the giver's (any more), `BadInput` where it cannot go: the taker is on leave, has something then, or
    may not have such a night.
    """
    listed = list(moves)
    held = {each.duty_id: each for each in holdings(grid, sorted({move.giver for move in listed}))}
    pairs = [(move, _held(held, move)) for move in listed]
    for move, each in pairs:
        _check_taker(grid, each.duty, grid.program.person(move.taker))
    roster = _with_calls(grid, pairs, why=why)
    roster = _with_sessions(grid, roster, pairs, why=why)
    roster = _with_stays(roster, [pair for pair in pairs if _is_of_stay(grid, *pair)])
    free = {each.duty.id: move.taker for move, each in pairs}
    cells = tuple(
        Cell(cell.duty, free[cell.duty.id]) if cell.duty.id in free and cell.person else cell for cell in roster.duties
    )
    return roster if cells == roster.duties else replace(roster, duties=cells)


def _held(held: dict[str, Holding], move: Move) -> Holding:
    found = held.get(move.duty_id)
    if found is None or found.person != move.giver:
        raise Stale(f"The duty {move.duty_id} is not {move.giver}'s any more. Read the schedule again.")
    return found


def _check_taker(grid: Grid, duty: Duty, taker: Person) -> None:
    """Refuse a taker who is away, who may not have such a night, or who is not employed then."""
    day, half = grid.program.zone.half_of(duty.span.start)
    where = f"{duty.line or duty.activity or duty.rotation} on {duty.day:%a %b %-d}"
    if (day, half) in grid.person(taker.id).away:
        raise BadInput(f"{taker.display_name} is on leave: {where}.", place="on_leave", remedy="Choose somebody else.")
    line = grid.program.call_by_id.get(duty.line)
    if not taker.is_employed(day) or (line is not None and not may_have(taker, line, day)):
        raise BadInput(f"{taker.display_name} may not have {where}.", place="who", remedy="Choose somebody else.")


def may_have(person: Person, line: CallLine, day: date) -> bool:
    """Whether somebody is of those from whom the names of a call line come."""
    words = {"resident"} if person.is_trainee else {"faculty"} if person.is_faculty else set[str]()
    return bool({"any", person.level_on(day), person.role_on(day), *words} & set(line.who))


def _with_calls(grid: Grid, pairs: Iterable[tuple[Move, Holding]], *, why: str) -> Roster:
    roster, listed = grid.roster, list(pairs)
    calls = dict(roster.calls)
    for move, each in listed:
        line = grid.program.call_by_id.get(each.duty.line)
        if line is None or each.duty.kind is DutyKind.TRANSITION:
            continue
        night = Night(line.id, each.duty.day)
        names = calls.get(night, ())
        if any(entry.person == move.giver for entry in names):
            others = tuple(entry for entry in names if entry.person != move.giver)
            calls[night] = (*others, CallEntry(move.taker, Layer.MANUAL, why=why))
        elif not any(_brings(grid, other, each.duty) for _move, other in listed):
            raise BadInput(
                f"{line.name} on {each.duty.day:%a %b %-d} goes with its week.",
                place="duty",
                remedy="Give the whole week.",
            )
    return replace(roster, calls=MappingProxyType(calls))


def _brings(grid: Grid, stay: Holding, night: Duty) -> bool:
    """Whether a duty of a stay is of the week that brings a night along."""
    line = grid.program.call_by_id[night.line]
    return stay.duty.kind in _BY_STAY and stay.duty.rotation == line.with_weeks and stay.duty.day == night.day


def _with_sessions(grid: Grid, roster: Roster, pairs: Iterable[tuple[Move, Holding]], *, why: str) -> Roster:
    """Half-days: the taker's has the code, the giver's is free."""
    mine = [
        (move, each.duty) for move, each in pairs if each.duty.half is not None and not _is_of_stay(grid, move, each)
    ]
    freed = {HalfDay(move.giver, duty.day, duty.half) for move, duty in mine if duty.half}
    entries: dict[HalfDay, Entry] = {place: _off(place, why) for place in freed}
    for move, duty in mine:
        assert duty.half is not None  # noqa: S101 - those without were left out
        place = HalfDay(move.taker, duty.day, duty.half)
        code = grid.code(place)
        if grid.program.is_work(code) and place not in freed:
            name = grid.program.person(move.taker).display_name
            raise BadInput(
                f"{name} has {code} on {duty.day:%a %b %-d}, {duty.half.value}.",
                place="taker",
                remedy="Choose somebody who is free then, or take that half-day in return.",
            )
        entries[place] = Entry(Layer.MANUAL, duty.activity or duty.rotation, why=why)
    return roster.with_entries(entries) if entries else roster


def _off(place: HalfDay, why: str) -> Entry:
    return Entry(Layer.MANUAL, WEEKEND if place.day.weekday() >= Weekday.SATURDAY else DAY_OFF, why=why)


def _is_of_stay(grid: Grid, move: Move, each: Holding) -> bool:
    """Whether a stay of the giver brings a duty along; one that was written on a half-day goes as a half-day."""
    stint = grid.person(move.giver).stint_on(each.duty.day)
    return each.duty.kind in _BY_STAY and stint is not None and stint.rotation == each.duty.rotation


def _with_stays(roster: Roster, pairs: Iterable[tuple[Move, Holding]]) -> Roster:
    """Days of stays: the giver's stay is the taker's, and what the taker had then is the giver's."""
    done: set[tuple[frozenset[str], date, date]] = set()
    by_people: dict[tuple[str, str], set[date]] = {}
    for move, each in pairs:
        by_people.setdefault((move.giver, move.taker), set()).add(each.duty.day)
    for (giver, taker), days_moved in sorted(by_people.items()):
        for first, last in _runs(days_moved):
            key = frozenset({giver, taker}), first, last
            if key not in done:
                done.add(key)
                roster = _exchanged(roster, giver, taker, first, last)
    return roster


def _runs(days_moved: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The unbroken runs of some dates; a weekend off between two days of a stay does not break it."""
    listed = sorted(days_moved)
    for _key, run in groupby(enumerate(listed), key=lambda pair: _start_of_run(listed, pair[0])):
        found = [day for _number, day in run]
        yield found[0], found[-1]


def _start_of_run(listed: list[date], number: int) -> date:
    while number and (listed[number] - listed[number - 1]).days <= 3:
        number -= 1
    return listed[number]


def _exchanged(roster: Roster, giver: str, taker: str, first: date, last: date) -> Roster:
    pieces = {
        person: [
            (max(stint.first, first), min(stint.last, last), stint.rotation)
            for stint in roster.stints
            if stint.person == person and stint.first <= last and first <= stint.last
        ]
        for person in (giver, taker)
    }
    for person, other in ((giver, taker), (taker, giver)):
        roster = with_stint(roster, SetStint(person=person, first=first, last=last, rotation=None))
        for start, end, rotation in pieces[other]:
            roster = with_stint(roster, SetStint(person=person, first=start, last=end, rotation=rotation))
    return roster
