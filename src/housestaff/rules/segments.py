"""Cutting a person's stays into the segments over which averages are taken (work-hour law: averaging decision)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from housestaff.core.calendar import Block
from housestaff.core.roster import Stint
from housestaff.core.time import DAY, Zone, days

LONGEST, CUT = 31, 28
"""A segment has at most 31 days; while more remain, 28 are cut off."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of days on one rotation inside one block, before leave is taken out."""

    rotations: tuple[str, ...]
    first: date
    last: date
    block: int

    @property
    def length(self) -> int:
        """Days in the piece."""
        return (self.last - self.first).days + 1


def pieces(blocks: Sequence[Block], stints: Sequence[Stint], *, shortest: int, join: bool) -> Sequence[Piece]:
    """The segments of a person: stays cut at block edges, long ones cut at 28 days, short ones joined to a neighbor."""
    return _pieces(tuple(blocks), tuple(stints), shortest=shortest, join=join)


@lru_cache(maxsize=4096)
def _pieces(blocks: tuple[Block, ...], stints: tuple[Stint, ...], *, shortest: int, join: bool) -> tuple[Piece, ...]:
    rotation_on = {day: stint.rotation for stint in reversed(stints) for day in days(stint.first, stint.last)}
    found: list[Piece] = []
    for block in blocks:
        inside = [part for stay in _stays(block, rotation_on) for part in _cut(stay)]
        found += _joined(inside, shortest) if join else inside
    return tuple(found)


def _stays(block: Block, rotation_on: dict[date, str]) -> list[Piece]:
    stays: list[Piece] = []
    for day in days(block.first, block.last):
        rotation = rotation_on.get(day, "")
        if stays and stays[-1].rotations == (rotation,):
            stays[-1] = Piece((rotation,), stays[-1].first, day, block.number)
        else:
            stays.append(Piece((rotation,), day, day, block.number))
    return stays


def _cut(piece: Piece) -> list[Piece]:
    parts: list[Piece] = []
    while piece.length > LONGEST:
        middle = piece.first + timedelta(days=CUT)
        parts.append(Piece(piece.rotations, piece.first, middle - timedelta(days=1), piece.block))
        piece = Piece(piece.rotations, middle, piece.last, piece.block)
    return [*parts, piece]


def _joined(parts: list[Piece], shortest: int) -> list[Piece]:
    """Join short segments from left to right until none is left that can be joined."""
    done: list[Piece] = []
    waiting = list(parts)
    while waiting:
        piece = waiting.pop(0)
        if piece.length < shortest and done and done[-1].length + piece.length <= LONGEST:
            done[-1] = _one(done[-1], piece)
        elif piece.length < shortest and not done and waiting and piece.length + waiting[0].length <= LONGEST:
            waiting[0] = _one(piece, waiting[0])
        else:
            done.append(piece)
    return done


def _one(left: Piece, right: Piece) -> Piece:
    """Two neighbors as one; the longer stay gives its rotation first."""
    first, second = (left, right) if left.length >= right.length else (right, left)
    rotations = tuple(dict.fromkeys((*first.rotations, *second.rotations)))
    return Piece(rotations, left.first, right.last, left.block)


def whole_days(start: int, end: int, short_days: Sequence[tuple[int, int]]) -> int:
    """How many free days fit in a gap: disjoint 24-hour spans, or a whole calendar date of 23 hours."""
    best = (end - start) // DAY
    for midnight, next_midnight in short_days:
        if start <= midnight and next_midnight <= end:
            best = max(best, (midnight - start) // DAY + 1 + (end - next_midnight) // DAY)
    return best


def shared_out(
    start: int, end: int, edges: Sequence[int], short_days: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """Cut a gap at the edges inside it and say how many free days each piece holds.

    Where the cut pieces hold fewer whole days than the uncut gap, the missing one goes to the longest piece, then to
    the earliest. Returns (start, end, free days) of each piece.
    """
    cuts = [start, *(edge for edge in edges if start < edge < end), end]
    parts = [[one, other, whole_days(one, other, short_days)] for one, other in pairwise(cuts)]
    missing = whole_days(start, end, short_days) - sum(part[2] for part in parts)
    for part in sorted(parts, key=lambda each: (each[0] - each[1], each[0]))[: max(0, missing)]:
        part[2] += 1
    return [(one, other, count) for one, other, count in parts]


@cache
def short_days(zone: Zone, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """The calendar dates with fewer than 24 hours, as on the spring clock change, from midnight to midnight."""
    spans = (zone.day_span(day) for day in days(first, last))
    return tuple((span.start, span.end) for span in spans if span.minutes < DAY)
