"""Eighty hours a week, the rule behind 6.20."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, acgme, rule


@rule(
    MUST,
    cites=acgme("6.20", "VI.F.1"),
    since="2003-07-01",
    kept=["DDDDDD. DDDDDD. DDDDDD. DDDDDD.", "DDDDDDD DDDDDDD DDDDDDD DDDDDC."],
    broken=["DDDDDDD DDDDDDD DDDDDDD DDDDDDD", "LLLLLLL DDDDDDD DDDDDDD DDDDDDD"],
)
def eighty_hours(view: RosterView, *, weekly_hours: int = 80, external_moonlighting: bool = True) -> Iterator[Bound]:
    """A resident works at most eighty hours a week, averaged over each rotation, leave left out of both sides."""
    for resident in view.residents:
        for segment in view.segments(resident):
            worked = view.minutes(resident, segment.span, external=external_moonlighting)
            hours, note = view.hours_allowed(segment, weekly_hours)
            limit = view.whole(hours * HOUR * segment.present, 14)
            if view.is_nothing(segment.present) and view.is_nothing(worked):
                continue
            yield Bound(
                resident.id,
                segment.span,
                worked,
                at_most=limit,
                thin_from=view.thin_from(limit, segment),
                segment=segment,
                rotation=segment.rotation,
                note=note,
                name=f"{hours} hours a week on {segment.rotation or 'the block'}",
            )
