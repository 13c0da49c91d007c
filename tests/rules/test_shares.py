"""Fair shares: indices that count people with nothing, and leave that makes no debt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ortools.sat.python import cp_model

from housestaff.core.demand import Demand
from housestaff.core.program import Dated, Policy
from housestaff.core.roster import Roster
from housestaff.core.time import days
from housestaff.rules.fairness.shares import Availability, fair_tenths, gini, jain
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
