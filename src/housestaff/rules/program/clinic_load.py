"""The continuity clinic: how much of it a week, in how many weeks of the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, policy, rule

_DAYS_OF_YEAR = 365


@rule(
    SHOULD,
    cites=policy("clinic half-days of level and rotation"),
    judged_only="the solver makes the distance itself small, as a level of its objective",
)
def clinic_load(view: RosterView) -> Iterator[Bound]:
    """In a whole week a resident has as many continuity clinics as level and rotation ask for, and no more."""
    for resident in view.residents:
        for week in view.clinic_weeks.weeks(resident):
            enough = Bound(
                resident.id,
                week.span,
                week.count,
                at_least=week.least,
                unit="half-days",
                rotation=week.rotation,
                name=f"clinics a week on {week.rotation}",
            )
            yield enough
            yield replace(enough, at_least=None, at_most=week.most)


@rule(
    SHOULD,
    cites=policy("clinic weeks of the year"),
    on=False,
    judged_only="it counts the whole year; the solver builds the clinics block by block",
)
def clinic_weeks(view: RosterView, *, weeks: int = 0, half_days: int = 0) -> Iterator[Bound]:
    """A resident sees patients in the continuity clinic in enough weeks of the year, and often enough."""
    for resident in view.residents if weeks else ():
        held = view.clinic_weeks.weeks_with_clinic(resident)
        if held is not None:
            with_clinic, clinics, employed = held
            year = view.service.year
            told = f"{employed} days employed in the year"
            needed = min(weeks, weeks * employed // _DAYS_OF_YEAR)
            yield Bound(resident.id, year, with_clinic, at_least=needed, unit="weeks", note=told, duties=())
            if half_days:
                needed = min(half_days, half_days * employed // _DAYS_OF_YEAR)
                yield Bound(resident.id, year, clinics, at_least=needed, unit="half-days", note=told, duties=())
