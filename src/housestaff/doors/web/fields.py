"""The fields of a form, worked out from how a value stands in a program file, so that no field is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

from housestaff.core.calendar import Block
from housestaff.core.people import Alias, Credential, Dates, LevelSpan, RoleSpan, Unavailable
from housestaff.core.rotations import CellForce, DaysOff, PatternCell
from housestaff.core.time import Half, Weekday
from housestaff.files import shapes
from housestaff.files.kinds import CLOCK
from housestaff.files.records import Column, Record

TEXT, NUMBER, DECIMAL, TRUTH, DAY, TIME = "text", "number", "decimal", "truth", "day", "time"
CHOICE, CHOICES, LIST, ROWS, GRID = "choice", "choices", "list", "rows", "grid"
WEEKDAYS = tuple(day.name.lower() for day in Weekday)
HALVES = tuple(half.value for half in Half)
FORCES = tuple(force.value for force in CellForce)


@dataclass(frozen=True)
class Field:
    """One field of a form: its key in the program file, what sort of input it is, and what may be chosen."""

    key: str
    sort: str
    choices: tuple[str, ...] = ()
    required: bool = False
    rows: tuple[Field, ...] = ()
    record: Record | None = None
    """What a row is, where it is a value of its own; otherwise `shape` says it."""
    shape: str = ""

    @property
    def source(self) -> str:
        """The list of known values that is offered beside it; empty where there is none."""
        return "" if self.sort != TEXT else _SOURCES.get(self.key, "")


_SOURCES: Mapping[str, str] = {
    "rotation": "rotations",
    "after": "rotations",
    "with_weeks": "rotations",
    "activity": "activities",
    "session": "activities",
    "where": "places",
    "level": "levels",
    "series": "series",
    "supervisor": "people",
    "role": "roles",
    "credential": "credentials",
}
_NESTED: Mapping[type, Record] = {
    LevelSpan: shapes.LEVEL,
    RoleSpan: shapes.ROLE_SPAN,
    Dates: shapes.EMPLOYMENT,
    Credential: shapes.CREDENTIAL,
    Alias: shapes.ALIAS,
    Unavailable: shapes.UNAVAILABLE,
    Block: shapes.BLOCK,
}
_SIMPLE: Mapping[Any, str] = {
    str: TEXT,
    int: NUMBER,
    int | None: NUMBER,
    float | None: DECIMAL,
    bool: TRUTH,
    date: DAY,
    date | None: DAY,
    tuple[str, ...]: LIST,
    tuple[date, ...]: LIST,
}
_CHOICES: Mapping[Any, tuple[str, tuple[str, ...]]] = {
    Half: (CHOICE, HALVES),
    Half | None: (CHOICE, HALVES),
    Weekday: (CHOICE, WEEKDAYS),
    Weekday | None: (CHOICE, WEEKDAYS),
    tuple[Weekday, ...]: (CHOICES, WEEKDAYS),
}
NUMBERS, RANGES, NAMED, AFTER, TRIPLE, PATTERN = "numbers", "ranges", "named", "after", "triple", "pattern"
_SHAPES: Mapping[Any, tuple[str, tuple[Field, ...]]] = {
    tuple[tuple[str, int, int], ...]: (RANGES, (Field("name", TEXT), Field("least", NUMBER), Field("most", NUMBER))),
    tuple[tuple[str, str], ...]: (NAMED, (Field("name", TEXT), Field("code", TEXT))),
    tuple[tuple[Half, str], ...]: (AFTER, (Field("half", CHOICE, HALVES), Field("code", TEXT))),
    tuple[int, int, int]: (
        TRIPLE,
        (Field("least", NUMBER), Field("usual", NUMBER), Field("most", NUMBER)),
    ),
}
EXCEPTIONS = (
    Field("weekday", CHOICE, WEEKDAYS),
    Field("half", CHOICE, HALVES),
    Field("activity", TEXT),
    Field("force", CHOICE, FORCES),
    Field("weeks", LIST, shape=NUMBERS),
    Field("levels", LIST),
)
"""The cells of a pattern that hold in some weeks or for some levels only."""


@cache
def fields_of(record: Record) -> tuple[Field, ...]:
    """The fields of a record in the order of its file; raises `LookupError` for a sort that no input exists for."""
    found: list[Field] = []
    for column in record.columns:
        hint = _hint(record, column)
        if hint is DaysOff:
            found += [_inside(column.key, each) for each in fields_of(shapes.DAYS_OFF)]
        else:
            found.append(_field(column, hint))
    return tuple(found)


def _inside(key: str, field: Field) -> Field:
    return Field(f"{key}.{field.key}", field.sort, field.choices)


def _hint(record: Record, column: Column) -> Any:
    outer, _, inner = column.attribute.partition(".")
    cls = record.parts[outer] if inner else record.cls
    return get_type_hints(cls)[inner or outer]


def _field(column: Column, hint: Any) -> Field:
    key, required = column.key, column.required
    if column.kind is CLOCK:
        return Field(key, TIME, required=required)
    if hint in _CHOICES:
        sort, choices = _CHOICES[hint]
        # A half that must be said has a word for both of them.
        both = ("both", *choices) if hint == Half | None and required else choices
        return Field(key, sort, both, required)
    if hint in _SIMPLE:
        return Field(key, _SIMPLE[hint], required=required)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Field(key, CHOICE, tuple(str(column.kind.write(each)) for each in hint), required)
    return _field_of_many(key, hint)


def _field_of_many(key: str, hint: Any) -> Field:
    if hint == tuple[int, ...]:
        return Field(key, LIST, shape=NUMBERS)
    if hint == tuple[PatternCell, ...]:
        return Field(key, GRID, rows=EXCEPTIONS, shape=PATTERN)
    if hint in _SHAPES:
        shape, rows = _SHAPES[hint]
        return Field(key, ROWS, rows=rows, shape=shape)
    for cls, record in _NESTED.items():
        if hint == tuple[cls, ...]:
            return Field(key, ROWS, rows=fields_of(record), record=record)
    raise LookupError(f"no input is known for {key}")
