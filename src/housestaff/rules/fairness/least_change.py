"""Stability: a new roster changes as little as it can of the one that people have in their hands."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import WISH, policy, rule


@rule(WISH, cites=policy("stability"))
def least_change(view: RosterView) -> Iterator[Bound]:
    """Against the published roster nobody's duties come or go without need."""
    for person in view.people:
        changes = view.changes(person)
        if changes is not None:
            yield Bound(person.id, view.horizon, changes, at_most=0, unit="duties", name="duties changed", duties=())
