"""The roster file: every stored fact of a roster without loss, the same roster always as the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.errors import BadInput
from housestaff.core.roster import CallEntry, Cell, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.time import Half, Span
from housestaff.files.guard import gathered, read_bytes, text_of
from housestaff.files.kinds import DAY, HALF, one_of
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw, as_list, as_table

FORMAT, VERSION = "housestaff roster", 1
_LAYER = one_of(Layer, by_name=True)
_DUTY_KIND, _CERTAINTY, _FLAG = one_of(DutyKind), one_of(Certainty), one_of(Flag)
_KEYS = ("format", "version", "complete", "stints", "halves", "calls", "duties")
_DUTY_TEXTS = ("activity", "rotation", "line", "site", "program")


def roster_bytes(roster: Roster) -> bytes:
    """A roster as canonical JSON in UTF-8: one fact a line, half-days and nights in order."""
    complete = [day.isoformat() for day in roster.complete] if roster.complete else None
    parts: dict[str, Raw] = {"format": FORMAT, "version": VERSION, "complete": complete}
    lines = [f" {_json(key)}: {_json(value)}" for key, value in parts.items()]
    lines += [
        _block("stints", (_stint(stint) for stint in roster.stints)),
        _block(
            "halves", ([*_place(place), [_entry(e) for e in roster.halves[place]]] for place in sorted(roster.halves))
        ),
        _block(
            "calls", ([n.line, n.day.isoformat(), [_call(e) for e in roster.calls[n]]] for n in sorted(roster.calls))
        ),
        _block("duties", (_cell(cell) for cell in roster.duties)),
    ]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8")


def write_roster(roster: Roster, path: Path) -> None:
    """Write a roster file."""
    path.write_bytes(roster_bytes(roster))


def roster_hash(roster: Roster) -> str:
    """What names a roster: the SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(roster_bytes(roster)).hexdigest()


def read_roster(path: Path) -> Roster:
    """Read a roster file; each thing that cannot be read is told with its place."""
    return parse_roster(read_bytes(path), path.name)


def parse_roster(data: bytes, name: str = "roster.json") -> Roster:
    """Read a roster from bytes."""
    remedy = "A roster file is written by Housestaff; export it again."
    try:
        raw = json.loads(text_of(data, name))
    except json.JSONDecodeError as error:
        raise BadInput(f"this is no JSON: {error.msg}.", place=f"{name}, line {error.lineno}", remedy=remedy) from error
    except (RecursionError, ValueError) as error:
        raise BadInput(f"this is no JSON: {error}.", place=name, remedy=remedy) from error
    document = as_table(raw)
    if document is None or document.get("format") != FORMAT:
        raise BadInput("this is JSON, but no roster file.", place=name, remedy=remedy)
    if document.get("version") != VERSION:
        raise BadInput(
            f"it has version {document.get('version')}, this program reads {VERSION}.",
            place=name,
            remedy="Update Housestaff.",
        )
    for key in document:
        if key not in _KEYS:
            raise BadInput(f"'{key}' is no known key.", place=name, remedy=nearest_of(key, _KEYS))
    return _roster(document, name)


def _roster(document: dict[str, Raw], name: str) -> Roster:
    problems: list[BadInput] = []

    def rows(key: str, read: Raw) -> Iterator[Raw]:
        held = as_list(document.get(key, []))
        if held is None:
            problems.append(BadInput(f"'{key}' is no list.", place=name, remedy="Write [...]."))
            return
        for number, row in enumerate(held, 1):
            try:
                yield read(row)
            except BadInput as error:
                problems.append(BadInput(error.problem, place=f"{name}, {key} {number}", remedy=error.remedy))
            except (ValueError, TypeError, KeyError) as error:
                told = f"{_json(row)[:80]} is not understood ({error})."
                remedy = f"A line of {key} looks like {_LIKE[key]}."
                problems.append(BadInput(told, place=f"{name}, {key} {number}", remedy=remedy))

    complete = list(rows("complete", DAY.read)) if document.get("complete") is not None else []
    if complete and len(complete) != 2:
        problems.append(BadInput("'complete' is no pair of dates.", place=name, remedy="Write first and last date."))
    roster = Roster(
        stints=tuple(rows("stints", _read_stint)),
        halves=MappingProxyType(dict(rows("halves", _read_half))),
        calls=MappingProxyType(dict(rows("calls", _read_call))),
        duties=tuple(rows("duties", _read_cell)),
        complete=(complete[0], complete[1]) if len(complete) == 2 else None,
    )
    if problems:
        raise gathered(problems)
    return roster


