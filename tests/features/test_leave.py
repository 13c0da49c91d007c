"""Leave: asked for, decided, changed, taken back; each step in one transaction, and only by who may."""

from __future__ import annotations

from datetime import date

import pytest

from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.core.leave import LeaveKind
from housestaff.core.time import Half
from housestaff.features.leave import queries
from housestaff.features.leave.commands import (
    AmendLeave,
    ApproveLeave,
    CancelLeave,
    RecordEmergencyLeave,
    RejectLeave,
    RequestLeave,
    WithdrawLeave,
)
from housestaff.features.program.store import Programs
from tests.installed import Installed

MONDAY, FRIDAY = date(2025, 8, 4), date(2025, 8, 8)
CANARY = "the canary of a reason"


def request(
    house: Installed,
    person: str = "r1",
    first: date = MONDAY,
    last: date = FRIDAY,
    *,
    half: Half | None = None,
    by: str = "",
    kind: LeaveKind = LeaveKind.VACATION,
) -> str:
    """Leave that somebody asks for."""
    ask = RequestLeave(person_id=person, kind=kind, first_day=first, last_day=last, half=half, reason=CANARY)
    return house.do(ask, by or person)


def granted(
    house: Installed, person: str = "r1", first: date = MONDAY, last: date = FRIDAY, *, half: Half | None = None
) -> str:
    """Leave that was asked for and granted."""
    leave = request(house, person, first, last, half=half)
    house.do(ApproveLeave(leave_id=leave))
    return leave


def state(house: Installed, leave: str) -> str:
    """Where a record stands."""
    return house.value("SELECT state FROM leave WHERE leave_id = :id", id=leave)


def is_away(house: Installed, person: str, day: date, half: Half) -> bool:
    """Whether the program knows somebody to be away."""

    def asked(programs: Programs) -> bool:
        return (person, day, half) in programs.get().halves_away

    return house.read(asked, needs="schedule:read")


def test_leave_is_asked_for_granted_and_blocks_from_then_on(house: Installed) -> None:
    leave = request(house)
    assert state(house, leave) == "requested"
    assert not is_away(house, "r1", MONDAY, Half.AM)
    house.do(ApproveLeave(leave_id=leave))
    assert is_away(house, "r1", MONDAY, Half.AM)
    with pytest.raises(Stale):
        house.do(ApproveLeave(leave_id=leave))


@pytest.mark.slow
def test_half_a_day_of_leave_leaves_the_other_half(house: Installed) -> None:
    granted(house, first=MONDAY, last=MONDAY, half=Half.AM)
    assert is_away(house, "r1", MONDAY, Half.AM)
    assert not is_away(house, "r1", MONDAY, Half.PM)


def test_nobody_decides_about_their_own_leave_and_nobody_asks_for_others(house: Installed) -> None:
    leave = request(house, by="coordinator")
    with pytest.raises(NotAllowed):
        house.do(ApproveLeave(leave_id=leave), "r1")
    with pytest.raises(NotAllowed):
        house.do(WithdrawLeave(leave_id=leave), "r2")
    with pytest.raises(NotAllowed):
        request(house, "r1", by="r2")
    assert house.value("SELECT on_behalf_of_person_id FROM audit_entry WHERE action = 'RequestLeave'") == "r1"
    denied = house.rows("SELECT action FROM audit_entry WHERE action LIKE 'denied:%'")
    assert {row["action"] for row in denied} == {"denied:ApproveLeave", "denied:WithdrawLeave", "denied:RequestLeave"}


@pytest.mark.slow
def test_the_same_leave_is_not_asked_for_twice(house: Installed) -> None:
    request(house)
    with pytest.raises(Stale):
        request(house)
    request(house, last=MONDAY)


@pytest.mark.slow
def test_a_wish_is_taken_back_and_one_that_is_refused_stays_refused(house: Installed) -> None:
    first, second = request(house), request(house, "r2")
    house.do(WithdrawLeave(leave_id=first), "r1")
    house.do(RejectLeave(leave_id=second, reason_code="coverage_gap"))
    assert (state(house, first), state(house, second)) == ("withdrawn", "rejected")
    with pytest.raises(Stale):
        house.do(ApproveLeave(leave_id=second))


