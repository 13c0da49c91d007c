"""Twenty-four hours of clinical work and four more for handoff, the rules behind 6.22 and 6.22.a."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, acgme, rule


@rule(
    MUST,
    cites=acgme("6.22", "VI.F.3.a)"),
    since="2017-07-01",
    kept=["K......", "SO.....", "NC.....", "DDD...."],
    broken=["KC.....", "(DN)D...."],
)
def twenty_four_hours(view: RosterView, *, hours: int = 24) -> Iterator[Bound]:
    """A continuous scheduled clinical assignment is at most 24 hours."""
    for resident in view.residents:
        for stretch in view.clinical_stretches(resident, over=hours * HOUR):
            yield Bound(
                resident.id,
                stretch.span,
                stretch.minutes,
                at_most=hours * HOUR,
                given=stretch.duties,
                shown=stretch.shown,
                note=stretch.note,
                name=f"{hours} hours of clinical work",
            )


@rule(
    MUST,
    cites=acgme("6.22.a", "VI.F.3.a).(1)"),
    since="2017-07-01",
    kept=["K......", "KE....."],
    broken=["KA.....", "KC....."],
)
def four_more_hours(view: RosterView, *, hours: int = 24, more_hours: int = 4) -> Iterator[Bound]:
    """Up to four hours more are for handoff and education; no new patient is taken in them."""
    for resident in view.residents:
        for period in view.work_periods(resident, over=hours * HOUR):
            chosen, note = view.stay_minutes(resident, period)
            tail = max(0, period.minutes - hours * HOUR - chosen)
            late = view.new_patients_after(period, view.after(period, hours * HOUR)) - chosen if tail else 0
            yield Bound(
                resident.id,
                period.span,
                tail,
                at_most=more_hours * HOUR,
                given=period.duties,
                shown=period.shown and period.shown - hours * HOUR,
                note=note or period.note,
                barred="patient care after the 24 hours" if late > 0 else "",
                name=f"{more_hours} hours after {hours}",
            )
