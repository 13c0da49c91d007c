"""Even holidays: nobody far from the fair share of holidays, on call or on duty."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.fairness.shares import from_fair_share
from housestaff.rules.rule import SHOULD, policy, rule


@rule(
    SHOULD,
    cites=policy("equity"),
    judged_only="the solver makes the distance itself small, as a level of its objective",
)
def even_holidays(view: RosterView) -> Iterator[Bound]:
    """Over the year everybody's holiday nights, and the holidays on duty within a level, stay near the fair share."""
    for dealt in view.service.shares():
        if dealt.kind == "holiday":
            yield from from_fair_share(dealt, view.service.year, "nights")
    for dealt in view.service.holidays_dealt():
        yield from from_fair_share(dealt, view.service.year, "holidays")
