"""The commands of the program room, carried out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from housestaff.core.errors import BadInput, Stale
from housestaff.core.events import PersonChanged, PolicyChanged
from housestaff.features.accounts.queries import program_code, program_seen
from housestaff.features.program.commands import ImportProgram, PutPart, PutPerson, SetCalendar, SetPolicy
from housestaff.features.program.rows import mark_of, plain
from housestaff.features.program.store import CALENDAR, Programs
from housestaff.features.program.tables import PARTS
from housestaff.plumbing.bus import handles
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.unit import Unit

_IN_CLEAR = frozenset({"id", "kind", "levels", "roles", "employment"})


@handles(ImportProgram)
def import_program(ask: ImportProgram, unit: Unit, programs: Programs) -> None:
    """The program is what the file says, with what was fixed before its year."""
    programs.replace_all(ask.program, history=ask.base)
    unit.is_about("program", unit.program_id, changes={"people": [None, len(ask.program.people)]})
    unit.tell(PolicyChanged(keys=("program",)))


@handles(PutPerson)
def put_person(ask: PutPerson, unit: Unit, programs: Programs, sealer: Sealer) -> int:
    """The person is as said from now on; what was, stays in the dated spans and in the audit chain."""
    if ask.facts.get("id", ask.person_id) != ask.person_id:
        raise BadInput("the id cannot change.", place="id", remedy=f"Write {ask.person_id}, or add a new person.")
    before = programs.facts("person", ask.person_id)
    facts: dict[str, Any] = plain({"id": ask.person_id, **ask.facts})
    version = programs.put("person", ask.person_id, facts, version=ask.version)
    fields = tuple(sorted(key for key in {*before, *facts} if before.get(key) != facts.get(key)))
    changes = {key: [_shown(key, each, sealer) for each in (before.get(key), facts.get(key))] for key in fields}
    unit.is_about("person", ask.person_id, version=version, changes=changes)
    unit.tell(
        PersonChanged(person_id=ask.person_id, fields=fields, from_day=date.min if not before else unit.now.date())
    )
    return version


def _shown(field: str, value: Any, sealer: Sealer) -> Any:
    """A fact of a person as it stands in the chain: what the schedule shows anyway in clear, else its fingerprint."""
    if value is None or field in _IN_CLEAR:
        return value
    return sealer.fingerprint(json.dumps(value, sort_keys=True))


@handles(PutPart)
def put_part(ask: PutPart, unit: Unit, programs: Programs) -> int:
    """One definition of the program is as said from now on."""
    if ask.section not in PARTS or ask.section == "person":
        known = ", ".join(section for section in PARTS if section != "person")
        raise BadInput(f"'{ask.section}' is no section.", place="section", remedy=f"Choose one of {known}.")
    before = programs.facts(ask.section, ask.code)
    version = programs.put(ask.section, ask.code, ask.facts, version=ask.version)
    after = programs.facts(ask.section, ask.code)
    fields = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    changes = {key: [before.get(key), after.get(key)] for key in fields}
    unit.is_about(ask.section, ask.code, version=version, changes=changes)
    unit.tell(PolicyChanged(keys=(ask.section,)))
    return version


@handles(SetPolicy)
def set_policy(ask: SetPolicy, unit: Unit, programs: Programs) -> None:
    """These numbers and choices hold from now on."""
    before = programs.policy()
    programs.set_policy(ask.values)
    changes = {key: [before.get(key), value] for key, value in ask.values.items()}
    unit.is_about("policy", unit.program_id, changes=changes)
    unit.tell(PolicyChanged(keys=tuple(ask.values)))


@handles(SetCalendar)
def set_calendar(ask: SetCalendar, unit: Unit, programs: Programs) -> str:
    """The blocks, holidays or events are these from now on; the blocks of an empty program begin it."""
    if ask.section not in CALENDAR:
        known = ", ".join(CALENDAR)
        raise BadInput(f"'{ask.section}' is no part of the calendar.", place="section", remedy=f"Choose {known}.")
    before = {} if programs.is_empty() else programs.calendar_facts(ask.academic_year)
    rows = before.get(ask.section, [])
    if mark_of(rows) != (ask.seen or mark_of([])):
        raise Stale("The calendar was changed in the meantime; read it again.")
    if not before:
        before = {"program": _begun(unit)}
    after = programs.set_calendar_facts(ask.academic_year, {**before, ask.section: list(ask.rows)})
    unit.is_about("calendar", ask.section, changes={ask.section: [rows, after.get(ask.section, [])]})
    unit.tell(PolicyChanged(keys=(ask.section,)))
    return mark_of(after.get(ask.section, []))


def _begun(unit: Unit) -> dict[str, Any]:
    """The head of a program that has none yet: what was said when it was opened."""
    name, zone, _locale = program_seen(unit)
    return {"id": program_code(unit), "name": name, "time_zone": zone}
