"""Rows of duty letters such as "DDDDDD. K.D": a roster that can be typed into a test or an example as it stands.

One letter a day, spaces are only for the eye; `(DN)` puts two letters on one day. `L` is a day of leave, `.` nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.duties import Duty, DutyKind, Flag, usual_flags
from housestaff.core.errors import BadInput
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import Program
from housestaff.core.roster import Cell, Roster, Stint
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.time import HOUR, Half, Span, Zone

FIRST = date(2025, 7, 31)
"""The reference segment: block 2 of academic year 2025, a Thursday."""

_CLINIC = DutyKind.CLINIC_HALF_DAY
LETTERS: dict[str, tuple[tuple[DutyKind, int, int], ...]] = {
    "D": ((DutyKind.ROTATION_DAY, 7, 19),),
    "S": ((DutyKind.ROTATION_DAY, 7, 17),),
    "O": ((DutyKind.IN_HOUSE_CALL, 17, 31),),
    "A": ((_CLINIC, 8, 12),),
    "P": ((_CLINIC, 13, 17),),
    "C": ((_CLINIC, 8, 12), (_CLINIC, 13, 17)),
    "E": ((DutyKind.CONFERENCE, 8, 10),),
    "K": ((DutyKind.IN_HOUSE_CALL, 7, 31),),
    "N": ((DutyKind.NIGHT_FLOAT, 19, 31),),
    "H": ((DutyKind.HOME_CALL, 17, 32),),
    "M": ((DutyKind.MOONLIGHTING, 18, 24),),
    "X": ((DutyKind.EMERGENCY_SHIFT, 7, 16),),
    "Y": ((DutyKind.EMERGENCY_SHIFT, 7, 20),),
    "V": ((DutyKind.EMERGENCY_SHIFT, 15, 24),),
}
"""Each letter with its duties: kind, start and end in hours after the midnight of its date."""


def days_of(row: str) -> list[str]:
    """The letters of each day of a row."""
    return [group.strip("()") for group in re.findall(r"\([^)]*\)|\S", row)]


def duties_of(letter: str, day: date, zone: Zone) -> Iterator[Duty]:
    """The duties of a letter on a date."""
    if letter not in LETTERS:
        raise BadInput(f"'{letter}' is no duty letter.", remedy=f"Use one of {' '.join(LETTERS)}, L or a dot.")
    for kind, start, end in LETTERS[letter]:
        span = Span(zone.at(day, start * HOUR), zone.at(day, end * HOUR))
        flags = usual_flags(kind)
        yield Duty(f"{day}.{letter}.{start}", kind, day, span, flags, rotation="X", counts=Flag.HOME_CALL not in flags)


def read_letters(
    rows: str | tuple[str, ...], *, level: str = "PGY-1", emergency: bool = False, first: date = FIRST
) -> tuple[Program, Roster]:
    """A program and a roster from rows of letters, one resident a row; the row's days are one block and one stay."""
    lines = [days_of(row) for row in ([rows] if isinstance(rows, str) else rows)]
    last = first + timedelta(days=max(map(len, lines)) - 1)
    zone = Zone("America/Chicago")
    series = BlockSeries("main", first.year, (Block(2, first, last),))
    people = tuple(
        Person(f"R{number}", f"R{number}", PersonKind.RESIDENT, levels=(LevelSpan(level, Dates(date(2025, 7, 1))),))
        for number, _line in enumerate(lines, 1)
    )
    leaves: list[Leave] = []
    cells: list[Cell] = []
    for person, line in zip(people, lines, strict=True):
        for offset, letters in enumerate(line):
            day = first + timedelta(days=offset)
            if "L" in letters:
                leaves.append(Leave(f"{person.id}.{day}", person.id, LeaveKind.VACATION, day, day))
            for letter in letters.replace("L", "").replace(".", ""):
                cells += [Cell(duty, person.id) for duty in duties_of(letter, day, zone)]
    kind = RotationKind.EMERGENCY if emergency else RotationKind.INPATIENT
    program = Program(
        id="letters",
        name="Letters",
        zone=zone,
        calendar=Calendar(first.year, (series,)),
        people=people,
        rotations=(Rotation("X", "Rotation X", kind, emergency=emergency),),
        leaves=tuple(leaves),
    )
    stints = tuple(Stint(person.id, "X", first, last) for person in people)
    return program, Roster(stints=stints, duties=tuple(cells), complete=(first, last))


def write_letters(program: Program, roster: Roster, person: str) -> str:
    """The row of a person in a roster of letters: the inverse of reading one."""
    first, last = roster.complete or (program.calendar.first, program.calendar.last)
    row = ["."] * ((last - first).days + 1)
    for leave in program.leaves:
        if leave.person == person and leave.half is None:
            for day, half in leave.halves():
                if half is Half.AM:
                    row[(day - first).days] = "L"
    by_day: dict[date, list[tuple[DutyKind, int, int]]] = {}
    for cell in roster.duties:
        if cell.person == person:
            start = program.zone.wall(cell.duty.span.start)[1] // HOUR
            length = program.zone.wall_minutes(cell.duty.span) // HOUR
            by_day.setdefault(cell.duty.day, []).append((cell.duty.kind, start, start + length))
    meanings = {tuple(sorted(parts)): letter for letter, parts in LETTERS.items()}
    for day, parts in by_day.items():
        whole = meanings.get(tuple(sorted(parts)))
        in_order = sorted(parts, key=lambda part: part[1:])
        row[(day - first).days] = whole or f"({''.join(meanings[part,] for part in in_order)})"
    return "".join(row)
