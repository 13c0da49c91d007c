"""Supervision: whoever cares for patients in training has somebody who supervises closely enough, at every minute."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, acgme, rule


@rule(MUST, cites=acgme("", "VI.A.2", confidence="secondary"))
def supervised(view: RosterView, *, months: int | None = None) -> Iterator[Bound]:
    """At every minute of patient care a resident has a supervisor who gives the level that is needed.

    Judged where the program names a pool of supervisors (`supervision_pool`). `months` are those of PGY-1 that need
    presence; without a number the program's setting holds.
    """
    for resident in view.residents:
        for piece in view.supervision.pieces(resident, months=months):
            needed = piece.needed.name.lower().replace("_", " ")
            yield Bound(
                resident.id,
                piece.span,
                piece.held,
                at_most=piece.supervisors,
                unit="duties",
                duties=(piece.duty,),
                note=f"{piece.duty.activity or piece.duty.line or piece.duty.rotation} needs {needed} supervision",
                name=f"{needed} supervision",
            )
