"""An edit judged only where it can matter says the same as the whole year judged again."""

from __future__ import annotations

from random import Random

import pytest

from housestaff.core.changes import diff
from housestaff.core.finding import Finding
from housestaff.core.roster import Entry, HalfDay, Layer
from housestaff.core.time import Half, Span, days
from housestaff.rules.change_judge import judge_change
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import OF_CALLS, OF_STAYS, judge, newly_broken, rejudge
from housestaff.synthetic.family_medicine import reference_a
from housestaff.synthetic.reference import Reference

ELSEWHERE = OF_STAYS | OF_CALLS | {"early_warning"}
"""Rules that an edit of a half-day cannot touch, and the warning that names only the worst window of all."""


@pytest.fixture(scope="module")
def family() -> Reference:
    """Program A with its witness."""
    return reference_a(7)


def said(findings: list[Finding], people: set[str], reach: Span) -> set[tuple[str, ...]]:
    """What is said about some people, or about no person, in windows that touch a span."""
    return {
        (f.rule, f.who, str(f.first), str(f.last), f.verdict.value, str(f.amount))
        for f in findings
        if f.rule not in ELSEWHERE and f.span.overlaps(reach) and (f.who in people or f.who.startswith("clinic"))
    }


@pytest.mark.parametrize("seed", range(6))
def test_a_narrow_reading_equals_the_whole(family: Reference, seed: int) -> None:
    """Random edits of half-days of residents: day off to service, clinic to nothing, anything to leave it be."""
    dice = Random(seed)
    view = FinishedRoster.of(family.program, family.witness)
    judge(view)
    calendar = family.program.calendar
    person = dice.choice(family.program.residents).id
    day = dice.choice(list(days(calendar.first, calendar.last))[10:-10])
    place = HalfDay(person, day, dice.choice(list(Half)))
    edited = family.witness.with_entry(place, Entry(Layer.MANUAL, dice.choice(["IPT", "C30", "OFF", "NF", "LEC"])))
    span = family.program.zone.half_span(place.day, place.half)
    reach = Span(span.start - 2 * 1440, span.end + 2 * 1440)
    _after, narrow = rejudge(view, edited, [person], span)
    whole = judge(FinishedRoster.of(family.program, edited))
    assert said(narrow, {person}, reach) == said(whole, {person}, reach)


def test_a_change_that_newly_breaks_a_rule_is_refused_by_name(family: Reference) -> None:
    """Taking the days off away from a month on the inpatient team breaks one day in seven, and only that is new."""
    view = FinishedRoster.of(family.program, family.witness)
    before = judge(view)
    stay = next(s for s in family.witness.stints if s.rotation == "IPT" and (s.last - s.first).days >= 27)
    off = [HalfDay(stay.person, day, half) for day in days(stay.first, stay.last) for half in Half]
    worked = family.witness.with_entries(
        {
            place: Entry(Layer.MANUAL, "IPT")
            for place in off
            if any(entry.code == "OFF" for entry in family.witness.halves.get(place, ()))
        }
    )
    _view, after = rejudge(view, worked, [stay.person], family.program.zone.day_span(stay.first, stay.last))
    assert {finding.rule for finding in newly_broken(before, after)} >= {"one_day_in_seven"}
    assert newly_broken(before, before) == []


def test_what_a_change_newly_breaks_is_lifted_by_taking_it_back(family: Reference) -> None:
    """A witness that breaks nothing: the way there breaks exactly what the way back lifts."""
    view = FinishedRoster.of(family.program, family.witness)
    stay = next(s for s in family.witness.stints if s.rotation == "IPT" and (s.last - s.first).days >= 27)
    places = [HalfDay(stay.person, day, half) for day in days(stay.first, stay.last) for half in Half]
    worked = family.witness.with_entries({place: Entry(Layer.MANUAL, "IPT") for place in places})
    forth = judge_change(view, worked, diff(family.witness, worked))
    back = judge_change(forth.after, family.witness, diff(worked, family.witness))
    assert forth.newly_broken
    assert {each.key for each in back.lifted} == {each.key for each in forth.newly_broken}
    assert (forth.lifted, back.newly_broken) == ((), ())
