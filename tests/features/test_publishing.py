"""Publishing: one at a time, told as each is concerned, put away when its time is over."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from housestaff.core.errors import BadInput, NotFound, Stale
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.time import Half
from housestaff.features.accounts.commands import GrantRole, RevokeRole
from housestaff.features.program.commands import SetPolicy
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import AnnotateDuty, PublishSchedule
from housestaff.plumbing.unit import Unit
from tests.installed import FIRST, LAST, Installed
from tests.web import Web


def published(house: Installed) -> UUID:
    """A schedule in force."""
    draft = house.draft()
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    return draft


def test_a_draft_in_order_is_published(house: Installed) -> None:
    published(house)
    house.work_off()
    assert house.value("SELECT count(*) FROM cell") > 200
    assert house.value("SELECT count(*) FROM dispatch WHERE state <> 'done'") == 0


def test_of_two_drafts_of_the_same_days_one_is_published(house: Installed) -> None:
    drafts, barrier, told = [house.draft(), house.draft()], Barrier(2), list[str]()

    def publish(draft: UUID) -> None:
        barrier.wait()
        try:
            house.do(PublishSchedule(schedule_id=draft, revision=1))
            told.append("published")
        except Stale:
            told.append("409")

    hands = [Thread(target=publish, args=(draft,)) for draft in drafts]
    for each in hands:
        each.start()
    for each in hands:
        each.join()
    assert sorted(told) == ["409", "published"]
    assert house.value("SELECT count(*) FROM schedule WHERE state = 'published'") == 1


def test_a_director_with_duties_gets_their_duties_and_the_summary(house: Installed) -> None:
    director = "director@small.example"
    grant = GrantRole(email=director, display_name="director", role="faculty", person_id="f1")
    with pytest.raises(BadInput, match="f1@small"):
        house.do(grant, "admin")
    house.do(RevokeRole(user_id=house.users["f1@small.example"], role="faculty"), "admin")
    house.do(grant, "admin")
    published(house)
    house.work_off()
    told = house.rows("SELECT type FROM notice WHERE recipient_user_id = :u", u=house.users[director])
    types = sorted(row["type"] for row in told if row["type"].startswith("schedule_published"))
    assert types == ["schedule_published", "schedule_published_summary"]


def test_a_note_is_written_on_duties_that_are_there(house: Installed) -> None:
    with pytest.raises(NotFound):
        house.do(AnnotateDuty(schedule_id=house.draft(), duty_id="nothing", text="x"))
    schedule = published(house)
    client = Web(house).as_("coordinator")
    duty = house.value("SELECT duty_id FROM cell WHERE kind = 'home_call' ORDER BY day LIMIT 1")
    note = {"schedule_id": str(schedule), "text": "bring the pager"}
    assert client.put(f"/duties/{duty}/note", json=note).status_code == 204
    assert client.get(f"/duties/{duty}").json()["note"] == "bring the pager"
    assert client.put("/duties/nothing/note", json=note).status_code == 404
    assert client.get("/duties/nothing").status_code == 404


def test_a_schedule_is_put_away_when_its_time_is_over(house: Installed) -> None:
    house.move_to("2025-08-10T15:00:00+00:00")
    schedule = published(house)
    client = Web(house).as_("coordinator")
    assert client.post(f"/schedules/{schedule}/archive").status_code == 409
    house.move_to(f"{LAST + timedelta(days=60)}T15:00:00+00:00")
    client = Web(house).as_("coordinator")
    assert client.post(f"/schedules/{schedule}/archive").status_code == 204
    assert client.get(f"/schedules/{schedule}").json()["state"] == "archived"
    assert house.value("SELECT count(*) FROM event WHERE type = 'schedule.archived'") == 1


def test_what_somebody_is_away_for_is_told_to_those_who_may_know_it(house: Installed) -> None:
    day = FIRST + timedelta(days=4)
    leave = Leave("l1", "r2", LeaveKind.SICK, day, day, status=LeaveStatus.APPROVED, note="a canary")

    def away(unit: Unit, programs: Programs) -> None:
        del unit
        programs.add_leaves([leave])

    at_work = house.installation.house
    with at_work.unit(house.by()) as unit:
        at_work.call(away, unit)
        at_work.settle(unit, "test")
    schedule = published(house)
    asked = f"/schedules/{schedule}/stack?person=r2&day={day}&half={Half.AM}"
    web = Web(house)
    assert "canary" in str(web.as_("coordinator").get(asked).json())
    assert "sick" in str(web.as_("r2").get(asked).json())
    for other in ("r1", "f1", "auditor", "admin"):
        answer = web.as_(other).get(asked)
        assert answer.status_code == 200
        shown = answer.json()
        assert shown["layers"][-1] == {"layer": "leave", "code": "away", "by": "", "why": ""}
        assert "canary" not in str(shown)
        assert "sick" not in str(shown).lower()


def own_values(programs: Programs) -> set[str]:
    """The numbers and choices that the program has set itself."""
    return set(programs.get().policy.values)


def test_what_was_written_and_rolled_back_is_not_remembered(house: Installed) -> None:
    at_work = house.installation.house

    def fails(unit: Unit) -> None:
        at_work.carry_out(SetPolicy(values={"freeze_horizon_days": 3}), unit)
        assert "freeze_horizon_days" in at_work.call(own_values, unit)
        raise RuntimeError("after it was read")

    with pytest.raises(RuntimeError), at_work.unit(house.by()) as unit:
        fails(unit)
    # The next write gets the generation that was rolled back.
    house.do(SetPolicy(values={"vacation_weeks": 3}))
    values = house.read(own_values, needs="schedule:read")
    assert "vacation_weeks" in values
    assert "freeze_horizon_days" not in values
