"""Making a clean workbook messy: the traps of real sheets, each with a line of the manifest that names its cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.files.tables_csv import Defect
from housestaff.files.workbook.annual_rows import ANCHOR_ROW
from housestaff.files.workbook.review import ItemKind
from housestaff.files.workbook.rows import PERSON_HEADING
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.spreadsheet import Book, Place

REVIEW = "import review"
NBSP = "\u00a0"
_NAME, _FIRST_DAY, _DATE_ROW, _ANCHOR_ROW, _FIRST_PERSON = 5, 6, 3, 8, 9


class Mess:
    """A workbook being made messy; no cell is touched twice."""

    def __init__(self, program: Program, book: Book, dice: Random, prefix: str) -> None:
        """Take a workbook without its hidden sheets."""
        self.program, self.book, self.dice, self.prefix = program, book, dice, prefix
        self.manifest: list[Defect] = []
        self._touched: set[Place] = set()

    def put(self, place: Place, value: str | datetime, kind: ItemKind, *, person: str = "") -> None:
        """Write a value and the line of the manifest that says what must be asked."""
        self.book.put(place, value)
        self._touched.add(place)
        count = sum(line.kind == f"{self.prefix} {kind.value}" for line in self.manifest) + 1
        name = f"{self.prefix} {kind.value}"
        id_ = f"{name.replace(' ', '-').replace('_', '-')}-{count}"
        self.manifest.append(
            Defect(id_, name, person, where=str(place), expected_rule=kind.value, expected_verdict=REVIEW)
        )

    def is_free(self, place: Place) -> bool:
        """Say whether nothing was done to a cell yet."""
        return place not in self._touched


def messy_block_workbook(program: Program, clean: Path, messy: Path, dice: Random) -> list[Defect]:
    """Spoil a block workbook and write it elsewhere; the manifest comes back."""
    counts = tables.table("messy")["block"]
    book = Book(clean)
    mess = Mess(program, book, dice, "workbook")
    sheets = [name for name in book.sheets if name.startswith("Block ")]
    for sheet in sheets:
        book.clear_row(sheet, _ANCHOR_ROW)
        book.clear_column_headed(sheet, PERSON_HEADING)
    _wrong_years(mess, sheets, counts["wrong_year"])
    _double_names(mess, sheets, counts["double_name"])
    _aliases(mess, sheets)
    cells = list(_code_cells(mess, sheets))
    dice.shuffle(cells)
    plan = [
        *((ItemKind.UNKNOWN_CODE, word) for word in counts["unknown_code"]),
        *((ItemKind.SLASH_CELL, word) for word in counts["slash_cell"]),
        *((ItemKind.VARIANT, "") for _ in range(counts["lower_case"])),
        *((ItemKind.SPELLING, "") for _ in range(counts["nbsp"])),
    ]
    for (kind, word), (place, person, code) in zip(plan, cells, strict=False):
        mess.put(place, _spoiled(kind, word, code), kind, person=person)
    if len(cells) < len(plan):
        raise GeneratorError("the workbook has too few cells to spoil.", place="messy")
    book.save(messy)
    return mess.manifest


def messy_annual_workbook(program: Program, clean: Path, messy: Path, dice: Random) -> list[Defect]:
    """Spoil an annual workbook: blanks that do not show in rotations, and leave that says no dates for sure."""
    counts = tables.table("messy")["annual"]
    book = Book(clean)
    mess = Mess(program, book, dice, "annual")
    for each in book.sheets:
        book.clear_column_headed(each, PERSON_HEADING)
        book.clear_row(each, ANCHOR_ROW + 1)
    sheet = book.sheets[0]
    rows = [row for row in book.rows(sheet) if book.text(Place(sheet, row, 2)).startswith("PGY")]
    dice.shuffle(rows)
    spoiled = rows[: counts["nbsp"]]
    for row in spoiled:
        place = next(p for p in (Place(sheet, row, column) for column in range(3, 30)) if _is_code(book.text(p)))
        mess.put(place, book.text(place) + NBSP, ItemKind.SPELLING)
    for row, words in zip(rows[counts["nbsp"] :], counts["vague_leave"], strict=False):
        places = (Place(sheet, row + 1, column) for column in range(3, 29, 2))
        place = next(p for p in places if not book.text(p))
        mess.put(place, words, ItemKind.LEAVE_WITHOUT_RECORD)
    book.save(messy)
    return mess.manifest


def _is_code(text: str) -> bool:
    return text not in {"", "-"}


def _spoiled(kind: ItemKind, word: str, code: str) -> str:
    if kind is ItemKind.UNKNOWN_CODE:
        return word
    if kind is ItemKind.SLASH_CELL:
        return f"{code}/{word}"
    return code.lower() if kind is ItemKind.VARIANT else code + NBSP


def _wrong_years(mess: Mess, sheets: list[str], count: int) -> None:
    """A date of the year before under the right weekday."""
    for sheet in mess.dice.sample(sheets, count):
        columns = [c for c in range(_FIRST_DAY, _FIRST_DAY + 40, 2) if mess.book.moment(Place(sheet, _DATE_ROW, c))]
        place = Place(sheet, _DATE_ROW, mess.dice.choice(columns[2:]))
        moment = mess.book.moment(place)
        if moment is not None:
            mess.put(place, moment.replace(year=moment.year - 1), ItemKind.WRONG_YEAR)


def _double_names(mess: Mess, sheets: list[str], count: int) -> None:
    """A resident's name once more in a spare row below the residents."""
    residents = {_printed(person): person for person in mess.program.residents}
    for sheet in mess.dice.sample(sheets, count):
        rows = [row for row in _rows(mess, sheet) if mess.book.text(Place(sheet, row, _NAME)) in residents]
        name = mess.book.text(Place(sheet, mess.dice.choice(rows), _NAME))
        mess.put(Place(sheet, max(rows) + 2, _NAME), name, ItemKind.DOUBLE_NAME, person=residents[name].id)


