"""Continuity: patients meet their resident again before too many weeks have passed."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import WISH, policy, rule


@rule(
    WISH,
    cites=policy("continuity of care"),
    judged_only="gaps of weeks reach over the blocks that the solver fills one by one",
)
def keep_continuity(view: RosterView) -> Iterator[Bound]:
    """Between two continuity clinics of a resident lie few weeks, leave and exempt rotations left out."""
    for resident in view.residents:
        for days, span in view.clinic_weeks.gaps(resident):
            most = 7 * view.settings.number("continuity_gap_weeks", view.date_of(span.start))
            yield Bound(resident.id, span, days, at_most=most, unit="days", name="days between clinics", duties=())
