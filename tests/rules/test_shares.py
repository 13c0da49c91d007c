"""Fair shares: indices that count people with nothing, and leave that makes no debt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ortools.sat.python import cp_model

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.demand import Demand
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Dated, Policy
from housestaff.core.roster import Night, Roster
from housestaff.core.time import days
from housestaff.rules.fair_ledger import fairness_ledger
from housestaff.rules.fairness.shares import Availability, fair_tenths, gini, jain
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.solving.faculty_calls import build_faculty_calls
from tests.builders import BLOCKS, attending, program, vacation


def test_people_with_nothing_are_counted() -> None:
    assert gini((0, 4, 4, 4)) == pytest.approx(0.25)
    assert jain((0, 4, 4, 4)) == pytest.approx(0.75)
    assert gini((3, 3, 3)) == pytest.approx(0)
    assert jain((3, 3, 3)) == pytest.approx(1)


def test_leave_makes_the_share_smaller_not_a_debt() -> None:
    crew = program(attending("f1"), attending("f2"), leaves=(vacation("f1", BLOCKS[0].first, 28),))
    nights = list(days(BLOCKS[0].first, BLOCKS[1].last))
    fair = fair_tenths(crew.faculty, nights, Availability(crew))
    assert fair["f1"] < fair["f2"]
    assert sum(fair.values()) == pytest.approx(10 * len(nights), abs=1)


def test_twelve_weeks_of_parental_leave_leave_no_debt() -> None:
    """Who is there for 40 of 52 weeks has that part of a share, and owes nothing when the nights match it."""
    first, last = date(2025, 7, 1), date(2026, 6, 29)
    leave = Leave("l", "f1", LeaveKind.PARENTAL, date(2025, 9, 2), date(2025, 11, 24))
    series = BlockSeries("main", 2025, (Block(1, first, last),))
    crew = program(attending("f1"), attending("f2"), leaves=(leave,), calendar=Calendar(2025, (series,)))
    sundays = [day for day in days(first, last) if day.weekday() == 6]
    mine, fair = 0, fair_tenths(crew.faculty, sundays, Availability(crew))
    assert fair["f1"] / fair["f2"] == pytest.approx(40 / 52, abs=0.01)
    away, roster = Availability(crew), Roster(complete=(first, last))
    for night in sundays:
        take = away.may_take(crew.person("f1"), night) and 10 * (mine + 1) <= fair["f1"] + 5
        mine += take
        roster = roster.with_call(Night("faculty_call", night), "f1" if take else "f2")
    lines = [each for each in fairness_ledger(FinishedRoster.of(crew, roster)) if each.kind == "Sunday"]
    assert [round(each.debt_tenths / 10) for each in lines] == [0, 0]


def test_nobody_is_dealt_call_just_after_an_illness() -> None:
    """The days without call make the share smaller and are closed to the solver."""
    leave = Leave("l", "f1", LeaveKind.MEDICAL, date(2025, 8, 4), date(2025, 8, 8))
    crew = program(attending("f1"), leaves=(leave,))
    away, person = Availability(crew), crew.person("f1")
    assert [away.may_take(person, date(2025, 8, day)) for day in (9, 11, 12)] == [False, False, True]
    call = build_faculty_calls(crew, Roster(), first=BLOCKS[0].first, last=BLOCKS[1].last)
    nights = {day for _line, day, _who in call.nights}
    assert date(2025, 8, 11) not in nights
    assert date(2025, 8, 12) in nights


@pytest.mark.parametrize(("apart", "open_to"), [(0, True), (3, False)])
def test_the_days_between_call_and_week_are_the_programs_setting(apart: int, *, open_to: bool) -> None:
    """With three days no night next to an inpatient week can be had; with none it can."""
    policy = Policy({"call_days_from_week": (Dated(apart),), "call_minimum_nights_between": (Dated(0),)})
    demand = Demand("Inpatient attending", "FMIT", "faculty", 1)
    crew = program(attending("f1"), policy=policy, demand=(demand,))
    first, last = BLOCKS[0].first, BLOCKS[1].last
    call = build_faculty_calls(crew, Roster(), first=first, last=last)
    week = next(each for _code, each, _who in call.weeks if each.first > first)
    night = next(day for _line, day, _who in call.nights if day == week.last + timedelta(days=3))
    call.model.add(call.weeks["FMIT", week, "f1"] == 1)
    call.model.add(call.nights["faculty_call", night, "f1"] == 1)
    feasible = cp_model.CpSolver().solve(call.model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    assert feasible is open_to
