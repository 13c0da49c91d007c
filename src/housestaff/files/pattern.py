"""The weekly grid of a rotation in a program file: pattern.wednesday.pm = { activity = "LEC", protected = true }."""

from __future__ import annotations

from collections.abc import Sequence

from housestaff.core.errors import BadInput
from housestaff.core.rotations import CellForce, PatternCell
from housestaff.core.time import Half, Weekday
from housestaff.files.kinds import HALF, INTEGER, TEXT, TRUTH, WEEKDAY, Kind, many, one_of
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw, as_list, as_table
from housestaff.files.toml_text import Plain

_FORCE = one_of(CellForce)
_WEEKS = many(INTEGER)
_LEVELS = many(TEXT)
_CELL_KEYS = ("activity", "protected", "force", "weeks", "levels")


def _read(raw: object) -> tuple[PatternCell, ...]:
    rows, table = as_list(raw), as_table(raw)
    if rows is not None:
        return tuple(_from_row(row) for row in rows)
    if table is None:
        raise BadInput(f"{raw!r} is no pattern.", remedy='Write pattern.wednesday.pm = { activity = "LEC" }.')
    cells: list[PatternCell] = []
    for weekday, halves in table.items():
        day, by_half = Weekday.named(weekday), as_table(halves)
        if by_half is None:
            raise BadInput(f"{halves!r} is no table.", place=weekday, remedy="Name am, pm or both.")
        for half, inside in by_half.items():
            cells += [_cell(day, HALF.read(half), row) for row in as_list(inside) or [inside]]
    return tuple(cells)


def _from_row(raw: Raw) -> PatternCell:
    row = as_table(raw)
    if row is None or not {"weekday", "half"} <= set(row):
        raise BadInput(f"{raw!r} is no cell of a pattern.", remedy='It needs "weekday", "half" and "activity".')
    return _cell(WEEKDAY.read(row.pop("weekday")), HALF.read(row.pop("half")), row)


def _cell(day: Weekday, half: Half, raw: Raw) -> PatternCell:
    place, row = f"{day.name.lower()}.{half.value.lower()}", as_table(raw)
    if row is None or "activity" not in row:
        raise BadInput(f"{raw!r} names no activity.", place=place, remedy='Write { activity = "LEC" }.')
    for key in row:
        if key not in _CELL_KEYS:
            raise BadInput(f"'{key}' is no known key.", place=place, remedy=nearest_of(key, _CELL_KEYS))
    force = _FORCE.read(row["force"]) if "force" in row else CellForce.SUGGESTED
    if "protected" in row and TRUTH.read(row["protected"]):
        force = CellForce.PROTECTED
    weeks, levels = _WEEKS.read(row.get("weeks", [])), _LEVELS.read(row.get("levels", []))
    return PatternCell(day, half, TEXT.read(row["activity"]), force, weeks, levels)


def _inside(cell: PatternCell) -> dict[str, Plain]:
    table: dict[str, Plain] = {"activity": cell.activity}
    if cell.force is CellForce.PROTECTED:
        table["protected"] = True
    elif cell.force is CellForce.FREE:
        table["force"] = "free"
    if cell.weeks:
        table["weeks"] = list(cell.weeks)
    if cell.levels:
        table["levels"] = list(cell.levels)
    return table


def _write(cells: Sequence[PatternCell]) -> Plain:
    nested: dict[str, dict[str, list[dict[str, Plain]]]] = {}
    for cell in cells:
        by_half = nested.setdefault(cell.weekday.name.lower(), {})
        by_half.setdefault(cell.half.value.lower(), []).append(_inside(cell))
    short: dict[str, Plain] = {
        day: {half: rows[0] if len(rows) == 1 else rows for half, rows in by_half.items()}
        for day, by_half in nested.items()
    }
    if _read(short) == tuple(cells):
        return short
    # The first cell that fits wins, so the order of the cells is a fact that the short form could lose.
    return [{"weekday": cell.weekday.name.lower(), "half": cell.half.value, **_inside(cell)} for cell in cells]


PATTERN = Kind(_read, _write)
