"""At-home call, the judgment behind 6.28.a."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, acgme, rule


@rule(
    SHOULD,
    cites=acgme("6.28.a", "VI.F.8.a).(1)"),
    since="2011-07-01",
    judged_only="how taxing a night was is known only from the hours log",
)
def home_call_rest(view: RosterView) -> Iterator[Bound]:
    """At-home call is not so frequent or taxing that rest or reasonable personal time is lost."""
    for resident in view.residents:
        for segment in view.segments(resident):
            nights, taxed = view.home_call_nights(resident, segment.span)
            if nights:
                percent = view.settings.number("home_call_disturbed_percent", segment.first)
                yield Bound(
                    resident.id,
                    segment.span,
                    taxed,
                    at_most=nights * percent // 100,
                    unit="nights",
                    segment=segment,
                    note=f"{nights} nights of at-home call, {taxed} with work between 22:00 and 06:00",
                )
