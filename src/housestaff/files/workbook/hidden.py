"""The very hidden sheets of a workbook: the program, the roster as exported, and what was printed in each cell.

They make a workbook judgeable alone and let an edited one be compared with what left the house.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.files.guard import MOST_BYTES
from housestaff.files.program_toml import parse_program, write_program
from housestaff.files.raw import Raw
from housestaff.files.roster_json import parse_roster, roster_bytes
from housestaff.files.workbook.paper import Book

META, CELLS = "_housestaff", "_cells"
FORMAT = "housestaff workbook 1"
A_YEAR, BLOCKS = "a year", "blocks"
"""What the sheets of a workbook show."""
_PIECE = 30_000


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """What one row of a sheet said when written: a person's half-days, one night of a call line, somebody's year."""

    sheet: str
    who: str
    first: date
    texts: tuple[str, ...]
    layers: tuple[str, ...] = ()
    rotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hidden:
    """All that the hidden sheets of a workbook keep."""

    program: Program
    roster: Roster
    facts: Mapping[str, str]
    rows: tuple[PrintedRow, ...]

    @property
    def shows_a_year(self) -> bool:
        """Say whether the sheets show the year in half-blocks, not the half-days of blocks."""
        return self.facts.get("shows") == A_YEAR


def cell_hash(who: str, first: date, index: int, text: str) -> str:
    """What names the content of one cell: eight hexadecimal digits over its place and text."""
    return hashlib.sha256(f"{who}|{first}|{index}|{text}".encode()).hexdigest()[:8]


def checksum(program_text: str, roster_data: bytes) -> str:
    """What names a program and a roster together."""
    return hashlib.sha256(program_text.encode() + b"\0" + roster_data).hexdigest()


def write_hidden(
    workbook: Book,
    program: Program,
    roster: Roster,
    rows: Sequence[PrintedRow],
    *,
    exported_at: datetime,
    version: int,
    shows: str = BLOCKS,
) -> None:
    """Write the hidden sheets of a workbook."""
    text, data = write_program(program), roster_bytes(roster)
    facts = {
        "format": FORMAT,
        "shows": shows,
        "program": program.id,
        "academic_year": str(program.calendar.academic_year),
        "sheets": ", ".join(dict.fromkeys(row.sheet for row in rows)),
        "version": str(version),
        "exported_at": exported_at.isoformat(),
        "packs": ", ".join(program.packs),
        "checksum": checksum(text, data),
    }
    meta = workbook.add_worksheet(META)
    for number, (key, value) in enumerate(facts.items()):
        meta.write_string(number, 0, key)
        meta.write_string(number, 1, value)
    for column, packed in ((3, _packed(text.encode())), (4, _packed(data))):
        for number, start in enumerate(range(0, len(packed), _PIECE)):
            meta.write_string(number, column, packed[start : start + _PIECE])
    cells = workbook.add_worksheet(CELLS)
    for number, row in enumerate(rows):
        hashes = [cell_hash(row.who, row.first, index, each) for index, each in enumerate(row.texts)]
        for column, value in enumerate(
            (
                row.sheet,
                row.who,
                row.first.isoformat(),
                json.dumps(row.texts, ensure_ascii=False),
                json.dumps(row.layers),
            )
        ):
            cells.write_string(number, column, value)
        cells.write_string(number, 5, "".join(hashes))
        cells.write_string(number, 6, json.dumps(row.rotations, ensure_ascii=False))
    meta.very_hidden()
    cells.very_hidden()


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def read_hidden(sheets: Mapping[str, list[list[Raw]]], name: str) -> Hidden | None:
    """What the hidden sheets say; nothing where one is missing, and a refusal where they were changed."""
    if META not in sheets or CELLS not in sheets:
        return None
    meta = sheets[META]
    facts = {str(row[0]): str(row[1]) for row in meta if len(row) > 1 and row[0]}
    remedy = "Delete the hidden sheets; the workbook is then read like any other, with a review."
    if facts.get("format") != FORMAT:
        raise BadInput(f"its hidden format is '{facts.get('format', '')}'.", place=f"{name}, {META}", remedy=remedy)
    try:
        text = _unpacked(meta, 3).decode("utf-8")
        data = _unpacked(meta, 4)
        rows = tuple(_printed(row) for row in sheets[CELLS] if row and row[0])
    except (ValueError, zlib.error, IndexError, TypeError) as error:
        raise BadInput("its hidden sheets are damaged.", place=f"{name}, {META}", remedy=remedy) from error
    if checksum(text, data) != facts.get("checksum"):
        raise BadInput("its hidden sheets were changed.", place=f"{name}, {META}", remedy=remedy)
    return Hidden(parse_program(text), parse_roster(data), facts, rows)


def _unpacked(meta: list[list[Raw]], column: int) -> bytes:
    packed = "".join(str(row[column]) for row in meta if len(row) > column and row[column])
    inflater = zlib.decompressobj()
    data = inflater.decompress(base64.b64decode(packed, validate=True), MOST_BYTES)
    if inflater.unconsumed_tail:
        raise ValueError(packed[:10])
    return data


def _printed(row: list[Raw]) -> PrintedRow:
    texts, layers, rotations = (tuple(json.loads(str(row[column]))) for column in (3, 4, 6))
    return PrintedRow(str(row[0]), str(row[1]), date.fromisoformat(str(row[2])), texts, layers, rotations)
