"""Fourteen hours after 24 hours of in-house call, the rule behind 6.21.a."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, acgme, rule


@rule(
    MUST,
    cites=acgme("6.21.a", "VI.F.2.b)"),
    since="2017-07-01",
    kept=["K.D....", "SO.D..."],
    broken=["KN.....", "KP.....", "(DN)N...."],
)
def fourteen_after_call(view: RosterView, *, hours: int = 14, call_hours: int = 24) -> Iterator[Bound]:
    """After 24 hours of in-house call a resident has at least fourteen hours free, counted from when they leave."""
    for resident in view.residents:
        for rest in view.rests_after_call(resident, call=call_hours * HOUR, under=hours * HOUR):
            yield Bound(
                resident.id,
                rest.span,
                rest.minutes,
                at_least=hours * HOUR,
                given=rest.duties,
                unless=rest.unless,
                name=f"{hours} hours after {call_hours} hours of call",
            )
        for rest in view.home_call_after_call(resident, call=call_hours * HOUR, under=hours * HOUR):
            yield Bound(
                resident.id,
                rest.span,
                rest.minutes,
                at_least=hours * HOUR,
                given=rest.duties,
                soft=True,
                note="rest at risk",
                name=f"at-home call inside the {hours} hours after call",
            )
