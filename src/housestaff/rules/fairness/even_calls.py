"""Even calls: nobody far from the fair share of Sundays and weekdays."""

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
def even_calls(view: RosterView) -> Iterator[Bound]:
    """Over the year everybody's Sunday and weekday nights stay near their fair share."""
    for dealt in view.service.shares():
        if dealt.kind != "holiday":
            yield from from_fair_share(dealt, view.service.year, "nights")
