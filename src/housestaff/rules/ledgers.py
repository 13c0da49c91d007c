"""Away-time ledgers: what a board or the program counts of each absence, in its own unit, and whether it is on time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from housestaff.core.time import Half, days
from housestaff.rules.boards import Board, Entitlement, Unit

ON_TIME, EXTENSION, APPROVAL, OVER, UNKNOWN, FAILS = (
    "on time", "needs extension", "needs approval", "over", "unknown", "fails",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence as the ledger sees it; a canceled one is reversed, never deleted."""

    kind: str
    first: date
    last: date
    half: Half | None = None
    canceled: bool = False


@dataclass(frozen=True)
class Ledger:
    """What a person has used with one board: entries, charges by academic year, opening balances, and the verdict."""

    board: Board
    entries: tuple[float, ...]
    charged: Mapping[int, float]
    used: Mapping[int, float]
    facts: Mapping[str, float] = field(default_factory=dict[str, float])
    verdict: str = ""
    sentence: str = ""

    @property
    def total(self) -> float:
        """What all entries come to."""
        return sum(self.entries)

    @property
    def extension_days(self) -> int:
        """Calendar days by which training grows."""
        short = max(self.facts.get(name, 0) for name in ("extension", "over", "short"))
        if self.verdict not in {EXTENSION, OVER} or not short:
            return 0
        by_unit = {Unit.CALENDAR_DAYS: 1.0, Unit.WORKING_DAYS: 7 / 5}
        return ceil(short * by_unit.get(self.board.unit, self.board.days_in_unit) - 1e-9)

    @property
    def answer(self) -> str:
        """The answer to "on time?"."""
        return f"needs extension of {self.extension_days} days" if self.extension_days else self.verdict


def academic_year(day: date) -> int:
    """The academic year of a date, named by the year in which it starts."""
    return day.year if day.month >= 7 else day.year - 1


class _Charging:
    """Charges absence after absence, so that no half-day and no free meeting day counts twice."""

    def __init__(self, board: Board, holidays: Collection[date]) -> None:
        self.board, self.holidays = board, holidays
        self._taken: set[tuple[date, Half]] = set()
        self._meetings: dict[int, float] = defaultdict(float)

    def charge(self, absence: Absence) -> dict[int, float]:
        """What one absence costs, by academic year."""
        found: dict[int, float] = defaultdict(float)
        if absence.kind in self.board.kinds_not_counted:
            return {}
        for day in days(absence.first, absence.last):
            working = day.weekday() < 5 and day not in self.holidays
            if self.board.unit is Unit.WORKING_DAYS and not working:
                continue
            halves = {(day, half) for half in ([absence.half] if absence.half else Half)} - self._taken
            if not absence.canceled:
                self._taken |= halves
            found[academic_year(day)] += len(halves) / 2
        if absence.kind == "conference" and self.board.meeting_days:
            self._spare(found)
        if self.board.unit in {Unit.WEEKS, Unit.MONTHS, Unit.CLINICAL_WEEKS}:
            return {year: amount / self.board.days_in_unit for year, amount in found.items()}
        return dict(found)

    def _spare(self, found: dict[int, float]) -> None:
        """Leave out meetings up to the board's days a year."""
        for year, amount in list(found.items()):
            spared = min(self.board.meeting_days - self._meetings[year], amount)
            self._meetings[year] += spared
            found[year] = amount - spared


def ledger(
    board: Board,
    opening: Mapping[int, float],
    absences: Iterable[Absence],
    *,
    holidays: Collection[date] = (),
    training_year: int | None = None,
    years: Collection[int] | None = None,
) -> Ledger:
    """A person's ledger with one board: opening balances by year, then the absences.

    `training_year` is the number of the last year, where it is known; years before it without a balance are not on
    file. Only charges of `years` count, where they are given.
    """
    entries: list[float] = []
    charged: dict[int, float] = defaultdict(float)
    charging = _Charging(board, holidays)
    for absence in absences:
        by_year = charging.charge(absence)
        amount = sum(by_year.values())
        entries.append(amount)
        if absence.canceled:
            entries.append(-amount)
        else:
            for year, part in by_year.items():
                charged[year] += part
    counted = sorted(year for year in {*opening, *charged} if years is None or year in years)
    used = {year: opening.get(year, 0.0) + charged.get(year, 0.0) for year in counted}
    found = Ledger(board, tuple(entries), dict(charged), used)
    verdict, facts, sentence = _verdict(board, list(used.values()), training_year)
    return Ledger(board, found.entries, found.charged, used, facts, verdict, sentence)


