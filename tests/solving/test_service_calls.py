"""Call inside services, and half-days of several series: every night has its name, and the work hours are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from housestaff.core.duties import DutyKind
from housestaff.core.finding import Verdict
from housestaff.core.grid import Grid
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Layer, Night, Roster, Stint
from housestaff.core.time import Half, days
from housestaff.rules.judge import judge_roster
from housestaff.solving.call_windows import circles, windows
from housestaff.solving.run import Watch, run
from housestaff.solving.solve import Solved, solve
from housestaff.synthetic.internal_medicine import reference_b
from tests.builders import BLOCKS, ROTATIONS, resident, vacation
from tests.builders import program as small_program
from tests.solving.one_block import model_of, solve_block
from tests.solving.small_medicine import seven_weeks

_DAY = timedelta(days=1)


def solved(program: Program, base: Roster, seed: int = 0) -> Solved:
    """The nights and half-days on given stays."""
    answer = solve(program, base=base, stages=["calls", "sessions"], seed=seed, watch=Watch(seconds=5))
    assert isinstance(answer, Solved)
    return answer


def stays_of_interns(program: Program, roster: Roster) -> list[Stint]:
    """The stays of first-year residents in the intensive care unit."""
    return [s for s in roster.stints if s.rotation == "MICU" and program.person(s.person).level_on(s.first) == "PGY-1"]


@pytest.fixture(scope="module")
def medicine() -> tuple[Program, Solved]:
    """Seven weeks of internal medicine, solved."""
    program, base = seven_weeks()
    return program, solved(program, base)


def test_every_rule_that_must_hold_is_kept_with_one_name_a_night(medicine: tuple[Program, Solved]) -> None:
    """Nights, days off and half-days of seven weeks, judged; each of the five lines has one name on each night."""
    program, answer = medicine
    assert [finding.sentence for finding in answer.violations] == []
    nights = (program.calendar.last - program.calendar.first).days + 1
    assert len(answer.roster.calls) == nights * len(program.calls)


def test_names_come_from_the_people_on_the_service(medicine: tuple[Program, Solved]) -> None:
    """Whoever has a night is on the rotation of the line, of its level, and never on two lines at once."""
    program, answer = medicine
    grid = Grid(program, answer.roster)
    for night, (entry,) in answer.roster.calls.items():
        line, person = program.call_by_id[night.line], grid.person(entry.person)
        rotation = person.rotation_on(night.day)
        assert rotation is not None
        assert rotation.code in line.on
        assert person.person.level_on(night.day) in line.who
    held = Counter((entry.person, night.day) for night, (entry,) in answer.roster.calls.items())
    assert set(held.values()) == {1}


def test_a_night_in_the_house_is_twenty_eight_hours_and_then_a_day_after_call(medicine: tuple[Program, Solved]) -> None:
    """The day, the night and four hours of handoff stand together, and nothing else follows until the next morning."""
    program, answer = medicine
    grid = Grid(program, answer.roster)
    in_house = [n for n in answer.roster.calls if program.call_by_id[n.line].kind is DutyKind.IN_HOUSE_CALL]
    for night in in_house:
        (entry,) = answer.roster.calls[night]
        person = grid.person(entry.person)
        assert person.code(night.day, Half.PM) == "MICU"
        spans = [duty.span for duty in person.duties if night.day <= duty.day <= night.day + _DAY]
        assert max(span.end for span in spans) - min(span.start for span in spans) == 28 * 60


def test_days_off_are_issued_and_known_on_every_service(medicine: tuple[Program, Solved]) -> None:
    """One day in seven is kept for certain everywhere; a week of clinic is filled, with acute clinic for some."""
    program, answer = medicine
    findings = judge_roster(program, answer.roster)
    assert [f.sentence for f in findings if f.verdict is Verdict.UNKNOWN] == []
    off = {place.person for place, entries in answer.roster.halves.items() if entries[-1].code == "OFF"}
    services = [s for s in answer.roster.stints if s.rotation in {"MICU", "CCU"} and s.last - s.first > 8 * _DAY]
    assert {s.person for s in services} <= off
    grid = Grid(program, answer.roster)
    clinic = {
        person.stage: {grid.person(person.id).code(day, Half.AM) for day in days(stint.first, stint.first + _DAY)}
        for stint in answer.roster.stints
        for person in [program.person(stint.person)]
        if stint.rotation == "Y"
    }
    assert clinic[""] <= {"CC", "PC"}
    assert clinic["preliminary"] <= {"ACU", "PC"}


def test_calls_of_one_person_are_apart_and_shared_evenly(medicine: tuple[Program, Solved]) -> None:
    """Two nights lie between two calls in the house, and no intern has two more in a stint than another."""
    program, answer = medicine
    assert [f.sentence for f in judge_roster(program, answer.roster) if f.rule == "call_spacing" and f.margin < 0] == []
    whole = [s for s in stays_of_interns(program, answer.roster) if (s.last - s.first).days == 13]
    counts = [
        sum(entry.person == s.person and s.holds(n.day) for n, (entry,) in answer.roster.calls.items()) for s in whole
    ]
    assert set(counts) <= {3, 4}


def test_a_night_for_which_nobody_is_left_is_counted_and_breaks_nothing_else() -> None:
    """With all seniors of the unit sick for two days the three nights around them are gaps, each with its finding."""
    day = date(2025, 8, 13)
    program, base = seven_weeks(only="micu_senior")
    sick = [
        Leave(f"l{n}", s.person, LeaveKind.SICK, day, day + _DAY)
        for n, s in enumerate(base.stints)
        if s.rotation == "MICU" and s.holds(day) and program.person(s.person).level_on(day) != "PGY-1"
    ]
    program, base = seven_weeks(*sick, only="micu_senior")
    answer = solved(program, base)
    assert {(f.rule, f.who, f.first) for f in answer.violations} == {
        ("one_name_a_night", "micu_senior", day + n * _DAY) for n in (-1, 0, 1)
    }
    counted = [level.value for stage in answer.stages for level in stage.levels if level.name == "uncovered nights"]
    assert sum(counted) >= 3


def test_a_night_that_somebody_has_decided_stays() -> None:
    """A preloaded name keeps its night, and the same person is not asked again too soon."""
    program, base = seven_weeks(only="micu_intern")
    stint = stays_of_interns(program, base)[0]
    night = Night("micu_intern_2", stint.first + 3 * _DAY)
    base = replace(base, calls=MappingProxyType({night: (CallEntry(stint.person, Layer.PRELOAD),)}))
    answer = solved(program, base)
    assert answer.violations == []
    assert answer.roster.calls[night] == (CallEntry(stint.person, Layer.PRELOAD),)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_nights() -> None:
    """Two runs agree name by name, though circles of people are dealt side by side."""
    program, base = seven_weeks(only="micu_intern")
    one, other = (solve(program, base=base, stages=["calls"], seed=5, watch=Watch(seconds=4)) for _ in range(2))
    assert isinstance(one, Solved)
    assert isinstance(other, Solved)
    assert one.roster.calls == other.roster.calls


def test_windows_hold_the_stays_at_their_edges_whole() -> None:
    """Each night is decided in exactly one window, and no stay that is decided is cut off."""
    program, base = seven_weeks()
    for circle in circles(program, base):
        every = list(windows(program, base, circle))
        decided = [day for window in every for day in days(window.first, window.last)]
        assert decided == list(days(program.calendar.first, program.calendar.last))
        for window in every:
            for stint in (s for group in circle.groups for s in group.stays(program, base)):
                if stint.first <= window.last and window.first <= stint.last:
                    assert window.low <= stint.first
                    assert stint.last <= window.until


@pytest.mark.slow
def test_the_whole_year_of_internal_medicine_is_solved_clean() -> None:
    """Stays, nights, days off and half-days of 156 residents: nothing that must hold is broken, no night is open."""
    reference = reference_b(7)
    answer = solve(reference.program, base=reference.history, seed=1, watch=Watch(seconds=300))
    assert isinstance(answer, Solved)
    assert [finding.sentence for finding in answer.violations] == []
    assert [f.sentence for f in answer.findings if f.verdict is Verdict.UNKNOWN] == []


def test_a_sunday_off_before_a_week_of_leave_is_leave_and_no_free_day() -> None:
    """Ten days of twelve hours before it are too many then; with another day off they are not."""
    long_days = tuple(replace(r, end=1110) if r.code == "IPT" else r for r in ROTATIONS)
    first, sunday = BLOCKS[0].first, BLOCKS[0].first + 10 * _DAY
    crew = small_program(resident("r1"), leaves=(vacation("r1", sunday + _DAY),), rotations=long_days)
    base = Roster(stints=(Stint("r1", "IPT", first, sunday),), complete=(first, BLOCKS[0].last))
    for day, fits in ((sunday, False), (sunday - 4 * _DAY, True)):
        built = model_of(crew, base, BLOCKS[0])
        for (_person, each), works in built.opened.worked.items():
            built.model.add(works == int(each != day))
        assert run(built.model, built.levels(), Watch(seconds=20), stage="test", seconds=5).found == fits


def test_a_stay_of_fixed_weekdays_that_leave_spoils_gets_a_day_off() -> None:
    """Night float of seven nights with five of them on leave would break the hours; one night more is given up."""
    nights = tuple(replace(r, start=1080, end=480) if r.code == "NF" else r for r in ROTATIONS)
    first = BLOCKS[0].first
    crew = small_program(resident("r1"), leaves=(vacation("r1", first + 4 * _DAY),), rotations=nights)
    stays = Stint("r1", "NF", first, first + 13 * _DAY), Stint("r1", "CARD", first + 14 * _DAY, BLOCKS[0].last)
    base = Roster(stints=stays, complete=(first, BLOCKS[0].last))
    rules = {"one_day_in_seven", "eighty_hours"}
    assert [f for f in judge_roster(crew, base) if f.rule in rules and f.is_violation]
    entries, outcome = solve_block(crew, base, BLOCKS[0])
    assert outcome.found
    found = judge_roster(crew, base.with_entries(entries))
    assert [f.sentence for f in found if f.rule in rules and f.is_violation] == []
