"""Derived cells and layers: what follows from decisions is computed, and nothing decided is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from housestaff.core.changes import diff
from housestaff.core.duties import Certainty, DutyKind
from housestaff.core.grid import Grid
from housestaff.core.leave import LeaveStatus
from housestaff.core.nights import names_on_night
from housestaff.core.people import Dates, LevelSpan
from housestaff.core.roster import Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.time import Half
from tests.builders import BLOCKS, attending, program, resident, vacation

LAST_NIGHT, NEXT_BLOCK = BLOCKS[0].last, BLOCKS[1].first
PERIOD = (BLOCKS[0].first, BLOCKS[1].last)


def codes(grid: Grid, person: str, day: date) -> tuple[str, str]:
    """What stands in the two halves of a date."""
    return grid.code(HalfDay(person, day, Half.AM)), grid.code(HalfDay(person, day, Half.PM))


def test_call_on_the_last_night_of_a_block_reaches_into_the_next() -> None:
    roster = Roster(complete=PERIOD).with_call(Night("faculty_call", LAST_NIGHT), "f1")
    assert codes(Grid(program(), roster), "f1", NEXT_BLOCK) == ("PCAT", "DO")


def test_moving_a_call_takes_its_cells_along() -> None:
    crew = program(resident(), attending("f1"), attending("f2"))
    before = Roster(complete=PERIOD).with_call(Night("faculty_call", LAST_NIGHT), "f1")
    moved = before.with_call(Night("faculty_call", LAST_NIGHT), "f2")
    after = Grid(crew, before).changed(moved, diff(before, moved))
    assert codes(after, "f1", NEXT_BLOCK) == ("", "")
    assert codes(after, "f2", NEXT_BLOCK) == ("PCAT", "DO")


def test_an_inpatient_week_over_a_block_edge_keeps_its_nights_and_its_recovery() -> None:
    week = Stint("f1", "FMIT", date(2025, 8, 22), date(2025, 8, 28))
    crew, roster = program(), Roster(stints=(week,), complete=PERIOD)
    grid = Grid(crew, roster)
    assert codes(grid, "f1", date(2025, 8, 28)) == ("FMIT", "FMIT")
    assert codes(grid, "f1", date(2025, 8, 29)) == ("OFF", "OFF")
    line = crew.call_by_id["weekend"]
    assert [names_on_night(roster, line, date(2025, 8, day)) for day in (22, 23, 29)] == [("f1",), ("f1",), ()]
    assert [duty.day.day for duty in grid.person("f1").duties if duty.line == "weekend"] == [22, 23]


def test_night_float_is_followed_by_post_call_even_in_the_next_block() -> None:
    roster = Roster(stints=(Stint("r1", "NF", date(2025, 8, 14), LAST_NIGHT),), complete=PERIOD)
    grid = Grid(program(), roster)
    assert codes(grid, "r1", NEXT_BLOCK) == ("PC", "PC")
    nights = [duty for duty in grid.person("r1").duties if duty.kind is DutyKind.NIGHT_FLOAT]
    assert len(nights) == 14
    assert all(duty.span.minutes == 720 for duty in nights)


def test_a_canceled_leave_leaves_no_cell() -> None:
    monday = date(2025, 8, 4)
    roster = Roster(stints=(Stint("r1", "CARD", *PERIOD),), complete=PERIOD)
    approved = program(leaves=(vacation("r1", monday),))
    canceled = replace(approved, leaves=(vacation("r1", monday, status=LeaveStatus.CANCELED),))
    assert codes(Grid(approved, roster), "r1", monday) == ("LV", "LV")
    assert codes(Grid(canceled, roster), "r1", monday) == ("", "")


def test_a_stack_of_layers_is_told_in_order_and_none_is_lost() -> None:
    place = HalfDay("r1", date(2025, 8, 13), Half.PM)
    roster = Roster(stints=(Stint("r1", "IPT", *PERIOD),), complete=PERIOD)
    roster = roster.with_entry(place, Entry(Layer.SOLVER, "C")).with_entry(
        place, Entry(Layer.PRELOAD, "LEC", why="grand rounds")
    )
    on_leave = program(leaves=(vacation("r1", place.day, 1),))
    assert Grid(on_leave, roster).explain(place) == (
        "Wed Aug 13 PM: leave LV (vacation). Under it: preload LEC (grand rounds); solver C; "
        "template IPT (service of Inpatient team)."
    )
    assert Grid(program(), roster).code(place) == "LEC"
    assert Grid(program(), roster.without_layer(Layer.PRELOAD)).code(place) == "C"
    assert Grid(program(), roster.without_layer(Layer.PRELOAD).without_layer(Layer.SOLVER)).code(place) == "IPT"


def test_a_blank_weekday_of_a_resident_is_unknown_never_off() -> None:
    roster = Roster(stints=(Stint("r1", "CARD", *PERIOD),), complete=PERIOD)
    filled = roster.with_entry(HalfDay("r1", date(2025, 8, 4), Half.AM), Entry(Layer.SOLVER, "C"))
    duties = {duty.id: duty for duty in Grid(program(), filled).person("r1").duties}
    assert duties["r1.2025-08-04.AM"].certainty is Certainty.ASSUMED
    assert duties["r1.2025-08-04.PM.blank"].certainty is Certainty.UNKNOWN


def test_off_cycle_promotion_is_a_function_of_the_date() -> None:
    spans = (LevelSpan("PGY-1", Dates(date(2025, 7, 1))), LevelSpan("PGY-2", Dates(date(2025, 10, 1))))
    person = replace(resident(), levels=spans)
    assert [person.level_on(date(2025, 9, 30)), person.level_on(date(2025, 10, 1))] == ["PGY-1", "PGY-2"]


def test_an_edit_works_out_only_the_people_it_touches() -> None:
    crew = program(resident("r1"), resident("r2"))
    roster = Roster(stints=(Stint("r1", "CARD", *PERIOD), Stint("r2", "CARD", *PERIOD)), complete=PERIOD)
    before = Grid(crew, roster)
    untouched = before.person("r2")
    before.person("r1")
    place = HalfDay("r1", date(2025, 8, 4), Half.AM)
    edited = roster.with_entry(place, Entry(Layer.MANUAL, "C"))
    after = before.changed(edited, diff(roster, edited))
    assert after.person("r2") is untouched
    assert after.code(place) == "C"
