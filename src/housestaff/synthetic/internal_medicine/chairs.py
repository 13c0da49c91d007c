"""Call on the services of program B: each place on a service is a chair with a fixed rhythm of nights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Night, Stint
from housestaff.core.time import days
from housestaff.synthetic.arranging import GeneratorError

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chairs:
    """The chairs of a group on a service: chair n has the nights n, n + rhythm ... of line n // rhythm."""

    rotation: str
    interns: bool
    lines: tuple[str, ...]
    rhythm: int


ALL = (
    Chairs("MICU", interns=True, lines=("micu_intern_1", "micu_intern_2"), rhythm=4),
    Chairs("MICU", interns=False, lines=("micu_senior",), rhythm=6),
    Chairs("CONS", interns=False, lines=("consults_1", "consults_2"), rhythm=6),
)


def nights_of_call(program: Program, stints: Sequence[Stint]) -> dict[Night, tuple[CallEntry, ...]]:
    """Every night of every line; who leaves a service hands the chair to who comes."""
    found: dict[Night, tuple[CallEntry, ...]] = {}
    for chairs in ALL:
        mine = [s for s in stints if s.rotation == chairs.rotation and _is_intern(program, s) == chairs.interns]
        for day, seat, person in _seated(program, chairs, mine):
            if (day.toordinal() - seat) % chairs.rhythm == 0:
                found[Night(chairs.lines[seat // chairs.rhythm], day)] = (CallEntry(person),)
    return found


def _is_intern(program: Program, stint: Stint) -> bool:
    return program.person(stint.person).level_on(stint.first) == "PGY-1"


def _seated(program: Program, chairs: Chairs, stints: Sequence[Stint]) -> Iterator[tuple[date, int, str]]:
    """Who sits on which chair on each date; those who stay keep theirs, newcomers take the free ones in order."""
    count = len(chairs.lines) * chairs.rhythm
    seats: dict[str, int] = {}
    starts: dict[date, list[Stint]] = {}
    for stint in stints:
        starts.setdefault(stint.first, []).append(stint)
    until: dict[str, date] = {}
    for day in days(program.calendar.first, program.calendar.last):
        coming = {stint.person: stint.last for stint in starts.get(day, ())}
        for person in [p for p, last in until.items() if last < day and p not in coming]:
            del until[person]
            del seats[person]
        until |= coming
        for person in sorted(coming):
            if person not in seats:
                free = sorted(set(range(count)) - set(seats.values()))
                if not free:
                    raise GeneratorError(f"{chairs.rotation} has more people than chairs on {day}.", place="call")
                seats[person] = free[0]
        for person, seat in seats.items():
            yield day, seat, person


def rested_on(nights: Mapping[Night, tuple[CallEntry, ...]], in_house: Sequence[str]) -> dict[str, set[date]]:
    """The dates that belong to call for each person: the nights, and the day after those in the house."""
    found: dict[str, set[date]] = {}
    for night, names in nights.items():
        for entry in names:
            dates = found.setdefault(entry.person, set())
            dates.add(night.day)
            if night.line in in_house:
                dates.add(night.day + _DAY)
    return found
