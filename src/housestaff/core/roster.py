"""The roster: who does which duty. It is never changed, it is replaced.

Stored is what somebody decided: stays on rotations, the entries of half-days, nights of call, and free-standing duties
with their own times. What follows from them (post-call, recovery, leave cells) is derived in `derived.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from housestaff.core.duties import Duty
from housestaff.core.time import Half

_K = TypeVar("_K")
_V = TypeVar("_V")


class Layer(IntEnum):
    """Where a fact about a cell comes from; the higher one wins, and none is lost.

    Leave and preload stand at the same height: leave on top of a preload is a conflict that a person must settle.
    """

    TEMPLATE = 1
    SOLVER = 2
    DERIVED = 3
    MANUAL = 4
    PRELOAD = 5
    LEAVE = 6


class HalfDay(NamedTuple):
    """The place of a cell on the grid: person, date, AM or PM."""

    person: str
    day: date
    half: Half


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact about a cell: which activity or rotation code, from which layer, by whom, when and why."""

    layer: Layer
    code: str
    by: str = ""
    on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stint:
    """One unbroken stay of a person on a rotation."""

    person: str
    rotation: str
    first: date
    last: date
    layer: Layer = Layer.SOLVER

    def holds(self, day: date) -> bool:
        """Say whether a date lies in the stay."""
        return self.first <= day <= self.last


class Night(NamedTuple):
    """The place of a night of call: its line and the date on which it starts."""

    line: str
    day: date


@dataclass(frozen=True, slots=True)
class CallEntry:
    """Who has a night of call, from which layer and why."""

    person: str
    layer: Layer = Layer.SOLVER
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One duty and who holds it, or nobody."""

    duty: Duty
    person: str | None


@dataclass(frozen=True)
class Roster:
    """All that was decided for a period.

    `halves` keeps for each half-day its stored entries (one a layer), `calls` for each night its names: exactly one is
    right, none and two are findings. `duties` are cells with their own times (shifts, logged work, moonlighting).
    `complete` is the first and last date over which a blank really means nothing; outside it nothing is known.
    """

    stints: tuple[Stint, ...] = ()
    halves: Mapping[HalfDay, tuple[Entry, ...]] = field(default_factory=lambda: MappingProxyType({}))
    calls: Mapping[Night, tuple[CallEntry, ...]] = field(default_factory=lambda: MappingProxyType({}))
    duties: tuple[Cell, ...] = ()
    complete: tuple[date, date] | None = None

    def with_entry(self, place: HalfDay, entry: Entry) -> Roster:
        """This roster with one more entry on a half-day; an entry of the same layer is replaced."""
        return self.with_entries({place: entry})

    def with_entries(self, entries: Mapping[HalfDay, Entry]) -> Roster:
        """This roster with one more entry on each named half-day."""
        halves = copied(self.halves)
        for place, entry in entries.items():
            kept = tuple(old for old in halves.get(place, ()) if old.layer is not entry.layer)
            halves[place] = tuple(sorted((*kept, entry), key=lambda each: each.layer))
        return replace(self, halves=MappingProxyType(halves))

    def without_layer(self, layer: Layer, places: Iterable[HalfDay] | None = None) -> Roster:
        """This roster without the entries of a layer, everywhere or on the named half-days."""
        halves = copied(self.halves)
        for place in self.halves if places is None else places:
            entries = self.halves.get(place, ())
            kept = tuple(entry for entry in entries if entry.layer is not layer)
            if kept:
                halves[place] = kept
            elif entries:
                # One place may be named twice.
                halves.pop(place, None)
        return replace(self, halves=MappingProxyType(halves))

    def with_call(self, night: Night, person: str | None, *, layer: Layer = Layer.MANUAL, why: str = "") -> Roster:
        """This roster with one name, or none, on a night."""
        calls = {place: entries for place, entries in self.calls.items() if place != night}
        if person is not None:
            calls[night] = (CallEntry(person, layer, why=why),)
        return replace(self, calls=MappingProxyType(calls))

    def with_stints(self, stints: Iterable[Stint]) -> Roster:
        """This roster with these stays instead of its own."""
        return replace(self, stints=tuple(sorted(stints, key=lambda stint: (stint.person, stint.first, stint.last))))

    def stints_of(self, person: str) -> Iterator[Stint]:
        """The stays of a person in order of date."""
        return iter(sorted((s for s in self.stints if s.person == person), key=lambda stint: stint.first))

    def on_call(self, line: str, day: date) -> tuple[str, ...]:
        """The names on a night of a line: one where all is well."""
        return tuple(entry.person for entry in self.calls.get(Night(line, day), ()))


def merged(one: Roster, other: Roster) -> Roster:
    """Two rosters as one: the facts of the second beside those of the first, for history and for stages."""
    complete = one.complete or other.complete
    if one.complete and other.complete:
        complete = (min(one.complete[0], other.complete[0]), max(one.complete[1], other.complete[1]))
    halves = dict(one.halves)
    for place, entries in other.halves.items():
        layers = {entry.layer for entry in entries}
        old = tuple(entry for entry in halves.get(place, ()) if entry.layer not in layers)
        halves[place] = tuple(sorted((*old, *entries), key=lambda each: each.layer))
    stints = dict.fromkeys((*one.stints, *other.stints))
    return Roster(
        stints=tuple(stints),
        halves=MappingProxyType(halves),
        calls=MappingProxyType({**one.calls, **other.calls}),
        duties=tuple(dict.fromkeys((*one.duties, *other.duties))),
        complete=complete,
    )


def copied(held: Mapping[_K, _V]) -> dict[_K, _V]:
    """A copy to be changed; what is a dictionary inside is copied at once, without going through it."""
    return held.copy() if isinstance(held, dict | MappingProxyType) else dict(held)