def test_granted_leave_gets_other_days_and_stays_the_same_record(house: Installed) -> None:
    leave = granted(house)
    house.do(AmendLeave(leave_id=leave, first_day=MONDAY, last_day=date(2025, 8, 5)))
    assert is_away(house, "r1", date(2025, 8, 5), Half.PM)
    assert not is_away(house, "r1", date(2025, 8, 6), Half.AM)
    assert house.value("SELECT version FROM leave WHERE leave_id = :id", id=leave) == 3
    with pytest.raises(BadInput):
        house.do(AmendLeave(leave_id=leave, first_day=MONDAY, last_day=date(2025, 8, 5)))


@pytest.mark.slow
def test_leave_is_canceled_by_its_person_before_it_starts_and_by_a_coordinator_after(house: Installed) -> None:
    house.move_to("2025-07-20T12:00:00+00:00")
    early, late = granted(house), granted(house, "r2")
    house.do(CancelLeave(leave_id=early), "r1")
    assert not is_away(house, "r1", MONDAY, Half.AM)
    house.move_to("2025-08-05T12:00:00+00:00")
    with pytest.raises(Stale):
        house.do(CancelLeave(leave_id=late), "r2")
    house.do(CancelLeave(leave_id=late))
    assert state(house, late) == "canceled"


@pytest.mark.slow
def test_a_sick_call_blocks_at_once_and_is_looked_at_within_a_week(house: Installed) -> None:
    ask = RecordEmergencyLeave(person_id="r1", kind=LeaveKind.SICK, first_day=MONDAY, last_day=MONDAY)
    leave = house.do(ask)
    assert is_away(house, "r1", MONDAY, Half.AM)
    row = house.rows("SELECT state, review_by FROM leave WHERE leave_id = :id", id=leave)[0]
    today = house.installation.clock.now().date()
    assert row["state"] == "approved"
    assert (row["review_by"] - today).days in {6, 7}


@pytest.mark.slow
def test_leave_whose_last_day_is_over_is_completed_by_the_daily_retention(house: Installed) -> None:
    leave = granted(house)
    house.move_to("2025-08-09T12:00:00+00:00")
    house.installation.later.tick()
    house.work_off()
    assert state(house, leave) == "completed"
    assert is_away(house, "r1", MONDAY, Half.AM)


def test_colleagues_see_dates_of_granted_leave_and_neither_kind_nor_reason(house: Installed) -> None:
    asked, given = request(house, "r2"), granted(house)

    def seen(by: str) -> dict[str, queries.LeaveSeen]:
        return {each.leave_id: each for each in house.read(queries.leaves, needs="leave:read", by=by)}

    assert set(seen("coordinator")) == {asked, given}
    assert seen("coordinator")[given].reason == CANARY
    assert set(seen("r3")) == {given}
    assert (seen("r3")[given].kind, seen("r3")[given].reason) == ("away", "")
    assert seen("r1")[given].kind == "vacation"
    assert seen("auditor")[given].kind == "away"


@pytest.mark.slow
def test_the_reason_stands_in_its_own_column_and_nowhere_else(house: Installed) -> None:
    granted(house)
    house.work_off()
    for table in ("event", "audit_entry", "notice", "feed_frame", "dispatch"):
        found = house.rows(f"SELECT t::text AS row FROM {table} AS t")
        assert not [row for row in found if CANARY in row["row"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"person_id": "nobody"}, "person_id"),
        ({"last_day": date(2025, 8, 1)}, "last_day"),
        ({"last_day": date(2027, 8, 1)}, "last_day"),
        ({"kind": LeaveKind.OTHER}, "reason"),
    ],
)
def test_leave_that_cannot_be_is_refused_by_field(house: Installed, more: dict[str, object], place: str) -> None:
    given = {"person_id": "r1", "kind": LeaveKind.VACATION, "first_day": MONDAY, "last_day": FRIDAY, **more}
    with pytest.raises(BadInput) as refused:
        house.do(RequestLeave(**given))  # type: ignore[arg-type]
    assert refused.value.place == place
