"""A published version as it is printed: its cover, the grid of its duties, and what it comes to for each person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from housestaff.core.time import days

CALLS = ("in_house_call", "home_call", "jeopardy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who holds duties: the id, the name, and the level or kind under which they are listed."""

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One duty of the version: who holds it, when by the clock on the wall, and what it is."""

    duty_id: str
    holder: str
    kind: str
    code: str
    name: str
    rotation: str
    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class VersionSheet:
    """One version of a schedule with everything that its files say; the same version is always the same value."""

    program: str
    first_day: date
    last_day: date
    number: int
    checksum: str
    author: str
    made: datetime
    """When the version was put in force, by the clock on the wall."""
    holders: tuple[Holder, ...]
    duties: tuple[Held, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.program}, version {self.number}"

    @property
    def period(self) -> str:
        """Its first and last day in words."""
        return f"{self.first_day:%B %-d, %Y} to {self.last_day:%B %-d, %Y}"

    @property
    def cover(self) -> tuple[tuple[str, str], ...]:
        """What stands on the cover."""
        return (
            ("Program", self.program),
            ("Period", self.period),
            ("Version", str(self.number)),
            ("In force since", f"{self.made:%Y-%m-%d %H:%M}"),
            ("By", self.author),
            ("Duties", str(len(self.duties))),
            ("Checksum", self.checksum),
        )

    @property
    def all_days(self) -> tuple[date, ...]:
        """Every day of the version."""
        return tuple(days(self.first_day, self.last_day))

    @cached_property
    def by_place(self) -> Mapping[tuple[str, date], Sequence[Held]]:
        """The duties of each person on each day, in order of time."""
        found: dict[tuple[str, date], list[Held]] = {}
        for duty in sorted(self.duties, key=lambda duty: (duty.start, duty.duty_id)):
            found.setdefault((duty.holder, duty.day), []).append(duty)
        return found

    def lanes(self, holder: Holder) -> Iterator[list[Held | None]]:
        """The rows of a person in the grid: as many as their fullest day has duties, one duty a cell."""
        held = [self.by_place.get((holder.id, day), ()) for day in self.all_days]
        for lane in range(max(map(len, held))):
            yield [on_day[lane] if lane < len(on_day) else None for on_day in held]

    @property
    def calls(self) -> Iterator[Held]:
        """The nights of call in order of time."""
        return (duty for duty in sorted(self.duties, key=lambda duty: (duty.start, duty.name)) if duty.kind in CALLS)

    def counts(self, by: str) -> list[tuple[str, str, int]]:
        """How many duties: for each person what they are (by `holder`), or for each rotation whose (by `rotation`)."""
        names = {holder.id: holder.name for holder in self.holders}
        if by == "holder":
            found = Counter((names[duty.holder], duty.name) for duty in self.duties)
        else:
            found = Counter((duty.rotation, names[duty.holder]) for duty in self.duties if duty.rotation)
        return [(*pair, amount) for pair, amount in sorted(found.items())]
