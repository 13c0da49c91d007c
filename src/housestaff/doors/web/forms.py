"""Forms of a program's values: what they show, what somebody typed, and the facts that this comes to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, replace
from typing import Any

from housestaff.core.errors import BadInput
from housestaff.core.rotations import CellForce, PatternCell
from housestaff.doors.web import fields
from housestaff.doors.web.fields import Field, fields_of
from housestaff.doors.web.visitor import Form
from housestaff.files import shapes
from housestaff.files.records import Record, Where

Typed = dict[str, Any]
_PARTS = re.compile(r"[;\n]")


@dataclass
class Filled:
    """A form with what stands in it, and what is wrong with that."""

    fields: tuple[Field, ...]
    typed: Typed
    problems: list[BadInput] = field(default_factory=list[BadInput])

    def problem_of(self, key: str) -> str:
        """What is wrong with one field."""
        return " ".join(f"{each.problem} {each.remedy}" for each in self.problems if _key(each) == key)

    @property
    def keys(self) -> dict[int, str]:
        """Which field each problem is about, by the problem's number; empty where it is about the whole."""
        known = {each.key for each in self.fields}
        return {number: key if (key := _key(each)) in known else "" for number, each in enumerate(self.problems)}


def _key(problem: BadInput) -> str:
    return problem.place.strip(", ").partition(",")[0]


# -- what a value shows ------------------------------------------------------------------------------------------------


def shown(record: Record, value: Any) -> Filled:
    """The form of a value."""
    return Filled(fields_of(record), _shown(record, value))


def empty(record: Record) -> Filled:
    """The form of something new, with what holds where nothing is said."""
    typed: Typed = {}
    known = {each.key: each for each in fields_of(record)}
    for column in record.columns:
        default = MISSING if column.required else record.default(column.attribute)
        if column.key not in known:
            typed |= {f"{column.key}.{key}": text for key, text in empty(shapes.DAYS_OFF).typed.items()}
        elif default is MISSING:
            typed[column.key] = [] if known[column.key].sort in {fields.CHOICES, fields.ROWS} else ""
        else:
            typed[column.key] = _one_shown(known[column.key], column.kind.write, default)
    return Filled(fields_of(record), typed)


def _shown(record: Record, value: Any) -> Typed:
    known = {each.key: each for each in fields_of(record)}
    found: Typed = {}
    for column in record.columns:
        held = value
        for step in column.attribute.split("."):
            held = getattr(held, step)
        if column.key in known:
            found[column.key] = _one_shown(known[column.key], column.kind.write, held)
        else:
            inner = {f"{column.key}.{key}": text for key, text in _shown(shapes.DAYS_OFF, held).items()}
            found |= inner
    return found


def _one_shown(each: Field, write: Any, held: Any) -> Any:
    if each.sort == fields.GRID:
        return _grid(held)
    if each.sort == fields.ROWS:
        if each.record is not None:
            return [_shown(each.record, row) for row in held]
        rows = [held] if each.shape == fields.TRIPLE else held
        return [{inner.key: _text(part) for inner, part in zip(each.rows, row, strict=True)} for row in rows]
    if held is None and not each.required:
        return ""
    plain = write(held)
    if each.sort == fields.CHOICES:
        return list(plain)
    return "; ".join(map(_text, plain)) if each.sort == fields.LIST else _text(plain)


def _text(plain: Any) -> str:
    if isinstance(plain, bool):
        return "yes" if plain else ""
    return str(plain)


def _grid(cells: Sequence[PatternCell]) -> Typed:
    """A pattern as a grid of what always holds, and rows of what holds sometimes.

    The first cell that fits wins: what always holds stands last in its half-day, else the whole half-day is rows.
    """
    slots: dict[str, list[PatternCell]] = {}
    for cell in cells:
        slots.setdefault(f"{cell.weekday.name.lower()}.{cell.half.value.lower()}", []).append(cell)
    grid: dict[str, Any] = {}
    rows: list[Typed] = []
    for slot, held in slots.items():
        always = [cell for cell in held if not cell.weeks and not cell.levels]
        if always == held[-1:]:
            grid[slot] = {"activity": held[-1].activity, "force": held[-1].force.value}
        rows += [_exception(cell) for cell in (held[:-1] if slot in grid else held)]
    return {"cells": grid, "rows": rows}


def _exception(cell: PatternCell) -> Typed:
    return {
        "weekday": cell.weekday.name.lower(),
        "half": cell.half.value,
        "activity": cell.activity,
        "force": cell.force.value,
        "weeks": "; ".join(map(str, cell.weeks)),
        "levels": "; ".join(cell.levels),
    }


# -- what somebody typed -----------------------------------------------------------------------------------------------


def filled(record: Record, sent: Form, prefix: str = "f.") -> Filled:
    """The form as somebody has filled it."""
    found = fields_of(record)
    return Filled(found, {each.key: _typed(each, sent, prefix + each.key) for each in found})


