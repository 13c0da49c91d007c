"""What is read of a program: its head, its people, its definitions, its numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from housestaff.core.errors import NotFound
from housestaff.core.program import Program
from housestaff.features.program.rows import mark_of
from housestaff.features.program.store import CALENDAR, Programs
from housestaff.features.program.tables import PARTS
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.ruleset import known_switches
from housestaff.rules.settings import ProgramSettings, known_settings


@dataclass(frozen=True)
class Overview:
    """A program at a glance: itself, the date of today there, and how many rows each section has."""

    program: Program
    today: date
    counts: dict[str, int]


def overview(unit: Unit, programs: Programs) -> Overview:
    """The program at a glance."""
    program = programs.get()
    counts = {
        "person": len(program.people),
        "role": len(program.roles),
        "rotation": len(program.rotations),
        "activity": len(program.activities),
        "requirement": len(program.requirements),
        "demand": len(program.demand),
        "call": len(program.calls),
        "series": len(program.calendar.series),
        "holiday": len(program.calendar.holidays),
        "event": len(program.calendar.events),
        "policy": len(program.policy.values),
    }
    return Overview(program, program.zone.day(unit.now), counts)


def whole(programs: Programs) -> Program | None:
    """The program as one value; nothing while it is empty."""
    return None if programs.is_empty() else programs.get()


def document(programs: Programs) -> dict[str, Any]:
    """The program's head as its file has it: name, calendar, holidays, clinic, policy."""
    programs.get()
    found = programs.document()
    return {key: found[key] for key in ("program", "series", "holiday", "event", "clinic", "policy") if key in found}


def academic_years(programs: Programs) -> list[int]:
    """The academic years whose calendar the program has."""
    return [] if programs.is_empty() else [each.calendar.academic_year for each in programs.years()]


def calendar(programs: Programs, *, year: int | None = None) -> dict[str, Any]:
    """Each part of the calendar of a year: its rows, and the mark with which they are changed."""
    head: dict[str, Any] = {} if programs.is_empty() else programs.calendar_facts(year)
    return {key: {"rows": head.get(key, []), "seen": mark_of(head.get(key, []))} for key in CALENDAR}


def people(unit: Unit, programs: Programs) -> list[dict[str, Any]]:
    """The people; addresses only for those who may read contacts."""
    rows = programs.part("person")
    for row in rows:
        if unit.principal is not None and allow(unit.principal, "person:read_contact", person=row["code"]) is None:
            row["facts"].pop("email", None)
    return rows


def one_person(unit: Unit, programs: Programs, *, person_id: str) -> dict[str, Any]:
    """One of the people, with the version."""
    for row in people(unit, programs):
        if row["code"] == person_id:
            return row
    raise NotFound(f"There is no person '{person_id}' here.")


def part(programs: Programs, *, section: str) -> list[dict[str, Any]]:
    """The rows of a section with their code and version."""
    if section not in PARTS or section == "person":
        raise NotFound(f"There is no section {section}.")
    return programs.part(section)


def switches(programs: Programs) -> dict[str, dict[str, Any]]:
    """The rules that a program may switch and the rows that it may vouch for, with what it has said of them."""
    own = programs.policy()
    return {kind: {"own": own.get(kind, {}), "known": sorted(names)} for kind, names in known_switches().items()}


def policy_now(unit: Unit, programs: Programs) -> list[dict[str, Any]]:
    """Every number and choice: the value in force today, the default, what may be chosen, and why."""
    program, own = programs.get(), programs.policy()
    settings, today = ProgramSettings(program.policy), program.zone.day(unit.now)
    return [
        {**asdict(setting), "value": settings.value(key, today), "own": own.get(key)}
        for key, setting in known_settings().items()
    ]