_LIKE = {
    "complete": '"2025-07-01"',
    "stints": '["p1", "IPT", "2025-07-01", "2025-07-30", "solver"]',
    "halves": '["p1", "2025-07-01", "AM", [["solver", "C", "", null, ""]]]',
    "calls": '["faculty_call", "2025-07-01", [["p1", "solver", "", ""]]]',
    "duties": '{"id": "d1", "kind": "moonlighting", "day": "2025-07-01", "span": [0, 60], ...}',
}


def _json(value: Raw) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _block(key: str, rows: Iterator[Raw]) -> str:
    inside = ",\n".join(f"  {_json(row)}" for row in rows)
    return f" {_json(key)}: [\n{inside}\n ]" if inside else f" {_json(key)}: []"


def _place(place: HalfDay) -> tuple[str, str, str]:
    return place.person, place.day.isoformat(), place.half.value


def _stint(stint: Stint) -> list[Raw]:
    return [stint.person, stint.rotation, stint.first.isoformat(), stint.last.isoformat(), _LAYER.write(stint.layer)]


def _entry(entry: Entry) -> list[Raw]:
    return [_LAYER.write(entry.layer), entry.code, entry.by, entry.on.isoformat() if entry.on else None, entry.why]


def _call(entry: CallEntry) -> list[Raw]:
    return [entry.person, _LAYER.write(entry.layer), entry.by, entry.why]


def _cell(cell: Cell) -> dict[str, Raw]:
    duty = cell.duty
    row: dict[str, Raw] = {
        "person": cell.person,
        "id": duty.id,
        "kind": duty.kind.value,
        "day": duty.day.isoformat(),
        "span": [duty.span.start, duty.span.end],
        "flags": sorted(flag.value for flag in duty.flags),
        "half": duty.half.value if duty.half else None,
        "counts": duty.counts,
        "certainty": duty.certainty.value,
        "work": [[piece.start, piece.end] for piece in duty.work],
    }
    return row | {name: getattr(duty, name) for name in _DUTY_TEXTS}


def _read_stint(row: Raw) -> Stint:
    person, rotation, first, last, layer = row
    return Stint(_word(person), _word(rotation), DAY.read(first), DAY.read(last), _LAYER.read(layer))


def _read_half(row: Raw) -> tuple[HalfDay, tuple[Entry, ...]]:
    person, day, half, entries = row
    return HalfDay(_word(person), DAY.read(day), HALF.read(half)), tuple(_read_entry(entry) for entry in entries)


def _read_entry(row: Raw) -> Entry:
    layer, code, by, on, why = row
    return Entry(_LAYER.read(layer), _word(code), _word(by), None if on is None else DAY.read(on), _word(why))


def _read_call(row: Raw) -> tuple[Night, tuple[CallEntry, ...]]:
    line, day, entries = row
    held = tuple(CallEntry(_word(who), _LAYER.read(layer), _word(by), _word(why)) for who, layer, by, why in entries)
    return Night(_word(line), DAY.read(day)), held


def _read_cell(row: Raw) -> Cell:
    person, half = row["person"], row["half"]
    duty = Duty(
        id=_word(row["id"]),
        kind=_DUTY_KIND.read(row["kind"]),
        day=DAY.read(row["day"]),
        span=_span(row["span"]),
        flags=frozenset(_FLAG.read(flag) for flag in row["flags"]),
        half=None if half is None else Half(half),
        counts=bool(row["counts"]),
        certainty=_CERTAINTY.read(row["certainty"]),
        work=tuple(_span(piece) for piece in row["work"]),
        **{name: _word(row[name]) for name in _DUTY_TEXTS},
    )
    return Cell(duty, None if person is None else _word(person))


def _span(pair: Raw) -> Span:
    start, end = pair
    return Span(int(start), int(end))


def _word(value: Raw) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is no text.", remedy="Write it in quotes.")
    return value
