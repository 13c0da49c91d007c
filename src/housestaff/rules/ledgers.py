"""Away-time ledgers: what a board or the program counts of each absence, in its own unit, and whether it is on time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from housestaff.core.time import days

PAID_WEEKS_KEPT = 1
"""Institutional Requirements IV.H.1: a week of paid time off stays for use outside the first six weeks."""


class Unit(StrEnum):
    """The unit in which a board counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    CLINICAL_WEEKS = "clinical_weeks"


@dataclass(frozen=True, slots=True)
class Board:
    """The limits of one board or program, all in its own unit; a row nobody verified answers "unknown"."""

    id: str
    unit: Unit
    verified: bool
    per_year: float | None = None
    cumulative_per_year: float | None = None
    cumulative: float | None = None
    with_approval: float | None = None
    meeting_days: float = 0
    weeks_in_year: int = 52
    required: float | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence as the ledger sees it; a canceled one is reversed, never deleted."""

    kind: str
    first: date
    last: date
    half: bool = False
    canceled: bool = False
    first_approved: bool = False


@dataclass(frozen=True)
class Ledger:
    """What a person has used with one board: entries, charges by academic year, and the verdict."""

    board: Board
    entries: tuple[float, ...]
    charged: Mapping[int, float]
    balances: tuple[float, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict[str, float])
    verdict: str = ""
    sentence: str = ""

    @property
    def total(self) -> float:
        """What all entries come to."""
        return sum(self.entries)


def academic_year(day: date) -> int:
    """The academic year of a date, named by the year in which it starts."""
    return day.year if day.month >= 7 else day.year - 1


def charge(board: Board, absence: Absence, holidays: Collection[date] = ()) -> dict[int, float]:
    """What one absence costs with a board, by academic year."""
    found: dict[int, float] = defaultdict(float)
    for day in days(absence.first, absence.last):
        working = day.weekday() < 5 and day not in holidays
        if board.unit is Unit.WORKING_DAYS and not working:
            continue
        found[academic_year(day)] += 0.5 if absence.half else 1.0
    if absence.kind == "conference" and board.meeting_days:
        allowed = board.meeting_days
        for year, days_away in list(found.items()):
            spared = min(allowed, days_away)
            found[year] = days_away - spared
            allowed -= spared
    if board.unit in {Unit.WEEKS, Unit.CLINICAL_WEEKS}:
        return {year: amount / 7 for year, amount in found.items()}
    return dict(found)


def ledger(
    board: Board,
    balances: Iterable[float],
    absences: Iterable[Absence],
    *,
    holidays: Collection[date] = (),
    vacation_weeks_left: float | None = None,
) -> Ledger:
    """A person's ledger with one board: opening balances by year of training, then the absences."""
    entries: list[float] = []
    charged: dict[int, float] = defaultdict(float)
    absences = list(absences)
    for absence in absences:
        by_year = charge(board, absence, holidays)
        amount = sum(by_year.values())
        entries.append(amount)
        if absence.canceled:
            entries.append(-amount)
        else:
            for year, part in by_year.items():
                charged[year] += part
    used = tuple(balances)
    found = Ledger(board, tuple(entries), dict(charged), used)
    verdict, facts, sentence = _verdict(found, absences, vacation_weeks_left)
    return Ledger(board, found.entries, found.charged, used, facts, verdict, sentence)


def _verdict(
    found: Ledger, absences: Iterable[Absence], vacation_weeks_left: float | None
) -> tuple[str, dict[str, float], str]:
    board, total = found.board, sum(found.balances) + found.total
    if not board.verified:
        return "unknown", {}, f"{total:g} {board.unit.value} used; the limit of {board.id} is unverified."
    first_leave = any(each.first_approved for each in absences)
    if vacation_weeks_left is not None and first_leave and vacation_weeks_left < PAID_WEEKS_KEPT:
        return (
            "fails",
            {},
            f"{PAID_WEEKS_KEPT} paid week must remain for use outside the leave; {vacation_weeks_left:g} left.",
        )
    if board.required is not None:
        worked = sum(min(48.0, board.weeks_in_year - used) for used in found.balances) if found.balances else 0.0
        short = max(0.0, board.required - worked)
        verdict = "needs extension" if short else "on time"
        return (
            verdict,
            {"clinical_weeks": worked, "required": board.required, "short": short},
            f"{worked:g} of {board.required:g} weeks.",
        )
    if board.cumulative is not None:
        over = total - board.cumulative
        if over <= 0:
            return "on time", {}, f"{total:g} of {board.cumulative:g} used."
        word = "needs approval" if over <= (board.with_approval or 0) else "needs extension"
        return word, {"over": over}, f"{total:g} of {board.cumulative:g}: {over:g} over."
    return _by_year(found, total)


def _by_year(found: Ledger, total: float) -> tuple[str, dict[str, float], str]:
    board = found.board
    years = max(1, len(found.balances), len(found.charged))
    facts: dict[str, float] = {}
    if board.cumulative_per_year is not None:
        limit = board.cumulative_per_year * years
        facts |= {"cumulative": total, "cumulative_limit": limit}
        if total > limit and total > (board.per_year or 0):
            return (
                "needs extension",
                {**facts, "extension": total - limit},
                f"{total:g} of {limit:g} over {years} years.",
            )
    latest = found.balances[-1] if found.balances else max(found.charged.values(), default=0.0)
    if board.per_year is not None and board.cumulative_per_year is None and latest > board.per_year:
        return "over", {**facts, "over": latest - board.per_year}, f"{latest:g} of {board.per_year:g} this year."
    left = (board.per_year or 0) - latest
    return "on time", {**facts, "left": left}, f"{latest:g} of {board.per_year or 0:g} this year, {left:g} left."
