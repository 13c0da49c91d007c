"""A program inferred from a sheet of the year alone: who is there at which level, the blocks, and the rotations named.

Such a sheet says nothing of half-days, nights of call and hours. They stay unknown, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from housestaff.core.calendar import Block, BlockSeries, Calendar, propose_holidays
from housestaff.core.errors import BadInput
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind, RoleSpan
from housestaff.core.program import Program
from housestaff.core.rotations import DaysOff, Rotation, RotationKind
from housestaff.core.time import Zone
from housestaff.files.workbook.annual_reading import MONTHS
from housestaff.files.workbook.annual_rows import headed_blocks, shows_a_year
from housestaff.files.workbook.codes import family_medicine_activities, family_medicine_services, squeezed
from housestaff.files.workbook.inferring import id_of
from housestaff.files.workbook.review import ACCEPT, Item, ItemKind
from housestaff.files.workbook.rows import NO_ROTATION
from housestaff.files.workbook.sheets import Page, Workbook

_LEVEL = re.compile(r"(?i)^(?:pgy|r)[ -]*([1-9])\b")
_FACULTY = re.compile(r"(?i)^(?:fac|att|adj)")
_YEAR = re.compile(r"\b(20\d\d)\b")
_DATE = re.compile(
    r"(?i)(?:(\d{1,2})[ .-]*([a-z]{3})[a-z]*)|(?:([a-z]{3})[a-z]*[ .-]*(\d{1,2}))|(?:(\d{1,2})/(\d{1,2}))"
)
_FIRST_ROW, _LEAVE = 2, frozenset({"leave", "lv"})


def infer_year(book: Workbook, *, time_zone: str = "America/Chicago") -> Program:
    """The program that a sheet of the year shows.

    Days off of services are the ward's there, which is to say unknown. Raises `BadInput` where no year or no dates of
    a block can be read.
    """
    pages = [page for page in book.pages if shows_a_year(page)]
    year = _year(book, pages[0])
    series = BlockSeries("main", year, tuple(_blocks(pages[0], year)))
    return Program(
        "workbook",
        book.file.rpartition(".")[0],
        Zone(time_zone),
        Calendar(year, (series,), propose_holidays(year)),
        people=_people(pages, series),
        rotations=_rotations(pages),
        activities=family_medicine_activities(),
    )


def unknown_of_a_year(book: Workbook) -> Iterator[Item]:
    """What a sheet of the year cannot show, as an item of the review."""
    page = next(page for page in book.pages if shows_a_year(page))
    odd = (
        "a sheet of the year shows rotations and leave; half-days, nights of call, hours and requirements are unknown."
    )
    remedy = "Give the block workbook or the program file for rules about hours, days off, call, clinic and graduation."
    yield Item(page.name, "", ItemKind.NOT_READ, "half-days and call", odd, remedy, ACCEPT, 1.0)


def _year(book: Workbook, page: Page) -> int:
    """The year in which the academic year starts: the first that the head, the sheet or the file names."""
    head = [page.text(row, column) for row in range(2) for column in range(min(headed_blocks(page).values()))]
    for text in (*head, page.name, book.file):
        match = _YEAR.search(text.replace("_", " "))
        if match:
            return int(match.group(1))
    raise BadInput(
        "nothing says which academic year this is.",
        place=f"{book.file}, {page.name}!A2",
        remedy='Write it beside the blocks, for example "Jul 2025 to Jun 2026".',
    )


def _blocks(page: Page, year: int) -> Iterator[Block]:
    for number, column in sorted(headed_blocks(page).items()):
        text = squeezed(page.text(1, column))
        found = [day for match in _DATE.finditer(text) if (day := _day(match.groups(), year)) is not None]
        if len(found) != 2:
            raise BadInput(
                f"'{text}' is no first and last day of block {number}.",
                place=page.place(1, column),
                remedy='Write it as "31Jul-27Aug".',
            )
        yield Block(number, found[0], found[1])


def _day(parts: tuple[str | None, ...], year: int) -> date | None:
    """A day and month of an academic year; a date with a slash is month before day, as in America."""
    day, name = (parts[0], parts[1]) if parts[0] else (parts[3], parts[2])
    if name:
        month = MONTHS.get(name.casefold(), 0)
    else:
        month, day = int(parts[4] or 0), parts[5]
    try:
        return date(year + (month < 7), month, int(day or 0))
    except ValueError:
        return None


def _people(pages: list[Page], series: BlockSeries) -> tuple[Person, ...]:
    """Everybody with a row: their level is that of the heading above, or the one beside the name."""
    people: dict[str, Person] = {}
    spell = Dates(series.first, series.last)
    for page in pages:
        heading = page.name
        for row in range(_FIRST_ROW, len(page.rows)):
            name = squeezed(page.text(row, 0))
            if not name or name.casefold() in _LEAVE:
                continue
            if _LEVEL.match(name) or _FACULTY.match(name):
                heading = name
            elif name not in people and _has_row(page, row):
                people[name] = _person(name, _role(page, row, heading), spell, people)
    return tuple(people.values())


def _has_row(page: Page, row: int) -> bool:
    first = min(headed_blocks(page).values())
    return any(squeezed(page.text(row, column)) for column in range(1, max(page.width, first + 1)))


def _role(page: Page, row: int, heading: str) -> str:
    beside = squeezed(page.text(row, 1))
    return beside if _LEVEL.match(beside) or _FACULTY.match(beside) else heading


def _person(name: str, role: str, spell: Dates, known: dict[str, Person]) -> Person:
    level, id_ = _LEVEL.match(role), id_of(name, list(known.values()))
    if level:
        return Person(id_, name, PersonKind.RESIDENT, (LevelSpan(f"PGY-{level.group(1)}", spell),))
    if _FACULTY.match(role):
        return Person(id_, name, PersonKind.FACULTY, roles=(RoleSpan("core", spell),))
    return Person(id_, name, PersonKind.RESIDENT)


def _rotations(pages: list[Page]) -> tuple[Rotation, ...]:
    """The known services with days off that nobody told, and whatever else stands in the blocks as a rotation."""
    ward = DaysOff(managed_by="ward")
    known = {each.code: replace(each, days_off=ward) for each in family_medicine_services()}
    for page in pages:
        columns = [column + offset for column in headed_blocks(page).values() for offset in (0, 1)]
        for row in range(_FIRST_ROW, len(page.rows)):
            name = squeezed(page.text(row, 0))
            if not name or name.casefold() in _LEAVE:
                continue
            for code in (squeezed(page.text(row, column)) for column in columns):
                if code and code != NO_ROTATION and code not in known:
                    known[code] = Rotation(code, code, RotationKind.OUTPATIENT)
    return tuple(known.values())
