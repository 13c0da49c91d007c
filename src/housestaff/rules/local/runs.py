"""Runs of days, nights and hours: what a program adds to the common rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from housestaff.core.time import HOUR
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, SHOULD, acgme, policy, rule


@rule(SHOULD, cites=policy(), kept=["DDDDDD.", "DDDLDDDD"], broken=["DDDDDDD"])
def six_in_a_row(view: RosterView) -> Iterator[Bound]:
    """At most six consecutive calendar dates carry duty, or as many as the program says."""
    days = view.settings.number("days_in_a_row", view.first_day)
    for resident in view.residents:
        for count, span, duties in view.duty_runs(resident, most=days):
            yield Bound(
                resident.id, span, count, at_most=days, unit="days", duties=duties or None, name=f"{days} days in a row"
            )


@rule(SHOULD, cites=policy(), kept=["NNNNNN."], broken=["NNNNNNN"])
def six_nights(
    view: RosterView, *, nights: int = 6, since: date | None = None, until: date | None = None
) -> Iterator[Bound]:
    """At most six nights of night float follow one another."""
    for resident in view.residents:
        for count, span, duties in view.night_runs(resident, most=nights, since=since, until=until):
            yield Bound(
                resident.id,
                span,
                count,
                at_most=nights,
                unit="nights",
                duties=duties or None,
                name=f"{nights} nights in a row",
            )


@rule(SHOULD, cites=policy(), on=False, kept=["SD....."], broken=["NP....."])
def ten_hours_between(view: RosterView) -> Iterator[Bound]:
    """Residents have ten hours off between scheduled work periods where the program says so."""
    hours = view.settings.number("wished_rest_hours", view.first_day)
    for resident in view.residents:
        for rest in view.rests(resident, under=hours * HOUR):
            yield Bound(
                resident.id,
                rest.span,
                rest.minutes,
                at_least=hours * HOUR,
                given=rest.duties,
                unless=rest.unless,
                note=rest.note,
            )


@rule(
    SHOULD,
    cites=policy(),
    kept=["DDDDD.."],
    broken=["(DN)P...."],
    judged_only="a warning about chains of short rests, each of which the plan already prices",
)
def long_run(view: RosterView) -> Iterator[Bound]:
    """Work in periods separated by less than eight hours adds up to at most twenty-four hours."""
    hours, rest_hours = (view.settings.number(f"long_run_{name}", view.first_day) for name in ("hours", "rest_hours"))
    for resident in view.residents:
        for chain in view.work_chains(resident, rest=rest_hours * HOUR, over=hours * HOUR):
            yield Bound(
                resident.id,
                chain.span,
                chain.minutes,
                at_most=hours * HOUR,
                given=chain.duties,
                name="long run of work",
            )


@rule(SHOULD, cites=policy(), kept=["K..K..."], broken=["K.K...."])
def call_spacing(view: RosterView) -> Iterator[Bound]:
    """At least two nights lie between two calls of one person."""
    for person in view.people:
        for nights, span, duties in view.nights_between_calls(person):
            least = view.settings.number("call_minimum_nights_between", view.date_of(span.start))
            yield Bound(
                person.id, span, nights, at_least=least, unit="nights", given=duties, name="nights between calls"
            )


@rule(
    MUST,
    cites=acgme("", "VI.G.4.a) (2011)"),
    since="2011-07-01",
    until="2017-06-30",
    levels=["PGY-1"],
    kept=["DDDDD.."],
    broken=["K......"],
)
def sixteen_hours(view: RosterView, *, hours: int = 16) -> Iterator[Bound]:
    """Under the 2011 edition a first-year resident works at most sixteen hours in one period."""
    for resident in view.residents:
        for period in view.work_periods(resident, over=hours * HOUR):
            yield Bound(
                resident.id,
                period.span,
                period.minutes,
                at_most=hours * HOUR,
                given=period.duties,
                shown=period.shown,
                note=period.note,
            )


@rule(SHOULD, cites=policy(), on=False, levels=["PGY-1"], kept=["DDDDD.."], broken=["K......"])
def sixteen_hours_first_year(view: RosterView) -> Iterator[Bound]:
    """Where the program keeps it, a first-year resident works at most sixteen hours in one period."""
    hours = view.settings.number("first_year_period_hours", view.first_day)
    yield from sixteen_hours.read(view, hours=hours)


@rule(
    SHOULD,
    cites=policy("Early warning, not the ACGME method"),
    judged_only="a moving window is only a warning; a plan is not shaped by it",
)
def early_warning(view: RosterView) -> Iterator[Bound]:
    """Early warning, not the ACGME method: the hours of any trailing four weeks."""
    weekly_hours = view.settings.number("early_warning_weekly_hours", view.first_day)
    for resident in view.residents:
        worst = view.worst_trailing_window(resident)
        if worst is not None:
            minutes, limit_halves, span = worst
            yield Bound(
                resident.id,
                span,
                minutes,
                at_most=weekly_hours * HOUR * limit_halves // 14,
                note="Early warning, not the ACGME method",
            )
