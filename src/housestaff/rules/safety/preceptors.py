"""How many residents one attending may supervise in clinic, by custom and under the primary care exception."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from housestaff.core.finding import Citation
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, SHOULD, policy, rule

_DAY = timedelta(days=1)


@rule(SHOULD, cites=policy("clinic preceptors"), on=False)
def preceptor_ratio(view: RosterView, *, people: int = 0) -> Iterator[Bound]:
    """A clinic half-day has at most so many residents for each attending who supervises in it."""
    for half in view.service.clinic_halves() if people else ():
        if not view.is_nothing(half.residents):
            yield Bound(
                f"clinic {half.day} {half.half}",
                half.span,
                half.residents,
                at_most=people * half.attendings,
                unit="people",
                name=f"{people} residents for one preceptor on {half.day:%a %Y-%m-%d} {half.half}",
            )


@rule(MUST, cites=Citation("42 CFR 415.174", pack="medicare"), on=False)
def primary_care_exception(view: RosterView, *, people: int = 0, months: int = 0) -> Iterator[Bound]:
    """Under the primary care exception a teaching physician has at most so many residents, and nothing else to do."""
    for half in view.service.clinic_halves() if people else ():
        if not view.is_nothing(half.residents):
            before = half.day - _DAY  # completed the day before is more than completed
            early = [id_ for id_ in half.early if not view.supervision.has_passed(id_, before, months=months)]
            yield Bound(
                f"clinic {half.day} {half.half}",
                half.span,
                half.residents,
                at_most=people * half.preceptors,
                unit="people",
                note=f"presence for key portions: {', '.join(early)}" if early else "",
                name=f"{people} residents for one teaching physician on {half.day:%a %Y-%m-%d} {half.half}",
            )
