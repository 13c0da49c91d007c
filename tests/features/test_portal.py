"""C41, C42: a person opens one page and sees their year and their coming weeks, counted right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Dates, LevelSpan
from housestaff.core.roster import Roster, Stint
from housestaff.features.program.commands import ImportProgram
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import PublishSchedule
from housestaff.plumbing.unit import Unit
from tests.installed import FIRST, LAST, Installed, full_roster, small_program
from tests.plumbing.test_prefetch import counted
from tests.web import Web

NOON = "T17:00:00+00:00"
FRIDAY, MONDAY = date(2025, 8, 1), date(2025, 8, 4)
"""f3 has the attending week of Friday, August 1, to Thursday."""


def published(house: Installed, roster: Roster | None = None) -> UUID:
    """A schedule in force, looked at on Monday, August 4."""
    house.move_to(f"{MONDAY}{NOON}")
    draft = house.draft(roster)
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    return draft


def page(client: TestClient, path: str = "dashboard", **asked: Any) -> dict[str, Any]:
    """What a person sees."""
    answer = client.get(f"/portal/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def one_attending_week(house: Installed) -> None:
    """A week from Friday to Thursday is one, and the calls are counted."""
    told = page(Web(house).as_("f3"))
    assert told["person"]["id"] == "f3"
    assert told["schedule_number"] == 1
    weeks = [week for week in told["weeks"] if week["rotation_id"] == "FMIT"]
    assert [(week["starts_on"], week["ends_on"], week["is_current"]) for week in weeks] == [
        (str(FRIDAY), str(FRIDAY + timedelta(days=6)), True)
    ]
    stats = told["stats"]
    assert (stats["duty_weeks"], stats["completed"], stats["current"], stats["upcoming"]) == (1, 0, 1, 0)
    assert (stats["target"], stats["remaining_to_target"]) == (1, 0)
    nights = house.value("SELECT count(*) FROM cell WHERE person_id = 'f3' AND kind = 'home_call'")
    assert stats["call_nights"] == nights > 0


@pytest.mark.capability("C41")
def test_a_week_from_friday_to_thursday_is_one_duty_week(house: Installed) -> None:
    published(house)
    one_attending_week(house)


@pytest.mark.control("C41")
def test_where_nothing_is_published_there_is_no_such_week(house: Installed) -> None:
    house.draft()
    with pytest.raises(AssertionError):
        one_attending_week(house)


@pytest.mark.capability("C41")
def test_each_academic_year_counts_its_own_part_and_a_new_level_leaves_the_old_year_alone(house: Installed) -> None:
    web, people = Web(house), small_program()
    first, last = date(2026, 6, 28), date(2026, 7, 4)
    old, new = Dates(date(2025, 7, 1), date(2026, 6, 30)), Dates(date(2026, 7, 1), None)
    ahead = replace(people.person("r1"), levels=(LevelSpan("PGY-1", old), LevelSpan("PGY-2", new)))
    others = tuple(person for person in people.people if person.id != "r1")
    house.do(ImportProgram(program=replace(people, people=(ahead, *others))))
    roster = full_roster(people)
    stints = [stint for stint in roster.stints if stint.person != "r1"]
    told: dict[str, dict[str, Any]] = {}
    program = house.programs["small"]
    schedule = published(house, replace(roster, stints=(*stints, Stint("r1", "CARD", FIRST, LAST))))
    with house.installation.database.transaction(program=program) as connection:
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            connection.exec_driver_sql(
                "INSERT INTO cell VALUES (%(p)s, %(s)s, 1, %(id)s, 'r1', 'rotation_day', 'IPT', '', '', %(day)s, "
                "%(day)s + time '12:00', %(day)s + time '20:00', true)",
                {"p": program, "s": schedule, "id": f"late.{day}", "day": day},
            )
        connection.exec_driver_sql("UPDATE schedule SET last_day = '2026-07-04'")
    for moment in ("2026-06-29", "2026-07-02"):
        house.move_to(f"{moment}{NOON}")
        told[moment] = page(web.as_("r1"))
        told[f"{moment} of 2025"] = page(web.as_("r1"), academic_year=2025)
    assert [told["2026-06-29"][key] for key in ("academic_year",)] == [2025]
    assert told["2026-06-29"]["person"]["level"] == "PGY-1"
    assert told["2026-07-02"]["academic_year"] == 2026
    assert told["2026-07-02"]["person"]["level"] == "PGY-2"
    # June 28 is a Sunday: its week began on Monday 22; that of Monday 29 runs over the edge and counts on both sides.
    assert told["2026-07-02"]["stats"]["duty_weeks"] == 1
    counted_in_june = told["2026-06-29 of 2025"]["stats"]["duty_weeks"]
    assert counted_in_june == told["2026-07-02 of 2025"]["stats"]["duty_weeks"] == 5 + 2


@pytest.mark.capability("C41")
def test_one_week_or_a_month_of_them_takes_the_same_few_queries(house: Installed) -> None:
    published(house)
    web, taken = Web(house), dict[str, int]()
    for person in ("f3", "r1"):
        client = web.as_(person)
        page(client)
        with counted(house) as statements:
            asked = page(client)
        own = ("FROM cell", "program_head", "FROM schedule", "FROM notice", "FROM leave", "FROM person")
        reads = [each for each in statements if any(table in each for table in own)]
        taken[person] = len(reads)
        assert asked["stats"]["duty_weeks"] == {"f3": 1, "r1": 5}[person]
    assert len(set(taken.values())) == 1
    assert taken["f3"] <= 8


@pytest.mark.capability("C41")
def test_an_auditor_is_no_person_and_an_empty_program_gives_zeros(house: Installed) -> None:
    web = Web(house)
    refused = web.as_("auditor").get("/portal/dashboard")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_person")
    told = page(web.as_("r1"))
    assert told["schedule_number"] is None
    assert told["weeks"] == []
    numbers = ("duty_weeks", "completed", "current", "upcoming", "call_nights")
    assert [told["stats"][each] for each in numbers] == [0] * 5


def running_week_first(house: Installed, name: str) -> None:
    """The fourth day of f3's week: it is the first, it has begun, and holds the duties of f3 and nobody else's."""
    weeks = page(Web(house).as_(name), "weeks", weeks=4)["weeks"]
    assert weeks[0]["rotation_id"] == "FMIT"
    assert (weeks[0]["starts_on"], weeks[0]["is_current"]) == (str(FRIDAY), True)
    assert (weeks[0]["can_swap"], weeks[0]["why_not"]) == (False, "begun")
    held = "SELECT count(*) FROM cell WHERE person_id = 'f3' AND rotation_id = 'FMIT'"
    assert sum(weeks[0]["duties"].values()) == house.value(held) > 0


@pytest.mark.capability("C42")
def test_the_running_week_is_the_first(house: Installed) -> None:
    published(house)
    running_week_first(house, "f3")


@pytest.mark.control("C42")
def test_the_weeks_of_somebody_else_are_others(house: Installed) -> None:
    published(house)
    with pytest.raises(AssertionError):
        running_week_first(house, "f1")


@pytest.mark.capability("C42")
@pytest.mark.parametrize("weeks", [3, 9])
def test_three_weeks_or_nine_are_refused(house: Installed, weeks: int) -> None:
    assert Web(house).as_("r1").get("/portal/weeks", params={"weeks": weeks}).status_code == 400


def swaps_of(house: Installed, rotation: str) -> list[tuple[bool, str]]:
    """Whether f3's weeks of a rotation can be swapped, and what stands in the way."""
    weeks = page(Web(house).as_("f3"), "weeks")["weeks"]
    return [(week["can_swap"], week["why_not"]) for week in weeks if week["rotation_id"] == rotation]


