"""Jeopardy: one name stands by each day, with no hours and no distance to keep, never somebody who is on call."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Roster, Stint
from housestaff.core.time import Weekday, days
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.solving.run import Watch
from housestaff.solving.solve import Solved, solve
from tests.builders import BLOCKS, CALLS, attending, resident
from tests.builders import program as small_program
from tests.solving.small_medicine import seven_weeks

_DAY = timedelta(days=1)
EVERY_DAY = tuple(Weekday)


def standby(who: tuple[str, ...], on: tuple[str, ...] = ()) -> CallLine:
    """One person who stands by each day from seven to seven."""
    return CallLine("jeopardy", "Jeopardy", DutyKind.JEOPARDY, EVERY_DAY, 420, 420, who=who, on=on)


def solved(program: Program, base: Roster) -> Solved:
    """The nights and half-days on given stays."""
    answer = solve(program, base=base, stages=["calls", "sessions"], watch=Watch(seconds=5))
    assert isinstance(answer, Solved)
    assert [finding.sentence for finding in answer.violations] == []
    return answer


def names(answer: Solved, line: str) -> dict[date, str]:
    """Who has each night of a line; exactly one."""
    found = {night.day: entries for night, entries in answer.roster.calls.items() if night.line == line}
    assert {len(entries) for entries in found.values()} == {1}
    return {day: entry.person for day, (entry,) in sorted(found.items())}


def double(answer: Solved) -> list[tuple[str, date]]:
    """Who has two lines on one night."""
    held = Counter((entry.person, night.day) for night, entries in answer.roster.calls.items() for entry in entries)
    return [who for who, count in held.items() if count > 1]


@pytest.fixture(scope="module")
def medicine() -> tuple[Program, Solved]:
    """Seven weeks of internal medicine whose consult seniors also stand by."""
    program, base = seven_weeks(only="consults")
    program = replace(program, calls=(*program.calls, standby(("PGY-2", "PGY-3"), on=("CONS",))))
    return program, solved(program, base)


def test_each_day_of_a_service_has_one_name_who_is_not_on_call(medicine: tuple[Program, Solved]) -> None:
    program, answer = medicine
    held = names(answer, "jeopardy")
    assert list(held) == list(days(program.calendar.first, program.calendar.last))
    grid = Grid(program, answer.roster)
    rotations = {rotation.code if (rotation := grid.person(who).rotation_on(day)) else "" for day, who in held.items()}
    assert rotations == {"CONS"}
    assert double(answer) == []


def test_standing_by_is_dealt_evenly_among_those_on_the_service(medicine: tuple[Program, Solved]) -> None:
    program, answer = medicine
    held = Counter(names(answer, "jeopardy").values())
    there = Counter(
        stint.person
        for stint in answer.roster.stints
        if stint.rotation == "CONS"
        for day in days(stint.first, stint.last)
        if program.calendar.first <= day <= program.calendar.last
    )
    share = {who: sum(held.values()) * count / sum(there.values()) for who, count in there.items()}
    assert max(abs(held[who] - fair) for who, fair in share.items()) < 3


def test_standing_by_has_no_hours(medicine: tuple[Program, Solved]) -> None:
    program, answer = medicine
    without = replace(program, calls=tuple(line for line in program.calls if line.id != "jeopardy"))
    year = program.zone.day_span(program.calendar.first, program.calendar.last)
    for who in set(names(answer, "jeopardy").values()):
        with_it, bare = (
            FinishedRoster.of(each, answer.roster).minutes(program.person(who), year) for each in (program, without)
        )
        assert with_it == bare


def test_two_people_may_stand_by_in_turn_where_calls_must_lie_apart() -> None:
    """Two faculty for a backup of every day: with the distance of calls half of the days would stay empty."""
    crew = small_program(*(attending(f"f{number}") for number in range(1, 7)), calls=(CALLS[0], standby(("faculty",))))
    answer = solved(crew, Roster())
    held = names(answer, "jeopardy")
    assert list(held) == list(days(BLOCKS[0].first, BLOCKS[-1].last))
    assert len(names(answer, "faculty_call")) == 40
    assert double(answer) == []
    pair = small_program(attending("f1"), attending("f2"), calls=(standby(("faculty",)),))
    both = names(solved(pair, Roster()), "jeopardy")
    assert abs(list(both.values()).count("f1") - 28) <= 1
    assert any(other - one == _DAY for one, other in pairwise(day for day, who in both.items() if who == "f1"))


def test_residents_outside_services_stand_by_too() -> None:
    """One is on call on Fridays and the other stands by; on the other days either of them does."""
    call = CallLine("friday", "Friday call", DutyKind.IN_HOUSE_CALL, (Weekday.FRIDAY,), 1020, 420, who=("resident",))
    people = tuple(resident(f"r{number}") for number in (1, 2))
    crew = small_program(*people, calls=(call, standby(("resident",))))
    stays = tuple(Stint(each.id, "CARD", BLOCKS[0].first, BLOCKS[-1].last) for each in people)
    answer = solved(crew, Roster(stints=stays))
    assert list(names(answer, "jeopardy")) == list(days(BLOCKS[0].first, BLOCKS[-1].last))
    assert len(names(answer, "friday")) == 8
    assert double(answer) == []
