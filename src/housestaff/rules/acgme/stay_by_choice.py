"""Staying on own initiative in rare cases, the rule behind 6.23."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, acgme, rule


@rule(
    SHOULD,
    cites=acgme("6.23, 6.23.a", "VI.F.4.a), b)"),
    since="2017-07-01",
    judged_only="a stay by choice exists only in the hours log, never in a plan",
)
def stay_by_choice(view: RosterView, *, hours: int = 24, more_hours: int = 4) -> Iterator[Bound]:
    """Stays by choice are rare: more than a few in one segment are a sign to look."""
    if not view.is_log:
        return
    for resident in view.residents:
        for stay in view.stays(resident, view.horizon):
            for period in view.periods_with(resident, stay):
                chosen, note = view.stay_minutes(resident, period)
                yield Bound(
                    resident.id,
                    period.span,
                    period.minutes,
                    at_most=(hours + more_hours) * HOUR + chosen,
                    note=note or "no reason, not handed off, or not on own initiative",
                )
        for segment in view.segments(resident):
            most = view.settings.number("stays_rare", segment.first)
            count = len(view.stays(resident, segment.span))
            if count > most:
                yield Bound(
                    resident.id, segment.span, count, at_most=most, unit="stays", segment=segment, note="not rare"
                )
