"""The academic years of a program: one calendar each, chosen by the day that somebody asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from housestaff.core.calendar import Calendar
from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.files.guard import gathered
from housestaff.files.program_document import program_of
from housestaff.files.records import Where


def in_year(years: Sequence[Program], day: date) -> Program:
    """The program in the academic year that holds a day: the last that has begun by then, else the first."""
    begun = [each for each in years if each.calendar.first <= day]
    return begun[-1] if begun else years[0]


def understood(document: Mapping[str, Any]) -> Program:
    """The program that a document means; raises all that cannot be read."""
    problems: list[BadInput] = []
    program = program_of(document, Where("program", problems))
    if program is None or problems:
        raise gathered(problems)
    return program


def calendar_of(head: Mapping[str, Any], year: Mapping[str, Any]) -> Calendar:
    """The calendar of a further year; what it does not say is as the head has it."""
    shared = {key: head[key] for key in ("program", "capacity") if key in head}
    own = {key: value for key, value in shared["program"].items() if key != "academic_year"}
    return understood({**shared, "program": own, **year}).calendar
