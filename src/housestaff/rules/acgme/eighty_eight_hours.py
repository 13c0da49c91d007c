"""The 88-hour exception of a Review Committee, the rule behind 6.24."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, acgme, rule


@rule(
    SHOULD,
    cites=acgme("6.24", "VI.F.4.c)", confidence="secondary"),
    since="2003-07-01",
    judged_only="a record on file either has its approvals or not; nothing in a roster changes it",
)
def eighty_eight_hours(view: RosterView) -> Iterator[Bound]:
    """A rotation may go up to 88 hours only with a letter and the approvals of the GMEC and the DIO."""
    for resident in view.residents:
        for segment in view.segments(resident):
            for record in view.program.hour_exceptions:
                touches = record.first <= segment.last and segment.first <= record.last
                if record.rotation == segment.rotation and touches:
                    missing = [name for name in ("gmec", "dio") if getattr(record, name) is None]
                    note = f"approval missing: {', '.join(missing).upper()}" if missing else ""
                    yield Bound(
                        resident.id,
                        segment.span,
                        len(missing),
                        at_most=0,
                        unit="approvals missing",
                        note=note,
                        segment=segment,
                        rotation=segment.rotation,
                    )
