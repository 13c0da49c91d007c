"""Stays on night rotations, as runs of days that follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.time import Span, days


def night_runs(grid: Grid, person: Person, first: date, last: date) -> Iterator[tuple[int, Span]]:
    """Each unbroken run of days that a person spends on night rotations between two dates, and when it is."""
    rotations = grid.program.rotation_by_code
    nights = {
        day
        for stint in grid.person(person.id).stints
        if stint.rotation in rotations and rotations[stint.rotation].night
        for day in days(max(stint.first, first), min(stint.last, last))
    }
    run: list[date] = []
    for day in [*sorted(nights), None]:
        if run and (day is None or day - run[-1] != timedelta(days=1)):
            yield len(run), grid.program.zone.day_span(run[0], run[-1])
            run = []
        if day is not None:
            run.append(day)
