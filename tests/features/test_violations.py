"""C9 (after) and C12: what breaks a rule is found, and follows every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from housestaff.core.edits import SetCall, SetHalf, SetStint
from housestaff.core.roster import Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.time import Half, days
from housestaff.features.operations.commands import ReplayConsumer
from housestaff.features.program.commands import ImportProgram, SetPolicy
from housestaff.features.schedules.commands import AnnotateDuty, CreateSchedule, PublishSchedule
from housestaff.features.schedules.queries import checked
from housestaff.plumbing import metrics
from tests.builders import BLOCKS
from tests.features.long_month import (
    BUSY,
    LIMIT,
    OVER,
    THURSDAYS,
    edit,
    lightened,
    long_draft,
    long_program,
    one_week_away,
    violation,
)
from tests.installed import FIRST, Installed
from tests.web import Web

# -- C9: found ---------------------------------------------------------------------------------------------------------


def one_minute_too_long_is_one_violation(house: Installed) -> None:
    """19,201 minutes against 19,200, with the law."""
    found = violation(house)
    assert (found["value"], found["limit"], found["margin"]) == (LIMIT + 1, LIMIT, -1)
    assert (found["severity"], found["state"], found["certainty"]) == ("critical", "open", "assumed")
    assert found["citation"] == "6.20 (2023: VI.F.1)"
    assert (found["person_id"], found["first_day"]) == (BUSY, FIRST)


@pytest.mark.capability("C9")
def test_a_minute_over_the_limit_is_one_critical_violation_with_its_sum_and_its_law(house: Installed) -> None:
    long_draft(house)
    one_minute_too_long_is_one_violation(house)
    assert house.value("SELECT count(*) FROM violation WHERE severity = 'critical'") == 1


@pytest.mark.control("C9")
def test_without_the_check_there_is_no_violation(house: Installed) -> None:
    house.switch("compliance.check", on=False)
    long_draft(house)
    with pytest.raises(ValueError, match="unpack"):
        one_minute_too_long_is_one_violation(house)


@pytest.mark.capability("C9")
def test_exactly_eighty_hours_are_no_violation(house: Installed) -> None:
    long_draft(house, sevens=0)
    assert house.rows(f"SELECT 1 FROM violation WHERE {OVER}") == []
    assert house.value("SELECT count(*) FROM violation WHERE severity = 'critical'") == 0


@pytest.mark.capability("C9")
def test_a_week_of_leave_is_taken_out_of_both_sides(house: Installed) -> None:
    long_draft(house, one_week_away(), minutes=820)
    found = violation(house)
    assert found["limit"] == 14_400
    assert found["value"] > 14_400


@pytest.mark.slow
@pytest.mark.capability("C9")
def test_duties_outside_the_edited_days_count(house: Installed) -> None:
    draft = long_draft(house, sevens=0)
    edit(house, draft, 1, SetCall(line="seven", day=THURSDAYS[-1], person=BUSY))
    # Of two calls at the same time each minute counts once.
    assert violation(house)["value"] == LIMIT + 1


@pytest.mark.slow
@pytest.mark.capability("C9", "C12")
def test_a_duty_that_goes_closes_what_it_opened(house: Installed) -> None:
    draft = long_draft(house)
    lightened(house, draft, 1)
    assert violation(house)["state"] == "resolved"
    assert house.value("SELECT count(*) FROM event WHERE type = 'violation.resolved'") == 1


@pytest.mark.slow
@pytest.mark.capability("C9")
def test_what_is_only_a_wish_or_a_warning_of_a_trailing_window_is_no_violation(house: Installed) -> None:
    long_draft(house)
    rules = {row["rule"] for row in house.rows("SELECT DISTINCT rule FROM violation")}
    assert rules == {"eighty_hours", "call_near_week"}
    assert {row["force"] for row in house.rows("SELECT DISTINCT force FROM violation")} == {"must", "should"}


@pytest.mark.slow
@pytest.mark.capability("C9")
def test_a_trailing_window_that_is_too_long_is_an_early_warning_and_no_violation(house: Installed) -> None:
    """Two weeks without a free day end one segment and begin the next; each of the two is within the limit."""
    house.do(ImportProgram(program=long_program(minutes=800)), "admin")
    draft = house.do(CreateSchedule(first_day=FIRST, last_day=BLOCKS[1].last, method="imported", roster=two_months()))
    house.work_off()
    assert house.rows(f"SELECT 1 FROM violation WHERE {OVER}") == []
    assert house.rows("SELECT 1 FROM violation WHERE rule = 'early_warning'") == []
    found = house.read(checked, needs="schedule:read_draft", schedule_id=draft, edits=()).findings
    assert [each.who for each in found if each.rule == "early_warning"] == [BUSY]


def two_months() -> Roster:
    """The busy resident on the ward in both blocks: free on four days a week but in the two weeks on either side."""
    first, last = FIRST, BLOCKS[1].last
    stays = tuple(Stint(BUSY, "LONG", block.first, block.last) for block in BLOCKS)
    halves = {
        HalfDay(BUSY, day, half): (Entry(Layer.MANUAL, "OFF" if is_light and number % 7 > 2 else "LONG"),)
        for number, day in enumerate(days(first, last))
        for half in Half
        for is_light in [number < 14 or number >= 42]
    }
    return Roster(stays, halves, {}, (), (first, last))


# -- C12: follows ------------------------------------------------------------------------------------------------------


def hours_moved(house: Installed) -> None:
    """What was too much for the one is too much for the other."""
    held = {row["person_id"]: row["state"] for row in house.rows("SELECT * FROM violation WHERE rule = 'eighty_hours'")}
    assert held == {BUSY: "resolved", "r3": "open"}


def call_moves_to_a_busier_one(house: Installed) -> None:
    """Both residents are on the ward; the call that breaks the limit of one goes to the other."""
    draft = long_draft(house, sevens=0)
    places = [(FIRST + timedelta(days=number), half) for number in range(28) for half in Half]
    ward = [SetHalf(person="r3", day=day, half=half, code="LONG") for day, half in places if (day - FIRST).days % 7 < 6]
    off = [SetHalf(person="r3", day=day, half=half, code="OFF") for day, half in places if (day - FIRST).days % 7 == 6]
    stay = SetStint(person="r3", first=FIRST, last=FIRST + timedelta(days=27), rotation="LONG")
    edit(house, draft, 1, stay, *ward, *off, SetCall(line="six", day=THURSDAYS[0], person=None))
    edit(house, draft, 2, SetCall(line="seven", day=THURSDAYS[0], person=BUSY))
    assert violation(house)["value"] == LIMIT + 1
    edit(house, draft, 3, *(SetCall(line="seven", day=day, person="r3") for day in THURSDAYS))


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_a_call_that_moves_takes_its_violation_along(house: Installed) -> None:
    call_moves_to_a_busier_one(house)
    hours_moved(house)


@pytest.mark.control("C12")
def test_without_the_check_the_violation_stays_where_it_was(house: Installed) -> None:
    draft = long_draft(house)
    house.switch("compliance.check", on=False)
    lightened(house, draft, 1)
    with pytest.raises(AssertionError):
        assert violation(house)["state"] == "resolved"


def checks(rule: str) -> float:
    """How many bounds of a rule were judged in this process."""
    found = 0.0
    for line in metrics.text().decode().splitlines():
        if line.startswith("housestaff_rule_checks_total{") and f'rule="{rule}"' in line:
            found += float(line.rsplit(" ", 1)[1])
    return found


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_a_note_on_a_duty_asks_no_rule(house: Installed) -> None:
    draft = long_draft(house)
    before = checks("eighty_hours")
    house.do(AnnotateDuty(schedule_id=draft, duty_id=f"seven.{THURSDAYS[0]}", text="bring the pager"))
    house.work_off()
    assert checks("eighty_hours") == before


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_many_cells_of_a_person_are_one_check_of_that_person_and_of_nobody_else(house: Installed) -> None:
    draft = long_draft(house)
    before = checks("eighty_hours")
    halves = [
        SetHalf(person=BUSY, day=FIRST + timedelta(days=number), half=half, code="OFF")
        for number in range(20)
        for half in Half
    ]
    edit(house, draft, 1, *halves)
    assert checks("eighty_hours") - before == 1


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_what_waits_is_judged_once_at_the_newest_state(house: Installed) -> None:
    draft = long_draft(house)
    house.switch("compliance.check", on=False)
    for revision, person in enumerate(("r3", BUSY, "r3", BUSY, "f5"), 1):
        edit(house, draft, revision, SetCall(line="seven", day=THURSDAYS[0], person=person))
    before = checks("eighty_hours")
    house.switch("compliance.check", on=True)
    house.work_off()
    assert checks("eighty_hours") - before == 1
    assert violation(house)["state"] == "resolved"
    assert house.value("SELECT count(*) FROM dispatch WHERE consumer = 'compliance.check' AND state <> 'done'") == 0


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_where_the_judge_gives_up_there_is_a_dead_letter_and_nothing_is_published(house: Installed) -> None:
    draft = long_draft(house, sevens=0)
    at_work, runs = house.installation.house, [0]
    as_it_was = at_work.consumers

    def fails(*_given: object) -> None:
        runs[0] += 1
        raise RuntimeError("the judge fails")

    at_work.consumers = tuple(
        replace(each, react=fails) if each.name == "compliance.check" else each for each in as_it_was
    )
    edit(house, draft, 1, SetCall(line="seven", day=THURSDAYS[1], person="f4"))
    for _ in range(9):
        house.advance(3600)
        house.work_off()
    assert runs[0] == 8
    letters = house.rows("SELECT name, state FROM dead_letter")
    assert letters == [{"name": "compliance.check", "state": "open"}]
    refused = Web(house).as_("coordinator").post(f"/schedules/{draft}/publish", json={"revision": 2})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_judged")
    at_work.consumers = as_it_was
    house.do(ReplayConsumer(name="compliance.check"), "admin")
    house.work_off()
    house.do(PublishSchedule(schedule_id=draft, revision=2))


@pytest.mark.slow
@pytest.mark.capability("C12")
def test_a_law_that_changed_is_asked_of_everything_and_named_in_the_verdict(house: Installed) -> None:
    draft = long_draft(house)
    before = violation(house)["ruleset_hash"]
    house.do(SetPolicy(values={"rule": {"early_warning": False}}))
    edit(house, draft, 1, SetCall(line="seven", day=THURSDAYS[1], person="f4"))
    assert violation(house)["ruleset_hash"] != before
