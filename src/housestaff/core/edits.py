"""What a person may change by hand in a roster, in the words of the grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias

from housestaff.core.changes import Change, diff_at
from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.time import Half

_DAY, _A_YEAR = timedelta(days=1), timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHalf:
    """Put a code on somebody's half-day by hand, or take what was put there by hand away (no code)."""

    person: str
    day: date
    half: Half
    code: str | None

    def place(self) -> HalfDay:
        """The place on the grid."""
        return HalfDay(self.person, self.day, self.half)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCall:
    """Give a night of call to somebody, or to nobody."""

    line: str
    day: date
    person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStint:
    """Put somebody on a rotation from a first to a last date, or on none; what they had there gives way."""

    person: str
    first: date
    last: date
    rotation: str | None


Edit: TypeAlias = SetHalf | SetCall | SetStint


def edited(program: Program, roster: Roster, edits: Iterable[Edit], *, by: str, on: date) -> Roster:
    """The roster with edits made by hand, one after the other.

    Raises `BadInput`, naming the edit and what would be right, for a person, code, line or date that is not there.
    """
    for number, edit in enumerate(edits, 1):
        _check(program, edit, f"edit {number}")
        if roster.complete is not None:
            _check_days(edit, roster.complete, f"edit {number}")
        if isinstance(edit, SetHalf):
            roster = _with_half(roster, edit, by=by, on=on)
        elif isinstance(edit, SetCall):
            roster = roster.with_call(Night(edit.line, edit.day), edit.person, why=f"by {by}" if by else "")
        else:
            roster = with_stint(roster, edit)
    return roster


def change_of(before: Roster, after: Roster, edits: Iterable[Edit]) -> Change:
    """What edits have changed, looked for only where they reach."""
    listed = list(edits)
    halves = (edit.place() for edit in listed if isinstance(edit, SetHalf))
    nights = (Night(edit.line, edit.day) for edit in listed if isinstance(edit, SetCall))
    return diff_at(before, after, halves, nights)


def _with_half(roster: Roster, edit: SetHalf, *, by: str, on: date) -> Roster:
    if edit.code is not None:
        return roster.with_entry(edit.place(), Entry(Layer.MANUAL, edit.code, by=by, on=on))
    return roster.without_layer(Layer.MANUAL, [edit.place()])


def with_stint(roster: Roster, edit: SetStint) -> Roster:
    """A roster with a stay put in by hand; what the person had on those days gives way."""
    stints: list[Stint] = []
    for stint in roster.stints:
        if stint.person != edit.person or stint.last < edit.first or edit.last < stint.first:
            stints.append(stint)
            continue
        if stint.first < edit.first:
            stints.append(replace(stint, last=edit.first - _DAY))
        if edit.last < stint.last:
            stints.append(replace(stint, first=edit.last + _DAY))
    if edit.rotation is not None:
        stints.append(Stint(edit.person, edit.rotation, edit.first, edit.last, Layer.MANUAL))
    return roster.with_stints(stints)


def _check(program: Program, edit: Edit, place: str) -> None:
    person = edit.person
    if person is not None and person not in program.person_by_id:
        raise BadInput(f"'{person}' is nobody here.", place=f"{place}, person", remedy="Use the id of a person.")
    if isinstance(edit, SetHalf):
        known = {*program.activity_by_code, *program.rotation_by_code}
        if edit.code is not None and edit.code not in known:
            raise BadInput(f"'{edit.code}' is no code here.", place=f"{place}, code", remedy=_some(known))
    elif isinstance(edit, SetCall):
        line = program.call_by_id.get(edit.line)
        if line is None:
            raise BadInput(f"'{edit.line}' is no call.", place=f"{place}, line", remedy=_some(set(program.call_by_id)))
        if edit.day.weekday() not in line.weekdays:
            raise BadInput(f"{line.name} has no night on a {edit.day:%A}.", place=f"{place}, day", remedy="Check it.")
    elif edit.last < edit.first:
        raise BadInput("the stay ends before it begins.", place=f"{place}, last", remedy="Write a later date.")
    elif edit.rotation is not None and edit.rotation not in program.rotation_by_code:
        known = set(program.rotation_by_code)
        raise BadInput(f"'{edit.rotation}' is no rotation.", place=f"{place}, rotation", remedy=_some(known))


def _check_days(edit: Edit, period: tuple[date, date], place: str) -> None:
    """A day lies in the period; a stay meets it, and may reach over its ends."""
    first, last = period
    remedy = f"The schedule goes from {first} to {last}."
    if isinstance(edit, SetStint):
        is_near = first - _A_YEAR <= edit.first <= last and first <= edit.last <= last + _A_YEAR
        if not is_near:
            raise BadInput("the stay lies outside of the schedule.", place=f"{place}, first", remedy=remedy)
    elif not first <= edit.day <= last:
        raise BadInput(f"{edit.day} lies outside of the schedule.", place=f"{place}, day", remedy=remedy)


def _some(known: set[str]) -> str:
    named = sorted(known)[:12]
    return f"Known are {', '.join(named)}" + (" and more." if len(known) > len(named) else ".")


def without_solver(roster: Roster) -> Roster:
    """What a new solve keeps: everything that people decided, and nothing that a solver did."""
    calls = {
        night: kept
        for night, entries in roster.calls.items()
        if (kept := tuple(entry for entry in entries if entry.layer is not Layer.SOLVER))
    }
    typed: MappingProxyType[Night, tuple[CallEntry, ...]] = MappingProxyType(calls)
    plain = replace(roster.without_layer(Layer.SOLVER), calls=typed)
    return plain.with_stints(stint for stint in plain.stints if stint.layer is not Layer.SOLVER)
