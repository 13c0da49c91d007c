"""Timers and periodic jobs: fired once, moved, canceled, overdue, killed midway."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from housestaff.bootstrap.lists import PERIODIC, TIMERS
from housestaff.features.notices.model import Audience
from housestaff.features.program.commands import SetPolicy
from housestaff.features.swaps.commands import ApproveSwap
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Request
from tests.faults.acts import accept_a_warning, agree, amend, ask_for_a_swap, part
from tests.faults.recipes import notices, standing
from tests.features.test_notify import notify
from tests.installed import Installed


@dataclass(frozen=True)
class Recipe:
    """What arms a timer, and the effect of its firing: a number that is `once` when it has fired."""

    arm: Callable[[Installed], None]
    effect: Callable[[Installed], int]
    once: int


def arm_debounce(house: Installed) -> None:
    """An amendment is gathered."""
    amend(house)
    house.work_off()


def arm_defer(house: Installed) -> None:
    """A mail waits for the morning."""
    house.set_local_hour(23)
    notify(house, Audience(roles=("auditor",)))
    house.work_off()


def arm_swap(house: Installed) -> None:
    """A swap is approved for later."""
    swap = agree(house)
    house.work_off()
    house.do(ApproveSwap(swap_id=swap, execute_at=house.installation.clock.now() + timedelta(hours=2)))


def arm_end_of_swap(house: Installed) -> None:
    """A swap waits for an answer, and not for long."""
    house.do(SetPolicy(values={"swap_expiry_hours": 2}))
    ask_for_a_swap(house)
    house.work_off()


def arm_escalation(house: Installed) -> None:
    """Somebody leaves the program a day before the end of the published month."""
    house.do(SetPolicy(values={"violation_escalate_hours": 6}))
    part(house)
    house.work_off()


def arm_expiry(house: Installed) -> None:
    """A warning is accepted for six hours."""
    accept_a_warning(house)


def arm_digest(house: Installed) -> None:
    """A mail that can wait until the morning."""
    house.set_local_hour(23)
    notify(house, Audience(roles=("auditor",)), priority="low")
    house.work_off()


def mails_sent(house: Installed) -> int:
    """How many mails have left."""
    return house.value(
        "SELECT count(*) FROM delivery d JOIN notice n USING (notice_id) "
        "WHERE n.type = 'schedule_created' AND channel = 'email' AND state = 'sent'"
    )


RECIPES = {
    "notice.debounce": Recipe(
        arm_debounce,
        lambda house: house.value("SELECT count(*) FROM notice WHERE type = 'schedule_changed'"),
        2,
    ),
    "notice.defer": Recipe(
        arm_defer,
        mails_sent,
        1,
    ),
    "swap.execute": Recipe(
        arm_swap, lambda house: house.value("SELECT count(*) FROM swap WHERE state = 'executed'"), 1
    ),
    "swap.expire": Recipe(
        arm_end_of_swap, lambda house: house.value("SELECT count(*) FROM swap WHERE state = 'expired'"), 1
    ),
    "violation.escalate": Recipe(arm_escalation, notices("violation_escalated"), 3),
    "override.expire": Recipe(arm_expiry, standing("override WHERE state = 'expired'"), 1),
    "notice.digest": Recipe(arm_digest, mails_sent, 1),
}
SAMPLE = ("notice.debounce", "swap.execute")
each_timer = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in SAMPLE else [pytest.mark.slow]) for kind in TIMERS]
)
DAY = 86400


def test_every_timer_has_a_recipe() -> None:
    assert sorted(RECIPES) == sorted(TIMERS)


def armed(house: Installed, kind: str) -> tuple[Recipe, str]:
    """A recipe whose timer waits, and the timer."""
    recipe = RECIPES[kind]
    recipe.arm(house)
    assert recipe.effect(house) == 0
    return recipe, str(house.value("SELECT timer_id FROM timer WHERE kind = :k AND state = 'armed'", k=kind))


def fire(house: Installed, timer: str) -> None:
    """Run the job of a timer now."""
    house.installation.later.fire(str(house.programs["small"]), timer)


@each_timer
def test_a_timer_fires_once_however_often_its_job_runs(posting: Installed, kind: str) -> None:
    recipe, timer = armed(posting, kind)
    posting.advance(DAY / 2)
    fire(posting, timer)
    fire(posting, timer)
    posting.work_off()
    assert recipe.effect(posting) == recipe.once
    assert posting.value("SELECT state FROM timer WHERE timer_id = :t", t=timer) == "fired"


@each_timer
def test_a_timer_does_not_fire_before_its_instant(posting: Installed, kind: str) -> None:
    recipe, timer = armed(posting, kind)
    fire(posting, timer)
    posting.work_off()
    assert recipe.effect(posting) == 0
    assert posting.value("SELECT state FROM timer WHERE timer_id = :t", t=timer) == "armed"


@each_timer
def test_a_timer_that_is_moved_fires_at_its_new_instant_only(posting: Installed, kind: str) -> None:
    recipe, timer = armed(posting, kind)
    row = posting.rows("SELECT subject_id, facts FROM timer WHERE timer_id = :t", t=timer)[0]
    at_work = posting.installation.house
    with at_work.unit(Request.of_system(posting.programs["small"])) as unit:
        timers = Timers(unit, posting.installation.jobs)
        timers.arm(kind, row["subject_id"], unit.now + timedelta(days=3), facts=row["facts"])
    posting.advance(2 * DAY)
    posting.work_off()
    assert recipe.effect(posting) == 0
    posting.advance(DAY + 60)
    posting.set_local_hour(10)
    posting.work_off()
    assert recipe.effect(posting) == recipe.once


@each_timer
def test_a_timer_that_is_canceled_never_fires(posting: Installed, kind: str) -> None:
    recipe, timer = armed(posting, kind)
    subject = posting.value("SELECT subject_id FROM timer WHERE timer_id = :t", t=timer)
    at_work = posting.installation.house
    with at_work.unit(Request.of_system(posting.programs["small"])) as unit:
        Timers(unit, posting.installation.jobs).cancel(kind, subject)
    posting.advance(3 * DAY)
    posting.work_off()
    assert recipe.effect(posting) == 0


@each_timer
def test_an_overdue_timer_fires_once_when_a_worker_starts(posting: Installed, kind: str) -> None:
    recipe, _timer = armed(posting, kind)
    posting.advance(DAY)
    posting.set_local_hour(10)
    with posting.worker(), posting.worker():
        posting.until(lambda: recipe.effect(posting) == recipe.once)
        posting.until(posting.is_quiet)
    assert recipe.effect(posting) == recipe.once


@each_timer
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_while_a_timer_fires_leaves_one_effect(posting: Installed, kind: str, when: str) -> None:
    recipe, timer = armed(posting, kind)
    posting.advance(DAY)
    posting.set_local_hour(10)
    dying = posting.starts(sys.executable, "-m", "tests.faults.dying", "timer", when)
    assert dying.wait(60) == -9
    assert recipe.effect(posting) == 0
    assert posting.value("SELECT state FROM timer WHERE timer_id = :t", t=timer) == "armed"
    with posting.worker():
        posting.until(lambda: recipe.effect(posting) == recipe.once)
        posting.until(posting.is_quiet)
    assert recipe.effect(posting) == recipe.once


def test_a_periodic_job_runs_once_a_slot_on_two_workers_and_after_a_jump_back(posting: Installed) -> None:
    job = PERIODIC[0]
    posting.advance(2 * DAY)
    with posting.worker(), posting.worker():
        posting.until(lambda: posting.value("SELECT count(*) FROM job_run WHERE state = 'done'") == 1)
        posting.until(posting.is_quiet)
    slot = posting.value("SELECT slot FROM job_run WHERE job = :j", j=job.name)
    posting.advance(-3600)
    posting.installation.later.tick()
    posting.advance(3600)
    posting.installation.later.tick()
    posting.work_off()
    runs = posting.rows("SELECT slot, state FROM job_run WHERE slot >= :s", s=slot)
    assert {row["state"] for row in runs} == {"done"}
    assert len(runs) == 1
