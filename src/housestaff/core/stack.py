"""The stack of a half-day in words: what stands there, and everything under it."""

from __future__ import annotations

from collections.abc import Sequence

from housestaff.core.duties import Family
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer


def stack_told(place: HalfDay, stack: Sequence[Entry]) -> str:
    """A half-day's stack, lowest layer first, as a sentence: what stands, and everything under it."""
    head = f"{place.day:%a %b %-d} {place.half}: "
    if not stack:
        return head + "blank, so unknown."
    told = [_told(entry) for entry in reversed(stack)]
    under = f" Under it: {'; '.join(told[1:])}." if told[1:] else ""
    return f"{head}{told[0]}.{under}"


def is_leave(program: Program, entry: Entry) -> bool:
    """Whether an entry tells why somebody is away: a leave, or the code of one that was written by hand."""
    activity = program.activity_by_code.get(entry.code)
    return entry.layer is Layer.LEAVE or (activity is not None and activity.family is Family.LEAVE)


def _told(entry: Entry) -> str:
    details = ", ".join(
        part
        for part in (entry.why, f"by {entry.by}" if entry.by else "", f"{entry.on:%b %-d}" if entry.on else "")
        if part
    )
    return f"{entry.layer.name.lower()} {entry.code}" + (f" ({details})" if details else "")
