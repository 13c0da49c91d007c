"""How much night float: weeks in a row, and weeks of the year."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, policy, rule


@rule(
    SHOULD,
    cites=policy("night float of a specialty"),
    on=False,
    judged_only="the requirements of the program already bound how much night float the solver gives",
)
def night_float_weeks(view: RosterView, *, weeks_in_a_row: int = 0, weeks: int = 0) -> Iterator[Bound]:
    """Where a specialty says so, a resident is on night float for at most some weeks in a row and in the year."""
    for resident in view.residents if weeks_in_a_row or weeks else ():
        for nights, span, whole_year in view.service.nights_on_rotation(resident):
            most = weeks if whole_year else weeks_in_a_row
            if most:
                yield Bound(resident.id, span, nights, at_most=7 * most, unit="days", duties=())
