"""At-home call: the judgment behind 6.28.a, and the hours after a return behind 6.28.b."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR, hours_and_minutes
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
                    note=f"{nights} nights of at-home call, {taxed} with work in the hours of sleep",
                )


@rule(
    SHOULD,
    cites=acgme("6.28.b", "VI.F.8.b)", confidence="unverified"),
    since="2011-07-01",
    on=False,
    judged_only="work after being called in is known only from the hours log",
)
def home_call_return(view: RosterView, *, weekly_hours: int = 80) -> Iterator[Bound]:
    """A resident may return to the hospital from at-home call; the hours there count toward the eighty."""
    for resident in view.residents:
        for segment in view.segments(resident):
            called_in = view.calls.called_in(resident, segment.span)
            if not called_in:
                continue
            hours, _note = view.hours_allowed(segment, weekly_hours)
            yield Bound(
                resident.id,
                segment.span,
                view.minutes(resident, segment.span),
                at_most=view.whole(hours * HOUR * segment.present, 14),
                segment=segment,
                rotation=segment.rotation,
                note=f"{hours_and_minutes(called_in)} of it after being called in from home",
            )
