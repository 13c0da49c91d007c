"""Even calls: nobody far from the fair share of Sundays, weekdays and holidays."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.fairness.shares import WITHIN
from housestaff.rules.rule import SHOULD, policy, rule


@rule(
    SHOULD,
    cites=policy("equity"),
    judged_only="the solver makes the distance itself small, as a level of its objective",
)
def even_calls(view: RosterView) -> Iterator[Bound]:
    """Over the year everybody's Sunday, weekday and holiday nights stay near their fair share."""
    for dealt in view.service.shares():
        for person, count in dealt.counts.items():
            most = dealt.fair[person] + 10 * WITHIN[dealt.kind]
            least = dealt.fair[person] - 10 * WITHIN[dealt.kind]
            told = f"{dealt.kind} nights, {count} for a fair share of {dealt.fair[person] / 10:.1f}"
            yield Bound(
                person,
                view.service.year,
                10 * count,
                at_most=most,
                unit="tenths of a night",
                name=told,
                note=told,
                duties=(),
            )
            yield Bound(
                person,
                view.service.year,
                10 * count,
                at_least=least,
                unit="tenths of a night",
                name=told,
                note=told,
                duties=(),
            )
