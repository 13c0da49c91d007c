"""Wishes: ranked vacation weeks, rotations in blocks, weekdays and dates of call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import WISH, policy, rule


@rule(WISH, cites=policy("wishes"))
def honor_wishes(view: RosterView) -> Iterator[Bound]:
    """What people wished for comes true, the first choices before the others."""
    for wish, unmet, span in view.wishes.unmet():
        yield Bound(
            wish.person,
            span,
            unmet,
            at_most=0,
            unit="parts of a wish",
            weight=wish.weight,
            note=str(wish),
            name=str(wish),
            duties=(),
        )


@dataclass(frozen=True, slots=True)
class WishesMet:
    """How many wishes a roster meets: in all, of the first choices, and for the person who fares worst."""

    met: int
    wishes: int
    first_met: int
    first_choices: int
    worst_off: str
    worst_met: int
    worst_wishes: int


def wishes_met(view: RosterView) -> WishesMet | None:
    """Count the wishes of a finished roster that came true; nothing where nobody wished for anything."""
    outcomes = [(wish, view.is_nothing(unmet) or view.known(unmet) == 0) for wish, unmet, _span in view.wishes.unmet()]
    if not outcomes:
        return None
    of: dict[str, list[bool]] = defaultdict(list)
    for wish, met in outcomes:
        of[wish.person].append(met)
    worst = min(of, key=lambda person: (sum(of[person]) / len(of[person]), person))
    first = [met for wish, met in outcomes if wish.rank == 1]
    met = sum(met for _wish, met in outcomes)
    return WishesMet(met, len(outcomes), sum(first), len(first), worst, sum(of[worst]), len(of[worst]))