def _aliases(mess: Mess, sheets: list[str]) -> None:
    """Everybody who has another spelling stands under it on one sheet."""
    for person in mess.program.people:
        if person.aliases:
            places = [
                Place(sheet, row, _NAME)
                for sheet in sheets
                for row in _rows(mess, sheet)
                if mess.book.text(Place(sheet, row, _NAME)) == _printed(person)
            ]
            free = [place for place in places if mess.is_free(place) and not _is_doubled(mess, place)]
            if not free:
                raise GeneratorError(f"{person.id} stands on no sheet.", place="messy")
            mess.put(mess.dice.choice(free), person.aliases[0].name, ItemKind.ALIAS, person=person.id)


def _is_doubled(mess: Mess, place: Place) -> bool:
    names = [mess.book.text(Place(place.sheet, row, _NAME)) for row in _rows(mess, place.sheet)]
    return names.count(mess.book.text(place)) > 1


def _code_cells(mess: Mess, sheets: list[str]) -> Iterator[tuple[Place, str, str]]:
    """The cells of sessions: each with its person and code; a code in capitals has other spellings."""
    people = {_printed(person): person for person in mess.program.people}
    sessions = {a.code for a in mess.program.activities if a.is_work and a.code.isalpha() and a.code.isupper()}
    for sheet in sheets:
        for row in _rows(mess, sheet):
            person = people.get(mess.book.text(Place(sheet, row, _NAME)))
            if person is None or not (person.is_trainee or person.is_faculty):
                continue
            for column in range(_FIRST_DAY, _FIRST_DAY + 50):
                place = Place(sheet, row, column)
                code = mess.book.text(place)
                if code in sessions and mess.is_free(place):
                    yield place, person.id, code


def _rows(mess: Mess, sheet: str) -> list[int]:
    return [row for row in mess.book.rows(sheet) if row >= _FIRST_PERSON and mess.book.text(Place(sheet, row, _NAME))]


def _printed(person: Person) -> str:
    return person.sheet_name or person.display_name
