"""The definitions of a program: rotations, activities, requirements, demand, call lines, faculty roles."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.errors import NotFound
from housestaff.core.program import Program
from housestaff.doors.web.forms import Filled, empty, facts_of, filled, shown
from housestaff.doors.web.saving import KEPT, kept, known_values
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.program import queries
from housestaff.features.program.commands import PutPart
from housestaff.files.program_document import LISTS
from housestaff.files.records import Record, Where

router = APIRouter(prefix="/program")
COLUMNS = {
    "rotation": ("name", "kind", "levels", "capacity", "archived"),
    "activity": ("name", "family", "needs_supervision", "gives_supervision", "rooms"),
    "requirement": ("level", "rotation", "min", "max", "unit", "window"),
    "demand": ("line", "where", "who", "at_least", "wanted", "weekdays", "half"),
    "call": ("name", "kind", "weekdays", "start", "end", "who"),
    "role": ("name", "half_days", "weeks", "takes_call"),
}
"""What the list of a section shows beside the code."""
_OWN_CODE = {"rotation": "code", "activity": "code", "call": "id", "role": "code"}
"""The field that is the code of a row; the other sections count theirs."""


def _record(section: str) -> Record:
    if section not in COLUMNS:
        raise NotFound(f"There is no section {section}.")
    return LISTS[section][1]


@router.get("/{section}")
def listed(section: str, page: Page) -> Response:
    """The rows of a section."""
    record = _record(section)
    if page.read(queries.whole, needs="schedule:read") is None:
        return page.page("program_empty.html")
    rows: list[dict[str, Any]] = page.read(queries.part, needs="schedule:read", section=section)
    forms = [(row["code"], shown(record, record.read(row["facts"], Where("", [])))) for row in rows]
    may_write = page.may("rotation:write")
    return page.page("part_list.html", section=section, forms=forms, columns=COLUMNS[section], may_write=may_write)


@router.get("/{section}/new")
def new(section: str, page: Page) -> Response:
    """The form of something new."""
    return _form(page, section, empty(_record(section)))


@router.post("/{section}/new")
def add(section: str, page: Page, sent: Sent) -> Response:
    """Add to a section."""
    form = filled(_record(section), sent)
    facts = facts_of(_record(section), form)
    code = _new_code(page, section, facts)
    status = kept(form, lambda: page.do(PutPart(section=section, code=code, facts=facts)))
    return to(f"/program/{section}", said="saved") if status == KEPT else _form(page, section, form, status=status)


def _new_code(page: Visitor, section: str, facts: dict[str, Any]) -> str:
    """The code of a new row: its own, or one more than the highest that is counted."""
    if section in _OWN_CODE:
        return str(facts.get(_OWN_CODE[section], ""))
    rows: list[dict[str, Any]] = page.read(queries.part, needs="schedule:read", section=section)
    return f"{max((int(row['code']) for row in rows if row['code'].isdigit()), default=0) + 1:04}"


@router.get("/{section}/{code}")
def one(section: str, code: str, page: Page) -> Response:
    """The form of a row."""
    record = _record(section)
    rows: list[dict[str, Any]] = page.read(queries.part, needs="schedule:read", section=section)
    row = next((each for each in rows if each["code"] == code), None)
    if row is None:
        raise NotFound(f"There is no '{code}' here.")
    form = shown(record, record.read(row["facts"], Where("", [])))
    return _form(page, section, form, code=code, version=row["version"])


@router.post("/{section}/{code}")
def change(section: str, code: str, page: Page, sent: Sent) -> Response:
    """Change a row; what somebody else changed in the meantime is not written over."""
    form = filled(_record(section), sent)
    if section in _OWN_CODE:
        form.typed[_OWN_CODE[section]] = code
    version, facts = sent.number("version"), facts_of(_record(section), form)
    command = PutPart(section=section, code=code, facts=facts, version=version)
    status = kept(form, lambda: page.do(command))
    if status == KEPT:
        return to(f"/program/{section}/{code}", said="saved")
    return _form(page, section, form, code=code, version=version, status=status)


def _form(page: Visitor, section: str, form: Filled, *, status: int = 200, **more: Any) -> Response:
    program: Program | None = page.read(queries.whole, needs="schedule:read")
    given = {"code": "", "version": None, **more}
    return page.page(
        "part_form.html",
        status=status,
        section=section,
        form=form,
        may_write=page.may("rotation:write"),
        known=known_values(program) if program else {},
        frozen=(_OWN_CODE.get(section, ""),) if given["code"] else (),
        **given,
    )
