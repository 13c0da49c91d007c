"""In-house call no more often than every third night, the rule behind 6.27."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.finding import Citation
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, acgme, rule


@rule(
    MUST,
    cites=acgme("6.27", "VI.F.7"),
    since="2003-07-01",
    kept=["K..K..K ..K..K. .K..K.. K......"],
    broken=["K.K.K.K .K.K.K. K.K.K.. ......."],
)
def every_third_night(view: RosterView, *, half_days_per_night: int = 6, nights: int = 3) -> Iterator[Bound]:
    """In-house call is scheduled no more often than every third night, averaged over each rotation."""
    for resident in view.residents:
        if not view.settings.is_on("every_third_night_averaged", view.first_day):
            for window in view.night_windows(resident, nights):
                calls = view.call_nights(resident, window)
                yield Bound(
                    resident.id, window, calls, at_most=1, unit="nights", name="every third night, not averaged"
                )
            continue
        for segment in view.segments(resident):
            half = (
                half_days_per_night // 2
                if view.settings.choice("call_nights_rounding", segment.first) == "nearest"
                else 0
            )
            allowed = view.whole(segment.present + half, half_days_per_night)
            yield Bound(
                resident.id,
                segment.span,
                view.call_nights(resident, segment.span),
                at_most=allowed,
                unit="nights",
                segment=segment,
                rotation=segment.rotation,
                name="every third night",
            )


@rule(
    MUST,
    cites=Citation("specialty requirements: call not averaged", confidence="unverified"),
    on=False,
    kept=["K..K..K"],
    broken=["K.K...."],
)
def every_third_night_each(view: RosterView, *, nights: int = 0) -> Iterator[Bound]:
    """Where a specialty does not average it, no three nights in a row hold two of in-house call."""
    for resident in view.residents:
        for window in view.night_windows(resident, nights):
            calls = view.call_nights(resident, window)
            yield Bound(resident.id, window, calls, at_most=1, unit="nights", name="every third night, not averaged")
