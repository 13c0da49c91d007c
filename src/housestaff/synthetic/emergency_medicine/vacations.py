"""The vacations of program C: weeks from Monday to Sunday, spread so that the department stays staffed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.core.time import Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.required import level_of

_DAY = timedelta(days=1)
_TRIES = 200


def vacations(program: Program, stints: Sequence[Stint], rows: tables.Row, dice: Random) -> list[Leave]:
    """Four weeks for everybody in stays from which leave is possible, within the caps of the department."""
    rotation_on = {(s.person, day): s.rotation for s in stints for day in days(s.first, s.last)}
    for _ in range(_TRIES):
        found = _dealt(program, rotation_on, rows, dice)
        if found:
            ordered = sorted(found, key=lambda pair: (pair[1], pair[0]))
            return [
                Leave(f"lr{n:03}", who, LeaveKind.VACATION, first, first + (rows["days"] - 1) * _DAY)
                for n, (who, first) in enumerate(ordered, start=1)
            ]
    raise GeneratorError("the vacations cannot be dealt within the caps of the department.", place="vacation")


def _dealt(
    program: Program, rotation_on: Mapping[tuple[str, date], str], rows: tables.Row, dice: Random
) -> list[tuple[str, date]]:
    calendar = program.calendar
    mondays = [d for d in days(calendar.first + 6 * _DAY, calendar.last - 6 * _DAY) if d.weekday() == Weekday.MONDAY]
    level = {person.id: level_of(program, person) for person in program.residents}
    open_weeks = {id_: [monday for monday in mondays if _may(program, rotation_on, id_, monday)] for id_ in level}
    away: Counter[tuple[str, date]] = Counter()
    per_block: Counter[int] = Counter()
    mine: dict[str, list[date]] = {id_: [] for id_ in level}
    for _ in range(rows["weeks_each"]):
        for id_ in sorted(level, key=lambda each: (len(open_weeks[each]), dice.random())):
            in_department = {m for m in open_weeks[id_] if rotation_on[id_, m] == "ED"}
            free = [
                monday
                for monday in open_weeks[id_]
                if all(abs((monday - other).days) > 14 for other in mine[id_])
                and (monday not in in_department or _has_room(program, rows, away, per_block, (monday, level[id_])))
            ]
            if not free:
                return []
            price = {m: away["", m] + 2 * away[level[id_], m] + 3 * dice.random() for m in free}
            chosen = min(free, key=lambda monday: price[monday])
            mine[id_].append(chosen)
            if chosen in in_department:
                away["", chosen] += 1
                away[level[id_], chosen] += 1
                per_block[_block(program, chosen)] += 1
    return [(id_, monday) for id_, chosen in mine.items() for monday in chosen]


def _may(program: Program, rotation_on: Mapping[tuple[str, date], str], id_: str, monday: date) -> bool:
    codes = [rotation_on[id_, monday + n * _DAY] for n in range(7)]
    early = monday < program.calendar.series[0].blocks[0].last and program.person(id_).level_on(monday) == "PGY-1"
    return not early and all(program.rotation(code).leave_eligible for code in codes)


def _has_room(
    program: Program, rows: tables.Row, away: Counter[tuple[str, date]], per_block: Counter[int], week: tuple[date, str]
) -> bool:
    monday, level = week
    return (
        away["", monday] < rows["away_at_once"]
        and away[level, monday] < rows["away_at_once_of_a_level"]
        and per_block[_block(program, monday)] < rows["weeks_in_department_per_block"]
    )


def _block(program: Program, day: date) -> int:
    block = program.calendar.series[0].block_on(day)
    return block.number if block else 0
