"""Leave: a span, down to a half-day, in which someone is not available, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.time import Half, days


class LeaveKind(StrEnum):
    """Why somebody is away; each kind says whether it leaves the averages."""

    VACATION = "vacation"
    SICK = "sick"
    MEDICAL = "medical"
    PARENTAL = "parental"
    CAREGIVER = "caregiver"
    BEREAVEMENT = "bereavement"
    CONFERENCE = "conference"
    MILITARY = "military"
    PERSONAL = "personal"
    OTHER = "other"


class LeaveStatus(StrEnum):
    """Where a request stands; only approved leave blocks anything."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELED = "canceled"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Leave:
    """One record of leave, stored once; every cell, average and ledger line derives from it.

    With `half` only that half of each date is away. `leaves_average` is false for a required conference, whose hours
    are education. `anticipated` leave reserves softly and blocks nothing yet.
    """

    id: str
    person: str
    kind: LeaveKind
    first: date
    last: date
    half: Half | None = None
    status: LeaveStatus = LeaveStatus.APPROVED
    leaves_average: bool = True
    anticipated: bool = False
    note: str = ""
    rank: int | None = None

    @property
    def blocks(self) -> bool:
        """Say whether the person is really away: approved, or over and done."""
        return self.status in {LeaveStatus.APPROVED, LeaveStatus.COMPLETED} and not self.anticipated

    def halves(self) -> Iterator[tuple[date, Half]]:
        """Every half-day that this leave covers."""
        for day in days(self.first, self.last):
            for half in (self.half,) if self.half else (Half.AM, Half.PM):
                yield day, half


@dataclass(frozen=True, slots=True)
class Balance:
    """What a ledger held before the first record here: how much, in the ledger's unit, for which year, and why.

    `ledger` is the id of a board, "program", or a kind of call.
    """

    person: str
    ledger: str
    year: int
    used: float
    reason: str


def halves_away(leaves: Iterable[Leave]) -> dict[tuple[str, date, Half], Leave]:
    """The blocking leave of each person and half-day; where two overlap the earlier record stands."""
    away: dict[tuple[str, date, Half], Leave] = {}
    for leave in leaves:
        if leave.blocks:
            for day, half in leave.halves():
                away.setdefault((leave.person, day, half), leave)
    return away
