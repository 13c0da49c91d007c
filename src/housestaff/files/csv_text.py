"""Tables as CSV text (UTF-8, RFC 4180, ISO dates, a header row): rows of plain values in, the same rows out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from housestaff.core.errors import BadInput
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw
from housestaff.files.records import Record, Where


class PlacedRow(dict[str, Raw]):
    """One row of a table, which still knows from which file and row it came."""

    def __init__(self, values: Mapping[str, Raw], where: Where) -> None:
        """Keep the values and the place."""
        super().__init__(values)
        self.where = where


def _same(row: dict[str, str]) -> dict[str, str]:
    return row


@dataclass(frozen=True, slots=True)
class Table:
    """How a record stands in a CSV file.

    `columns` are always written and asked for in the header, `extra` ones only where a row needs them; both say
    column -> key of the record. `spread` and `fold` turn columns that hold two facts into keys and back;
    `folded` names them.
    """

    file: str
    record: Record
    columns: Mapping[str, str]
    extra: Mapping[str, str]
    spread: Callable[[dict[str, str]], dict[str, str]] = _same
    fold: Callable[[dict[str, str]], dict[str, str]] = _same
    owner: str = ""
    folded: tuple[str, ...] = ()

    @property
    def required(self) -> list[str]:
        """Every column that the header must have, the owner's first."""
        return ([self.owner] if self.owner else []) + list(self.columns)


def read_grid(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV text with their numbers, empty ones left out; the first is the header."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadInput(
            f"this is no CSV: {error}.", place=file, remedy="Close every quote; double a quote in text."
        ) from error
    if not rows:
        raise BadInput("the table has no header.", place=file, remedy="The first row names the columns.")
    return rows


def read_table(table: Table, text: str, problems: list[BadInput], *, file: str = "") -> list[PlacedRow]:
    """The rows of a table as plain values; each problem is told with row, column and remedy, and its row left out."""
    name = file or table.file
    (_, header), *rows = read_grid(text, name)
    header = [cell.strip() for cell in header]
    if not _check_header(table, header, Where(name, problems)):
        return []
    found: list[PlacedRow] = []
    for number, row in rows:
        where = Where(name, problems, f"row {number}")
        if len(row) > len(header):
            where.tell(BadInput(f"it has {len(row)} cells.", remedy=f"The header has {len(header)}; quote commas."))
            continue
        values = _values(table, {column: cell for column, cell in zip(header, row, strict=False) if cell}, where)
        if values is not None:
            found.append(PlacedRow(values, where))
    return found


def _check_header(table: Table, header: list[str], where: Where) -> bool:
    before = len(where.problems)
    known = [*table.required, *table.extra]
    for column in header:
        if column not in known:
            where.at("row 1").tell(BadInput(f"'{column}' is no known column.", remedy=nearest_of(column, known)))
    if len(set(header)) < len(header):
        where.at("row 1").tell(BadInput("a column stands twice.", remedy="Keep one of each."))
    for column in table.required:
        if column not in header:
            remedy = f"The header is {','.join(table.required)}."
            where.at("row 1").tell(BadInput(f"the column '{column}' is missing.", remedy=remedy))
    return len(where.problems) == before


def _values(table: Table, cells: dict[str, str], where: Where) -> dict[str, Raw] | None:
    before = len(where.problems)
    values: dict[str, Raw] = {}
    if table.owner:
        if table.owner not in cells:
            where.at(f"column {table.owner}").tell(BadInput("it is blank.", remedy="Every row needs it."))
        values[table.owner] = cells.pop(table.owner, "")
    names = {**table.columns, **table.extra}
    try:
        keys = table.spread({names[column]: cell for column, cell in cells.items()})
    except BadInput as error:
        where.tell(error)
        return None
    shown = {key: column for column, key in names.items()}
    for column in table.record.columns:
        if column.key in keys:
            try:
                raw = column.kind.uncell(keys[column.key])
                column.kind.read(raw)
                values[column.key] = raw
            except BadInput as error:
                where.at(f"column {shown.get(column.key, column.key)}").tell(error)
        elif column.required:
            where.at(f"column {shown.get(column.key, column.key)}").tell(
                BadInput("it is blank.", remedy="Every row needs it.")
            )
    if len(where.problems) > before:
        return None
    if not table.owner and all(column.key in values or not column.required for column in table.record.columns):
        table.record.read(values, where)
    return values if len(where.problems) == before else None


def write_table(table: Table, values: Iterable[tuple[str, Raw]]) -> str:
    """Values as CSV text; each comes with its owner (a person's id), empty for tables without one."""
    shown = {*table.columns.values(), *table.extra.values(), *table.folded}
    kinds = {column.key: column.kind for column in table.record.columns if column.key in shown}
    rows: list[tuple[str, dict[str, str]]] = []
    needed: set[str] = set()
    for owner, value in values:
        told = set(table.record.write(value))
        full = table.record.write(value, full=True)
        keys = {key: kinds[key].cell(raw) for key, raw in full.items() if key in kinds}
        needed |= told
        rows.append((owner, table.fold(keys)))
    extra = {column: key for column, key in table.extra.items() if key in needed}
    names = {**table.columns, **extra}
    lines = [[*([table.owner] if table.owner else []), *names]]
    for owner, keys in rows:
        lines.append([*([owner] if table.owner else []), *(keys.get(key, "") for key in names.values())])
    return csv_text(lines)


def csv_text(lines: Iterable[Sequence[str]]) -> str:
    """Rows of cells as RFC 4180 text."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()
