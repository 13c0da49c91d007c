"""Weeks on emergency medicine rotations: sixty hours with patients, seventy-two in all, one free day in each."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.duties import DutyKind
from housestaff.core.finding import Citation
from housestaff.core.people import Person
from housestaff.core.time import HOUR, Span
from housestaff.core.view import Amount, Bound, RosterView
from housestaff.rules.rule import MUST, rule

_SOURCE = Citation("ACGME Program Requirements, Emergency Medicine, VI.F", pack="em-2017")
_SHIFTS = frozenset({DutyKind.EMERGENCY_SHIFT})


def _capped(
    view: RosterView, resident: Person, hours: int, kinds: frozenset[DutyKind] | None, name: str
) -> Iterator[Bound]:
    """One bound a week where each week is judged, otherwise one a segment with the cap averaged over it."""

    def measure(span: Span) -> Amount:
        return view.minutes(resident, span, kinds)

    if view.each_week("em_hours_basis"):
        for week in view.emergency_weeks(resident):
            yield Bound(resident.id, week, measure(week), at_most=hours * HOUR, name=name)
        return
    for segment in view.segments(resident):
        rotation = view.rotation_on(resident, segment.first)
        if rotation is not None and rotation.emergency and not view.is_nothing(segment.present):
            limit = view.whole(hours * HOUR * segment.present, 14)
            yield Bound(
                resident.id,
                segment.span,
                measure(segment.span),
                at_most=limit,
                segment=segment,
                thin_from=view.thin_from(limit, segment),
                rotation=segment.rotation,
                name=name,
            )


@rule(MUST, cites=_SOURCE, on=False, kept=["XXXXX.."], broken=["XXXXXXX"])
def sixty_in_the_department(view: RosterView, *, weekly_hours: int = 0) -> Iterator[Bound]:
    """A resident sees patients in the emergency department at most sixty scheduled hours a week."""
    for resident in view.residents:
        yield from _capped(view, resident, weekly_hours, _SHIFTS, f"{weekly_hours} hours in the department a week")


@rule(MUST, cites=_SOURCE, on=False, kept=["XXXXX.."], broken=["DDDDDDD"])
def seventy_two_on_service(view: RosterView, *, weekly_hours: int = 0) -> Iterator[Bound]:
    """A resident on an emergency medicine rotation works at most seventy-two hours a week in all."""
    for resident in view.residents:
        yield from _capped(view, resident, weekly_hours, None, f"{weekly_hours} hours a week on emergency rotations")


@rule(
    MUST,
    cites=Citation("ACGME Program Requirements, Emergency Medicine, VI.F", pack="em-2017", confidence="secondary"),
    on=False,
    kept=["XXXXX.. XXXXX.."],
    broken=["XXXXXXX XXXXXXX"],
)
def one_day_in_seven_each_week(view: RosterView, *, free_days: int = 0) -> Iterator[Bound]:
    """A resident on an emergency medicine rotation has a free day in every single week."""
    for resident in view.residents:
        for week in view.emergency_weeks(resident):
            yield Bound(
                resident.id,
                week,
                view.free_days_in_week(resident, week),
                at_least=free_days,
                unit="days",
                name="a free day in every week",
            )


@rule(
    MUST,
    cites=Citation("state law", confidence="secondary"),
    on=False,
    kept=["DDDDDD. DDDDDD."],
    broken=["DDDDDDD DDDDDDD"],
)
def one_day_each_week(view: RosterView, *, free_days: int = 0) -> Iterator[Bound]:
    """Where the law of a state asks for it, every resident has 24 hours off in each week."""
    for resident in view.residents:
        for week in view.weeks(resident, starts_on=view.program.calendar.week_starts_on):
            yield Bound(
                resident.id,
                week,
                view.free_days_in_week(resident, week),
                at_least=free_days,
                unit="days",
                name="a free day in every week",
            )