def _verdict(board: Board, used: list[float], training_year: int | None) -> tuple[str, dict[str, float], str]:
    total, unit = sum(used), board.unit.value.replace("_", " ")
    if not board.verified:
        limits = [f"{each:g}" for each in (board.per_year, board.cumulative, board.required) if each is not None]
        told = f" ({', '.join(limits)})" if limits else ""
        return UNKNOWN, {}, f"{total:.4g} {unit} used; the limit of {board.id}{told} is unverified."
    if board.required is not None:
        return _required(board, used)
    if board.cumulative is not None:
        return _cumulative(board, used)
    return _by_year(board, used, training_year)


def _required(board: Board, used: list[float]) -> tuple[str, dict[str, float], str]:
    """Weeks worked against the weeks that are required; a year without a record counts as full."""
    first, last = board.training_years or (1, max(1, len(used)))
    required, most = board.required or 0.0, board.most_weeks_counted or board.weeks_in_year
    years = [*used, *([0.0] * (last - first + 1 - len(used)))]
    worked = sum(min(most, board.weeks_in_year - each) for each in years)
    short = max(0.0, required - worked)
    blank = len(years) - len(used)
    told = f"{worked:.4g} of {required:g} weeks" + (
        f", {blank} years without a record counted as full." if blank else "."
    )
    return EXTENSION if short else ON_TIME, {"clinical_weeks": worked, "required": required, "short": short}, told


def _cumulative(board: Board, used: list[float]) -> tuple[str, dict[str, float], str]:
    """The total against the limit over some years, and the worst year against the yearly one."""
    total, limit = sum(used), board.cumulative or 0.0
    worst = max(used, default=0.0)
    over_year = worst - board.per_year if board.per_year is not None else 0.0
    over = max(total - limit, over_year)
    if over <= 0:
        return ON_TIME, {"left": limit - total}, f"{total:.4g} of {limit:g} used."
    told = f"{total:.4g} of {limit:g}: {over:.4g} over."
    if over_year > total - limit:
        told = f"{worst:.4g} of {board.per_year:g} in one year: {over:.4g} over."
    return APPROVAL if over <= (board.with_approval or 0) else EXTENSION, {"over": over}, told


def _by_year(board: Board, used: list[float], training_year: int | None) -> tuple[str, dict[str, float], str]:
    total, years, worst = sum(used), max(1, len(used)), max(used, default=0.0)
    facts: dict[str, float] = {}
    if board.cumulative_per_year is not None:
        limit = board.cumulative_per_year * years
        facts |= {"cumulative": total, "cumulative_limit": limit}
        told = f"{total:g} of {limit:g} over {years} year{'' if years == 1 else 's'}."
        if (
            total > max(limit, board.per_year or 0.0)
            and training_year is not None
            and total <= board.cumulative_per_year * training_year
        ):
            return UNKNOWN, facts, f"{told} No balance of the earlier years is on file."
        if total > max(limit, board.per_year or 0.0):
            return EXTENSION, {**facts, "extension": total - limit}, told
    per_year = board.per_year or 0.0
    if board.per_year is not None and board.cumulative_per_year is None and worst > per_year:
        return OVER, {**facts, "over": worst - per_year}, f"{worst:g} of {per_year:g} in a year."
    left = per_year - worst
    told = f"{worst:g} of {per_year:g} in a year, " + (
        f"{left:g} left." if left >= 0 else f"{-left:g} from other years."
    )
    return ON_TIME, {**facts, "left": left}, told


def check_entitlement(right: Entitlement, weeks_asked: float, vacation_weeks_left: float) -> tuple[str, str]:
    """Whether the first long leave keeps what it must: the weeks are granted and the paid weeks remain."""
    if not right.verified:
        return UNKNOWN, f"{right.id} is unverified."
    if vacation_weeks_left < right.paid_weeks_kept:
        weeks = "week" if right.paid_weeks_kept == 1 else "weeks"
        kept = f"{right.paid_weeks_kept} paid {weeks} must remain for use outside the leave"
        return FAILS, f"{kept}; {vacation_weeks_left:g} left."
    return ON_TIME, f"{min(weeks_asked, right.weeks):.3g} of {right.weeks} weeks granted without question."
