"""Boards and entitlements: dated rows of limits on time away, read from the pack, refused where they do not add up."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from housestaff.core.errors import BadInput
from housestaff.core.leave import LeaveKind
from housestaff.core.program import Program
from housestaff.rules.pack import FOREVER, refuse_overlaps

PROGRAM = "program"
"""The id of the program's own limit, beside those of the boards."""


class Unit(StrEnum):
    """The unit in which a board counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    CLINICAL_WEEKS = "clinical_weeks"


@dataclass(frozen=True, slots=True)
class Board:
    """The limits of one board or program, all in its own unit; a row nobody verified answers "unknown".

    `training_years` are the first and last year of training over which the cumulative limit, or what is required,
    is counted. `required` is what must be worked, at most `most_weeks_counted` of it in a year.
    """

    id: str
    unit: Unit
    verified: bool
    per_year: float | None = None
    cumulative_per_year: float | None = None
    cumulative: float | None = None
    with_approval: float | None = None
    meeting_days: float = 0
    weeks_in_year: float = 52
    most_weeks_counted: float | None = None
    required: float | None = None
    training_years: tuple[int, int] | None = None
    days_in_unit: float = 7
    kinds_not_counted: tuple[LeaveKind, ...] = ()
    since: date = date.min
    until: date | None = None
    source: str = ""
    confidence: str = "confirmed"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Leave that everybody may have at least once, and the paid weeks that remain beside it."""

    id: str
    kinds: tuple[LeaveKind, ...]
    weeks: int
    paid_weeks_kept: int
    since: date
    until: date | None = None
    without_extension: bool = False
    verified: bool = True
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Boards:
    """The rows of the pack, with its version."""

    version: int
    boards: tuple[Board, ...]
    entitlements: tuple[Entitlement, ...]


def read_boards(text: str, *, place: str = "pack boards", verified: Collection[str] = ()) -> Boards:
    """Read the pack from TOML text; `verified` names rows that someone has checked against their document."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is no TOML: {error}.", place=place) from error
    version = data.get("pack", {}).get("version")
    if not isinstance(version, int):
        raise BadInput("the [pack] table needs a whole version.", place=place)
    boards = tuple(_board(row, f"{place}, board {row.get('id', '?')}", verified) for row in data.get("board", ()))
    refuse_overlaps(boards, place)
    rights = tuple(
        _entitlement(row, f"{place}, entitlement {row.get('id', '?')}", verified) for row in data.get("entitlement", ())
    )
    return Boards(version, boards, rights)


def _checked(row: Mapping[str, Any], place: str, verified: Collection[str]) -> dict[str, Any]:
    """The facts that every row has: id, dates, source, and whether somebody read it; refused where one is missing."""
    if not isinstance(row.get("id"), str) or not isinstance(row.get("since"), date):
        raise BadInput("id or since is missing.", place=place, remedy="Write both; since is the first date in force.")
    cites = row.get("cites", {})
    if not cites.get("title"):
        raise BadInput("a limit has no cites.", place=place, remedy="Name the document.")
    confidence = row.get("confidence", "unverified")
    vouched = confidence != "unverified" or bool(row.get("verified_by")) or row["id"] in verified
    enabled = row.get("enabled", True) or row["id"] in verified
    if enabled and not vouched:
        raise BadInput(
            f"{row['id']} is enabled but nobody verified it.",
            place=place,
            remedy="Fill verified_by, or set enabled = false.",
        )
    source = ", ".join(part for part in (cites["title"], cites.get("section", "")) if part)
    facts = {"verified": bool(enabled and vouched), "source": source}
    return facts | {key: row[key] for key in ("id", "since", "until", "note") if key in row}


_NUMBERS = (
    "per_year", "cumulative_per_year", "cumulative", "with_approval", "meeting_days", "weeks_in_year",
    "most_weeks_counted", "required", "days_in_unit",
)  # fmt: skip
_ABOUT = ("id", "since", "until", "cites", "confidence", "enabled", "verified_by", "note")


def _board(row: Mapping[str, Any], place: str, verified: Collection[str]) -> Board:
    known = {*_ABOUT, *_NUMBERS, "unit", "training_years", "kinds_not_counted"}
    if unknown := set(row) - known:
        raise BadInput(f"unknown key {min(unknown)}.", place=place, remedy=f"Known: {', '.join(sorted(known))}.")
    facts = _checked(row, place, verified)
    if row.get("unit") not in {unit.value for unit in Unit}:
        raise BadInput(f"the unit is {row.get('unit')!r}.", place=place, remedy=f"Write one of {', '.join(Unit)}.")
    years = row.get("training_years")
    return Board(
        unit=Unit(row["unit"]),
        confidence=row.get("confidence", "unverified"),
        training_years=(years[0], years[1]) if years else None,
        kinds_not_counted=tuple(LeaveKind(kind) for kind in row.get("kinds_not_counted", ())),
        **{name: row[name] for name in _NUMBERS if name in row},
        **facts,
    )


def _entitlement(row: Mapping[str, Any], place: str, verified: Collection[str]) -> Entitlement:
    known = {*_ABOUT, "kinds", "weeks", "paid_weeks_kept", "without_extension"}
    if unknown := set(row) - known:
        raise BadInput(f"unknown key {min(unknown)}.", place=place, remedy=f"Known: {', '.join(sorted(known))}.")
    return Entitlement(
        kinds=tuple(LeaveKind(kind) for kind in row.get("kinds", ())),
        weeks=row.get("weeks", 0),
        paid_weeks_kept=row.get("paid_weeks_kept", 0),
        without_extension=row.get("without_extension", False),
        **_checked(row, place, verified),
    )


@cache
def shipped_boards(verified: frozenset[str] = frozenset()) -> Boards:
    """The boards and entitlements that come with Housestaff."""
    text = resources.files("housestaff.rules").joinpath("packs/boards.toml").read_text("utf-8")
    return read_boards(text, verified=verified)


def boards_of(program: Program, day: date, verified: frozenset[str]) -> list[Board]:
    """The boards that a program names, as they hold on a date; one that nobody knows is refused by name."""
    known = shipped_boards(verified).boards
    found: list[Board] = []
    for name in program.boards:
        if name not in {board.id for board in known}:
            ids = ", ".join(dict.fromkeys(board.id for board in known))
            raise BadInput(f"there is no board '{name}'.", place="program, boards", remedy=f"Known: {ids}.")
        found += [each for each in known if each.id == name and each.since <= day <= (each.until or FOREVER)]
    return found


def program_limit(most: float) -> Board:
    """The program's own limit of calendar days away in a year."""
    return Board(PROGRAM, Unit.CALENDAR_DAYS, verified=True, per_year=most, source="program policy")


def entitlements_on(day: date, verified: frozenset[str]) -> list[Entitlement]:
    """The entitlements that hold on a date."""
    rows = shipped_boards(verified).entitlements
    return [each for each in rows if each.since <= day <= (each.until or FOREVER)]
