"""Rules about services, people and counts: each finds what is planted in program A, and nothing without its body."""

from __future__ import annotations

from dataclasses import replace

import pytest

from housestaff.core.demand import ClinicRooms
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import RULES
from housestaff.rules.ruleset import Ruleset, ruleset_for
from housestaff.synthetic.family_medicine.defects import spoiled_a
from housestaff.synthetic.planting.draft import Spoiled

PLANTED = (
    "employed",
    "qualified",
    "derived_cells",
    "demand_met",
    "one_name_a_night",
    "attendings_in_clinic",
    "rooms_in_clinic",
    "rooms_wanted",
    "required_rotations",
    "rotation_order",
    "leave_worked",
    "eighty_hours",
    "one_day_in_seven",
    "fourteen_after_call",
    "eight_hours_between",
    "no_first_year_moonlighting",
)


@pytest.fixture(scope="module")
def spoiled() -> Spoiled:
    """Program A with its planted defects."""
    return spoiled_a(7)


@pytest.fixture(scope="module")
def view(spoiled: Spoiled) -> FinishedRoster:
    """The spoiled roster, read once."""
    return FinishedRoster.of(spoiled.reference.program, spoiled.reference.witness)


@pytest.mark.parametrize("name", PLANTED)
def test_a_rule_finds_what_is_planted_and_its_body_is_what_finds_it(view: FinishedRoster, name: str) -> None:
    """With the rule there are findings that are not in order; with its body removed there are none."""
    held = ruleset_for(view.program).only([name])
    empty = replace(RULES[name], read=lambda _view, **_numbers: iter(()))
    assert judge(view, held)
    assert not judge(view, Ruleset(replace(each, rule=empty) for each in held))


def test_a_program_that_says_nothing_of_rooms_is_asked_nothing(view: FinishedRoster) -> None:
    """Six and eight rooms are numbers of program A, not of the law; what is planted there is found with them only."""
    names, bare = {"rooms_in_clinic", "rooms_wanted"}, replace(view.program, rooms=ClinicRooms())
    with_them, without = (
        judge(FinishedRoster.of(each, view.grid.roster), ruleset_for(each).only(names)) for each in (view.program, bare)
    )
    assert {finding.rule for finding in with_them} == names
    assert list(without) == []
