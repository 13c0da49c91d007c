"""The turn of the year, carried out: a new calendar beside the old one, dated spans, ends of employment, newcomers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from housestaff.core.errors import BadInput, Stale
from housestaff.core.events import PersonChanged, PolicyChanged
from housestaff.core.program import Program
from housestaff.features.program.commands import RollOverYear
from housestaff.features.program.steps import GRADUATE, PROMOTE, STAY, STEPS, Step
from housestaff.features.program.store import Programs
from housestaff.plumbing.bus import handles
from housestaff.plumbing.unit import Unit


@handles(RollOverYear)
def roll_over_year(ask: RollOverYear, unit: Unit, programs: Programs) -> None:
    """The new year has its calendar, everybody their new span or end; nothing of the old year is touched."""
    if ask.seen is not None and ask.seen != programs.generation():
        raise Stale("The program was changed in the meantime; look over what is proposed once more.")
    years = programs.years()
    _check_year(ask, years)
    rows = {row["code"]: row for row in programs.part("person")}
    changed = [
        (rows[step.person], _after(step, _known(rows, step), years[0])) for step in ask.steps if step.what != STAY
    ]
    known = [(row["code"], facts, row["version"]) for row, facts in changed]
    newcomers = [(_id(facts, rows), facts, None) for facts in ask.newcomers]
    programs.add_year(ask.academic_year, {"series": list(ask.series), "holiday": list(ask.holidays)})
    programs.put_all("person", [*known, *newcomers])
    _check_follows(ask.academic_year, programs.years())
    steps = {step.person: [None, f"{step.what} {step.level} {step.day or ''}".strip()] for step in ask.steps}
    added = {code: [None, "newcomer"] for code, _facts, _version in newcomers}
    unit.is_about("academic_year", ask.academic_year, changes={**steps, **added})
    for step in ask.steps:
        if step.what != STAY and step.day is not None:
            field = "levels" if step.what == PROMOTE else "employment"
            unit.tell(PersonChanged(person_id=step.person, fields=(field,), from_day=step.day))
    for code, facts, _version in newcomers:
        unit.tell(PersonChanged(person_id=code, fields=tuple(sorted(facts)), from_day=date.min))
    unit.tell(PolicyChanged(keys=("series", "holiday")))


def _check_year(ask: RollOverYear, years: tuple[Program, ...]) -> None:
    year = ask.academic_year
    if any(each.calendar.academic_year == year for each in years):
        raise BadInput(f"the year {year} is there already.", place="academic_year", remedy="Choose the next.")
    for row in ask.series:
        if row.get("academic_year") != ask.academic_year:
            place = f"series {row.get('id', '')}"
            remedy = f"Write {ask.academic_year}."
            raise BadInput("its academic year is another one.", place=place, remedy=remedy)


def _check_follows(academic_year: int, years: tuple[Program, ...]) -> None:
    """Each day lies in one year at most, and everybody's series is known in the new one."""
    for one, other in pairwise(years):
        if other.calendar.first <= one.calendar.last:
            raise BadInput(
                f"it begins {other.calendar.first}, before the year {one.calendar.academic_year} ends.",
                place="series",
                remedy=f"Let it begin on {one.calendar.last + timedelta(days=1)}.",
            )
    new = next(each for each in years if each.calendar.academic_year == academic_year)
    for person in new.residents:
        if person.is_employed(new.calendar.first):
            new.series_of(person)


def _known(rows: Mapping[str, Mapping[str, Any]], step: Step) -> Mapping[str, Any]:
    if step.what not in STEPS:
        raise BadInput(f"'{step.what}' is no step.", place=step.person, remedy=f"Choose {', '.join(STEPS)}.")
    if step.day is None or (step.what == PROMOTE and not step.level):
        raise BadInput("the level or the day is missing.", place=step.person, remedy="Write both, or let them stay.")
    return rows[step.person]["facts"]


def _id(facts: Mapping[str, Any], rows: Mapping[str, Any]) -> str:
    if facts["id"] in rows:
        raise BadInput(f"there is a person {facts['id']} already.", place="newcomers", remedy="Choose another id.")
    return str(facts["id"])


def _after(step: Step, facts: Mapping[str, Any], program: Program) -> dict[str, Any]:
    """The facts of somebody after their step: one more span, or an end to the employment that is open."""
    if step.what == PROMOTE:
        levels = [*facts.get("levels", []), {"level": step.level, "from": str(step.day)}]
        return {**facts, "levels": levels}
    if step.what == GRADUATE:
        return {**facts, "employment": _ended(step, facts, program)}
    return dict(facts)


def _ended(step: Step, facts: Mapping[str, Any], program: Program) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = [dict(each) for each in facts.get("employment", [])]
    if not spans:
        begun = [str(each["from"]) for each in facts.get("levels", [])]
        spans = [{"from": min([*begun, str(program.calendar.first)])}]
    spans[-1]["to"] = str(step.day)
    return spans
