"""Solves as jobs: what is locked stays, what cannot be kept says why, a stop and a kill lose nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from housestaff.core.errors import BadInput
from housestaff.core.roster import Layer, Roster
from housestaff.core.rotations import Requirement
from housestaff.features.accounts.commands import RevokeRole
from housestaff.features.operations.commands import ReplayDeadLetter
from housestaff.features.program.commands import ImportProgram
from housestaff.features.schedules.commands import CreateSchedule, DiscardSchedule, LockPlaces
from housestaff.features.schedules.solving import StartSolve, StopSolve
from housestaff.features.schedules.store import Schedules
from tests.installed import Installed, small_program
from tests.plumbing.test_dead_letters import given_up
from tests.web import Web

LEVELS = ("PGY-1", "PGY-2", "PGY-3")
PROGRAM = replace(small_program(), requirements=tuple(Requirement(level, "CARD", 0, 2) for level in LEVELS))
CALENDAR = PROGRAM.calendar


def a_draft(house: Installed) -> UUID:
    """An empty draft of a year that can be solved."""
    house.do(ImportProgram(program=PROGRAM))
    return house.do(CreateSchedule(first_day=CALENDAR.first, last_day=CALENDAR.last, method="empty"))


def run_of(house: Installed, run: UUID) -> dict[str, Any]:
    """A solve as it stands."""
    return dict(house.rows("SELECT * FROM solve_run WHERE run_id = :r", r=run)[0])


def solved(house: Installed, draft: UUID, *, seed: int = 0) -> Roster:
    """What the draft is after a solve."""
    run = house.do(StartSolve(schedule_id=draft, seconds=10, seed=seed))
    house.work_off()
    assert run_of(house, run)["state"] == "solved"
    return roster_of(house, draft)


def roster_of(house: Installed, draft: UUID) -> Roster:
    """The newest revision of a draft."""

    def newest(schedules: Schedules) -> Roster:
        return schedules.roster(draft, schedules.get(draft).revision)

    return house.read(newest, needs="schedule:read_draft")


def nights_of(roster: Roster, person: str) -> set[str]:
    """The nights of somebody, each with its line."""
    return {f"{night.line} {night.day}" for night, on in roster.calls.items() if any(e.person == person for e in on)}


def test_what_is_locked_stays_and_can_be_unlocked_again(house: Installed) -> None:
    draft = a_draft(house)
    first = solved(house, draft)
    others = [seed for seed in (1, 2, 3) if nights_of(solved(house, draft, seed=seed), "f1") != nights_of(first, "f1")]
    assert others, "no seed gives f1 other nights, so that the lock would show nothing"
    solved(house, draft)
    assert house.do(LockPlaces(schedule_id=draft, lock=("f1",))) == ["f1"]
    again = solved(house, draft, seed=others[0])
    assert nights_of(again, "f1") == nights_of(first, "f1")
    assert {entry.layer for on in again.calls.values() for entry in on} == {Layer.SOLVER}
    house.do(LockPlaces(schedule_id=draft, unlock=("f1",)))
    assert nights_of(solved(house, draft, seed=others[0]), "f1") != nights_of(first, "f1")


def test_days_can_be_locked_and_a_lock_on_nobody_is_refused(house: Installed) -> None:
    draft = a_draft(house)
    first = solved(house, draft)
    (night, (entry,)) = next(iter(sorted(first.calls.items(), key=lambda each: each[0].day)))
    house.do(LockPlaces(schedule_id=draft, lock=(f"{entry.person} {night.day}",)))
    for seed in (1, 2):
        assert solved(house, draft, seed=seed).on_call(night.line, night.day) == (entry.person,)
    for wrong in ("x9", "f1 2025-13-01", "f1 2025-08-09..2025-08-05"):
        with pytest.raises(BadInput):
            house.do(LockPlaces(schedule_id=draft, lock=(wrong,)))


def test_a_solve_whose_asker_may_no_longer_change_the_draft_fails_and_says_why(house: Installed) -> None:
    draft = a_draft(house)
    run = house.do(StartSolve(schedule_id=draft, seconds=10))
    house.do(RevokeRole(user_id=house.users["coordinator@small.example"], role="coordinator"), "admin")
    house.work_off()
    ended = run_of(house, run)
    assert ended["state"] == "failed"
    assert "no such program for you" in ended["answer"]["reason"]
    assert house.value("SELECT count(*) FROM dead_letter") == 0
    assert house.value("SELECT revision FROM schedule WHERE schedule_id = :s", s=draft) == 1


def test_a_lock_on_somebody_who_has_left_is_told_before_a_solve(house: Installed) -> None:
    draft = a_draft(house)
    house.do(LockPlaces(schedule_id=draft, lock=("f5",)))
    house.do(ImportProgram(program=replace(PROGRAM, people=tuple(each for each in PROGRAM.people if each.id != "f5"))))
    with pytest.raises(BadInput, match="'f5' is nobody here"):
        house.do(StartSolve(schedule_id=draft, seconds=10))
    house.do(LockPlaces(schedule_id=draft, unlock=("f5",)))
    house.do(StartSolve(schedule_id=draft, seconds=10))


@pytest.mark.slow
def test_a_solve_of_a_draft_that_was_thrown_away_is_stale(house: Installed) -> None:
    draft = a_draft(house)
    run = house.do(StartSolve(schedule_id=draft, seconds=10))
    house.do(DiscardSchedule(schedule_id=draft))
    house.work_off()
    assert run_of(house, run)["state"] == "stale"


@pytest.mark.slow
def test_a_solve_that_waits_is_canceled_over_http_and_never_runs(house: Installed) -> None:
    draft = a_draft(house)
    coordinator = Web(house).as_("coordinator")
    run = coordinator.post(f"/schedules/{draft}/solve", json={"time_limit_s": 5}).json()["job_id"]
    assert coordinator.post(f"/solves/{run}/stop").status_code == 204
    assert coordinator.get(f"/solves/{run}").json()["state"] == "canceled"
    assert coordinator.post(f"/solves/{run}/stop").status_code == 409
    house.work_off()
    assert run_of(house, UUID(run))["state"] == "canceled"
    with pytest.raises(Exception, match="no such solve"):
        house.do(StopSolve(run_id=uuid4()))


@pytest.mark.slow
def test_the_correlation_id_of_the_request_runs_through_the_solve(house: Installed) -> None:
    draft = a_draft(house)
    request = house.by()
    house.installation.house.do(StartSolve(schedule_id=draft, seconds=10), request)
    house.work_off()
    kept = house.rows("SELECT correlation_id FROM audit_entry WHERE action = 'SolveDraft'")
    assert [row["correlation_id"] for row in kept] == [request.correlation_id]


@pytest.mark.slow
def test_a_worker_killed_in_a_solve_costs_nothing_but_time(house: Installed) -> None:
    draft = a_draft(house)
    run = house.do(StartSolve(schedule_id=draft, seconds=10))
    with house.worker() as worker:
        house.until(lambda: run_of(house, run)["state"] == "running")
        worker.kill()
        worker.wait(20)
    assert run_of(house, run)["state"] == "running"
    with house.worker():
        house.until(lambda: run_of(house, run)["state"] == "solved")
        house.until(house.is_quiet)
    assert house.value("SELECT revision FROM schedule WHERE schedule_id = :s", s=draft) == 2
    assert house.value("SELECT count(*) FROM audit_entry WHERE action = 'SolveDraft'") == 1


@pytest.mark.slow
@pytest.mark.capability("C48")
def test_a_solve_that_was_given_up_is_failed_and_its_replay_solves(house: Installed) -> None:
    draft = a_draft(house)
    run = house.do(StartSolve(schedule_id=draft, seconds=10))
    correlation = house.value("SELECT args ->> 'correlation_id' FROM procrastinate_jobs WHERE task_name = 'solve'")
    program = str(house.programs["small"])
    given_up(house, "solve", {"program_id": program, "run_id": str(run), "correlation_id": correlation})
    assert run_of(house, run)["state"] == "failed"
    letter = house.value("SELECT dead_letter_id FROM dead_letter WHERE name = 'solve'")
    house.do(ReplayDeadLetter(dead_letter_id=letter), "admin")
    house.work_off()
    assert run_of(house, run)["state"] == "solved"
    assert house.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter) == "resolved"
