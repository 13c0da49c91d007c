"""What lies between two rosters: the facts that went and the facts that came, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from housestaff.core.errors import Stale
from housestaff.core.roster import HalfDay, Night, Roster, copied

_K = TypeVar("_K")
_V = TypeVar("_V")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """Facts that go and facts that come; a place that only changes stands in both."""

    removed: Roster
    added: Roster

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing changes."""
        return self.size == 0

    @property
    def size(self) -> int:
        """At how many places something changes."""
        return (
            len({*self.removed.halves, *self.added.halves})
            + len({*self.removed.calls, *self.added.calls})
            + len(self.removed.stints)
            + len(self.added.stints)
            + len(self.removed.duties)
            + len(self.added.duties)
        )

    @property
    def is_of_halves(self) -> bool:
        """Say whether nothing but entries of half-days changes."""
        return not any(side.stints or side.calls or side.duties for side in (self.removed, self.added))

    @property
    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.added, self.removed)

    @property
    def people(self) -> frozenset[str]:
        """Everybody whose facts change."""
        return frozenset(person for side in (self.removed, self.added) for person in _people(side))

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last date at which something changes."""
        found = [day for side in (self.removed, self.added) for day in _days(side)]
        return (min(found), max(found)) if found else None


def _people(roster: Roster) -> Iterator[str]:
    yield from (place.person for place in roster.halves)
    yield from (entry.person for entries in roster.calls.values() for entry in entries)
    yield from (stint.person for stint in roster.stints)
    yield from (cell.person for cell in roster.duties if cell.person)


def _days(roster: Roster) -> Iterator[date]:
    yield from (place.day for place in roster.halves)
    yield from (night.day for night in roster.calls)
    yield from (day for stint in roster.stints for day in (stint.first, stint.last))
    yield from (cell.duty.day for cell in roster.duties)


def diff(before: Roster, after: Roster) -> Change:
    """What changes from one roster to another."""
    halves_gone, halves_new = _sides(before.halves, after.halves)
    calls_gone, calls_new = _sides(before.calls, after.calls)
    stints_gone, stints_new = _facts(before.stints, after.stints)
    duties_gone, duties_new = _facts(before.duties, after.duties)
    return Change(
        Roster(stints_gone, halves_gone, calls_gone, duties_gone), Roster(stints_new, halves_new, calls_new, duties_new)
    )


def diff_at(before: Roster, after: Roster, halves: Iterable[HalfDay], nights: Iterable[Night]) -> Change:
    """What changes from one roster to another, where no half-days and nights but these can differ."""
    places, calls = list(dict.fromkeys(halves)), list(dict.fromkeys(nights))
    narrow = [replace(each, halves=_at(each.halves, places), calls=_at(each.calls, calls)) for each in (before, after)]
    return diff(*narrow)


def _at(held: Mapping[_K, _V], places: Iterable[_K]) -> Mapping[_K, _V]:
    return MappingProxyType({place: held[place] for place in places if place in held})


def _facts(before: tuple[_V, ...], after: tuple[_V, ...]) -> tuple[tuple[_V, ...], tuple[_V, ...]]:
    if before is after:
        return (), ()
    old, new = set(before), set(after)
    return tuple(each for each in before if each not in new), tuple(each for each in after if each not in old)


def _sides(before: Mapping[_K, _V], after: Mapping[_K, _V]) -> tuple[Mapping[_K, _V], Mapping[_K, _V]]:
    if before is after:
        return MappingProxyType({}), MappingProxyType({})
    gone = {place: value for place, value in before.items() if after.get(place) != value}
    new = {place: value for place, value in after.items() if before.get(place) != value}
    return MappingProxyType(gone), MappingProxyType(new)


def applied(roster: Roster, change: Change) -> Roster:
    """The roster with a change made.

    Raises `Stale`, naming the places, where somebody else changed what the change takes away.
    """
    conflicts = list(_conflicts(roster, change))
    if conflicts:
        named = ", ".join(conflicts[:_MOST_NAMED]) + (" and more" if len(conflicts) > _MOST_NAMED else "")
        raise Stale(f"Somebody else changed this in the meantime: {named}. Read the schedule again and repeat.")
    gone_stints, gone_duties = set(change.removed.stints), set(change.removed.duties)
    stints = [stint for stint in roster.stints if stint not in gone_stints]
    duties = [cell for cell in roster.duties if cell not in gone_duties]
    return replace(
        roster.with_stints((*stints, *change.added.stints)) if change.removed.stints or change.added.stints else roster,
        halves=_moved(roster.halves, change.removed.halves, change.added.halves),
        calls=_moved(roster.calls, change.removed.calls, change.added.calls),
        duties=(*duties, *change.added.duties),
    )


def _moved(held: Mapping[_K, _V], removed: Mapping[_K, _V], added: Mapping[_K, _V]) -> Mapping[_K, _V]:
    if not removed and not added:
        return held
    kept = copied(held)
    for place in removed:
        kept.pop(place, None)
    return MappingProxyType(kept | dict(added))


def _conflicts(roster: Roster, change: Change) -> Iterator[str]:
    removed, added = change.removed, change.added
    for place in {*removed.halves, *added.halves}:
        if roster.halves.get(place) != removed.halves.get(place):
            yield f"{place.person} on {place.day} {place.half}"
    for night in {*removed.calls, *added.calls}:
        if roster.calls.get(night) != removed.calls.get(night):
            yield f"{night.line} on {night.day}"
    there = set(roster.stints)
    for stint in removed.stints:
        if stint not in there:
            yield f"{stint.person} on {stint.rotation} from {stint.first}"
    duties = set(roster.duties)
    for cell in removed.duties:
        if cell not in duties:
            yield f"{cell.duty.id}"
