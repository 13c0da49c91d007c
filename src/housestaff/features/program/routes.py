"""The HTTP face of the program room."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from housestaff.core.errors import NotFound
from housestaff.features.program.commands import PutPart, PutPerson, SetPolicy
from housestaff.features.program.store import PARTS, Programs
from housestaff.plumbing.access import allow
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings, known_settings

router = APIRouter(tags=["program"], responses=PROBLEMS)


class Facts(BaseModel):
    """The facts of a row as a program file has them, and the version that somebody saw (none for a new one)."""

    facts: dict[str, Any]
    version: int | None = None


def _people(unit: Unit, programs: Programs) -> list[dict[str, Any]]:
    """The people; addresses only for those who may read contacts."""
    rows = programs.part("person")
    for row in rows:
        if unit.principal is not None and allow(unit.principal, "person:read_contact", person=row["code"]) is None:
            row["facts"].pop("email", None)
    return rows


def _part(programs: Programs, *, section: str) -> list[dict[str, Any]]:
    if section not in PARTS or section == "person":
        raise NotFound(f"There is no section {section}.")
    return programs.part(section)


def _policy(unit: Unit, programs: Programs) -> list[dict[str, Any]]:
    program, own = programs.get(), programs.policy()
    settings, today = ProgramSettings(program.policy), program.zone.day(unit.now)
    return [
        {**asdict(setting), "value": settings.value(key, today), "own": own.get(key)}
        for key, setting in known_settings().items()
    ]


def _document(programs: Programs) -> dict[str, Any]:
    programs.get()
    document = programs.document()
    return {
        key: document[key] for key in ("program", "series", "holiday", "event", "clinic", "policy") if key in document
    }


@router.get("/program", openapi_extra=needs("schedule:read"))
def program(asked: InProgram) -> dict[str, Any]:
    """The program's head: name, calendar, holidays, clinic, policy."""
    return asked.read(_document, needs="schedule:read")


@router.get("/people", openapi_extra=needs("person:read"))
def people(asked: InProgram, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """The people of the program."""
    found = asked.read(_people, needs="person:read")
    return page(found, lambda each: each["code"], limit, cursor, put=lambda each: each)


@router.put("/people/{person_id}", openapi_extra=needs("person:write"))
def put_person(person_id: str, body: Facts, asked: InProgram) -> dict[str, Any]:
    """Add a person, or change one."""
    return {"version": asked.do(PutPerson(person_id=person_id, facts=body.facts, version=body.version))}


@router.get("/program/{section}", openapi_extra=needs("schedule:read"))
def part(section: str, asked: InProgram) -> dict[str, Any]:
    """The rotations, activities, requirements, lines of demand or call, or faculty roles."""
    return {"items": asked.read(_part, needs="schedule:read", section=section)}


@router.put("/program/{section}/{code}", openapi_extra=needs("rotation:write"))
def put_part(section: str, code: str, body: Facts, asked: InProgram) -> dict[str, Any]:
    """Add or change one definition."""
    command = PutPart(section=section, code=code, facts=body.facts, version=body.version)
    return {"version": asked.do(command)}


@router.get("/policy", openapi_extra=needs("schedule:read"))
def policy_now(asked: InProgram) -> dict[str, Any]:
    """Every number and choice of the program: the value in force today, the default, what may be chosen, and why."""
    return {"items": asked.read(_policy, needs="schedule:read")}


@router.patch("/policy", status_code=204, openapi_extra=needs("policy:write"))
def policy(body: dict[str, Any], asked: InProgram) -> None:
    """Set numbers and choices; nothing as a value takes the default back."""
    asked.do(SetPolicy(values=body))
