"""Supervision over a roster, row by row of sections 10 and 11: who is there, how closely, and for how many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.errors import BadInput
from housestaff.core.finding import Finding, Verdict
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Credential, Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.roster import Cell, Entry, HalfDay, Layer, Night, Roster
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.supervision import Supervision, SupervisionNeed, SupervisionPool
from housestaff.core.time import Half, Span, Weekday, days
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for
from tests.builders import CALLS, attending, program, resident
from tests.rules.cases import FIRST, LAST, WHOLE, ZONE, half_days, lettered

DAY = date(2025, 8, 5)
IN_ROOM = SupervisionPool("C", ("AT", "PCAT"), Supervision.DIRECT_PRESENT)
NEARBY = replace(IN_ROOM, gives=Supervision.INDIRECT)
BY_TELEPHONE = replace(IN_ROOM, gives=Supervision.DIRECT_REMOTE)


def first_year(started: date = date(2025, 7, 1), *credentials: Credential) -> Person:
    span = LevelSpan("PGY-1", Dates(started))
    return Person("r1", "Doctor Reed", PersonKind.RESIDENT, levels=(span,), credentials=credentials)


def released(since: date) -> Credential:
    return Credential("released:C", "", Dates(since))


def clinic_of(trainee: Person, pool: SupervisionPool, *leaves: Leave, day: date = DAY) -> tuple[Program, Roster]:
    """One resident in clinic on a morning, one attending in it."""
    crew = program(trainee, attending(), leaves=leaves, supervision_pools=(pool,))
    return crew, half_days({("r1", day, Half.AM): "C", ("f1", day, Half.AM): "AT"})


def found(crew: Program, roster: Roster, rule: str = "supervised") -> list[Finding]:
    return judge(FinishedRoster.of(crew, roster), ruleset_for(crew).only([rule]), kept=True)


def verdicts(crew: Program, roster: Roster) -> set[Verdict]:
    return {each.verdict for each in found(crew, roster)}


@pytest.mark.parametrize(
    ("trainee", "pool", "verdict"),
    [
        pytest.param(first_year(), NEARBY, Verdict.BROKEN, id="SV-01 month 1, attending nearby"),
        pytest.param(first_year(), IN_ROOM, Verdict.KEPT, id="SV-01 month 1, attending in the room"),
        pytest.param(first_year(date(2025, 1, 1), released(DAY)), NEARBY, Verdict.KEPT, id="SV-02 month 8, released"),
        pytest.param(
            first_year(date(2025, 7, 1), released(DAY + timedelta(1))), NEARBY, Verdict.BROKEN, id="SV-03 day before"
        ),
        pytest.param(first_year(date(2025, 7, 1), released(DAY)), NEARBY, Verdict.KEPT, id="SV-03 on the date"),
        pytest.param(first_year(), BY_TELEPHONE, Verdict.BROKEN, id="SV-07 by telephone"),
        pytest.param(resident("r1", "PGY-3"), NEARBY, Verdict.KEPT, id="a senior needs somebody nearby"),
    ],
)
def test_the_level_that_is_needed_is_given(trainee: Person, pool: SupervisionPool, verdict: Verdict) -> None:
    assert verdicts(*clinic_of(trainee, pool)) == {verdict}


def test_a_supervisor_on_leave_is_not_there() -> None:
    """SV-05: not merely a warning."""
    away = Leave("l", "f1", LeaveKind.SICK, DAY, DAY, Half.AM)
    assert verdicts(*clinic_of(resident("r1"), IN_ROOM, away)) == {Verdict.BROKEN}


def test_post_call_an_attending_supervises_in_the_morning_only() -> None:
    """SV-06: PCAT counts, the day off in the afternoon does not."""
    crew = program(resident("r1"), attending(), supervision_pools=(IN_ROOM,))
    night = Night("faculty_call", DAY - timedelta(1))
    roster = half_days({("r1", DAY, Half.AM): "C", ("r1", DAY, Half.PM): "C"}).with_call(night, "f1")
    morning, afternoon = found(crew, roster)
    assert (morning.verdict, afternoon.verdict) == (Verdict.KEPT, Verdict.BROKEN)


def test_only_the_empty_hours_of_a_night_are_broken() -> None:
    """SV-04: the pool of the night is empty from midnight to three."""
    early = CallLine("until_midnight", "Evening", DutyKind.IN_HOUSE_CALL, tuple(Weekday), 7 * 60, 24 * 60 - 1)
    early = replace(early, end=0)
    late = CallLine("after_three", "Morning", DutyKind.IN_HOUSE_CALL, tuple(Weekday), 3 * 60, 12 * 60)
    pool = SupervisionPool("X", ("until_midnight", "after_three"), Supervision.INDIRECT)
    ward = Rotation("X", "Ward", RotationKind.INPATIENT)
    crew = program(
        resident("r1"), attending(), calls=(*CALLS, early, late), rotations=(ward,), supervision_pools=(pool,)
    )
    (cell,) = lettered("N", first=DAY)
    roster = Roster(duties=(Cell(cell.duty, "r1"),), complete=WHOLE)
    roster = roster.with_call(Night("until_midnight", DAY), "f1").with_call(
        Night("after_three", DAY + timedelta(1)), "f1"
    )
    broken = [each.span for each in found(crew, roster) if each.verdict is Verdict.BROKEN]
    midnight = ZONE.at(DAY + timedelta(1))
    assert broken == [Span(midnight, midnight + 180)]


def test_the_program_may_ask_for_more_than_the_law() -> None:
    """A supervision need for a level and an activity holds beside the months of the first year."""
    crew, roster = clinic_of(resident("r1"), NEARBY)
    need = SupervisionNeed("PGY-2", "C", Supervision.DIRECT_PRESENT)
    assert verdicts(replace(crew, supervision=(need,)), roster) == {Verdict.BROKEN}


def test_a_pool_of_a_name_that_nobody_knows_is_refused() -> None:
    """A slip in a name must not leave people unjudged."""
    crew, roster = clinic_of(resident("r1"), replace(IN_ROOM, by=("ATT",)))
    with pytest.raises(BadInput, match="'ATT' is no activity"):
        found(crew, roster)


def test_without_a_pool_nothing_is_claimed() -> None:
    crew, roster = clinic_of(resident("r1"), NEARBY)
    assert found(replace(crew, supervision_pools=()), roster) == []


# -- the primary care exception ----------------------------------------------------------------------------------------

SWITCHED_ON = Policy({"rule.primary_care_exception": (Dated(value=True),)})


def under_exception(*people: Person, day: date = DAY, attendings: int = 1, **facts: object) -> tuple[Program, Roster]:
    """Some residents and attendings in one clinic morning of a program that bills under the exception."""
    faculty = [attending(f"f{number}") for number in range(1, attendings + 1)]
    crew = replace(program(*people, *faculty), policy=SWITCHED_ON, **facts)  # type: ignore[arg-type]
    codes = {(person.id, day, Half.AM): "C" for person in people}
    return crew, half_days(codes | {(person.id, day, Half.AM): "AT" for person in faculty})


def seniors(count: int) -> list[Person]:
    return [resident(f"s{number}", "PGY-3") for number in range(count)]


def exception_of(crew: Program, roster: Roster) -> Finding:
    (finding,) = found(crew, roster, "primary_care_exception")
    return finding


def test_four_residents_and_not_five_for_one_preceptor() -> None:
    """PC-01 and PC-02."""
    assert exception_of(*under_exception(*seniors(4))).verdict is Verdict.KEPT
    assert exception_of(*under_exception(*seniors(5))).verdict is Verdict.BROKEN


def test_a_preceptor_with_other_work_does_not_count() -> None:
    """PC-03: of two preceptors one has patients of their own at the same time."""
    crew, roster = under_exception(*seniors(5), attendings=2)
    assert exception_of(crew, roster).verdict is Verdict.KEPT
    own = tuple(cell for cell in lettered("A", "f2", DAY))
    assert exception_of(crew, replace(roster, duties=own)).verdict is Verdict.BROKEN


def test_whoever_has_not_passed_the_months_needs_presence_and_is_named() -> None:
    """PC-04: kept, and the first-year resident is named."""
    told = exception_of(*under_exception(first_year(), *seniors(3)))
    assert told.verdict is Verdict.KEPT
    assert told.note == "presence for key portions: r1"


@pytest.mark.parametrize(
    ("started", "weeks_away", "presence"),
    [
        pytest.param(date(2025, 1, 15), 0, False, id="PC-05 more than six months"),
        pytest.param(date(2025, 2, 10), 0, True, id="PC-05 not yet more than six months"),
        pytest.param(date(2025, 1, 15), 8, True, id="PC-06 leave is left out"),
    ],
)
def test_the_months_completed_decide(started: date, weeks_away: int, *, presence: bool) -> None:
    first = date(2025, 3, 3)
    last = first + timedelta(weeks=max(1, weeks_away)) - timedelta(1)
    leaves = (Leave("l", "r1", LeaveKind.PARENTAL, first, last),) if weeks_away else ()
    told = exception_of(*under_exception(first_year(started), day=date(2025, 8, 6), leaves=leaves))
    assert bool(told.note) is presence


def test_nobody_is_judged_by_the_exception_unasked() -> None:
    crew, roster = under_exception(*seniors(5))
    assert found(replace(crew, policy=Policy()), roster, "primary_care_exception") == []


def test_the_custom_of_four_to_one_is_off_until_switched_on() -> None:
    """Section 11: a ratio with a source, a parameter and an advisory."""
    crew, roster = under_exception(*seniors(5))
    assert found(crew, roster, "preceptor_ratio") == []
    asked = replace(crew, policy=Policy({"rule.preceptor_ratio": (Dated(value=True),)}))
    (finding,) = found(asked, roster, "preceptor_ratio")
    assert (finding.verdict, finding.amount, finding.limit) == (Verdict.ADVISORY, 5, 4)


def test_every_clinic_of_a_block_is_looked_at() -> None:
    """Each morning with a clinic is judged by itself."""
    crew = program(resident("r1"), attending(), supervision_pools=(IN_ROOM,))
    workdays = [day for day in days(FIRST, LAST) if crew.calendar.is_workday(day)]
    roster = half_days({("r1", day, Half.AM): "C" for day in workdays})
    for day in workdays[1:]:
        roster = roster.with_entry(HalfDay("f1", day, Half.AM), Entry(Layer.MANUAL, "AT"))
    broken = [each.first for each in found(crew, roster) if each.verdict is Verdict.BROKEN]
    assert broken == workdays[:1]
