"""Solving: what is locked stays, what clashes is named, what is broken stops it, the same seed gives the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from ortools.sat.python import cp_model

from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.core.time import days
from housestaff.core.wishes import Wish, WishKind
from housestaff.rules import ruleset as ruleset_module
from housestaff.rules.judge import judge_roster
from housestaff.rules.law import RULES
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for
from housestaff.solving.faculty_calls import solve_faculty_calls
from housestaff.solving.mip import solve_mip
from housestaff.solving.presolve import check_before_solving
from housestaff.solving.rotations import solve_rotations
from housestaff.solving.run import Level, Progress, Watch, run
from housestaff.solving.solve import Infeasible, OutOfTime, solve
from housestaff.synthetic.family_medicine import reference_a
from housestaff.synthetic.family_medicine.infeasible import infeasible_a
from housestaff.synthetic.reference import Reference
from tests.builders import BLOCKS, CALLS, FIRST, ROTATIONS, attending, program, resident
from tests.solving.one_block import solve_block


@pytest.fixture(scope="module")
def family() -> Reference:
    """Program A with its history and witness."""
    return reference_a(7)


def whole(family: Reference) -> Roster:
    """What is known before the year begins."""
    calendar = family.program.calendar
    return replace(family.history, complete=(calendar.first, calendar.last))


def test_a_locked_stay_is_kept_and_the_rest_built_around_it(family: Reference) -> None:
    """A preloaded block stands in the answer, and the year still meets every rule about stays."""
    block = family.program.calendar.series[0].numbered(5)
    locked = Stint("r08", "PALL", block.first, block.last, Layer.PRELOAD)
    base = whole(family).with_stints([*family.history.stints, locked])
    stints, outcome = solve_rotations(family.program, base, Watch(seconds=60), seed=3, seconds=20)
    assert outcome.found
    roster = base.with_stints([*base.stints, *stints])
    assert any(
        stint.person == "r08" and stint.rotation == "PALL" and stint.holds(block.first) for stint in roster.stints
    )
    rules = {"required_rotations", "rotation_window", "rotation_order", "rotation_capacity"}
    assert [f.sentence for f in judge_roster(family.program, roster) if f.rule in rules and f.is_violation] == []


def test_the_same_seed_gives_the_same_year_of_rotations(family: Reference) -> None:
    """Two runs with one seed agree stay by stay."""
    runs = [
        solve_rotations(family.program, whole(family), Watch(seconds=300), seed=11, seconds=120)[0] for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert runs[0]


def test_the_planted_facts_of_infeasible_years_are_named(family: Reference) -> None:
    """Each variant is answered by at most five facts, and each planted fact's rotation or line is among them."""
    for variant in infeasible_a(family.program):
        answer = solve(variant.program, base=family.history, watch=Watch(seconds=30))
        assert isinstance(answer, Infeasible)
        assert 2 <= len(answer.clash.facts) <= 5
        told = " ".join(answer.clash.facts)
        for word in variant_words(variant.program, family.program):
            assert word in told, told


def variant_words(variant: Program, clean: Program) -> list[str]:
    """The rotations whose requirements or demand a variant changed."""
    changed = {r.rotation for r in set(variant.requirements) ^ set(clean.requirements)}
    lines = {d.line for d in set(variant.demand) ^ set(clean.demand)}
    return sorted(changed | {line for line in lines if line in {d.line for d in variant.demand}})


def test_a_stopped_solve_says_so_and_gives_no_half_year(family: Reference) -> None:
    """Stopped before the first answer there is no roster; nothing is passed off as one."""
    watch = Watch(seconds=0.2)
    watch.stop.set()
    answer = solve(family.program, base=family.history, watch=watch)
    assert isinstance(answer, OutOfTime)


def test_progress_tells_stage_level_bound_and_time(family: Reference) -> None:
    """Whoever watches hears of it while it runs."""
    heard: list[Progress] = []
    solve_rotations(family.program, whole(family), Watch(tell=heard.append, seconds=60), seed=1, seconds=6)
    assert {progress.stage for progress in heard} == {"year of rotations"}
    assert all(progress.bound <= progress.objective for progress in heard)
    assert [p.seconds for p in heard] == sorted(p.seconds for p in heard)


