"""The CSV tables of a roster and of what the judge says: wide.csv, call.csv, findings.csv and defects.csv."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from types import MappingProxyType

from housestaff.core.errors import BadInput
from housestaff.core.finding import Finding
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster
from housestaff.core.time import Half, days
from housestaff.files.csv_text import Table, csv_text, read_grid, read_table, write_table
from housestaff.files.guard import gathered
from housestaff.files.kinds import DAY, TEXT, one_of
from housestaff.files.nearest import nearest_of
from housestaff.files.records import Record, Where

_WIDE_HEAD = ["type", "name", "pgy", "rotation", "rotation2"]
FINDING_COLUMNS = (
    "rule", "force", "citation_2025", "citation_2023", "person_id", "from", "to", "amount", "limit", "unit", "verdict",
    "certainty", "sentence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _CallRow:
    """One name on one night, as a row of call.csv."""

    day: date
    line: str
    person: str
    layer: Layer
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Defect:
    """One planted defect of a generated program: what was broken, and what the judge should say of it."""

    id: str
    kind: str
    person: str = ""
    day: date | None = None
    where: str = ""
    expected_rule: str = ""
    expected_verdict: str = ""


_CALL = Table(
    "call.csv",
    Record(
        _CallRow,
        {
            "date": ("day", DAY),
            "line": ("line", TEXT),
            "person_id": ("person", TEXT),
            "layer": ("layer", one_of(Layer, by_name=True)),
            "by": ("by", TEXT),
            "why": ("why", TEXT),
        },
    ),
    {name: name for name in ("date", "line", "person_id", "layer")},
    {name: name for name in ("by", "why")},
)
_DEFECT_COLUMNS = ("defect_id", "kind", "person_id", "date", "where", "expected_rule", "expected_verdict")
_DEFECT = Table(
    "defects.csv",
    Record(
        Defect,
        {
            "defect_id": ("id", TEXT),
            "kind": ("kind", TEXT),
            "person_id": ("person", TEXT),
            "date": ("day", DAY),
            "where": ("where", TEXT),
            "expected_rule": ("expected_rule", TEXT),
            "expected_verdict": ("expected_verdict", TEXT),
        },
    ),
    {name: name for name in _DEFECT_COLUMNS},
    {},
)


def write_calls(roster: Roster) -> str:
    """The nights of call as call.csv, a name a row, in order of line and date."""
    rows = [
        ("", _CallRow(night.day, night.line, entry.person, entry.layer, entry.by, entry.why))
        for night in sorted(roster.calls)
        for entry in roster.calls[night]
    ]
    return write_table(_CALL, rows)


def read_calls(
    text: str, program: Program | None = None, *, file: str = "call.csv"
) -> Mapping[Night, tuple[CallEntry, ...]]:
    """The nights of call of a call.csv; with a program, unknown people and lines are refused."""
    problems: list[BadInput] = []
    found: dict[Night, tuple[CallEntry, ...]] = {}
    for placed in read_table(_CALL, text, problems, file=file):
        row: _CallRow = _CALL.record.read(placed, placed.where)
        if program is not None:
            for what, name, known in (
                ("person_id", row.person, program.person_by_id),
                ("line", row.line, program.call_by_id),
            ):
                if name not in known:
                    error = BadInput(f"'{name}' is not known.", remedy=nearest_of(name, known))
                    placed.where.at(f"column {what}").tell(error)
        night = Night(row.line, row.day)
        found[night] = (*found.get(night, ()), CallEntry(row.person, row.layer, row.by, row.why))
    if problems:
        raise gathered(problems)
    return MappingProxyType(found)


def write_defects(defects: Iterable[Defect]) -> str:
    """Planted defects as defects.csv."""
    return write_table(_DEFECT, [("", defect) for defect in defects])


def read_defects(text: str, *, file: str = "defects.csv") -> tuple[Defect, ...]:
    """The planted defects of a manifest."""
    problems: list[BadInput] = []
    found = tuple(_DEFECT.record.read(row, row.where) for row in read_table(_DEFECT, text, problems, file=file))
    if problems:
        raise gathered(problems)
    return found


def write_findings(findings: Iterable[Finding]) -> str:
    """Findings as findings.csv: amounts and limits as bare numbers in their unit."""
    lines = [
        [
            finding.rule, finding.force.value, finding.citation.number_2025, finding.citation.number_2023, finding.who,
            finding.first.isoformat(), finding.last.isoformat(), str(finding.amount), str(finding.limit), finding.unit,
            finding.verdict.value, finding.certainty.value, finding.sentence,
        ]
        for finding in findings
    ]  # fmt: skip
    return csv_text([FINDING_COLUMNS, *lines])


def read_findings(text: str, *, file: str = "findings.csv") -> tuple[Mapping[str, str], ...]:
    """The rows of a findings.csv by column; a table keeps less than a finding knows, so they stay text."""
    (_, header), *rows = read_grid(text, file)
    missing = [column for column in FINDING_COLUMNS if column not in header]
    if missing:
        raise BadInput(
            f"the column '{missing[0]}' is missing.",
            place=f"{file}, row 1",
            remedy=f"The header is {','.join(FINDING_COLUMNS)}.",
        )
    return tuple(dict(zip(header, row, strict=False)) for _, row in rows)


def write_wide(program: Program, roster: Roster, first: date, last: date) -> str:
    """The half-days of a period as wide.csv: a person a row, a half-day a column, the code that stands."""
    grid = Grid(program, roster)
    places = [(day, half) for day in days(first, last) for half in Half]
    lines = [[*_WIDE_HEAD, *(f"{day}_{half}" for day, half in places)]]
    for person in program.people:
        mine = grid.person(person.id)
        stays = [stint.rotation for stint in mine.stints if stint.first <= last and stint.last >= first]
        head = [person.kind.value, person.display_name, person.level_on(first), *[*stays, "", ""][:2]]
        lines.append([*head, *(mine.code(day, half) for day, half in places)])
    return csv_text(lines)


def read_wide(text: str, program: Program, roster: Roster, *, by: str = "", file: str = "wide.csv") -> Roster:
    """A roster with the codes of a wide.csv entered by hand; a blank cell and one that says the same change nothing."""
    problems: list[BadInput] = []
    grid = Grid(program, roster)
    (_, header), *rows = read_grid(text, file)
    columns = _wide_columns(header, Where(file, problems, "row 1"))
    names = _names(program)
    changes: dict[HalfDay, Entry] = {}
    for number, row in rows:
        where = Where(file, problems, f"row {number}")
        cells = dict(zip(header, row, strict=False))
        person = names.get(cells.get("name", ""))
        if person is None:
            name = cells.get("name", "")
            where.at("column name").tell(BadInput(f"there is no '{name}'.", remedy=nearest_of(name, names)))
            continue
        for column, (day, half) in columns.items():
            code = cells.get(column, "").strip()
            if code and code != grid.person(person.id).code(day, half):
                _check_code(program, code, where.at(f"column {column}"))
                changes[HalfDay(person.id, day, half)] = Entry(Layer.MANUAL, code, by=by, why=f"from {file}")
    if problems:
        raise gathered(problems)
    return roster.with_entries(changes)


def _wide_columns(header: list[str], where: Where) -> dict[str, tuple[date, Half]]:
    found: dict[str, tuple[date, Half]] = {}
    for column in header:
        if column in _WIDE_HEAD:
            continue
        day, _, half = column.partition("_")
        try:
            found[column] = DAY.read(day), Half(half)
        except (BadInput, ValueError):
            where.at(f"column {column}").tell(BadInput("it is no half-day.", remedy="Write it as 2025-07-31_AM."))
    if "name" not in header:
        where.tell(BadInput("the column 'name' is missing.", remedy=f"The header starts {','.join(_WIDE_HEAD)}."))
    return found


def _names(program: Program) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for person in program.people:
        for name in chain(
            (person.id, person.display_name, person.sheet_name), (alias.name for alias in person.aliases)
        ):
            if name:
                found.setdefault(name, person)
    return found


def _check_code(program: Program, code: str, where: Where) -> None:
    known = [*program.activity_by_code, *program.rotation_by_code]
    if known and code not in known:
        where.tell(BadInput(f"'{code}' is no known code.", remedy=nearest_of(code, known)))
