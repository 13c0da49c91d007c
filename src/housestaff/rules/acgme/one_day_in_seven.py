"""One day in seven free, the rule behind 6.21.b, and its advisory about post-call days off."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, SHOULD, acgme, rule


@rule(
    MUST,
    cites=acgme("6.21.b", "VI.F.2.c)"),
    since="2003-07-01",
    kept=["DDDDDD. DDDDDD. DDDDDD. DDDDDD.", "DDDDDDD DDDDDDD DDDDDDD DDD...."],
    broken=["DDDDDDD DDDDDDD DDDDDDD DDDD...", "K.DDDDD DDDDDD. DDDDDDD DDDDDD."],
)
def one_day_in_seven(view: RosterView, *, half_days_per_free_day: int = 14) -> Iterator[Bound]:
    """A resident has one day in seven free of work, education and at-home call, averaged over each rotation."""
    for resident in view.residents:
        for segment in view.segments(resident):
            needed = view.whole(segment.present, half_days_per_free_day)
            strictly = -view.whole(-segment.present, half_days_per_free_day)
            if view.settings.choice("free_days_rounding", segment.first) == "ceil":
                needed = strictly
            if view.is_nothing(segment.present):
                continue
            yield Bound(
                resident.id,
                segment.span,
                view.free_days(resident, segment),
                at_least=needed,
                unit="days",
                thin_from=view.known(strictly),
                segment=segment,
                rotation=segment.rotation,
                unknown=view.days_off_are_the_wards(resident, segment),
                name="one day in seven free",
            )


@rule(
    SHOULD,
    cites=acgme("6.21.b", "VI.F.2.c)", confidence="secondary"),
    since="2003-07-01",
    judged_only="which free days touch a call is known only once the roster stands",
)
def days_off_after_call(view: RosterView) -> Iterator[Bound]:
    """Days off should not fall regularly on the day after call."""
    for resident in view.residents:
        for segment in view.segments(resident):
            most = view.settings.number("post_call_days_off_max", segment.first)
            free = view.free_days_after_call(resident, segment)
            yield Bound(
                resident.id, segment.span, free, at_most=most, unit="days", segment=segment, rotation=segment.rotation
            )
