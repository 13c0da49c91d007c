"""The time away of a person with each board of the program, and with the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.rules.boards import Board, boards_of, entitlements_on, program_limit
from housestaff.rules.ledgers import UNKNOWN, Absence, Ledger, academic_year, check_entitlement, ledger
from housestaff.rules.ruleset import verified_rows
from housestaff.rules.settings import ProgramSettings

_COUNTED = {LeaveStatus.APPROVED, LeaveStatus.COMPLETED}
_WORKDAYS_A_WEEK = 5


@dataclass(frozen=True)
class TimeAway:
    """A person's ledger with a board: as leave is approved, and as it would be with what is still requested."""

    person: Person
    ledger: Ledger
    if_granted: Ledger
    finishes: date | None

    @property
    def projected(self) -> date | None:
        """The date on which training ends with the extension; nothing where the limit or the end is not known."""
        if self.finishes is None or self.ledger.verdict == UNKNOWN:
            return None
        return self.finishes + timedelta(days=self.ledger.extension_days)


@dataclass(frozen=True, slots=True)
class Granted:
    """An entitlement of a person on their first long leave, and whether it keeps what it must."""

    person: Person
    entitlement: str
    leave: str
    verdict: str
    sentence: str


def training_year(person: Person, year: int) -> int | None:
    """The number of a person's year of training in an academic year, from a level such as PGY-2."""
    july = date(year, 7, 1)
    start = max(july, min((dates.first for dates in person.employment), default=july))
    _pgy, dash, number = person.level_on(start).partition("-")
    return int(number) if dash and number.isdigit() else None


def time_away(program: Program, person: Person) -> Iterator[TimeAway]:
    """A person's ledgers: the program's own limit first, then each board that counts this year of training."""
    first = program.calendar.first
    limit = ProgramSettings(program.policy).number("away_limit_days", first)
    own = [program_limit(limit)] if limit else []
    for board in (*own, *boards_of(program, first, verified_rows(program))):
        year = training_year(person, program.calendar.academic_year)
        span = board.training_years
        if span is None or year is None or span[0] <= year <= span[1]:
            as_it_is = _ledger(program, person, board, _COUNTED)
            if_granted = _ledger(program, person, board, {*_COUNTED, LeaveStatus.REQUESTED})
            yield TimeAway(person, as_it_is, if_granted, _finishes(person))


def _ledger(program: Program, person: Person, board: Board, counted: set[LeaveStatus]) -> Ledger:
    year, span = program.calendar.academic_year, board.training_years
    now = training_year(person, year)
    opening = {each.year: each.used for each in program.balances if (each.person, each.ledger) == (person.id, board.id)}
    opening.setdefault(year, 0.0)
    mine = [leave for leave in program.leaves if leave.person == person.id and not leave.anticipated]
    absences = [_absence(leave) for leave in mine if leave.status in {*counted, LeaveStatus.CANCELED}]
    held = None
    if span is not None and now is not None:
        held = range(year - (now - span[0]), year + (span[1] - now) + 1)
    holidays = {holiday.observed for holiday in program.calendar.holidays}
    return ledger(board, opening, absences, holidays=holidays, training_year=now, years=held)


def _absence(leave: Leave) -> Absence:
    canceled = leave.status is LeaveStatus.CANCELED
    return Absence(leave.kind.value, leave.first, leave.last, leave.half, canceled)


def _finishes(person: Person) -> date | None:
    """The last date of training that the program file gives."""
    dates = [span.dates.last for span in person.levels[-1:]] + [dates.last for dates in person.employment[-1:]]
    return max((each for each in dates if each is not None), default=None)


def entitlements(program: Program, person: Person) -> Iterator[Granted]:
    """What the first long leave of a person must leave them, by each entitlement in force on its first day."""
    verified = verified_rows(program)
    mine = sorted((each for each in program.leaves if each.person == person.id and each.blocks), key=lambda e: e.first)
    for right in entitlements_on(program.calendar.last, verified):
        long = (
            each
            for each in mine
            if each.kind in right.kinds and right.weeks and _weeks(each) >= right.weeks and each.first >= right.since
        )
        leave = next(long, None)
        if leave is not None:
            left = vacation_weeks_left(program, person, academic_year(leave.first))
            verdict, sentence = check_entitlement(right, _weeks(leave), left)
            yield Granted(person, right.id, leave.id, verdict, sentence)


def _weeks(leave: Leave) -> float:
    return ((leave.last - leave.first).days + 1) / 7


def vacation_weeks_left(program: Program, person: Person, year: int) -> float:
    """The weeks of paid vacation of a year that are not yet taken, in weekdays."""
    held = ProgramSettings(program.policy).number("vacation_weeks", program.calendar.first)
    taken = {
        (day, half)
        for leave in program.leaves
        if leave.person == person.id and leave.blocks and leave.kind is LeaveKind.VACATION
        for day, half in leave.halves()
        if academic_year(day) == year and day.weekday() < _WORKDAYS_A_WEEK
    }
    return held - len(taken) / 2 / _WORKDAYS_A_WEEK
