"""Eight hours between scheduled work periods, the rule behind 6.21."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, acgme, rule


@rule(
    SHOULD,
    cites=acgme("6.21", "VI.F.2.a)"),
    since="2017-07-01",
    kept=["SD.....", "C......"],
    broken=["NP.....", "N(PN)..."],
)
def eight_hours_between(view: RosterView, *, hours: int = 8) -> Iterator[Bound]:
    """Residents should have eight hours off between scheduled work and education periods."""
    for resident in view.residents:
        for rest in view.rests(resident, under=hours * HOUR):
            yield Bound(
                resident.id,
                rest.span,
                rest.minutes,
                at_least=hours * HOUR,
                given=rest.duties,
                unless=rest.unless,
                note=rest.note,
                name=f"{hours} hours between work periods",
            )
