"""People: at work only while employed, with valid credentials, and in one place at a time."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.finding import Citation
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import FACT, MUST, rule


@rule(MUST, cites=Citation(FACT), judged_only="the solver offers no duty outside employment")
def employed(view: RosterView) -> Iterator[Bound]:
    """Nobody is assigned before they start, after they leave, or while they are deployed."""
    for person in view.people:
        for day, span in view.assignments.while_away(person):
            yield Bound(person.id, span, 1, at_most=0, unit="assignments", note=f"away or not employed from {day}")


@rule(MUST, cites=Citation(FACT), judged_only="the solver offers no duty without its credential")
def qualified(view: RosterView) -> Iterator[Bound]:
    """Whoever does a duty that needs a credential holds it on the date of the duty, not merely today."""
    for person in view.people:
        for duty, credential in view.assignments.with_credential(person):
            missing = int(not person.has_credential(credential, duty.day))
            yield Bound(
                person.id, duty.span, missing, at_most=0, unit="missing credentials", duties=(duty,), note=credential
            )


@rule(MUST, cites=Citation(FACT), kept=["(AP)N...."], broken=["(DC)....."])
def one_duty_at_a_time(view: RosterView) -> Iterator[Bound]:
    """Nobody is in two places at once."""
    for person in view.people:
        for one, other, minutes in view.overlapping(person):
            yield Bound(
                person.id,
                one.span,
                minutes,
                at_most=0,
                given=(one, other),
                name="one duty at a time",
            )


@rule(MUST, cites=Citation(FACT), judged_only="derived cells are computed, so a solved roster always has them")
def derived_cells(view: RosterView) -> Iterator[Bound]:
    """What follows from call, weeks, and leave stands on the grid, and nothing stands there that no longer follows."""
    for person in view.people:
        for wrong in view.assignments.mismatches(person):
            yield Bound(person.id, wrong.span, 1, at_most=0, unit="cells", note=wrong.note)
