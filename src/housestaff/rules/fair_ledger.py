"""The fairness ledger: what each person had of each kind of night, weekend and holiday, against the fair share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from housestaff.core.program import Program
from housestaff.core.view import Dealt
from housestaff.rules.finished_roster import FinishedRoster


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the ledger, in tenths: the fair share, what was had, and what was owed when the year began."""

    person: str
    line: str
    kind: str
    count: int
    fair_tenths: int
    opening_tenths: int
    reason: str

    @property
    def debt_tenths(self) -> int:
        """What the person still owes; negative where they had more than their share."""
        return self.opening_tenths + self.fair_tenths - 10 * self.count


def fairness_ledger(view: FinishedRoster) -> Iterator[Share]:
    """Everybody's lines, people with nothing included, when the whole year is there."""
    service = view.service
    for dealt in (*service.shares(), *service.weekends_dealt(), *service.holidays_dealt()):
        yield from _lines(view.program, dealt)


def _lines(program: Program, dealt: Dealt) -> Iterator[Share]:
    year = program.calendar.academic_year
    opening = {
        each.person: (round(10 * each.used), each.reason)
        for each in program.balances
        if each.ledger == dealt.kind and each.year == year
    }
    for person, count in dealt.counts.items():
        owed, reason = opening.get(person, (0, ""))
        yield Share(person, dealt.line, dealt.kind, count, dealt.fair[person], owed, reason)
