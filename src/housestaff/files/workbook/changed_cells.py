"""The cells of a workbook that differ from what was exported, and a roster with the edits of a file entered by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

from housestaff.core.edits import SetStint, with_stint
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster


class StayCell(NamedTuple):
    """The place of a cell on a sheet of the year: a person in a block or half of one, by its first and last day."""

    person: str
    day: date
    last: date


class LeaveCell(NamedTuple):
    """The place of a cell of leave on a sheet of the year: a person and a block, by its first and last day."""

    person: str
    day: date
    last: date


Place: TypeAlias = HalfDay | Night | StayCell | LeaveCell


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs: what was exported, what the file says now, and what stands here now."""

    sheet: str
    cell: str
    place: Place
    exported: str
    theirs: str
    ours: str

    @property
    def side(self) -> str:
        """Who changed it: "theirs", "ours", or "both", which is a conflict."""
        if self.theirs == self.exported:
            return "ours"
        return "theirs" if self.ours == self.exported else "both"


def entered(roster: Roster, changes: Iterable[Change], *, by: str = "", why: str = "") -> Roster:
    """A roster with the edits of a file entered by hand; an emptied cell loses its stored facts.

    Leave is no part of a roster: an edited cell of leave is asked about in the review, and changes nothing here.
    """
    edits = [change for change in changes if change.side == "theirs"]
    whole = _with_halves(roster, edits, by, why)
    calls = dict(whole.calls)
    for change in edits:
        if isinstance(change.place, Night):
            people = [name for name in change.theirs.split(" / ") if name]
            calls[change.place] = tuple(CallEntry(person, Layer.MANUAL, by, why) for person in people)
    whole = replace(whole, calls=calls)
    for stay in _stays(edits):
        whole = with_stint(whole, stay)
    return whole


def _with_halves(roster: Roster, edits: list[Change], by: str, why: str) -> Roster:
    entries = {
        change.place: Entry(Layer.MANUAL, change.theirs, by=by, why=why)
        for change in edits
        if isinstance(change.place, HalfDay) and change.theirs
    }
    emptied = {change.place for change in edits if isinstance(change.place, HalfDay) and not change.theirs}
    whole = roster.with_entries(entries)
    if emptied:
        whole = replace(whole, halves={place: held for place, held in whole.halves.items() if place not in emptied})
    return whole


def _stays(edits: list[Change]) -> Iterator[SetStint]:
    """The edited stays; cells of one person that follow each other and say the same are one stay."""
    cells = sorted((change.place, change.theirs) for change in edits if isinstance(change.place, StayCell))
    waiting: SetStint | None = None
    for place, rotation in cells:
        if (
            waiting is not None
            and (waiting.person, waiting.rotation) == (place.person, rotation or None)
            and place.day == waiting.last + timedelta(days=1)
        ):
            waiting = replace(waiting, last=place.last)
            continue
        if waiting is not None:
            yield waiting
        waiting = SetStint(person=place.person, first=place.day, last=place.last, rotation=rotation or None)
    if waiting is not None:
        yield waiting
