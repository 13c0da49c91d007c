"""A process with an older revision at hand is brought up by what changed, as if it had read everything."""

from __future__ import annotations

from datetime import date

from housestaff.core.edits import Edit, SetCall, SetHalf, SetStint
from housestaff.core.time import Half
from housestaff.features.program.store import Programs
from housestaff.features.schedules import at_hand
from housestaff.features.schedules.commands import EditDraft, UndoDraft
from housestaff.features.schedules.store import Schedules
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from tests.installed import FIRST, Installed

EDITS: tuple[Edit, ...] = (
    SetHalf(person="r1", day=FIRST, half=Half.AM, code="AT"),
    SetCall(line="faculty_call", day=date(2025, 8, 3), person="f5"),
    SetStint(person="r2", first=date(2025, 8, 4), last=date(2025, 8, 10), rotation=None),
)


def test_a_view_that_is_behind_is_brought_up_by_the_changes_of_others(house: Installed) -> None:
    schedule = house.draft()

    def newest(programs: Programs, schedules: Schedules) -> FinishedRoster:
        return schedules.view(schedules.get(schedule), programs.get())

    behind = house.read(newest, needs="schedule:read")
    for number, edit in enumerate(EDITS, start=1):
        house.do(EditDraft(schedule_id=schedule, revision=number, edits=(edit,)))
    house.do(UndoDraft(schedule_id=schedule, revision=len(EDITS) + 1))
    at_hand._VIEWS[schedule] = 1, behind
    brought_up = house.read(newest, needs="schedule:read")
    fresh = FinishedRoster.of(behind.program, brought_up.grid.roster)
    assert at_hand._VIEWS[schedule][0] == len(EDITS) + 2
    assert brought_up.grid.roster.on_call("faculty_call", date(2025, 8, 3)) == ("f5",)
    for person in behind.program.people:
        assert brought_up.grid.person(person.id).codes == fresh.grid.person(person.id).codes
        assert brought_up.grid.person(person.id).duties == fresh.grid.person(person.id).duties
    assert judge(brought_up) == judge(fresh)
