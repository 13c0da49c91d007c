"""Who stands in which row of a block sheet, and which column holds which half-day: the layout people know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from housestaff.core.calendar import Block
from housestaff.core.demand import CallLine
from housestaff.core.people import Person, PersonKind
from housestaff.core.program import Program
from housestaff.core.time import Half, days

FIRST_DAY_COLUMN = 5
NAME_COLUMN, ROLE_COLUMN, TEMPLATE_COLUMN = 4, 3, 2
STAFF_CALL_ROW, RESIDENT_CALL_ROW, HEADING_ROW = 3, 4, 5
MORE_CALL_ROWS = (6,)
"""Row 7 is taken: it carries the hidden anchors of the dates."""
PERSON_HEADING = "housestaff person"
NO_ROTATION = "-"
COUNTERS = ("C", "CV", "C+CV", "NF", "CC", "PC/OFF", "LV", "weeks")


@dataclass(frozen=True, slots=True)
class Group:
    """People who stand together: the first row they may have, the last, and who they are (rows count from 0)."""

    name: str
    first: int
    last: int
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of one block stands."""

    block: Block
    groups: tuple[Group, ...]
    computed: int
    days: tuple[date, ...]

    def column(self, day: date, half: Half) -> int:
        """The column of a half-day."""
        return FIRST_DAY_COLUMN + 2 * (day - self.block.first).days + (half is Half.PM)

    @property
    def last_day_column(self) -> int:
        """The last column of the grid."""
        return FIRST_DAY_COLUMN + 2 * len(self.days) - 1

    @property
    def counter_column(self) -> int:
        """The first column of the counters."""
        return self.last_day_column + 2

    @property
    def anchor_column(self) -> int:
        """The hidden column that says which person a row is."""
        return self.counter_column + len(COUNTERS) + 1

    def group(self, name: str) -> Group | None:
        """The group of a name."""
        return next((group for group in self.groups if group.name == name), None)


def layout(program: Program, block: Block) -> Layout:
    """The layout of a block: the usual rows where all fit, and rows pushed down where a program is larger."""
    levels = sorted({level for p in program.residents if (level := _level(p, block))}, reverse=True)
    here = [person for person in program.people if _is_here(person, block)]
    wanted: list[tuple[str, int, int, list[Person]]] = []
    usual = {"PGY-3": (8, 12), "PGY-2": (13, 18), "PGY-1": (19, 24)}
    row = 8
    for level in levels:
        first, last = usual.get(level, (row, row + 5)) if set(levels) <= set(usual) else (row, row)
        wanted.append((level, first, last, [p for p in here if p.is_trainee and _level(p, block) == level]))
        row = last + 1
    others = [
        ("Faculty", 30, 46, [p for p in here if p.kind is PersonKind.FACULTY]),
        (
            "Rotators",
            48,
            52,
            [p for p in here if p.kind is PersonKind.VISITING or _has_no_level(p, block)],
        ),
        ("Students", 54, 64, [p for p in here if p.kind is PersonKind.LEARNER]),
        ("Consultants", 66, 67, [p for p in here if p.kind is PersonKind.STAFF]),
    ]
    groups: list[Group] = []
    shift = 0
    for name, first, last, people in [*wanted, *others]:
        start = first + shift
        end = max(last + shift, start + len(people) - 1)
        shift += end - (last + shift)
        groups.append(Group(name, start, end, tuple(people)))
    return Layout(block, tuple(groups), 70 + shift, tuple(days(block.first, block.last)))


def _level(person: Person, block: Block) -> str:
    """The level in a block: that of its first day, or of the first day the person is there."""
    return next((level for day in days(block.first, block.last) if (level := person.level_on(day))), "")


def _has_no_level(person: Person, block: Block) -> bool:
    return person.is_trainee and not _level(person, block)


def _is_here(person: Person, block: Block) -> bool:
    return any(person.is_employed(day) for day in days(block.first, block.last))


def level_of(person: Person, block: Block) -> str:
    """The level that a block sheet prints for a person; empty for those without one."""
    return _level(person, block)


def role_text(person: Person, block: Block) -> str:
    """What the ROLE column says: PGY 1, FAC, ADJ, or what a learner is."""
    level = _level(person, block)
    if person.is_trainee:
        return level.replace("-", " ") or "RES"
    if person.is_faculty:
        return "ADJ" if person.role_on(block.first).casefold().startswith("adj") else "FAC"
    usual = {PersonKind.LEARNER: "MS3", PersonKind.VISITING: "FLT", PersonKind.STAFF: "BHC"}
    return _short(person.stage) or usual[person.kind]


def _short(stage: str) -> str:
    """What fits the ROLE column: a word of up to five letters as it is, of more words their initials."""
    words = stage.split()
    return (
        stage
        if len(stage) <= 5
        else "".join(word[0] for word in words).upper()
        if len(words) > 1
        else stage[:4].upper()
    )


def template_text(person: Person, block: Block) -> str:
    """What the TEMPLATE column says: R1-R3 for residents, C19 and the like for faculty."""
    level = _level(person, block)
    if person.is_trainee:
        return "R" + "".join(sign for sign in level if sign.isdigit())
    if person.is_faculty:
        role = person.role_on(block.first).casefold()
        return "ADJ" if role.startswith("adj") else "SPEC" if role.startswith("sport") else "C19"
    return "TY" if person.kind is PersonKind.VISITING else ""


def sheet_name_of(person: Person) -> str:
    """The name that a sheet prints."""
    return person.sheet_name or person.display_name


def call_rows(calls: Sequence[CallLine]) -> dict[int, list[CallLine]]:
    """Which call lines share which row: faculty in the first, residents in the second, whatever clashes below."""
    rows: dict[int, list[CallLine]] = {}
    for line in calls:
        is_faculty = "faculty" in line.who
        wanted = (STAFF_CALL_ROW if is_faculty else RESIDENT_CALL_ROW, *MORE_CALL_ROWS)
        for row in wanted:
            held = {weekday for other in rows.get(row, []) for weekday in other.weekdays}
            if not held & set(line.weekdays):
                rows.setdefault(row, []).append(line)
                break
    return rows


def lines_without_row(calls: Sequence[CallLine]) -> list[CallLine]:
    """The call lines for which a block sheet has no row left; their nights stand in call.csv and the call calendar."""
    shown = [line for lines in call_rows(calls).values() for line in lines]
    return [line for line in calls if line not in shown]
