"""The editions that hold: found by their rule, whatever a state or a pack calls them, and put in order."""

from __future__ import annotations

from dataclasses import replace

from housestaff.core.program import Dated, Policy
from housestaff.rules.law import RULES
from housestaff.rules.pack import read_pack
from housestaff.rules.ruleset import ruleset_for
from housestaff.solving.resident_calls import RESIDENT_RULES
from tests.builders import program, resident

STRICTER = """
[pack]
id = "sample"
version = 1

[[rule]]
id = "{id}"
rule = "eighty_hours"
force = "must"
numbers = {{ weekly_hours = {hours} }}
since = 2017-07-01
cites = {{ title = "Sample", section = "1" }}
confidence = "confirmed"
"""


def test_the_editions_of_a_rule_are_chosen_whatever_they_are_called() -> None:
    """A state's edition under a name of its own reaches the stages of the solver too."""
    new_york = replace(program(resident()), state="NY")
    chosen = {held.name for held in ruleset_for(new_york).only(RESIDENT_RULES)}
    assert {"ny_eighty_hours", "ny_twenty_four_hours", "ny_eight_hours_between"} <= chosen
    assert {held.rule.name for held in ruleset_for(new_york).only(["eighty_hours"])} == {"eighty_hours"}


def test_a_specialty_that_counts_each_night_is_kept_by_the_calls_of_residents() -> None:
    on = Policy({f"{key}.every_third_night_each": (Dated(value=True),) for key in ("rule", "verified")})
    crew = replace(program(resident()), specialty="internal_medicine", policy=on)
    assert "every_third_night_each" in {held.rule.name for held in ruleset_for(crew).only(RESIDENT_RULES)}


def test_the_strictest_comes_first_by_number() -> None:
    packs = tuple(read_pack(STRICTER.format(id=f"hours_{n}", hours=n), frozenset(RULES)) for n in (100, 9))
    order = ruleset_for(program(resident()), extra=packs).strictest_first("eighty_hours")
    hours = [held.numbers["weekly_hours"] for held in order]
    assert hours == sorted(hours)
    assert hours[0] == 9
