"""The HTTP face of the program room."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from housestaff.features.program import queries
from housestaff.features.program.commands import PutPart, PutPerson, RollOverYear, SetCalendar, SetPolicy
from housestaff.features.program.steps import Step
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
    academic_year: int | None = None


class ResidentStep(BaseModel):
    """What becomes of a resident: promote to a level from a day on, graduate on a last day, or stay."""

    person: str
    what: Literal["promote", "graduate", "stay"]
    level: str = ""
    day: date | None = None


class NewYear(BaseModel):
    """Another academic year as program files have it, and what becomes of the residents."""

    academic_year: int
    series: list[dict[str, Any]]
    holidays: list[dict[str, Any]] = []
    steps: list[ResidentStep] = []
    newcomers: list[dict[str, Any]] = []
    seen: int | None = None


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
def calendar(asked: InProgram, academic_year: int | None = None) -> dict[str, Any]:
    """The blocks of each series, the holidays and the institutional events, each with the mark of what is seen."""
    return asked.read(queries.calendar, needs="schedule:read", year=academic_year)


@router.put("/calendar/{section}", openapi_extra=needs("rotation:write"))
def set_calendar(section: str, body: Rows, asked: InProgram) -> dict[str, Any]:
    """Say all blocks, all holidays or all institutional events anew."""
    command = SetCalendar(section=section, rows=tuple(body.rows), seen=body.seen, academic_year=body.academic_year)
    return {"seen": asked.do(command)}


@router.post("/academic-years", status_code=204, openapi_extra=needs("person:write"))
def roll_over(body: NewYear, asked: InProgram) -> None:
    """Begin another academic year: its calendar, and what becomes of each resident."""
    steps = tuple(Step(**each.model_dump()) for each in body.steps)
    command = RollOverYear(
        academic_year=body.academic_year,
        series=tuple(body.series),
        holidays=tuple(body.holidays),
        steps=steps,
        newcomers=tuple(body.newcomers),
        seen=body.seen,
    )
    asked.do(command)


@router.get("/policy", openapi_extra=needs("schedule:read"))
def policy_now(asked: InProgram) -> dict[str, Any]:
    """Every number and choice of the program: the value in force today, the default, what may be chosen, and why."""
    return {"items": asked.read(queries.policy_now, needs="schedule:read")}


@router.patch("/policy", status_code=204, openapi_extra=needs("policy:write"))
def policy(body: dict[str, Any], asked: InProgram) -> None:
    """Set numbers and choices; nothing as a value takes the default back."""
    asked.do(SetPolicy(values=body))
