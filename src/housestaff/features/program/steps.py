"""What becomes of a resident when the year turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.people import LevelSpan, Person
from housestaff.core.program import Program

PROMOTE, GRADUATE, STAY = "promote", "graduate", "stay"
STEPS = (PROMOTE, GRADUATE, STAY)
_TURN_OF_THE_YEAR = frozenset({6, 7})
"""Who begins a level in another month is off-cycle, and keeps the own dates."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to somebody: a level from a day on, or the last day of employment, or nothing."""

    person: str
    what: str
    level: str = ""
    day: date | None = None


def proposed_steps(program: Program, first: date, last: date) -> tuple[tuple[Person, Step, bool], ...]:
    """For each resident who is still here: what is likely from a new year on, and whether they are off-cycle."""
    levels = sorted({span.level for person in program.residents for span in person.levels})
    here = [person for person in program.residents if person.is_employed(first - timedelta(days=1))]
    return tuple((person, _step(person, levels, first, last), _is_off_cycle(person, first)) for person in here)


def _latest(person: Person, first: date) -> LevelSpan | None:
    begun = [span for span in person.levels if span.dates.first < first]
    return max(begun, key=lambda span: span.dates.first) if begun else None


def _is_off_cycle(person: Person, first: date) -> bool:
    span = _latest(person, first)
    return span is not None and span.dates.first.month not in _TURN_OF_THE_YEAR


def _step(person: Person, levels: Sequence[str], first: date, last: date) -> Step:
    span = _latest(person, first)
    if span is None or any(first <= each.dates.first <= last for each in person.levels):
        # Nothing to go on from, or it is planned already.
        return Step(person.id, STAY)
    day = _anniversary(span.dates.first, first) if _is_off_cycle(person, first) else first
    if day > last:
        return Step(person.id, STAY)
    later = [level for level in levels if level > span.level]
    return Step(person.id, PROMOTE, later[0], day) if later else Step(person.id, GRADUATE, "", day - timedelta(days=1))


def _anniversary(start: date, first: date) -> date:
    """The first return of a date on or after another one."""
    is_leap_day = (start.month, start.day) == (2, 29)
    month, day = (3, 1) if is_leap_day else (start.month, start.day)
    found = date(first.year, month, day)
    return found if found >= first else date(first.year + 1, month, day)
