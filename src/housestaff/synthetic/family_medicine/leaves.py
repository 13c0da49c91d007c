"""The leave of program A: as many records and days of each kind as the tables say, where the witness allows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.time import Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError

_DAY = timedelta(days=1)
_CREW = 3
"""People who may take a night of weekend call, at least, whoever else is away."""
REQUESTED = "requested before the year"


@dataclass
class _Places:
    """Where leave may still be put, person by person and date by date."""

    open: dict[str, set[date]]
    most_away: int
    segments: dict[str, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    crews: dict[date, set[str]] = field(default_factory=dict[date, set[str]])
    away: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    gone: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    wide: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    """Each person's leave with the weekends beside whole weeks of it."""

    def starts(self, person: str, length: int) -> list[date]:
        """Every date on which a leave of that length may start."""
        mine = self.open[person]
        good = [day for day in sorted(mine) if self.away[day] < self.most_away]
        have = set(good)
        fits = [day for day in good if all(day + n * _DAY in have for n in range(length))]
        return [day for day in fits if self._leaves_free_days(person, day, length)]

    def _leaves_free_days(self, person: str, first: date, length: int) -> bool:
        """Say whether the rest of each stay keeps its day in seven, with a weekend call to come."""
        last = first + (length - 1) * _DAY
        gone = with_weekends(self.gone[person] | set(days(first, last)))
        if not self._leaves_crews(person, gone, first - 2 * _DAY, last + 2 * _DAY):
            return False
        for start, end in self.segments[person]:
            if start <= last and first <= end:
                left = [day for day in days(start, end) if day not in gone]
                free = sum(day.weekday() >= Weekday.SATURDAY for day in left)
                if left and max(0, free - 1) < len(left) // 7:
                    return False
        return True

    def _leaves_crews(self, person: str, gone: set[date], first: date, last: date) -> bool:
        """Say whether every night of call in between keeps people who may take it."""
        for day in days(first, last):
            crew = self.crews.get(day, set())
            near = {day, day + _DAY, day + 2 * _DAY}
            if person in crew and near & gone:
                left = sum(not near & self.wide[other] for other in crew - {person})
                if left < _CREW:
                    return False
        return True

    def take(self, person: str, first: date, length: int) -> None:
        """Put a leave; one day on each side stays free of other leave."""
        for n in range(length):
            self.away[first + n * _DAY] += 1
        for n in range(-1, length + 1):
            self.open[person].discard(first + n * _DAY)
        self.gone[person] |= set(days(first, first + (length - 1) * _DAY))
        self.wide[person] = with_weekends(self.gone[person])


def resident_leaves(
    program: Program, stints: Sequence[Stint], crews: dict[date, set[str]], dice: Random
) -> list[Leave]:
    """The 107 records of residents; planned kinds stand in stays from which leave is possible."""
    rows = tables.table("family_medicine")["leave"]
    segments = _weekday_segments(program, stints)
    places = _Places(_open_days(program, stints, planned=True), rows["residents_away_at_once"], segments, crews)
    found: list[Leave] = []
    quotas = dict(zip(range(1, 14), rows["requests_by_block"], strict=True))
    for row in rows["resident"]:
        if row["planned"]:
            found += _placed(program, row, places, quotas if row["requests"] else None, dice)
    anywhere = _open_days(program, stints, planned=False)
    for leave in found:
        anywhere[leave.person] -= set(days(leave.first - _DAY, leave.last + _DAY))
    places = _Places(
        anywhere, rows["residents_away_at_once"] + 1, segments, crews, places.away, places.gone, places.wide
    )
    for row in rows["resident"]:
        if not row["planned"]:
            found += _placed(program, row, places, None, dice)
    return _numbered(found, "lr")


def faculty_leaves(program: Program, weeks: Sequence[Stint], dice: Random) -> list[Leave]:
    """The 67 records of faculty, never in an inpatient week nor in the days around it."""
    rows = tables.table("family_medicine")["leave"]
    around = 2 * _DAY
    closed: dict[str, set[date]] = defaultdict(set)
    for week in weeks:
        closed[week.person] |= set(days(week.first - around, week.last + around))
    bound = {
        day for event in program.calendar.events if "faculty" in event.scope for day in days(event.first, event.last)
    }
    every = set(days(program.calendar.first + 3 * _DAY, program.calendar.last - around)) - bound
    places = _Places({person.id: every - closed[person.id] for person in program.faculty}, rows["faculty_away_at_once"])
    found = [leave for row in rows["faculty"] for leave in _placed(program, row, places, None, dice)]
    return _numbered(found, "lf")


