"""Demand: how many of which kind are needed, where and when, and how bad it is to lack them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from housestaff.core.duties import DutyKind
from housestaff.core.time import Half, Weekday


class Criticality(IntEnum):
    """How bad a deficit is: the lowest number is filled first."""

    PATIENT_SAFETY = 1
    ACCREDITATION = 2
    CONTINUITY = 3
    CORE_EDUCATION = 4
    RESEARCH = 5
    ADMINISTRATION = 6
    OPTIONAL_EDUCATION = 7


@dataclass(frozen=True, slots=True)
class Demand:
    """One line of demand on a rotation or activity.

    `who` is a level, "resident", "faculty" or "credential:<kind>"; `blocks` limits it to block numbers, `weekdays` and
    `dates` to days. `wanted` may be more than `at_least`; `at_most` is a hard roof when given.
    """

    line: str
    where: str
    who: str
    at_least: int
    wanted: int | None = None
    at_most: int | None = None
    criticality: Criticality = Criticality.PATIENT_SAFETY
    weekdays: tuple[Weekday, ...] = ()
    dates: tuple[date, ...] = ()
    half: Half | None = None
    blocks: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class CallLine:
    """A line of call: one name a night.

    `start` and `end` are minutes of the day (the end is on the next date). `who` is "faculty", "resident" or levels.
    `with_weeks` names the rotation whose weekly holder has these nights (Friday and Saturday of an inpatient week).
    `on` names the rotations from whose people the name comes, during their stay; empty where the line is shared by
    everybody on a call-eligible rotation. `after` lists derived cells of the next day as (half, code), `handoff` is how
    many minutes the holder stays after the end to hand over.
    """

    id: str
    name: str
    kind: DutyKind
    weekdays: tuple[Weekday, ...]
    start: int
    end: int
    who: tuple[str, ...] = ("faculty",)
    with_weeks: str = ""
    after: tuple[tuple[Half, str], ...] = ()
    criticality: Criticality = Criticality.PATIENT_SAFETY
    on: tuple[str, ...] = ()
    handoff: int = 0

    @property
    def is_standby(self) -> bool:
        """Say whether its names only stand by: no hours until they are called, and no distance to keep from calls."""
        return self.kind is DutyKind.JEOPARDY


@dataclass(frozen=True, slots=True)
class AttendingDemand:
    """How many attendings a clinic half-day needs, in quarters: each level its share, each procedure one more.

    The quarters are summed first and rounded up once; rounding each group would be a defect.
    """

    quarters: tuple[tuple[str, int], ...] = (("PGY-1", 2), ("PGY-2", 1), ("PGY-3", 1))
    procedure: int = 4
    given_by: tuple[str, ...] = ("AT", "PCAT")

    def quarters_of(self, level: str, *, procedure: bool = False) -> int:
        """The quarters of an attending that one resident needs."""
        return dict(self.quarters).get(level, 0) + (self.procedure if procedure else 0)


@dataclass(frozen=True, slots=True)
class ClinicRooms:
    """The rooms of the clinic: how many are wanted at most, the hard limit, and the share of virtual visits.

    What a program does not say is not asked of it.
    """

    wanted: int | None = None
    limit: int | None = None
    virtual_share: float | None = None


QUARTERS = 4
"""The quarters of one attending."""


def attendings_needed(quarters: int) -> int:
    """Whole attendings for a sum of quarters, rounded up once."""
    return -(-quarters // QUARTERS)
