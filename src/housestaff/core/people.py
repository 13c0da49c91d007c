"""People: anyone who can do a duty or be counted, with levels, roles and credentials that have dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.time import Half, Weekday


class PersonKind(StrEnum):
    """What a person is to the program."""

    RESIDENT = "resident"
    FELLOW = "fellow"
    FACULTY = "faculty"
    LEARNER = "learner"
    VISITING = "visiting"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Dates:
    """From a first to a last date, both included; no last date means open."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Say whether a date lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class LevelSpan:
    """A level of training (PGY-1, PGY-2 ...) from a date on; promotion is a new span, never an edit."""

    level: str
    dates: Dates


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """A faculty role (core, director ...) with its dates."""

    role: str
    dates: Dates


@dataclass(frozen=True, slots=True)
class Credential:
    """A dated skill; what counts is that it is valid on the date of the duty, not today."""

    kind: str
    grade: str
    dates: Dates


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling of a name, and where it was seen."""

    name: str
    seen_in: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A weekday, or half of one, on which a person cannot be scheduled between two dates."""

    weekday: Weekday
    half: Half | None
    dates: Dates


@dataclass(frozen=True, slots=True)
class Person:
    """One human being of the program; nothing countable is stored here."""

    id: str
    display_name: str
    kind: PersonKind
    levels: tuple[LevelSpan, ...] = ()
    roles: tuple[RoleSpan, ...] = ()
    employment: tuple[Dates, ...] = ()
    credentials: tuple[Credential, ...] = ()
    email: str = ""
    sheet_name: str = ""
    aliases: tuple[Alias, ...] = ()
    series: str = ""
    cohort: int | None = None
    track: str = ""
    unavailable: tuple[Unavailable, ...] = ()
    supervisor: str = ""
    stage: str = ""

    @property
    def is_trainee(self) -> bool:
        """Say whether the work-hour rules are for this person: a resident or a fellow."""
        return self.kind in {PersonKind.RESIDENT, PersonKind.FELLOW}

    @property
    def is_faculty(self) -> bool:
        """Say whether this person is faculty."""
        return self.kind is PersonKind.FACULTY

    def level_on(self, day: date) -> str:
        """The level on a date; empty where none is given. The later of two spans wins on a shared date."""
        for span in reversed(self.levels):
            if span.dates.holds(day):
                return span.level
        return ""

    def role_on(self, day: date) -> str:
        """The role on a date; empty where none is given."""
        return next((span.role for span in reversed(self.roles) if span.dates.holds(day)), "")

    def is_employed(self, day: date) -> bool:
        """Say whether the person belongs to the program on a date; no dates at all mean always."""
        for dates in self.employment:
            if dates.holds(day):
                return True
        return not self.employment

    def has_credential(self, kind: str, day: date, grade: str = "") -> bool:
        """Say whether a credential is valid on the date of a duty."""
        return any(
            held.kind == kind and grade in {"", held.grade} and held.dates.holds(day) for held in self.credentials
        )

    def may_be_scheduled(self, day: date, half: Half) -> bool:
        """Say whether the person's own availability leaves that half-day open."""
        return self.is_employed(day) and not any(
            closed.weekday == day.weekday() and closed.half in {None, half} and closed.dates.holds(day)
            for closed in self.unavailable
        )


@dataclass(frozen=True, slots=True)
class FacultyRole:
    """What a faculty role asks for: half-days a week by family, weeks a year, call, and wishes about weekdays.

    `half_days` maps an activity code or family to (least, most) a week; `block_most` caps clinic half-days in a block.
    `weeks` is (least, usual, most) inpatient weeks a year.
    """

    code: str
    name: str
    half_days: tuple[tuple[str, int, int], ...] = ()
    block_most: int | None = None
    weeks: tuple[int, int, int] = (0, 0, 0)
    takes_call: bool = False
    automatic: bool = True
    avoids_call: tuple[Weekday, ...] = ()
    likes_call: tuple[Weekday, ...] = ()
    avoids_clinic: tuple[Weekday, ...] = ()