def _weekday_segments(program: Program, stints: Iterable[Stint]) -> dict[str, list[tuple[date, date]]]:
    """The stays that live on weekends for their free days, cut at block edges."""
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for stint in stints:
        if not program.rotation(stint.rotation).weekend_work:
            for block in program.calendar.series[0].blocks:
                first, last = max(stint.first, block.first), min(stint.last, block.last)
                if first <= last:
                    found[stint.person].append((first, last))
    return found


def with_weekends(gone: set[date]) -> set[date]:
    """Dates of leave with the weekends on both sides of each whole week of leave."""
    found = set(gone)
    for monday in {day - day.weekday() * _DAY for day in gone}:
        if all(monday + n * _DAY in gone for n in range(5)):
            found |= {monday + n * _DAY for n in (-2, -1, 5, 6)}
    return found


def _open_days(program: Program, stints: Iterable[Stint], *, planned: bool) -> dict[str, set[date]]:
    """The dates on which each resident may be away: no nights, no events, planned leave only where it is eligible."""
    events = [e for e in program.calendar.events if {"residents", "all", "PGY-1"} & set(e.scope)]
    bound = {day for event in events for day in days(event.first, event.last)}
    found: dict[str, set[date]] = defaultdict(set)
    for stint in stints:
        rotation = program.rotation(stint.rotation)
        if rotation.leave_eligible if planned else not rotation.night and stint.rotation != "ORI":
            found[stint.person] |= set(days(stint.first, stint.last)) - bound
    nights = [s for s in stints if program.rotation(s.rotation).night]
    for stint in nights:
        found[stint.person].discard(stint.last + _DAY)
    return found


def _placed(
    program: Program, row: tables.Row, places: _Places, quotas: dict[int, int] | None, dice: Random
) -> Iterator[Leave]:
    """The records of one kind, the longest first."""
    lengths = sorted((length for length, count in row["lengths"] for _ in range(count)), reverse=True)
    for number, length in enumerate(lengths):
        asked = quotas is not None and number < row["requests"]
        blocks = {block for block, left in quotas.items() if left > 0} if quotas is not None and asked else None
        person, first = _place(program, places, length, _fits(program, row, length, blocks), dice)
        places.take(person, first, length)
        if quotas is not None and asked:
            quotas[_block(program, first)] -= 1
        yield Leave(
            id="",
            person=person,
            kind=LeaveKind(row["kind"]),
            first=first,
            last=first + (length - 1) * _DAY,
            note=REQUESTED if asked else row.get("note", ""),
        )


def _fits(program: Program, row: tables.Row, length: int, blocks: set[int] | None) -> Callable[[date], bool]:
    """Which first days suit a kind: a week of vacation starts with the week, an exam is on a workday."""

    def fits(day: date) -> bool:
        starts = {7: {Weekday.MONDAY, Weekday.SATURDAY}, 6: {Weekday.MONDAY}, 5: {Weekday.MONDAY}}.get(
            length, set(range(5))
        )
        on_workday = row["kind"] != "personal" or program.calendar.is_workday(day + (length - 1) * _DAY)
        return day.weekday() in starts and on_workday and (not blocks or _block(program, day) in blocks)

    return fits


def _block(program: Program, day: date) -> int:
    block = program.calendar.series[0].block_on(day)
    return block.number if block else 0


def _place(
    program: Program, places: _Places, length: int, fits: Callable[[date], bool], dice: Random
) -> tuple[str, date]:
    """A person and first day, those with little leave so far first."""
    people = sorted(places.open, key=lambda id_: (len(places.gone[id_]) + 6 * dice.random(), id_))
    for person in people:
        starts = [day for day in places.starts(person, length) if fits(day)]
        if starts:
            return person, dice.choice(starts)
    raise GeneratorError(f"no place is left in {program.name} for a leave of {length} days.", place="leave")


def _numbered(leaves: list[Leave], prefix: str) -> list[Leave]:
    ordered = sorted(leaves, key=lambda each: (each.first, each.person))
    return [
        Leave(f"{prefix}{n:03}", each.person, each.kind, each.first, each.last, note=each.note)
        for n, each in enumerate(ordered, start=1)
    ]


def away_days(leaves: Iterable[Leave]) -> Mapping[str, set[date]]:
    """The dates of leave of each person."""
    found: dict[str, set[date]] = defaultdict(set)
    for leave in leaves:
        found[leave.person] |= set(days(leave.first, leave.last))
    return found


def with_own_weekends(away: Mapping[str, set[date]]) -> Mapping[str, set[date]]:
    """The dates of leave of each person with the weekends beside whole weeks of it: no call there."""
    return {person: with_weekends(gone) for person, gone in away.items()}
