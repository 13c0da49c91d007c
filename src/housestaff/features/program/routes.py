"""The HTTP face of the program room."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from housestaff.features.program import queries
from housestaff.features.program.commands import PutPart, PutPerson, SetCalendar, SetPolicy
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Cursor, Limit, page

router = APIRouter(tags=["program"], responses=PROBLEMS)


class Facts(BaseModel):
    """The facts of a row as a program file has them, and the version that somebody saw (none for a new one)."""

    facts: dict[str, Any]
    version: int | None = None


class Rows(BaseModel):
    """The rows of a part of the calendar as a program file has them, and the mark of what somebody saw."""

    rows: list[dict[str, Any]]
    seen: str = ""


@router.get("/program", openapi_extra=needs("schedule:read"))
def program(asked: InProgram) -> dict[str, Any]:
    """The program's head: name, calendar, holidays, clinic, policy."""
    return asked.read(queries.document, needs="schedule:read")


@router.get("/people", openapi_extra=needs("person:read"))
def people(asked: InProgram, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """The people of the program."""
    found = asked.read(queries.people, needs="person:read")
    return page(found, lambda each: each["code"], limit, cursor, put=lambda each: each)


@router.put("/people/{person_id}", openapi_extra=needs("person:write"))
def put_person(person_id: str, body: Facts, asked: InProgram) -> dict[str, Any]:
    """Add a person, or change one."""
    return {"version": asked.do(PutPerson(person_id=person_id, facts=body.facts, version=body.version))}


@router.get("/program/{section}", openapi_extra=needs("schedule:read"))
def part(section: str, asked: InProgram) -> dict[str, Any]:
    """The rotations, activities, requirements, lines of demand or call, or faculty roles."""
    return {"items": asked.read(queries.part, needs="schedule:read", section=section)}


@router.put("/program/{section}/{code}", openapi_extra=needs("rotation:write"))
def put_part(section: str, code: str, body: Facts, asked: InProgram) -> dict[str, Any]:
    """Add or change one definition."""
    command = PutPart(section=section, code=code, facts=body.facts, version=body.version)
    return {"version": asked.do(command)}


@router.get("/calendar", openapi_extra=needs("schedule:read"))
def calendar(asked: InProgram) -> dict[str, Any]:
    """The blocks of each series, the holidays and the institutional events, each with the mark of what is seen."""
    return asked.read(queries.calendar, needs="schedule:read")


@router.put("/calendar/{section}", openapi_extra=needs("rotation:write"))
def set_calendar(section: str, body: Rows, asked: InProgram) -> dict[str, Any]:
    """Say all blocks, all holidays or all institutional events anew."""
    return {"seen": asked.do(SetCalendar(section=section, rows=tuple(body.rows), seen=body.seen))}


@router.get("/policy", openapi_extra=needs("schedule:read"))
def policy_now(asked: InProgram) -> dict[str, Any]:
    """Every number and choice of the program: the value in force today, the default, what may be chosen, and why."""
    return {"items": asked.read(queries.policy_now, needs="schedule:read")}


@router.patch("/policy", status_code=204, openapi_extra=needs("policy:write"))
def policy(body: dict[str, Any], asked: InProgram) -> None:
    """Set numbers and choices; nothing as a value takes the default back."""
    asked.do(SetPolicy(values=body))
