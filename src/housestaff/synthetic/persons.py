"""Making people: an invented name, an address at example.org, now and then another spelling, and dated levels."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from housestaff.core.people import Alias, Dates, LevelSpan, Person, PersonKind

LEVELS = ("PGY-1", "PGY-2", "PGY-3")


def made(id_: str, name: tuple[str, str], kind: PersonKind, *, alias: bool = False, **facts: Any) -> Person:  # noqa: ANN401
    """A person of an invented name with the facts given."""
    given, surname = name
    return Person(
        id=id_,
        display_name=f"{given} {surname}",
        kind=kind,
        email=f"{given}.{surname}@example.org".lower(),
        sheet_name=surname,
        aliases=(Alias(f"{surname} {given[0]}.", "block workbook"),) if alias else (),
        **facts,
    )


def career(starts: date, ends: date) -> tuple[tuple[LevelSpan, ...], tuple[Dates, ...]]:
    """The dated levels of a three-year training that starts on a date, and the employment until another."""
    spans: list[LevelSpan] = []
    for number, level in enumerate(LEVELS):
        first = starts.replace(year=starts.year + number)
        spans.append(LevelSpan(level, Dates(first, first.replace(year=first.year + 1) - timedelta(days=1))))
    return tuple(spans), (Dates(starts, ends),)


def usual_career(year: int, level: str) -> tuple[tuple[LevelSpan, ...], tuple[Dates, ...]]:
    """The dates of somebody who has a level in an academic year, from July to June."""
    starts = date(year - LEVELS.index(level), 7, 1)
    return career(starts, date(starts.year + 3, 6, 30))
