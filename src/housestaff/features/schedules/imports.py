"""Imports: a file is read and reviewed first; nothing is saved until everything odd in it is decided."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, NotFound, Stale
from housestaff.core.program import Program
from housestaff.core.roster import Roster, merged
from housestaff.features.program.commands import ImportProgram
from housestaff.features.program.handlers import import_program
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import CreateSchedule, ImportDraft
from housestaff.features.schedules.handlers import create_schedule, import_draft
from housestaff.features.schedules.store import Schedules
from housestaff.files.guard import MOST_BYTES, MOST_UNPACKED_BYTES, MOST_ZIP_PARTS, text_of
from housestaff.files.program_toml import parse_program, read_program
from housestaff.files.roster_json import parse_roster
from housestaff.files.workbook.annual_reading import read_annual_workbook
from housestaff.files.workbook.reading import read_block_workbook
from housestaff.files.workbook.review import ACCEPT, Review
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

IMPORT_RUN = program_table(
    "import_run",
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("review", JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Uuid),
    sa.Column("at", INSTANT, nullable=False),
    sa.Column("applied_at", INSTANT),
)

PROGRAM, FOLDER, ROSTER, BLOCK_WORKBOOK, YEAR_WORKBOOK = (
    "program",
    "folder",
    "roster",
    "block_workbook",
    "year_workbook",
)
_BY_ENDING = {".toml": PROGRAM, ".yaml": PROGRAM, ".yml": PROGRAM, ".zip": FOLDER, ".json": ROSTER}
_WORKBOOKS = {".xlsx", ".xlsm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImport(Command):
    """Read a file and say what it holds and what is odd in it; nothing of it is in force yet."""

    needs: ClassVar[str] = "schedule:write"
    name: str
    content: bytes
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyImport(Command):
    """Put what was read into the program or into a draft, with a decision for everything odd."""

    needs: ClassVar[str] = "rotation:write"
    import_id: UUID
    decisions: Mapping[str, str] = field(default_factory=dict[str, str])
    schedule_id: UUID | None = None
    revision: int | None = None


@handles(ReadImport)
def read_import(ask: ReadImport, unit: Unit, programs: Programs) -> UUID:
    """The file is kept with its review."""
    if not ask.content or len(ask.content) > MOST_BYTES:
        raise BadInput(f"the file has {len(ask.content)} bytes.", place=ask.name, remedy="Export it again.")
    kind = _kind(ask)
    review = _review(kind, ask.name, ask.content, programs)
    import_id = new_id()
    unit.connection.execute(
        IMPORT_RUN.insert().values(
            program_id=unit.program_id,
            import_id=import_id,
            name=ask.name,
            kind=kind,
            content=ask.content,
            review=review,
            state="read",
            asked_by=unit.request.user_id,
            at=unit.now,
        )
    )
    unit.is_about("import", import_id, changes={"name": [None, ask.name], "kind": [None, kind]})
    return import_id


def _kind(ask: ReadImport) -> str:
    ending = PurePosixPath(ask.name.lower()).suffix
    if ending in _WORKBOOKS:
        if ask.kind in {BLOCK_WORKBOOK, YEAR_WORKBOOK}:
            return ask.kind
        return YEAR_WORKBOOK if "year" in ask.name.lower() or "annual" in ask.name.lower() else BLOCK_WORKBOOK
    if ending not in _BY_ENDING:
        known = ", ".join([*_BY_ENDING, *sorted(_WORKBOOKS)])
        raise BadInput(f"'{ending}' is not read here.", place=ask.name, remedy=f"Bring a file of {known}.")
    return _BY_ENDING[ending]


def _review(kind: str, name: str, content: bytes, programs: Programs) -> dict[str, Any]:
    """What was read, in numbers, and everything odd."""
    if kind in {PROGRAM, FOLDER}:
        program, base = _program(kind, name, content)
        return {
            "people": len(program.people),
            "rotations": len(program.rotations),
            "leave": len(program.leaves),
            "history": len(base.stints) + len(base.calls),
            "items": [],
        }
    if kind == ROSTER:
        return {**_numbers(parse_roster(content, name)), "items": []}
    review = _workbook(kind, name, content, programs.get(), programs.decisions())
    return _reviewed(review)


def _reviewed(review: Review) -> dict[str, Any]:
    items = [
        {**asdict(item), "question": item.question, "decided": review.decisions.get(item.question)}
        for item in review.items
    ]
    return {**_numbers(review.read.roster), "leave": len(review.read.leaves), "items": items}


def _numbers(roster: Roster) -> dict[str, int]:
    return {"stays": len(roster.stints), "half_days": len(roster.halves), "nights": len(roster.calls)}


def _workbook(kind: str, name: str, content: bytes, program: Program, decisions: Mapping[str, str]) -> Review:
    with tempfile.TemporaryDirectory(prefix="housestaff-import-") as folder:
        path = Path(folder) / PurePosixPath(name).name
        path.write_bytes(content)
        if kind == YEAR_WORKBOOK:
            return read_annual_workbook(path, program, decisions)
        return read_block_workbook(path, program, decisions)


def _program(kind: str, name: str, content: bytes) -> tuple[Program, Roster]:
    if kind == PROGRAM:
        return parse_program(text_of(content, name), name), Roster()
    with tempfile.TemporaryDirectory(prefix="housestaff-import-") as folder:
        home = _unpacked(name, content, Path(folder))
        base = Roster()
        for part in ("history.json", "preload.json"):
            if (home / part).is_file():
                base = merged(base, parse_roster((home / part).read_bytes(), part))
        return read_program(home), base


def _unpacked(name: str, content: bytes, folder: Path) -> Path:
    """The files of an archive in one folder; what would unpack to too much is refused before."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise BadInput("this is no archive.", place=name, remedy="Zip the folder of the program again.") from error
    with archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
        if len(parts) > MOST_ZIP_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise BadInput("the archive holds too much.", place=name, remedy="Zip the program's own files only.")
        for part in parts:
            (folder / PurePosixPath(part.filename).name).write_bytes(archive.read(part))
    return folder


