"""Rotations, patterns and requirements: an experience of weeks, its grid, and how much of it a level needs."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.time import Half, Weekday


class RotationKind(StrEnum):
    """What sort of experience a rotation is."""

    INPATIENT = "inpatient"
    NIGHT = "night"
    OUTPATIENT = "outpatient"
    PROCEDURE = "procedure"
    EMERGENCY = "emergency"
    EDUCATION = "education"
    ELECTIVE = "elective"
    OFF_SITE = "off_site"
    RECOVERY = "recovery"


class CellForce(StrEnum):
    """How firmly a pattern prints a cell: as an offer, a suggestion, or protected."""

    FREE = "free"
    SUGGESTED = "suggested"
    PROTECTED = "protected"


@dataclass(frozen=True, slots=True)
class PatternCell:
    """One cell of the weekly grid of a rotation.

    `weeks` is empty for all weeks of the block, numbers 1-5, or -1 for the last; `levels` is empty for all levels.
    """

    weekday: Weekday
    half: Half
    activity: str
    force: CellForce = CellForce.SUGGESTED
    weeks: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Who issues days off on a rotation: the solver, a fixed pattern, or the ward (then they are unknown)."""

    managed_by: str = "pattern"
    per_28_days: int = 4
    weekdays: tuple[Weekday, ...] = ()


@dataclass(frozen=True, slots=True)
class Rotation:
    """An experience of weeks.

    `start` and `end` are minutes of the day of its service duty; an end at or before the start is the next morning.
    `capacity` maps a level (or "all") to (least, most) at one time. `halves` names the two rotations of a combined
    one. `session` is the activity that fills an open half-day on it, `session_for` another one for people of a level,
    track or stage; `clinic_half_days` maps a level (or "all") to
    (least, most) continuity clinics a week.
    """

    code: str
    name: str
    kind: RotationKind
    color: str = ""
    archived: bool = False
    half_blocks: int = 2
    weeks: int = 0
    levels: tuple[str, ...] = ()
    capacity: tuple[tuple[str, int, int], ...] = ()
    halves: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    weekly_hours: int | None = None
    days_off: DaysOff = DaysOff()
    weekend_work: bool = False
    night: bool = False
    off_site: bool = False
    site: str = ""
    week_starts_on: Weekday | None = None
    leave_eligible: bool = True
    lecture_exempt: bool = False
    continuity_exempt: bool = False
    call_eligible: bool = False
    emergency: bool = False
    credential: str = ""
    session: str = ""
    session_for: tuple[tuple[str, str], ...] = ()
    clinic_half_days: tuple[tuple[str, int, int], ...] = ()
    pattern: tuple[PatternCell, ...] = ()

    def session_of(self, words: Container[str]) -> str:
        """The activity that fills an open half-day of somebody whose level, track and stage are these words."""
        return next((code for word, code in self.session_for if word in words), self.session)

    def capacity_of(self, level: str) -> tuple[int, int | None]:
        """Least and most people of a level at one time; no entry means none needed and no limit."""
        return next(((least, most) for name, least, most in self.capacity if name == level), (0, None))

    @property
    def is_service(self) -> bool:
        """Say whether days on it are days of the service itself, not a week of half-days."""
        return self.start is not None

    @property
    def is_combined(self) -> bool:
        """Say whether it is a block made of halves of two rotations."""
        return bool(self.halves)


class RequirementUnit(StrEnum):
    """In what a requirement is counted."""

    BLOCKS = "blocks"
    HALF_BLOCKS = "half_blocks"
    WEEKS = "weeks"
    HALF_DAYS_A_WEEK = "half_days_a_week"


@dataclass(frozen=True, slots=True)
class Requirement:
    """How much of a rotation a level must have, in which blocks, and after what.

    `window` lists the block numbers in which it may stand (empty: any). `persons` narrows it to some people and
    `not_for` leaves some out. `after` names a rotation that must come earlier, over all known years.
    """

    level: str
    rotation: str
    least: int
    most: int
    unit: RequirementUnit = RequirementUnit.BLOCKS
    window: tuple[int, ...] = ()
    after: str = ""
    by: date | None = None
    persons: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    note: str = ""