def test_a_rule_that_fails_stops_the_solve(family: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is never skipped: an error in its body ends the solve instead of leaving it out."""

    def torn(_view: object, **_numbers: object) -> list[object]:
        raise ZeroDivisionError

    broken = replace(RULES["rotation_capacity"], read=torn)
    held = [
        replace(each, rule=broken) if each.name == "rotation_capacity" else each for each in ruleset_for(family.program)
    ]
    monkeypatch.setattr("housestaff.solving.rotations.ruleset_for", lambda _program: Ruleset(held))
    assert isinstance(held[0], Held)
    assert ruleset_module.ruleset_for(family.program).held
    with pytest.raises(ZeroDivisionError):
        solve(family.program, base=family.history, watch=Watch(seconds=10), stages=["rotations"])


def test_days_off_are_issued_so_that_the_week_is_kept() -> None:
    """A month on the inpatient team gets its free days as cells, and one day in seven is known to be kept."""
    crew = program(resident("r1"), resident("r2"))
    stays = (Stint("r1", "IPT", BLOCKS[0].first, BLOCKS[0].last), Stint("r2", "IPT", BLOCKS[0].first, BLOCKS[0].last))
    base = Roster(stints=stays, complete=(BLOCKS[0].first, BLOCKS[0].last))
    before = {f.rule for f in judge_roster(crew, base) if f.is_violation}
    entries, outcome = solve_block(crew, base, BLOCKS[0])
    assert "one_day_in_seven" in before
    assert outcome.found
    after = judge_roster(crew, base.with_entries(entries))
    assert [f.sentence for f in after if f.rule in {"one_day_in_seven", "eighty_hours"} and f.is_violation] == []


def test_nobody_of_the_ward_is_off_together() -> None:
    """At most one of two on the team is off on a date."""
    crew = program(resident("r1"), resident("r2"))
    stays = (Stint("r1", "IPT", BLOCKS[0].first, BLOCKS[0].last), Stint("r2", "IPT", BLOCKS[0].first, BLOCKS[0].last))
    entries, _outcome = solve_block(crew, Roster(stints=stays), BLOCKS[0])
    off = [(place.person, place.day) for place, entry in entries.items() if entry.code == "OFF"]
    assert off
    assert len({day for _person, day in off}) == len(set(off))


def test_a_leave_on_a_preload_is_a_doubt_with_both_facts(family: Reference) -> None:
    """Counting before the solve finds nothing impossible in the clean program."""
    assert not [doubt for doubt in check_before_solving(family.program, whole(family)) if doubt.is_impossible]


@pytest.mark.parametrize("seed", range(12))
def test_both_solvers_find_the_same_optimum(seed: int) -> None:
    """A model given to HiGHS has the optimum that CP-SAT finds; no constraint is lost on the way."""
    answers: list[tuple[bool, float]] = []
    for as_mip in (False, True):
        model, cost = random_model(Random(seed))
        outcome = run(model, [Level("cost", cost)], Watch(seconds=30), stage="test", seconds=10, as_mip=as_mip)
        answers.append((outcome.found, round(outcome.stage.levels[0].value) if outcome.found else 0))
    assert answers[0] == answers[1]


def random_model(dice: Random) -> tuple[cp_model.CpModel, cp_model.LinearExpr]:
    """A small covering model with every kind of constraint that the stages use."""
    model = cp_model.CpModel()
    booleans = [model.new_bool_var(f"b{n}") for n in range(14)]
    for _ in range(5):
        some = dice.sample(booleans, 4)
        model.add(sum(some) >= dice.randint(1, 2))
        model.add_at_most_one(dice.sample(booleans, 2))
        model.add_implication(*dice.sample(booleans, 2))
        model.add_bool_or([some[0], some[1].negated()])
    largest = model.new_bool_var("largest")
    model.add_max_equality(largest, dice.sample(booleans, 3))
    over = model.new_int_var(0, 9, "over")
    model.add(sum(booleans) <= 6 + over)
    return model, sum(dice.randint(1, 9) * each for each in booleans) + 7 * largest + 3 * over


def test_a_constraint_without_a_linear_form_is_an_error() -> None:
    """Nothing is left out in silence when a model is turned into rows."""
    model = cp_model.CpModel()
    one, other, product = (model.new_int_var(0, 5, name) for name in "abc")
    model.add_multiplication_equality(product, [one, other])
    with pytest.raises(ValueError, match="no linear form"):
        solve_mip(model, one + other, seconds=1, seed=0)


@pytest.mark.parametrize("dearest", ["f1", "f2", "f3"])
def test_the_dearest_wish_of_faculty_decides_who_has_the_fewest_sundays(dearest: str) -> None:
    """Eight Sundays for three: two have three and one has two, whatever way the weekday is written."""
    crew = program(
        resident(), attending("f1"), attending("f2"), attending("f3"), rotations=ROTATIONS[:3], calls=CALLS[:1]
    )
    wishes = [Wish(id_, WishKind.AVOID_CALL, "Sun", 1 if id_ == dearest else 9) for id_ in ("f1", "f2", "f3")]
    crew = replace(crew, wishes=tuple(wishes))
    roster, _outcomes = solve_faculty_calls(crew, Roster(), Watch(seconds=60), seed=1, seconds=20)
    assert roster is not None
    sundays = [roster.on_call("faculty_call", day) for day in days(FIRST, BLOCKS[-1].last) if day.weekday() == 6]
    held = Counter(name for names in sundays for name in names)
    assert min(held, key=lambda id_: held[id_]) == dearest
