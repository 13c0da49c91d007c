"""Free days: gaps between busy minutes, cut at the edges of segments or weeks."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from .model import ACTIVE, CALL, DAY, HOME_CALL, day, days_between
from .world import Span, World


class Stretch(Protocol):
    """Dates over which free days are counted: a segment or a week."""

    @property
    def first(self) -> date:
        """Its first date."""
        ...

    @property
    def last(self) -> date:
        """Its last date."""
        ...


def free_minutes(world: World) -> list[bool]:
    """For each minute whether it is known to be free: no work, no at-home call, no leave, and known at all."""
    free = [False] * world.clock.length
    complete = world.scenario["complete"]
    start, end = world.clock.start(day(complete["from"])), world.clock.end(day(complete["to"]))
    for minute in range(start, end):
        free[minute] = not world.rest[minute] & (ACTIVE | HOME_CALL)
    for half in world.leave:
        # Leave may reach past the known dates; those minutes are not free anyway.
        for minute in range(*world.half_span(half)):
            free[minute] = False
    return free


def gaps(free: list[bool]) -> list[Span]:
    """The longest runs of free minutes."""
    found: list[Span] = []
    start: int | None = None
    for minute, is_free in enumerate([*free, False]):
        if is_free and start is None:
            start = minute
        if not is_free and start is not None:
            found.append((start, minute))
            start = None
    return found


def days_in(world: World, start: int, end: int) -> int:
    """Whole 24 hours in a span; a whole calendar date is a day even when the clock change makes it 23 hours."""
    if end <= start:
        return 0
    dates = [
        when
        for when in days_between(world.clock.date_of(start), world.clock.date_of(end - 1))
        if start <= world.clock.start(when) and world.clock.end(when) <= end
    ]
    return max((end - start) // DAY, len(dates))


def pieces_of(gap: Span, edges: set[int]) -> list[Span]:
    """A gap cut at the edges that lie inside it."""
    cuts = [gap[0], *sorted(edge for edge in edges if gap[0] < edge < gap[1]), gap[1]]
    return list(itertools.pairwise(cuts))


def credited(world: World, gap: Span, edges: set[int]) -> list[tuple[int, int]]:
    """The free days of a gap as (first minute of the piece, days): a day lost by cutting goes to the longest piece."""
    pieces = pieces_of(gap, edges)
    counts = [days_in(world, *piece) for piece in pieces]
    missing = days_in(world, *gap) - sum(counts)
    by_length = sorted(range(len(pieces)), key=lambda each: (pieces[each][0] - pieces[each][1], each))
    for place in by_length[: max(missing, 0)]:
        counts[place] += 1
    return [(piece[0], count) for piece, count in zip(pieces, counts, strict=True)]


def edges_of(world: World, stretches: Sequence[Stretch]) -> set[int]:
    """The midnights at which the stretches begin and end."""
    firsts = {world.clock.start(each.first) for each in stretches}
    return firsts | {world.clock.end(each.last) for each in stretches}


def free_days(world: World, stretches: Sequence[Stretch]) -> list[int]:
    """The free days of each stretch."""
    free = free_minutes(world)
    if world.settings["day_off_basis"] == "calendar_day":
        return [
            sum(
                1
                for when in days_between(each.first, each.last)
                if all(free[world.clock.start(when) : world.clock.end(when)])
            )
            for each in stretches
        ]
    edges = edges_of(world, stretches)
    parts = [part for gap in gaps(free) for part in credited(world, gap, edges)]
    return [
        sum(count for start, count in parts if world.clock.start(each.first) <= start < world.clock.end(each.last))
        for each in stretches
    ]


def post_call_days(world: World, stretches: Sequence[Stretch]) -> list[int]:
    """Of each stretch, the free days that would be lost if the rest of the post-call date did not count."""
    after_call = {end for start, end in world.periods() if world.count(start, end, CALL)}
    found = [0] * len(stretches)
    for start, end in gaps(free_minutes(world)):
        if start not in after_call:
            continue
        midnight = min(end, world.clock.end(world.clock.date_of(start)))
        lost = days_in(world, start, end) - days_in(world, midnight, end)
        for place, each in enumerate(stretches):
            if each.first <= world.clock.date_of(start) <= each.last:
                found[place] += lost
    return found
