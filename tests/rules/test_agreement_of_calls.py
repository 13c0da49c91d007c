"""Random small programs: the solver forbids exactly what the judge calls broken, rule by rule about nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.supervision import Supervision, SupervisionPool
from housestaff.core.time import Half, days
from housestaff.core.wishes import Wish, WishKind
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import RULES
from housestaff.solving.model import pinned_is_feasible
from tests.builders import ROTATIONS, attending, program, resident
from tests.rules.cases import ELSEWHERE, FIRST, LAST, WHOLE, day_of, lettered
from tests.rules.test_every_rule_matters import alone

NUMBERS = {"early_call": {"months": 2}, "every_third_night_each": {"nights": 3}}
NAMES = (
    "recovery_after_deployment", "convalescence", "call_before_leave", "call_near_week", "calls_well_apart",
    "transition_rotation_day", "early_call", "every_third_night_each", "supervised", "honor_wishes", "least_change",
)  # fmt: skip
PEOPLE = ("r1", "r2", "f1", "f2")


def random_program(dice: Random) -> Program:
    """Two residents and two faculty with some leave, wishes, and pools of supervisors."""
    kinds = (LeaveKind.MILITARY, LeaveKind.MEDICAL, LeaveKind.VACATION)
    leaves: list[Leave] = []
    for number in range(dice.randint(0, 3)):
        first, length = day_of(dice.randint(1, 40)), dice.choice((1, 4, 15))
        half = dice.choice((None, None, Half.AM, Half.PM))
        last = min(first + timedelta(days=length - 1), LAST)
        leaves.append(Leave(f"l{number}", dice.choice(PEOPLE), dice.choice(kinds), first, last, half))
    wishes = (
        Wish("f1", WishKind.AVOID_CALL, dice.choice(("sunday", "tuesday"))),
        Wish("f2", WishKind.PREFER_CALL, "monday", 2),
        Wish("r1", WishKind.ROTATION, dice.choice(("CARD@2", "NF@3"))),
    )
    levels = list(Supervision)
    pools = [SupervisionPool("C", ("AT", "PCAT"), dice.choice(levels))]
    pools += [SupervisionPool("NF", ("faculty_call", "f2"), dice.choice(levels))] if dice.random() < 0.2 else []
    crew = program(
        resident("r1", "PGY-1"), resident("r2"), attending("f1"), attending("f2"),
        leaves=tuple(leaves), wishes=wishes[: dice.randint(0, 3)], rotations=(*ROTATIONS, ELSEWHERE),
    )  # fmt: skip
    return replace(crew, supervision_pools=tuple(pools))


def random_roster(dice: Random, crew: Program) -> Roster:
    """Stays, nights of call, some just after a leave, clinics and in-house calls at random."""
    stints = [
        Stint(person, dice.choice(("NF", "CARD", "AWAY", "IPT")), first, last)
        for person in ("r1", "r2")
        for first, last in ((day_of(1), day_of(14)), (day_of(15), day_of(28)), (day_of(29), LAST))
    ]
    stints += [Stint("f1", "FMIT", day_of(16), day_of(22))] if dice.random() < 0.5 else []
    roster = Roster(stints=tuple(stints), complete=WHOLE)
    after = [leave.last + timedelta(days=dice.randint(1, 8)) for leave in crew.leaves]
    nights = {*dice.sample(list(days(FIRST, LAST)), dice.randint(1, 6)), *(day for day in after if day <= LAST)}
    for day in sorted(nights):
        roster = roster.with_call(Night("faculty_call", day), dice.choice(("f1", "f2")))
    entries: dict[HalfDay, Entry] = {}
    for person in ("r1", "r2"):
        day, half = day_of(dice.randint(1, 50)), dice.choice(list(Half))
        entries[HalfDay(person, day, half)] = Entry(Layer.MANUAL, "C")
        if dice.random() < 0.8:
            entries[HalfDay(dice.choice(("f1", "f2")), day, half)] = Entry(Layer.MANUAL, "AT")
    calls = lettered(dice.choice(("K..K", "K.K", "")), "r2", day_of(dice.randint(1, 50)))
    return replace(roster.with_entries(entries), duties=calls)


@pytest.mark.parametrize("tens", range(8))
def test_the_solver_forbids_what_the_judge_calls_broken(tens: int) -> None:
    """80 random programs: pinned in the solver, a roster has a solution exactly where the rule is kept."""
    for seed in range(10 * tens, 10 * tens + 10):
        dice = Random(seed)
        crew = random_program(dice)
        roster = random_roster(dice, crew)
        published = roster if dice.random() < 0.5 else random_roster(dice, crew)
        for name in NAMES:
            rules = alone(RULES[name], **NUMBERS.get(name, {}))
            view = FinishedRoster.of(crew, roster, published=published)
            broken = any(finding.is_violation for finding in judge(view, rules))
            assert pinned_is_feasible(crew, roster, rules, published=published) is not broken, f"seed {seed}, {name}"


def test_the_random_programs_break_and_keep_each_rule() -> None:
    """None of the comparisons is empty: over the seeds each rule is broken somewhere and kept somewhere."""
    seen: dict[str, set[bool]] = {name: set() for name in NAMES}
    for seed in range(120):
        dice = Random(seed)
        crew = random_program(dice)
        roster = random_roster(dice, crew)
        published = roster if dice.random() < 0.5 else random_roster(dice, crew)
        view = FinishedRoster.of(crew, roster, published=published)
        for name in NAMES:
            rules = alone(RULES[name], **NUMBERS.get(name, {}))
            seen[name].add(any(finding.is_violation for finding in judge(view, rules)))
    assert {name for name, answers in seen.items() if answers != {False, True}} == set()