@pytest.mark.capability("C42")
def test_a_week_that_begins_soon_can_be_swapped_with_a_reason(house: Installed) -> None:
    published(house)
    house.move_to(f"{FRIDAY - timedelta(days=3)}{NOON}")
    assert swaps_of(house, "FMIT") == [(True, "frozen")]
    house.move_to(f"{FRIDAY - timedelta(days=10)}{NOON}")
    assert swaps_of(house, "FMIT") == [(True, "")]


@pytest.mark.capability("C42")
def test_of_eight_weeks_those_with_duties_are_shown_and_leave_as_leave(house: Installed) -> None:
    published(house)
    away = Leave("l1", "f3", LeaveKind.VACATION, date(2025, 8, 18), date(2025, 8, 22))
    later = Leave("over the edge", "f3", LeaveKind.PARENTAL, date(2026, 6, 20), date(2026, 7, 10))
    at_work = house.installation.house

    def add(unit: Unit, programs: Programs) -> None:
        del unit
        programs.add_leaves([away, later])

    with at_work.unit(house.by()) as unit:
        at_work.call(add, unit)
        at_work.settle(unit, "test")
    weeks = page(Web(house).as_("f3"), "weeks", weeks=8)["weeks"]
    assert [(week["rotation_id"], week["starts_on"]) for week in weeks] == [("FMIT", "2025-08-01"), ("", "2025-08-18")]
    assert weeks[1]["duties"] == {}
    assert weeks[1]["leave"]["kind"] == "vacation"
    assert [leave["leave_id"] for leave in page(Web(house).as_("f3"))["leaves"]] == ["l1", "over the edge"]
    assert [leave["leave_id"] for leave in page(Web(house).as_("f3"), academic_year=2026)["leaves"]] == [
        "over the edge"
    ]
    assert len(page(Web(house).as_("r1"), "weeks", weeks=8)["weeks"]) == 4


@pytest.mark.capability("C42")
def test_today_is_the_day_of_the_programs_zone_and_the_week_of_a_clock_change_has_seven_days(house: Installed) -> None:
    honolulu = replace(small_program(), zone=replace(small_program().zone, name="Pacific/Honolulu"))
    house.do(ImportProgram(program=honolulu))
    published(house, full_roster(honolulu))
    # 21:00 on Sunday, August 3, in Honolulu is Monday in UTC; the week of Monday, July 28, is still running.
    house.move_to("2025-08-04T07:00:00+00:00")
    weeks = page(Web(house).as_("r1"), "weeks", weeks=4)["weeks"]
    assert (weeks[0]["starts_on"], weeks[0]["is_current"]) == ("2025-07-28", True)
    house.move_to(f"2025-08-05{NOON}")
    for week in page(Web(house).as_("r1"), "weeks", weeks=4)["weeks"]:
        assert date.fromisoformat(week["ends_on"]) - date.fromisoformat(week["starts_on"]) == timedelta(days=6)
