"""Edits as a person writes them on one line: 'half r1 2025-08-05 am C', 'call faculty_call 2025-08-05 f2'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from housestaff.core.edits import Edit, SetCall, SetHalf, SetStint
from housestaff.core.errors import BadInput
from housestaff.core.time import Half

NOBODY = "-"
"""What stands for no code, nobody and no rotation."""

HALF = "half r1 2025-08-05 am C"
DAY = "day r1 2025-08-05 C"
CALL = "call faculty_call 2025-08-05 f2"
STINT = "stint r1 2025-08-05..2025-08-11 CARD"


def read_edit(text: str) -> tuple[Edit, ...]:
    """The edits that a line asks for: one, or for a whole day one for each of its halves.

    Raises `BadInput`, naming the line and how it is written, for what is no edit.
    """
    kind, _, rest = text.strip().partition(" ")
    known = {"half": (_half, 4, HALF), "day": (_day, 3, DAY), "call": (_call, 3, CALL), "stint": (_stint, 3, STINT)}
    if kind not in known:
        shown = ", ".join(f"'{example}'" for _read, _count, example in known.values())
        raise BadInput("this is no change of a cell.", place=f"'{text}'", remedy=f"Write it like one of {shown}.")
    read, count, example = known[kind]
    words = rest.split(maxsplit=count - 1)
    if len(words) != count:
        raise BadInput("a word is missing.", place=f"'{text}'", remedy=f"Write it like '{example}'; '-' is nobody.")
    return _read(read, words, text)


def _read(read: Callable[[list[str]], tuple[Edit, ...]], words: list[str], text: str) -> tuple[Edit, ...]:
    try:
        return read(words)
    except BadInput as error:
        raise BadInput(error.problem, place=f"'{text}', {error.place}", remedy=error.remedy) from error


def _half(words: list[str]) -> tuple[Edit, ...]:
    person, day, half, code = words
    if half.upper() not in set(Half):
        raise BadInput(f"'{half}' is no half of a day.", place="half", remedy="Write am or pm.")
    return (SetHalf(person=person, day=_date(day, "day"), half=Half(half.upper()), code=_some(code)),)


def _day(words: list[str]) -> tuple[Edit, ...]:
    person, day, code = words
    return tuple(SetHalf(person=person, day=_date(day, "day"), half=half, code=_some(code)) for half in Half)


def _call(words: list[str]) -> tuple[Edit, ...]:
    line, day, person = words
    return (SetCall(line=line, day=_date(day, "day"), person=_some(person)),)


def _stint(words: list[str]) -> tuple[Edit, ...]:
    person, dates, rotation = words
    first, _, last = dates.partition("..")
    start, end = _date(first, "first"), _date(last or first, "last")
    return (SetStint(person=person, first=start, last=end, rotation=_some(rotation)),)


def _some(word: str) -> str | None:
    return None if word == NOBODY else word


def _date(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"'{text}' is no date.", place=place, remedy="Write it as 2025-08-05.") from error
