"""Where call does not stand: next to leave, next to an inpatient week, too near to other call, before a new site."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.duties import Duty
from housestaff.core.leave import LeaveKind
from housestaff.core.people import Person
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, WISH, policy, rule


def _none(view: RosterView, person: Person, duty: Duty, *, note: str, name: str, unit: str = "calls") -> Bound:
    """The person does not hold the duty."""
    return Bound(
        person.id, duty.span, view.holds(person, duty), at_most=0, unit=unit, duties=(duty,), note=note, name=name
    )


def _after(view: RosterView, kind: LeaveKind) -> Iterator[Bound]:
    for person in view.people:
        for duty, leave, within in view.calls.after_leave(person, kind):
            yield _none(
                view,
                person,
                duty,
                note=f"{leave.kind.value} leave ended on {leave.last}; {within} days without call follow",
                name=f"{within} days without call after {leave.kind.value} leave",
            )


@rule(SHOULD, cites=policy())
def recovery_after_deployment(view: RosterView) -> Iterator[Bound]:
    """Some days after a deployment are without call."""
    yield from _after(view, LeaveKind.MILITARY)


@rule(SHOULD, cites=policy())
def convalescence(view: RosterView) -> Iterator[Bound]:
    """Some days after an illness that needed leave are without call."""
    yield from _after(view, LeaveKind.MEDICAL)


@rule(SHOULD, cites=policy(), kept=["K.LLL..", "..LLLK."], broken=[".KLLL.."])
def call_before_leave(view: RosterView) -> Iterator[Bound]:
    """Nobody is on call in the night before their leave begins."""
    for person in view.people:
        for duty, leave in view.calls.before_leave(person):
            yield _none(
                view,
                person,
                duty,
                note=f"{leave.kind.value} leave begins on {leave.first}",
                name="no call in the night before leave",
            )


@rule(SHOULD, cites=policy())
def call_near_week(view: RosterView) -> Iterator[Bound]:
    """A faculty member has no single night of call in their inpatient week, nor within some days of it."""
    for person in view.people:
        within = view.settings.number("call_days_from_week", view.first_day)
        for duty, week in view.calls.near_week(person, within=within):
            yield _none(
                view,
                person,
                duty,
                note=f"inpatient week from {view.date_of(week.start)}, {within} days around it are without call",
                name=f"no call within {within} days of an inpatient week",
            )


@rule(WISH, cites=policy("graded spacing"), kept=["K....K."], broken=["K..K..."])
def calls_well_apart(view: RosterView) -> Iterator[Bound]:
    """Calls of one person lie further apart than they must; the nearer, the higher the price."""
    for person in view.people:
        for near in view.calls.graded(person):
            yield Bound(
                person.id,
                near.span,
                near.nights,
                at_least=near.wished,
                unit="nights",
                given=near.calls,
                weight=near.price,
                name="nights between calls, more than the least",
            )


@rule(SHOULD, cites=policy())
def transition_rotation_day(view: RosterView) -> Iterator[Bound]:
    """No night ends on the first day of a rotation at another site."""
    for resident in view.residents:
        for duty, rotation in view.calls.into_another_site(resident):
            yield _none(
                view,
                resident,
                duty,
                note=f"{rotation} begins at another site that morning",
                name="no night into a rotation at another site",
                unit="nights",
            )


@rule(SHOULD, cites=policy("call of beginners"), on=False)
def early_call(view: RosterView, *, months: int = 0) -> Iterator[Bound]:
    """Where a specialty asks for it, nobody has call of their own before some months of training."""
    for resident in view.residents:
        for duty in view.calls.of(resident) if months else ():
            if view.in_focus(duty.span) and not view.supervision.has_passed(resident.id, duty.day, months=months):
                yield _none(
                    view,
                    resident,
                    duty,
                    note=f"fewer than {months} months of training completed",
                    name=f"no call before {months} months",
                )
