"""What an event is, and the values that several of them carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened."""

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1
    aggregate_kind: ClassVar[str]

    @property
    def aggregate_id(self) -> str:
        """What it is about, as text: the id that the aggregate's kind names."""
        return str(getattr(self, f"{self.aggregate_kind}_id"))

    @property
    def tags(self) -> tuple[str, ...]:
        """The cache tags whose views are stale from now on."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The first and the last day of something, both included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One duty and who held it before and after; both may be nobody."""

    duty_id: str
    kind: str
    rotation_id: str
    starts_at: datetime
    ends_at: datetime
    person_before: str | None
    person_after: str | None
    role: str = ""
    fields: tuple[str, ...] = ()
    """What differs of a duty that is there before and after: `person`, `kind`, `span`, `rotation`, `role`."""

    @property
    def people(self) -> tuple[str, ...]:
        """Those whom it touches."""
        return tuple(dict.fromkeys(person for person in (self.person_before, self.person_after) if person))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How good a schedule is, in numbers: duties, how many are filled, gaps, and findings by severity."""

    duties: int = 0
    filled: int = 0
    gaps: int = 0
    critical: int = 0
    warning: int = 0
    unknown: int = 0


def people_of(cells: tuple[CellChange, ...]) -> tuple[str, ...]:
    """The people whom cells touch, each once, in order."""
    return tuple(dict.fromkeys(person for cell in cells for person in cell.people))
