"""Fair shares: what each person's part of the nights is, and how far a roster is from it.

Shares follow the nights that a person may take, so leave and part-time make no debt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import pstdev

from housestaff.core.demand import CallLine
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Half, Span, Weekday, days
from housestaff.core.view import Bound, Dealt
from housestaff.rules.recovery import recoveries
from housestaff.rules.settings import ProgramSettings

_DAY = timedelta(days=1)


class Availability:
    """When each person is away, for questions of a date."""

    def __init__(self, program: Program) -> None:
        """Read the leave of the program."""
        self._away: dict[str, set[tuple[date, Half]]] = defaultdict(set)
        self._without_call = {(each.leave.person, day) for each in recoveries(program) for day in each.dates}
        for person, day, half in program.halves_away:
            self._away[person].add((day, half))

    def is_away(self, person: Person, day: date) -> bool:
        """Say whether a person is on leave for any half of a date, or not employed."""
        away = self._away[person.id]
        return (day, Half.AM) in away or (day, Half.PM) in away or not person.is_employed(day)

    def may_take(self, person: Person, day: date) -> bool:
        """Say whether a person may have the night of a date: there on it and on the next day, and not just back."""
        just_back = (person.id, day) in self._without_call
        return not just_back and not self.is_away(person, day) and not self.is_away(person, day + _DAY)


def takers(program: Program) -> list[Person]:
    """The faculty whose role takes nights of call."""
    roles = program.role_by_code
    return [
        person
        for person in program.faculty
        if any(span.role in roles and roles[span.role].takes_call for span in person.roles)
    ]


def shared_lines(program: Program) -> list[CallLine]:
    """The call lines whose nights are dealt out among the faculty one by one."""
    return [line for line in program.calls if not line.with_weeks and "faculty" in line.who]


def nights_of(line: CallLine, first: date, last: date) -> list[date]:
    """The nights of a line between two dates."""
    return [day for day in days(first, last) if day.weekday() in line.weekdays]


def kinds_of_nights(program: Program, nights: Iterable[date]) -> Mapping[str, list[date]]:
    """Nights by the kind in which they are shared out: Sundays, weekdays, and holidays besides."""
    holidays = {holiday.actual for holiday in program.calendar.holidays}
    found: dict[str, list[date]] = defaultdict(list)
    for day in nights:
        if day in holidays:
            found["holiday"].append(day)
        found["Sunday" if day.weekday() == Weekday.SUNDAY else "weekday"].append(day)
    return found


def fair_tenths(people: Sequence[Person], nights: Sequence[date], away: Availability) -> dict[str, int]:
    """The fair share of each person in tenths of a night: the nights in proportion to those each may take."""
    open_to = {person.id: sum(away.may_take(person, day) for day in nights) for person in people}
    total = sum(open_to.values()) or 1
    return {person: round(10 * len(nights) * share / total) for person, share in open_to.items()}


def deviation(dealt: Dealt) -> float:
    """The standard deviation of the counts."""
    return pstdev(dealt.counts.values()) if dealt.counts else 0.0


def is_within(dealt: Dealt) -> bool:
    """Say whether everybody is as near to the fair share as the target asks."""
    return dealt.furthest <= dealt.within


def target_of(program: Program, kind: str) -> int:
    """How many nights of a kind may lie between a person and the fair share, by the program's setting."""
    return ProgramSettings(program.policy).number(_target_key(kind), program.calendar.first)


def _target_key(kind: str) -> str:
    return f"{kind.casefold()}_calls_from_fair"


def shares(program: Program, roster: Roster) -> list[Dealt]:
    """How the nights of every shared line were dealt over the year, by kind."""
    away, people = Availability(program), takers(program)
    found: list[Dealt] = []
    for line in shared_lines(program):
        nights = nights_of(line, program.calendar.first, program.calendar.last)
        for kind, dates in sorted(kinds_of_nights(program, nights).items()):
            counts = {person.id: 0 for person in people}
            for day in dates:
                for name in roster.on_call(line.id, day):
                    counts[name] = counts.get(name, 0) + 1
            fair = fair_tenths(people, dates, away)
            shared = {person: fair.get(person, 0) for person in counts}
            found.append(Dealt(line.id, kind, counts, shared, target_of(program, kind)))
    return found


def from_fair_share(dealt: Dealt, year: Span, unit: str) -> Iterator[Bound]:
    """For each person that the count lies at most so far above, and at most so far below, the fair share."""
    within = dealt.within
    for person, count in dealt.counts.items():
        fair = dealt.fair[person]
        told = f"{dealt.kind} {unit}, {count} for a fair share of {fair / 10:.1f}"
        above = Bound(
            person,
            year,
            10 * count,
            at_most=fair + 10 * within,
            unit=f"tenths of {_ONE[unit]}",
            name=told,
            note=told,
            duties=(),
        )
        yield above
        yield replace(above, at_most=None, at_least=fair - 10 * within)


_ONE = {"nights": "a night", "weekends": "a weekend", "holidays": "a holiday"}


def gini(counts: Iterable[float]) -> float:
    """The Gini index of counts, people with zero included: 0 is even; of (0, 4, 4, 4) it is 0.25."""
    values = sorted(counts)
    total = sum(values)
    if not total:
        return 0.0
    weighted = sum((index + 1) * value for index, value in enumerate(values))
    return (2 * weighted) / (len(values) * total) - (len(values) + 1) / len(values)


def jain(counts: Iterable[float]) -> float:
    """Jain's index of counts: 1 is even, 1/n is one person with everything."""
    values = list(counts)
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0
