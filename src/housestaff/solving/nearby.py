"""The part of a roster that a piece of a solve looks at, and what leave has already spoiled in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.time import Half, days
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for

_AROUND = timedelta(days=8)
_AVERAGES = ("one_day_in_seven", "eighty_hours")


def around(roster: Roster, first: date, last: date, people: Iterable[str] | None = None) -> Roster:
    """The part of a roster near some dates: stays, calls and decided half-days of some people, nothing from afar."""
    low, high = first - _AROUND, last + _AROUND
    chosen = None if people is None else set(people)
    stints = tuple(
        Stint(s.person, s.rotation, max(s.first, low), min(s.last, high), s.layer)
        for s in roster.stints
        if s.first <= high and low <= s.last and (chosen is None or s.person in chosen)
    )
    calls = {night: names for night, names in roster.calls.items() if low <= night.day <= high}
    halves = {
        place: entries
        for place, entries in roster.halves.items()
        if low <= place.day <= high and (chosen is None or place.person in chosen)
    }
    return replace(
        roster, stints=stints, calls=MappingProxyType(calls), halves=MappingProxyType(halves), complete=(first, last)
    )


def with_sessions(program: Program, roster: Roster, people: Iterable[str] | None = None) -> Roster:
    """The roster with a session on every open weekday half of residents: busy, whichever session it will be."""
    grid = Grid(program, roster)
    chosen = None if people is None else set(people)
    entries: dict[HalfDay, Entry] = {}
    for person in program.residents:
        if chosen is not None and person.id not in chosen:
            continue
        known = grid.person(person.id)
        for day in days(*grid.period):
            rotation = known.rotation_on(day)
            if rotation is None or not rotation.session or not program.calendar.is_workday(day):
                continue
            for half in Half:
                if (day, half) not in known.codes:
                    entries[HalfDay(person.id, day, half)] = Entry(Layer.SOLVER, rotation.session)
    return roster.with_entries(entries)


def short_of_free_days(program: Program, roster: Roster, people: Iterable[str]) -> set[tuple[str, date]]:
    """People and dates of stays in which leave has left too few free days, or hours, for the days that remain.

    Stays whose days off we issue ourselves are not among them.
    """
    asked = set(people)
    grid = Grid(program, with_sessions(program, roster, asked))
    view = FinishedRoster(grid).narrowed(asked, program.zone.day_span(*grid.period))
    found = {
        (each.who, day)
        for each in judge(view, ruleset_for(program).only(_AVERAGES))
        if each.is_violation
        for day in days(each.first, each.last)
    }
    return {(who, day) for who, day in found if not _issued_by_us(grid, who, day)}


def _issued_by_us(grid: Grid, who: str, day: date) -> bool:
    rotation = grid.person(who).rotation_on(day)
    return rotation is not None and rotation.is_service and rotation.days_off.managed_by == "solver"
