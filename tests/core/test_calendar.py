"""The calendar as data: irregular blocks, leap years, weeks over edges, clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from housestaff.core.calendar import Block, BlockSeries, propose_blocks, propose_holidays, weeks
from housestaff.core.errors import BadInput
from housestaff.core.time import Span, Weekday, Zone
from tests import builders

CHICAGO = Zone("America/Chicago")


def test_the_proposal_for_2025_is_30_eleven_times_28_and_27_days() -> None:
    lengths = [block.length for block in propose_blocks(2025).blocks]
    assert lengths == [30, *[28] * 11, 27]


def test_academic_year_2027_holds_366_days() -> None:
    assert sum(block.length for block in propose_blocks(2027).blocks) == 366


def test_a_block_zero_and_a_long_last_block_are_fine() -> None:
    series = BlockSeries(
        "odd", 2025, (Block(0, date(2025, 7, 1), date(2025, 7, 2)), Block(1, date(2025, 7, 3), date(2025, 8, 1)))
    )
    assert series.block_on(date(2025, 7, 2)) == series.numbered(0)


@pytest.mark.parametrize(("second", "word"), [(date(2025, 7, 30), "overlaps"), (date(2025, 8, 2), "hole")])
def test_a_hole_or_an_overlap_is_refused_by_date(second: date, word: str) -> None:
    with pytest.raises(BadInput, match=word) as refusal:
        BlockSeries("main", 2025, (Block(1, date(2025, 7, 1), date(2025, 7, 30)), Block(2, second, date(2025, 8, 27))))
    assert "2025-07-31" in str(refusal.value)


def test_the_inpatient_week_of_june_26_belongs_to_both_years() -> None:
    this_year = list(weeks(date(2025, 7, 1), date(2026, 6, 30), Weekday.FRIDAY))
    next_year = list(weeks(date(2026, 7, 1), date(2027, 6, 30), Weekday.FRIDAY))
    assert this_year[-1] == next_year[0]
    assert (this_year[-1].first, this_year[-1].last) == (date(2026, 6, 26), date(2026, 7, 2))
    assert sum(date(2025, 7, 4) <= week.first for week in this_year) == 52


def test_eleven_federal_holidays_with_actual_and_observed_dates() -> None:
    holidays = {holiday.name: holiday for holiday in propose_holidays(2025)}
    assert len(holidays) == 11
    assert holidays["Thanksgiving Day"].actual == date(2025, 11, 27)
    assert propose_holidays(2026)[0].observed == date(2026, 7, 3)


def test_a_night_over_a_clock_change_has_its_true_length() -> None:
    autumn = Span(CHICAGO.at(date(2025, 11, 1), 19 * 60), CHICAGO.at(date(2025, 11, 1), 31 * 60))
    spring = Span(CHICAGO.at(date(2026, 3, 7), 19 * 60), CHICAGO.at(date(2026, 3, 7), 31 * 60))
    assert (autumn.minutes, CHICAGO.wall_minutes(autumn)) == (780, 720)
    assert (spring.minutes, CHICAGO.wall_minutes(spring)) == (660, 720)


def test_a_date_and_its_wall_clock_come_back() -> None:
    for day in (date(2025, 11, 2), date(2026, 3, 8), date(2026, 1, 15)):
        assert CHICAGO.wall(CHICAGO.at(day, 8 * 60)) == (day, 8 * 60)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="IANA"):
        Zone("Chicago")


def test_a_rotation_whose_week_starts_on_monday_keeps_it_where_the_programs_starts_on_sunday() -> None:
    calendar = replace(builders.program().calendar, week_starts_on=Weekday.SUNDAY)
    rotation = replace(builders.ROTATIONS[0], week_starts_on=Weekday.MONDAY)
    program = builders.program(calendar=calendar, rotations=(rotation,))
    sunday = date(2025, 8, 3)
    assert program.first_of_week(rotation.code, sunday) == date(2025, 7, 28)
    assert program.first_of_week("", sunday) == sunday
