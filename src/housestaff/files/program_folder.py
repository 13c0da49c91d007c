"""A program as a folder: program.toml, and CSV tables beside it for what people keep in spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.files import program_tables as tables
from housestaff.files import shapes
from housestaff.files.csv_text import PlacedRow, Table, read_table, write_table
from housestaff.files.guard import read_text
from housestaff.files.program_document import document_of
from housestaff.files.raw import Raw, as_list, as_table
from housestaff.files.records import Where
from housestaff.files.toml_text import toml

PROGRAM_FILES = ("program.toml", "program.yaml", "program.yml")
_LISTS = {"requirement": tables.REQUIREMENTS, "demand": tables.DEMAND, "leave": tables.LEAVE, "wish": tables.WISHES}
_PARTS = (("levels", tables.LEVELS), ("credentials", tables.CREDENTIALS))


def program_file(path: Path) -> Path:
    """The program file that a path means: itself, or the one in a folder."""
    if not path.is_dir():
        return path
    for name in PROGRAM_FILES:
        if (path / name).exists():
            return path / name
    raise BadInput("there is no program.toml in this folder.", place=str(path), remedy="Name the program file.")


def joined(document: dict[str, Raw], folder: Path, problems: list[BadInput]) -> dict[str, Raw]:
    """A document together with the tables that stand beside it; what stands in both is told."""
    document = dict(document)
    for section, table in _LISTS.items():
        rows = _rows(table, folder, problems)
        if rows is not None:
            if document.get(section):
                problems.append(_twice(f"[[{section}]]", table))
            document[section] = rows
    for section, table, key in (("person", tables.PEOPLE, "id"), ("rotation", tables.ROTATIONS, "code")):
        rows = _rows(table, folder, problems)
        if rows is not None:
            document[section] = _merged(document.get(section, []), rows, (section, key, table), problems)
    for part, table in _PARTS:
        rows = _rows(table, folder, problems)
        if rows is not None:
            document["person"] = _handed_out(document.get("person", []), rows, (part, table), problems)
    rows = _rows(tables.BLOCKS, folder, problems)
    if rows is not None:
        document["series"] = _series(document.get("series", []), rows, problems)
    return document


def _rows(table: Table, folder: Path, problems: list[BadInput]) -> list[PlacedRow] | None:
    path = folder / table.file
    return read_table(table, read_text(path), problems) if path.exists() else None


def _twice(what: str, table: Table) -> BadInput:
    return BadInput(f"{what} stands here and in {table.file}.", place="program.toml", remedy="Keep one of the two.")


def _tables_of(rows: Raw) -> list[dict[str, Raw]]:
    tables_ = [as_table(row) for row in as_list(rows) or []]
    return [table for table in tables_ if table is not None]


def _merged(own: Raw, rows: list[PlacedRow], what: tuple[str, str, Table], problems: list[BadInput]) -> list[PlacedRow]:
    """The rows of a table, each with what the program file adds to it."""
    section, key, table = what
    added = {row.get(key): row for row in _tables_of(own)}
    found: list[PlacedRow] = []
    for row in rows:
        more = added.pop(row[key], {})
        both = [name for name in more if name in row and name != key]
        if both:
            problems.append(_twice(f"[[{section}]] {row[key]}, {both[0]}", table))
        found.append(PlacedRow({**row, **more}, row.where))
    problems += [
        BadInput(f"[[{section}]] '{name}' is not in {table.file}.", place="program.toml", remedy="Add its row there.")
        for name in added
    ]
    return found


def _handed_out(
    people: Raw, rows: list[PlacedRow], what: tuple[str, Table], problems: list[BadInput]
) -> list[dict[str, Raw]]:
    """People, each with its rows of a table of spans."""
    part, table = what
    found: dict[str, PlacedRow] = {}
    for own in as_list(people) or []:
        placed = own if isinstance(own, PlacedRow) else PlacedRow(as_table(own) or {}, Where("program.toml", problems))
        found[placed.get("id", "")] = placed
    problems += [_twice(f"[[person]] {name}, {part}", table) for name, placed in found.items() if part in placed]
    for row in rows:
        person = found.get(row["person_id"])
        span = {name: value for name, value in row.items() if name != "person_id"}
        if person is None:
            row.where.at("column person_id").tell(
                BadInput(f"there is no person '{row['person_id']}'.", remedy="Add the person or mend the id.")
            )
        else:
            person.setdefault(part, []).append(span)
    return list(found.values())


def _series(own: Raw, rows: list[PlacedRow], problems: list[BadInput]) -> list[dict[str, Raw]]:
    found = {row.get("id"): row for row in _tables_of(own)}
    for row in found.values():
        if "blocks" in row:
            problems.append(_twice(f"[[series]] {row.get('id')}, blocks", tables.BLOCKS))
            row["blocks"] = []
    for row in rows:
        year = academic_year_of(shapes.BLOCK.columns[1].kind.read(row["first"]))
        series = found.setdefault(row["series"], {"id": row["series"], "academic_year": year})
        series.setdefault("blocks", []).append({name: row[name] for name in ("number", "first", "last")})
    return list(found.values())


def academic_year_of(first: date) -> int:
    """The academic year of a series that starts on a date; one that starts in June belongs to the next July."""
    near = first + timedelta(days=45)
    return near.year if near.month >= 7 else near.year - 1


def split(program: Program) -> Iterator[tuple[str, str]]:
    """The files of a program folder, program.toml first, each with its text; no fact stands in two."""
    document: dict[str, Raw] = dict(document_of(program))
    for section in _LISTS:
        document.pop(section, None)
    for series in document["series"]:
        del series["blocks"]
    taken = {*tables.PEOPLE.columns.values(), "levels", "credentials"} - {"id"}
    people = [{key: value for key, value in row.items() if key not in taken} for row in document.get("person", [])]
    document["person"] = [row for row in people if len(row) > 1]
    document = {section: value for section, value in document.items() if value}
    yield "program.toml", toml(document)
    for table, rows in _contents(program):
        yield table.file, write_table(table, rows)


def _contents(program: Program) -> Iterable[tuple[Table, list[tuple[str, Raw]]]]:
    people = program.people
    yield tables.PEOPLE, [("", person) for person in people]
    yield tables.LEVELS, [(person.id, span) for person in people for span in person.levels]
    yield tables.CREDENTIALS, [(person.id, held) for person in people for held in person.credentials]
    yield tables.BLOCKS, [(series.id, block) for series in program.calendar.series for block in series.blocks]
    yield tables.REQUIREMENTS, [("", requirement) for requirement in program.requirements]
    yield tables.DEMAND, [("", line) for line in program.demand]
    yield tables.LEAVE, [("", leave) for leave in program.leaves]
    if program.wishes:
        yield tables.WISHES, [("", wish) for wish in program.wishes]
