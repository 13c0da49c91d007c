"""Moonlighting, the rules behind 6.25, 6.25.a and 6.25.b."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.time import HOUR, hours_and_minutes
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, SHOULD, acgme, policy, rule


@rule(
    SHOULD,
    cites=acgme("6.25", "VI.F.5.a)"),
    since="2003-07-01",
    kept=["DDDDM.D"],
    broken=["DDDD(DM)D."],
    judged_only="whether moonlighting harms is for people to judge; the rule reports what they need to know",
)
def moonlighting_unharmful(view: RosterView) -> Iterator[Bound]:
    """Moonlighting does not interfere with training, fitness for work, or the safety of patients."""
    for resident in view.residents:
        for segment in view.segments(resident) if view.moonlighting(resident) else ():
            hours = view.settings.number("moonlighting_rest_hours", segment.first)
            found = view.calls.moonlit(resident, segment.span, rest=hours * HOUR)
            if found.shifts:
                yield Bound(
                    resident.id,
                    segment.span,
                    found.hurried,
                    at_most=0,
                    unit="shifts",
                    segment=segment,
                    rotation=segment.rotation,
                    note=f"{found.shifts} shifts of moonlighting, {hours_and_minutes(found.minutes)}; "
                    f"{found.hurried} with less than {hours} hours before work",
                )


@rule(
    MUST,
    cites=acgme("6.25.a", "VI.F.5.b)"),
    since="2011-07-01",
    kept=["DDDDDD. DDDDDD. DDDDDD. DDDDDM."],
    broken=["(DM)(DM)(DM)(DM)(DM)(DM)."],
)
def moonlighting_counts(view: RosterView, *, weekly_hours: int = 80) -> Iterator[Bound]:
    """Internal and external moonlighting counts toward the eighty hours."""
    for resident in view.residents:
        for segment in view.segments(resident):
            if not view.moonlights(resident, segment.span):
                continue
            hours, _note = view.hours_allowed(segment, weekly_hours)
            limit = view.whole(hours * HOUR * segment.present, 14)
            yield Bound(
                resident.id,
                segment.span,
                view.minutes(resident, segment.span),
                at_most=limit,
                thin_from=view.thin_from(limit, segment),
                segment=segment,
                rotation=segment.rotation,
                name="eighty hours with moonlighting",
            )


@rule(
    MUST,
    cites=acgme("6.25.b", "VI.F.5.c)"),
    since="2011-07-01",
    levels=["PGY-1"],
    kept=["DDDDD.."],
    broken=["DDDDDM."],
)
def no_first_year_moonlighting(view: RosterView) -> Iterator[Bound]:
    """A first-year resident does not moonlight."""
    for resident in view.residents:
        for duty in view.moonlighting(resident):
            worked = view.worked(resident, duty)
            yield Bound(resident.id, duty.span, worked, at_most=0, duties=(duty,), name="no moonlighting in PGY-1")


@rule(
    MUST,
    cites=policy("moonlighting needs the program director's approval"),
    judged_only="an approval is a record on file",
)
def moonlighting_approved(view: RosterView) -> Iterator[Bound]:
    """Moonlighting needs an approval of the program director on file for the date."""
    for resident in view.residents:
        for duty in view.moonlighting(resident):
            approved = any(
                record.kind == "moonlighting"
                and record.person == resident.id
                and record.first <= duty.day
                and (record.last is None or duty.day <= record.last)
                for record in view.program.approvals
            )
            yield Bound(
                resident.id, duty.span, 0 if approved else view.worked(resident, duty), at_most=0, duties=(duty,)
            )


@rule(
    MUST,
    cites=policy("no moonlighting"),
    on=False,
    kept=["DDDDD.."],
    broken=["DDDDDM."],
)
def moonlighting_ban(view: RosterView) -> Iterator[Bound]:
    """Where the program or the service bans it, nobody moonlights."""
    for resident in view.residents:
        for duty in view.moonlighting(resident):
            yield Bound(resident.id, duty.span, view.worked(resident, duty), at_most=0, duties=(duty,))
