"""Leave is leave: nobody is assigned on it, and work that falls on it is named."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.finding import Citation
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import FACT, MUST, SHOULD, rule


@rule(MUST, cites=Citation(FACT), kept=["LDD...."], broken=["(LD)....."])
def never_on_leave(view: RosterView) -> Iterator[Bound]:
    """Nobody is given a duty that begins on a half-day of their approved leave."""
    for person in view.people:
        for duty, worked in view.duties_on_leave(person):
            yield Bound(person.id, duty.span, worked, at_most=0, unit="duties", duties=(duty,), name="never on leave")


@rule(SHOULD, cites=Citation("program policy"), judged_only="it names what ends on a leave half, after the fact")
def leave_worked(view: RosterView) -> Iterator[Bound]:
    """A half-day of leave on which counted work falls is put back on both sides of the average, and named."""
    for person in view.residents:
        for span, minutes in view.work_on_leave(person):
            yield Bound(person.id, span, minutes, at_most=0, note="put back on both sides of the average")


@rule(SHOULD, cites=Citation("program policy"), judged_only="a conflict for a person to settle")
def call_on_leave(view: RosterView) -> Iterator[Bound]:
    """At-home call assigned on a day of leave is a conflict."""
    for person in view.people:
        for duty, half in view.home_calls_on_leave(person):
            yield Bound(person.id, half, 1, at_most=0, unit="calls", duties=(duty,))
