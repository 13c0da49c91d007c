"""Even weekends: nobody far from the fair share of weekends with duty."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.fairness.shares import from_fair_share
from housestaff.rules.rule import SHOULD, policy, rule


@rule(
    SHOULD,
    cites=policy("equity"),
    judged_only="weekends follow from rotations and nights, which the solver shares out as a level of its objective",
)
def even_weekends(view: RosterView) -> Iterator[Bound]:
    """Over the year the residents of a level have about equally many weekends with duty."""
    for dealt in view.service.weekends_dealt():
        yield from from_fair_share(dealt, view.service.year, "weekends")
