"""Coverage: demand is met, each night has exactly one name, clinics have attendings and rooms."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.demand import QUARTERS
from housestaff.core.finding import Citation
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, SHOULD, rule

_DEMAND = Citation("program demand")


@rule(MUST, cites=_DEMAND)
def demand_met(view: RosterView) -> Iterator[Bound]:
    """Every line of demand has at least as many holders as it needs, and no more than its roof."""
    for demand in view.program.demand:
        for have, span in view.service.holders(demand):
            yield Bound(
                demand.line,
                span,
                have,
                at_least=demand.at_least,
                unit="people",
                rotation=demand.where,
                name=demand.line,
            )
            if demand.at_most is not None:
                yield Bound(
                    demand.line,
                    span,
                    have,
                    at_most=demand.at_most,
                    unit="people",
                    rotation=demand.where,
                    name=demand.line,
                )


@rule(MUST, cites=_DEMAND)
def one_name_a_night(view: RosterView) -> Iterator[Bound]:
    """Every night of a call line has exactly one name: a missing and a second one are both wrong."""
    for line in view.program.calls:
        for names, span, day in view.service.names_on_call(line):
            told = f"{line.name}, night of {day:%a %Y-%m-%d}"
            yield Bound(line.id, span, names, at_least=1, unit="names", name=told)
            yield Bound(line.id, span, names, at_most=1, unit="names", name=told)


@rule(MUST, cites=_DEMAND)
def attendings_in_clinic(view: RosterView) -> Iterator[Bound]:
    """Every clinic half-day has the attendings that its residents and procedures need, summed and rounded up once."""
    for half in view.service.clinic_halves():
        if not view.is_nothing(half.quarters):
            yield Bound(
                f"clinic {half.day} {half.half}",
                half.span,
                half.quarters,
                at_most=QUARTERS * half.attendings,
                unit="quarters of an attending",
                name=f"attendings in clinic on {half.day:%a %Y-%m-%d} {half.half}",
            )


@rule(MUST, cites=_DEMAND)
def rooms_in_clinic(view: RosterView) -> Iterator[Bound]:
    """No clinic half-day holds more people than there are rooms."""
    limit = view.program.rooms.limit
    for half in view.service.clinic_halves() if limit is not None else ():
        yield Bound(
            f"clinic {half.day} {half.half}", half.span, half.rooms, at_most=limit, unit="rooms", name="rooms in clinic"
        )


@rule(SHOULD, cites=Citation("program policy"))
def rooms_wanted(view: RosterView) -> Iterator[Bound]:
    """A clinic half-day should not hold more people than the rooms that are wanted at most."""
    wanted = view.program.rooms.wanted
    for half in view.service.clinic_halves() if wanted is not None else ():
        yield Bound(
            f"clinic {half.day} {half.half}", half.span, half.rooms, at_most=wanted, unit="rooms", name="rooms wanted"
        )
