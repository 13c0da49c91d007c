"""Shifts in the emergency department: twelve hours at most, and equal time off after each."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.finding import Citation
from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, rule

_SOURCE = Citation("ACGME Program Requirements, Emergency Medicine, VI.F", pack="em-2017")


@rule(MUST, cites=_SOURCE, on=False, kept=["XX....."], broken=["Y......"])
def twelve_in_the_department(view: RosterView, *, hours: int = 0) -> Iterator[Bound]:
    """A resident works at most twelve continuous scheduled hours in the emergency department."""
    for resident in view.residents:
        for stretch in view.shift_stretches(resident, over=hours * HOUR):
            yield Bound(
                resident.id,
                stretch.span,
                stretch.minutes,
                at_most=hours * HOUR,
                given=stretch.duties,
                shown=stretch.shown,
                note=stretch.note,
                name=f"{hours} hours in the department",
            )


@rule(MUST, cites=_SOURCE, on=False, kept=["X.X...."], broken=["VX....."])
def equal_time_off(view: RosterView) -> Iterator[Bound]:
    """Between shifts in the department a resident has at least as much time off as the scheduled shift was long."""
    for resident in view.residents:
        for rest in view.rests_after_shift(resident):
            yield Bound(
                resident.id,
                rest.span,
                rest.minutes,
                at_least=rest.limit,
                given=rest.duties,
                note=rest.note,
                name="time off equal to the shift",
            )
