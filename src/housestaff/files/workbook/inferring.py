"""A program inferred from a workbook alone: people from names and roles, blocks from dates, the usual call lines."""

from __future__ import annotations

import re
from datetime import date, timedelta

from housestaff.core.calendar import Block, BlockSeries, Calendar, propose_holidays
from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.errors import BadInput
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind, RoleSpan
from housestaff.core.program import Program
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.time import Half, Weekday, Zone
from housestaff.files.program_folder import academic_year_of
from housestaff.files.workbook.body import person_rows
from housestaff.files.workbook.codes import family_medicine_activities, family_medicine_services, squeezed
from housestaff.files.workbook.header import Head, find_head
from housestaff.files.workbook.sheets import Page, Workbook

_LEVEL = re.compile(r"(?i)^(?:pgy|r)[ -]*([1-9])$")
_EVENING, _MORNING = 17 * 60, 7 * 60


def infer_program(book: Workbook, *, time_zone: str = "America/Chicago") -> Program:
    """The program that a workbook shows: what a sheet cannot say (hours, requirements) stays at its usual value."""
    heads: list[tuple[Page, Head]] = []
    for page in book.pages:
        located = find_head(page, [], {})
        if located is not None:
            heads.append((page, located[0]))
    if not heads:
        raise BadInput(
            "no sheet looks like a block.",
            place=book.file,
            remedy="A block sheet has a heading PROVIDER with names under it, and a row of dates.",
        )
    heads.sort(key=lambda pair: pair[1].first)
    year = academic_year_of(heads[0][1].first)
    return Program(
        "workbook",
        book.file.rpartition(".")[0],
        Zone(time_zone),
        Calendar(year, (_series(heads, year),), propose_holidays(year)),
        people=_people(heads),
        rotations=_rotations(heads),
        activities=family_medicine_activities(),
        calls=usual_calls(),
    )


def _series(heads: list[tuple[Page, Head]], year: int) -> BlockSeries:
    """The blocks of the sheets; dates between them that no sheet shows are blocks without a sheet."""
    blocks: list[Block] = []
    taken = {_number(page) for page, _ in heads}
    spare = iter(number for number in range(100, 200) if number not in taken)
    for page, head in heads:
        first = head.first
        if blocks and first > blocks[-1].last + timedelta(days=1):
            gap = blocks[-1].last + timedelta(days=1)
            blocks.append(Block(next(spare), gap, first - timedelta(days=1)))
        blocks.append(Block(_number(page) or next(spare), first, head.last))
    return BlockSeries("main", year, tuple(blocks))


def _number(page: Page) -> int:
    found = re.search(r"\d+", page.text(0, 2)) or re.search(r"\d+", page.name)
    return int(found.group()) if found else 0


def _people(heads: list[tuple[Page, Head]]) -> tuple[Person, ...]:
    kinds: dict[str, tuple[PersonKind, str]] = {}
    levels: dict[str, dict[str, tuple[date, date]]] = {}
    for page, head in heads:
        for found in person_rows(page, head)[0]:
            name = squeezed(found.name)
            level = _LEVEL.match(found.role)
            if level:
                held = levels.setdefault(name, {})
                grade = f"PGY-{level.group(1)}"
                held[grade] = (held.get(grade, (head.first, head.last))[0], head.last)
            kinds.setdefault(name, (_kind(found.role, is_trainee=level is not None), found.role))
    people: list[Person] = []
    for name, (kind, role) in kinds.items():
        spans = tuple(LevelSpan(level, Dates(*span)) for level, span in levels.get(name, {}).items())
        start = heads[0][1].first
        roles = (
            (RoleSpan("adjunct" if role.upper() == "ADJ" else "core", Dates(start)),)
            if kind is PersonKind.FACULTY
            else ()
        )
        stage = role if kind in {PersonKind.LEARNER, PersonKind.STAFF} else ""
        people.append(Person(id_of(name, people), name, kind, spans, roles, stage=stage))
    return tuple(people)


def _kind(role: str, *, is_trainee: bool) -> PersonKind:
    word = role.upper()
    if is_trainee:
        return PersonKind.RESIDENT
    if word in {"FAC", "ADJ", "ATT", "FACULTY", ""}:
        return PersonKind.FACULTY
    if word in {"CP", "BHC"}:
        return PersonKind.STAFF
    return PersonKind.VISITING if word in {"FLT", "PSY", "TY", "TI"} else PersonKind.LEARNER


def id_of(name: str, people: list[Person]) -> str:
    """An id made of a name that none of the people has."""
    base = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "person"
    taken = {person.id for person in people}
    return base if base not in taken else f"{base}-{len(taken)}"


def _rotations(heads: list[tuple[Page, Head]]) -> tuple[Rotation, ...]:
    """The known services, and whatever else stands in the rotation columns as an outpatient rotation."""
    known = {rotation.code: rotation for rotation in family_medicine_services()}
    for page, head in heads:
        for found in person_rows(page, head)[0]:
            for column in (head.template_column - 2, head.template_column - 1):
                text = squeezed(page.text(found.row, column)) if column >= 0 else ""
                if text and text not in known:
                    known[text] = Rotation(text, text, RotationKind.OUTPATIENT)
    return tuple(known.values())


def usual_calls() -> tuple[CallLine, ...]:
    """The call lines of a block sheet: staff on Sunday to Thursday nights and on weekends, and residents."""
    weekend = (Weekday.FRIDAY, Weekday.SATURDAY)
    week = tuple(day for day in Weekday if day not in weekend)
    after = ((Half.AM, "PCAT"), (Half.PM, "DO"))
    home, house = DutyKind.HOME_CALL, DutyKind.IN_HOUSE_CALL
    return (
        CallLine("staff_call", "Staff call", home, week, _EVENING, _MORNING, after=after),
        CallLine("weekend_call", "Weekend staff call", home, weekend, _EVENING, _MORNING, with_weeks="IPT"),
        CallLine("resident_call", "Resident call", house, tuple(Weekday), _EVENING, _MORNING, ("resident",)),
    )
