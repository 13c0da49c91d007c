"""Night float stays inside the eighty hours and the one day in seven, the rule behind 6.26."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import SHOULD, acgme, rule


@rule(
    SHOULD,
    cites=acgme("6.26", "VI.F.6", confidence="secondary"),
    since="2011-07-01",
    judged_only="eighty_hours and one_day_in_seven already bind night float; this adds the stricter local reading",
)
def night_float_within(view: RosterView, *, nights: int = 6) -> Iterator[Bound]:
    """Where a program does not average days off on night float, each seven days hold one."""
    if view.settings.choice("night_float_days_off", view.first_day) != "each_seven_days":
        return
    for resident in view.residents:
        for count, span, duties in view.night_runs(resident, most=nights, since=None, until=None):
            yield Bound(resident.id, span, count, at_most=nights, unit="nights", duties=duties or None)
