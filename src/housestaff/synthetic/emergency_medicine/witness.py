"""Program C with leave and witness: rotations, vacations, shifts of the department, conference and days off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from types import MappingProxyType

from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Cell, Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.time import Half, Span, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError, Puzzle, arrange
from housestaff.synthetic.emergency_medicine.program import CONFERENCE, TABLE, bare_program
from housestaff.synthetic.emergency_medicine.shifts import Department, Worker
from housestaff.synthetic.emergency_medicine.vacations import vacations
from housestaff.synthetic.reference import Reference
from housestaff.synthetic.required import blocks_of, items_of, level_of, windows

_DAY = timedelta(days=1)
_DEPARTMENT = "ED"
_DEALS = 6


@cache
def reference_c(seed: int) -> Reference:
    """Program C of a seed with its leave and its witness roster; it has no history."""
    dice, rows = Random(seed), tables.table(TABLE)
    program = bare_program(seed)
    stays = _rotations(program, rows, dice)
    program, workers = _staffed(program, stays, rows, dice)
    roster = Roster(stints=tuple(stays), complete=(program.calendar.first, program.calendar.last))
    cells = _half_days(program, roster, workers)
    witness = replace(roster, halves=MappingProxyType(cells), duties=tuple(_duties(program, workers)))
    return Reference(program, Roster(), witness)


def _staffed(
    program: Program, stays: Sequence[Stint], rows: tables.Row, dice: Random
) -> tuple[Program, dict[str, Worker]]:
    """The program with its vacations and everybody's shifts; vacations that leave a date short are dealt anew."""
    for _ in range(_DEALS - 1):
        try:
            return _deal(program, stays, rows, dice)
        except GeneratorError:
            continue
    return _deal(program, stays, rows, dice)


def _deal(
    program: Program, stays: Sequence[Stint], rows: tables.Row, dice: Random
) -> tuple[Program, dict[str, Worker]]:
    away = replace(program, leaves=tuple(vacations(program, stays, rows["vacation"], dice)))
    return away, _workers(away, stays, rows, dice)


def program_c(seed: int) -> Program:
    """The program file of emergency medicine C."""
    return reference_c(seed).program


def _rotations(program: Program, rows: tables.Row, dice: Random) -> list[Stint]:
    columns = {person.id: blocks_of(program, person) for person in program.residents}
    items = items_of(program, columns, rows["witness"]["extras"], dice)
    exact = {f"{_DEPARTMENT} {level}": row["residents"] for level, row in rows["department"].items()}

    def groups(person: str, item: str) -> tuple[str, ...]:
        return (f"{item} {level_of(program, program.person(person))}",) if item == _DEPARTMENT else (item,)

    def limits(group: str, _column: int) -> tuple[int, int]:
        if group in exact:
            return exact[group], exact[group]
        return 0, program.rotation(group).capacity_of("all")[1] or 99

    found = arrange(Puzzle(columns, items, groups, limits, windows(program)), dice)
    blocks = {block.number: block for block in program.calendar.series[0].blocks}
    return list(
        _joined(
            Stint(id_, row[number], blocks[number].first, blocks[number].last)
            for id_, row in sorted(found.items())
            for number in sorted(row)
        )
    )


def _joined(stints: Iterable[Stint]) -> list[Stint]:
    """Equal neighbors as one stay."""
    found: list[Stint] = []
    for stint in stints:
        last = found[-1] if found else None
        if last is not None and (last.person, last.rotation, last.last + _DAY) == (
            stint.person,
            stint.rotation,
            stint.first,
        ):
            found[-1] = replace(last, last=stint.last)
        else:
            found.append(stint)
    return found


def _workers(program: Program, stays: Sequence[Stint], rows: tables.Row, dice: Random) -> dict[str, Worker]:
    """The shifts of everybody over the year, block after block."""
    gone = {(person, day) for person, day, _half in program.halves_away}
    present = {
        person.id: {
            day
            for s in stays
            if s.person == person.id and s.rotation == _DEPARTMENT
            for day in days(s.first, s.last)
            if (person.id, day) not in gone
        }
        for person in program.residents
    }
    for dates in present.values():
        dates |= {day + _DAY for day in dates if day == program.calendar.last}
    level = {person.id: level_of(program, person) for person in program.residents}
    everybody = {
        id_: Worker(id_, level[id_], 0, dates, set(), rows["conference"]["excused_most"])
        for id_, dates in present.items()
    }
    for block in program.calendar.series[0].blocks:
        in_block = {id_: sum(block.holds(day) for day in worker.present) for id_, worker in everybody.items()}
        here = [worker for id_, worker in everybody.items() if in_block[id_]]
        for worker in here:
            shifts = rows["department"][worker.level]["shifts"]
            worker.target = round(shifts * in_block[worker.id] / rows["blocks"]["days"])
            worker.weekend = None
        Department(_with_seniors(rows, first=block.number == 1), block.first, block.last, here, dice).deal()
    return everybody


def _with_seniors(rows: tables.Row, *, first: bool) -> tables.Row:
    """The shift table; in the first block nobody of the first year stands on a line without a third-year colleague."""
    if not first:
        return rows
    shifts = [{**row, "main": ["PGY-2 PGY-3"]} if row["line"] == "mid" else row for row in rows["shift"]]
    return {**rows, "shift": shifts}


def _duties(program: Program, workers: Mapping[str, Worker]) -> Iterable[Cell]:
    zone = program.zone
    for id_, worker in sorted(workers.items()):
        for day, slot in sorted(worker.shifts.items()):
            span = Span(zone.at(day, slot.start), zone.at(day, slot.end))
            yield Cell(shift_duty(id_, day, slot.line, slot.site, span), id_)


def shift_duty(person: str, day: date, line: str, site: str, span: Span) -> Duty:
    """One shift in the department as a duty."""
    kind = DutyKind.EMERGENCY_SHIFT
    return Duty(
        f"{line}.{day}.{person}", kind, day, span, usual_flags(kind), rotation=_DEPARTMENT, line=line, site=site
    )


def _half_days(program: Program, roster: Roster, workers: Mapping[str, Worker]) -> dict[HalfDay, tuple[Entry, ...]]:
    """A code on every half-day that is not leave: shifts, conference, sessions, services and days off."""
    grid = Grid(program, roster)
    found: dict[HalfDay, tuple[Entry, ...]] = {}
    for person in program.residents:
        known = grid.person(person.id)
        code_of = _department_code(workers[person.id])
        for stint in known.stints:
            rotation = program.rotation(stint.rotation)
            for day in days(stint.first, stint.last):
                for half in Half:
                    entry = known.codes.get((day, half))
                    if entry is not None and entry.layer > Layer.TEMPLATE:
                        continue
                    code = entry.code if entry else rotation.session
                    if rotation.days_off.managed_by == "solver" and day.weekday() == Weekday.SUNDAY:
                        code = "OFF"
                    if stint.rotation == _DEPARTMENT:
                        code = code_of(day, half)
                    found[HalfDay(person.id, day, half)] = (Entry(Layer.SOLVER, code),)
    return dict(sorted(found.items()))


def _department_code(worker: Worker) -> Callable[[date, Half], str]:
    """What stands in a cell of somebody on shifts: the conference, the department, or a day off."""

    def code(day: date, half: Half) -> str:
        meets = day.weekday() == Weekday.WEDNESDAY and half is Half.AM and day not in worker.excused
        if meets:
            return CONFERENCE
        return _DEPARTMENT if day in worker.shifts else "OFF"

    return code