def _typed(each: Field, sent: Form, name: str) -> Any:
    if each.sort == fields.CHOICES:
        return sent.all(name)
    if each.sort == fields.ROWS:
        return rows_typed(each.rows, sent, name)
    if each.sort == fields.GRID:
        slots = [f"{day}.{half.lower()}" for day in fields.WEEKDAYS for half in fields.HALVES]
        cells = {slot: sent.text(f"{name}.{slot}") for slot in slots}
        force = {slot: sent.text(f"{name}.{slot}.force", CellForce.SUGGESTED.value) for slot in slots}
        grid = {slot: {"activity": code, "force": force[slot]} for slot, code in cells.items() if code}
        return {"cells": grid, "rows": rows_typed(each.rows, sent, f"{name}.row")}
    return sent.text(name)


def rows_typed(inside: Sequence[Field], sent: Form, name: str) -> list[Typed]:
    """The rows of a table in a form, without those that were left blank."""
    numbers = sent.numbers(f"{name}.")
    rows = [{each.key: _typed(each, sent, f"{name}.{number}.{each.key}") for each in inside} for number in numbers]
    return [row for row in rows if any(row.values())]


# -- the facts that this comes to --------------------------------------------------------------------------------------


def facts_of(record: Record, form: Filled) -> dict[str, Any]:
    """The facts as a program file has them; what cannot be read is told in the form and gives nothing."""
    where = Where("", form.problems)
    plain = _plain(form.fields, form.typed, where)
    value = None if form.problems else record.read(plain, where)
    return {} if form.problems else record.write(value)


def _plain(inside: Iterable[Field], typed: Typed, where: Where) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in inside:
        try:
            plain = _one_plain(each, typed[each.key], where)
        except BadInput as error:
            where.at(each.key).tell(error)
            continue
        if plain is None and each.required:
            where.at(each.key).tell(BadInput("this is empty.", remedy="It is needed."))
        if plain is None:
            continue
        outer, _, inner = each.key.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = plain
        else:
            found[outer] = plain
    return found


def _one_plain(each: Field, typed: Any, where: Where) -> Any:
    if each.sort == fields.TRUTH:
        return bool(typed)
    if each.sort == fields.GRID:
        return _pattern(typed, where.at(each.key))
    if each.sort == fields.ROWS and typed:
        return _rows(each, typed, where.at(each.key))
    return _said(each, typed) if typed else None


def _said(each: Field, typed: Any) -> Any:
    if each.sort in {fields.NUMBER, fields.DECIMAL}:
        return _number(typed, whole=each.sort == fields.NUMBER)
    if each.sort == fields.LIST:
        return listed(typed, numbers=each.shape == fields.NUMBERS)
    return typed


def listed(text: str, *, numbers: bool = False) -> list[Any]:
    """The parts of a list, parted by semicolons or lines."""
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    return [_number(part) for part in parts] if numbers else parts


def _number(text: str, *, whole: bool = True) -> float:
    try:
        return int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        kind, remedy = ("whole number", "Write digits.") if whole else ("number", "Write digits, such as 0.3.")
        raise BadInput(f"'{text}' is no {kind}.", remedy=remedy) from None


def rows_of(record: Record, typed: Sequence[Typed], problems: list[BadInput], key: str = "") -> list[dict[str, Any]]:
    """The facts of a table whose rows are values of their own; what cannot be read is told."""
    each = fields.Field(key or "rows", fields.ROWS, rows=fields_of(record), record=record)
    return _rows(each, typed, Where("", problems, key))


def _rows(each: Field, typed: Sequence[Typed], where: Where) -> Any:
    rows: list[Any] = []
    for number, row in enumerate(typed, 1):
        place = where.at(f"row {number}")
        before = len(where.problems)
        inside = each.rows if each.record is not None else [_needed(inner) for inner in each.rows]
        plain = _plain(inside, row, place)
        if each.record is not None and len(where.problems) == before:
            each.record.read(plain, place)
        rows.append(plain)
    if where.problems or each.record is not None or each.shape == fields.AFTER:
        return rows
    if each.shape == fields.TRIPLE:
        return [rows[0][inner.key] for inner in each.rows]
    if len({row["name"] for row in rows}) < len(rows):
        raise BadInput("a name stands in two rows.", remedy="Give each name one row.")
    if each.shape == fields.NAMED:
        return {row["name"]: row["code"] for row in rows}
    return {row["name"]: [row["least"], row["most"]] for row in rows}


def _needed(inner: Field) -> Field:
    return replace(inner, required=True)


def _pattern(typed: Typed, where: Where) -> list[dict[str, Any]]:
    """The cells of a pattern: what holds sometimes first, then what always holds."""
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(typed["rows"], 1):
        needed = ("weekday", "half", "activity")
        inside = [_needed(each) if each.key in needed else each for each in fields.EXCEPTIONS]
        rows.append(_plain(inside, row, where.at(f"row {number}")))
    for slot, cell in typed["cells"].items():
        day, _, half = slot.partition(".")
        rows.append({"weekday": day, "half": half, **cell})
    return rows