@handles(ApplyImport)
def apply_import(ask: ApplyImport, unit: Unit, programs: Programs, schedules: Schedules) -> UUID | None:
    """What was read is in force, or stands in a draft; the decisions are kept for the next file."""
    row = unit.connection.execute(
        sa.select(IMPORT_RUN).where(IMPORT_RUN.c.import_id == ask.import_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such import.")
    if row.state != "read":
        raise Stale("This import was applied already.")
    found: UUID | None = None
    if row.kind in {PROGRAM, FOLDER}:
        program, base = _program(row.kind, row.name, row.content)
        import_program(ImportProgram(program=program, base=base), unit, programs)
    else:
        found = _into_draft(ask, row, unit, programs, schedules)
    unit.connection.execute(
        IMPORT_RUN.update().where(IMPORT_RUN.c.import_id == ask.import_id).values(state="applied", applied_at=unit.now)
    )
    return found


def _into_draft(ask: ApplyImport, row: Any, unit: Unit, programs: Programs, schedules: Schedules) -> UUID:
    program = programs.get()
    if row.kind == ROSTER:
        roster = parse_roster(row.content, row.name)
    else:
        decisions = {**programs.decisions(), **ask.decisions}
        roster, leaves = _workbook(row.kind, row.name, row.content, program, decisions).accept()
        programs.keep_decisions(decisions)
        programs.add_leaves(leaves)
    if ask.schedule_id is None:
        first, last = roster.complete or (program.calendar.first, program.calendar.last)
        command = CreateSchedule(first_day=first, last_day=last, method="imported", roster=roster)
        return create_schedule(command, unit, programs, schedules)
    held = schedules.get(ask.schedule_id)
    whole = merged(schedules.roster(held.schedule_id, held.revision), roster)
    revision = held.revision if ask.revision is None else ask.revision
    import_draft(ImportDraft(schedule_id=ask.schedule_id, revision=revision, roster=whole), unit, programs, schedules)
    return ask.schedule_id


def run_of(unit: Unit, *, import_id: UUID) -> dict[str, Any]:
    """An import with its review."""
    shown = [column for column in IMPORT_RUN.columns if column.name not in {"content", "program_id"}]
    asked = sa.select(*shown).where(IMPORT_RUN.c.import_id == import_id)
    row = unit.connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such import.")
    return dict(row)


def run_under(unit: Unit, programs: Programs, *, import_id: UUID, decisions: Mapping[str, str]) -> dict[str, Any]:
    """An import with its review under some decisions, before anything is kept: an answer may raise a new question."""
    found = run_of(unit, import_id=import_id)
    if found["kind"] in {BLOCK_WORKBOOK, YEAR_WORKBOOK} and found["state"] == "read":
        asked = sa.select(IMPORT_RUN.c.content).where(IMPORT_RUN.c.import_id == import_id)
        content = unit.connection.execute(asked).scalar_one()
        known = {**programs.decisions(), **decisions}
        found["review"] = _reviewed(_workbook(found["kind"], found["name"], content, programs.get(), known))
    return found


def sure_answers(items: Iterable[Mapping[str, Any]], at_least: float) -> dict[str, str]:
    """The suggestions that are so certain and wait for an answer, accepted."""
    waiting = (item for item in items if item["decided"] is None and item["suggestion"])
    return {item["question"]: ACCEPT for item in waiting if item["certainty"] >= at_least}


def open_imports(unit: Unit) -> list[dict[str, Any]]:
    """The files that were read and not put in yet, the newest first."""
    shown = (IMPORT_RUN.c.import_id, IMPORT_RUN.c.name, IMPORT_RUN.c.kind, IMPORT_RUN.c.at)
    asked = sa.select(*shown).where(IMPORT_RUN.c.state == "read").order_by(IMPORT_RUN.c.at.desc())
    return [dict(row) for row in unit.connection.execute(asked).mappings()]
