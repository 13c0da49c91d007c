"""The leave of program B: vacation, medical leave in electives, and sick days where nothing else stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.time import Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError

_DAY = timedelta(days=1)
_WEEK_DAYS = 7
_SICK_ON = frozenset({"WARDS", "ED", "CCU", "ONC", "ELEC", "Y", "CONS"})


def leaves_of_the_year(
    program: Program, stints: Sequence[Stint], on_call: Mapping[str, set[date]], rows: tables.Row, dice: Random
) -> tuple[Leave, ...]:
    """All records: the vacation stint and a week in an elective each, medical leave in electives, sick days."""
    found = [Leave("", s.person, LeaveKind.VACATION, s.first, s.last) for s in stints if s.rotation == "VAC"]
    electives: dict[str, list[Stint]] = defaultdict(list)
    for stint in stints:
        if stint.rotation == "ELEC" and (stint.last - stint.first).days >= _WEEK_DAYS - 1:
            electives[stint.person].append(stint)
    for person in program.residents:
        places = [
            (stint, first)
            for stint in electives[person.id]
            for first in _mondays(stint)
            if first not in on_call.get(person.id, ())
        ]
        if not places:
            raise GeneratorError(f"{person.id} has no elective for the third week of vacation.", place="leave")
        stint, first = dice.choice(places)
        electives[person.id].remove(stint)
        found.append(_leave(person.id, LeaveKind.VACATION, first, rows["vacation_week_days"]))
    left = [s for mine in electives.values() for s in mine if s.first not in on_call.get(s.person, ())]
    for stint in dice.sample(left, rows["medical"]["records"]):
        kind = LeaveKind.MEDICAL if dice.random() < 0.7 else LeaveKind.PARENTAL
        found.append(
            _leave(
                stint.person,
                kind,
                stint.first,
                min(dice.choice(rows["medical"]["days"]), (stint.last - stint.first).days + 1),
            )
        )
    found += _sick(program, stints, (on_call, found), rows, dice)
    ordered = sorted(found, key=lambda leave: (leave.first, leave.person))
    return tuple(
        Leave(f"l{n:04}", leave.person, leave.kind, leave.first, leave.last) for n, leave in enumerate(ordered, start=1)
    )


def _mondays(stint: Stint) -> list[date]:
    """The Mondays of a stay that begin a whole week of it."""
    return [day for day in days(stint.first, stint.last - (_WEEK_DAYS - 1) * _DAY) if day.weekday() == Weekday.MONDAY]


def _leave(person: str, kind: LeaveKind, first: date, length: int) -> Leave:
    return Leave("", person, kind, first, first + (length - 1) * _DAY)


def _sick(
    program: Program,
    stints: Sequence[Stint],
    taken: tuple[Mapping[str, set[date]], Sequence[Leave]],
    rows: tables.Row,
    dice: Random,
) -> list[Leave]:
    """Sick days between Tuesday and Friday, one record a stay, away from call and from other leave."""
    on_call, leaves = taken
    gone: dict[str, set[date]] = defaultdict(set)
    for leave in leaves:
        gone[leave.person] |= set(days(leave.first - 3 * _DAY, leave.last + 3 * _DAY))
    for person, dates in on_call.items():
        gone[person] |= {day + n * _DAY for day in dates for n in (-1, 0, 1)}
    pool = [stint for stint in stints if stint.rotation in _SICK_ON and stint.first > program.calendar.first]
    dice.shuffle(pool)
    found: list[Leave] = []
    for length, count in rows["sick"]:
        for _ in range(count):
            while pool:
                stint = pool.pop()
                good = [
                    day
                    for day in days(stint.first + _DAY, stint.last - length * _DAY)
                    if Weekday.TUESDAY <= day.weekday() <= Weekday.THURSDAY
                    and not gone[stint.person] & set(days(day, day + (length - 1) * _DAY))
                ]
                if good:
                    found.append(_leave(stint.person, LeaveKind.SICK, dice.choice(good), length))
                    break
            else:
                raise GeneratorError("there is no stay left for a sick day.", place="leave")
    return found
