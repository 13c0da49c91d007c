"""Locks on a draft: what the solver built and a person wants to keep, by person and dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from housestaff.core.errors import BadInput
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Roster, Stint

_REMEDY = "Write the id of a person, 'r1'; with a date, 'r1 2025-08-05'; or with a first and a last one, 'r1 {}'."


@dataclass(frozen=True, slots=True)
class Lock:
    """A person's whole draft, or the days from a first to a last date."""

    person: str
    first: date = date.min
    last: date = date.max

    @classmethod
    def read(cls, text: str, people: Iterable[str]) -> Lock:
        """A lock as it is written: a person, a person and a date, or a person and two dates.

        Raises `BadInput` for a person who is not there and for what is no date.
        """
        person, _, dates = text.partition(" ")
        if person not in set(people):
            raise BadInput(f"'{person}' is nobody here.", place="lock", remedy="Use the id of a person.")
        if not dates:
            return cls(person)
        first, _, last = dates.partition("..")
        try:
            days = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError as error:
            remedy = _REMEDY.format("2025-08-05..2025-08-09")
            raise BadInput(f"'{dates}' is no date.", place="lock", remedy=remedy) from error
        if days[1] < days[0]:
            raise BadInput(f"'{dates}' ends before it begins.", place="lock", remedy="Write the earlier date first.")
        return cls(person, *days)

    def meets(self, first: date, last: date) -> bool:
        """Say whether it holds a day of a span."""
        return self.first <= last and first <= self.last


def held(roster: Roster, locks: Iterable[Lock]) -> Roster:
    """The roster in which what a solver put on locked places stands as if a person had put it there."""
    of: dict[str, list[Lock]] = {}
    for lock in locks:
        of.setdefault(lock.person, []).append(lock)

    def is_held(person: str, first: date, last: date) -> bool:
        return any(lock.meets(first, last) for lock in of.get(person, ()))

    def kept(place: HalfDay, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if not is_held(place.person, place.day, place.day) or _has(entries, Layer.MANUAL):
            return entries
        return tuple(sorted(map(_by_hand, entries), key=lambda entry: entry.layer))

    return Roster(
        stints=tuple(_by_hand(each) if is_held(each.person, each.first, each.last) else each for each in roster.stints),
        halves=MappingProxyType({place: kept(place, entries) for place, entries in roster.halves.items()}),
        calls=MappingProxyType(
            {
                night: tuple(_by_hand(each) if is_held(each.person, night.day, night.day) else each for each in entries)
                for night, entries in roster.calls.items()
            }
        ),
        duties=roster.duties,
        complete=roster.complete,
    )


def given_back(solved: Roster, draft: Roster) -> Roster:
    """A solved roster in which what was only locked in the draft is the solver's again, so that it can be unlocked."""
    stints, halves = set(draft.stints), draft.halves

    def cells(place: HalfDay, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        before = halves.get(place, ())
        if _has(before, Layer.MANUAL) or not _has(before, Layer.SOLVER):
            return entries
        return tuple(sorted(map(_by_solver, entries), key=lambda entry: entry.layer))

    return Roster(
        stints=tuple(_by_solver(each) if _by_solver(each) in stints else each for each in solved.stints),
        halves=MappingProxyType({place: cells(place, entries) for place, entries in solved.halves.items()}),
        calls=MappingProxyType(
            {
                night: tuple(
                    _by_solver(each) if _by_solver(each) in draft.calls.get(night, ()) else each for each in entries
                )
                for night, entries in solved.calls.items()
            }
        ),
        duties=solved.duties,
        complete=solved.complete,
    )


Fact = TypeVar("Fact", Stint, CallEntry, Entry)


def _by_hand(fact: Fact) -> Fact:
    return replace(fact, layer=Layer.MANUAL) if fact.layer is Layer.SOLVER else fact


def _by_solver(fact: Fact) -> Fact:
    return replace(fact, layer=Layer.SOLVER) if fact.layer is Layer.MANUAL else fact


def _has(entries: tuple[Entry, ...], layer: Layer) -> bool:
    return any(entry.layer is layer for entry in entries)
