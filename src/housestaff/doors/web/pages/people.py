"""The people of a program: the list, and the form of one with levels, roles and credentials that have dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.people import Person, PersonKind
from housestaff.core.program import Program
from housestaff.doors.web.forms import Filled, empty, facts_of, filled, shown
from housestaff.doors.web.pages.members import roles_to_give
from housestaff.doors.web.saving import KEPT, kept, known_values
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.accounts.queries import memberships
from housestaff.features.accounts.store import Accounts
from housestaff.features.program import queries
from housestaff.features.program.commands import PutPerson
from housestaff.files.records import Where
from housestaff.files.shapes import PERSON
from housestaff.plumbing.unit import Unit

router = APIRouter(prefix="/program/people")


@dataclass(frozen=True)
class Listed:
    """Somebody as a list shows them today."""

    person: Person
    level: str
    role: str
    credentials: tuple[str, ...]
    is_here: bool
    email: str
    """Empty for whoever may not read it."""


@router.get("")
def people(page: Page, q: str = "", kind: str = "", *, left: bool = False) -> Response:
    """The people: searched, of one kind, with those who left or without."""
    program = page.read(queries.whole, needs="person:read")
    if program is None:
        return page.page("program_empty.html")
    listed = [_listed(page, each, program.zone.day(page.now)) for each in program.people]
    found = [each for each in listed if (left or each.is_here) and kind in {"", each.person.kind} and _fits(each, q)]
    asked = {"q": q, "kind": kind, "left": left}
    kinds = list(PersonKind)
    contacts = page.may("person:read_contact", person="")
    return page.page("people.html", people=found, total=len(listed), asked=asked, kinds=kinds, contacts=contacts)


def _listed(page: Visitor, person: Person, today: date) -> Listed:
    held = tuple(f"{each.kind} {each.grade}".strip() for each in person.credentials if each.dates.holds(today))
    email = person.email if page.may("person:read_contact", person=person.id) else ""
    return Listed(person, person.level_on(today), person.role_on(today), held, person.is_employed(today), email)


def _fits(each: Listed, words: str) -> bool:
    person = each.person
    text = f"{person.id} {person.display_name} {person.track} {person.series} {each.level} {each.role} "
    text += " ".join([*each.credentials, *(alias.name for alias in person.aliases)])
    return all(word in text.lower() for word in words.lower().split())


@router.get("/new")
def new(page: Page) -> Response:
    """The form of a new person."""
    return _form(page, empty(PERSON), person_id="", version=None)


@router.post("/new")
def add(page: Page, sent: Sent) -> Response:
    """Add a person."""
    form = filled(PERSON, sent)
    facts = facts_of(PERSON, form)
    status = kept(form, lambda: page.do(PutPerson(person_id=facts["id"], facts=facts)))
    if status == KEPT:
        return to(f"/program/people/{facts['id']}", said="saved")
    return _form(page, form, person_id="", version=None, status=status)


@router.get("/{person_id}")
def person(person_id: str, page: Page) -> Response:
    """The form of a person."""
    row = page.read(queries.one_person, needs="person:read", person_id=person_id)
    return _form(page, shown(PERSON, value_of(row)), person_id=person_id, version=row["version"])


def value_of(row: dict[str, Any]) -> Person:
    """The person that a row means."""
    return PERSON.read(row["facts"], Where("", []))


@router.post("/{person_id}")
def change(person_id: str, page: Page, sent: Sent) -> Response:
    """Change a person; what somebody else changed in the meantime is not written over."""
    form = filled(PERSON, sent)
    form.typed["id"] = person_id
    version, facts = sent.number("version"), facts_of(PERSON, form)
    status = kept(form, lambda: page.do(PutPerson(person_id=person_id, facts=facts, version=version)))
    if status == KEPT:
        return to(f"/program/people/{person_id}", said="saved")
    return _form(page, form, person_id=person_id, version=version, status=status)


def _form(page: Visitor, form: Filled, *, person_id: str, version: int | None, status: int = 200) -> Response:
    may_write = page.may("person:write")
    program: Program | None = page.read(queries.whole, needs="person:read")
    if not page.may("person:read_contact", person=person_id):
        form = replace(form, fields=tuple(each for each in form.fields if each.key != "email"))
    logins: list[dict[str, Any]] | None = None
    if person_id and page.may("membership:write"):
        logins = page.read(_logins, needs="membership:write", person_id=person_id)
    return page.page(
        "person.html",
        status=status,
        form=form,
        person_id=person_id,
        version=version,
        may_write=may_write,
        known=known_values(program) if program else {},
        logins=logins,
        roles=roles_to_give(page),
        typed={},
    )


def _logins(unit: Unit, accounts: Accounts, *, person_id: str) -> list[dict[str, Any]]:
    return [each for each in memberships(unit, accounts) if each["person_id"] == person_id]
