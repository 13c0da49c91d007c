"""C11: what cannot both hold is seen as soon as either exists, and closes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.edits import SetHalf
from housestaff.core.errors import RuleBroken
from housestaff.core.roster import Cell, Roster
from housestaff.core.time import Half, Span
from housestaff.features.conflicts import queries
from housestaff.features.program.commands import PutPart, PutPerson
from housestaff.features.schedules.commands import CreateSchedule, DiscardSchedule, EditDraft, ImportDraft
from tests.features.test_leave import granted
from tests.installed import FIRST, LAST, Installed, full_roster, small_program
from tests.mail_sink import MailSink

TUESDAY = date(2025, 8, 5)


def shift(person: str, day: date, start: int, end: int) -> Cell:
    """A shift of somebody, at hours of the day."""
    zone = small_program().zone
    span = Span(zone.at(day, start * 60), zone.at(day, end * 60))
    kind = DutyKind.EMERGENCY_SHIFT
    return Cell(Duty(f"shift.{person}.{day}.{start}", kind, day, span, usual_flags(kind)), person)


def with_shift(*cells: Cell) -> Roster:
    """The full month with shifts beside."""
    return replace(full_roster(small_program()), duties=cells)


def open_conflicts(house: Installed) -> list[tuple[str, str]]:
    """Kind and person of each open conflict."""
    rows = house.rows("SELECT kind, person_id FROM conflict WHERE state = 'open' ORDER BY first_day, key")
    return [(row["kind"], row["person_id"]) for row in rows]


def draft_of(house: Installed, roster: Roster) -> UUID:
    """A draft, and a roster imported into it."""
    made = house.do(CreateSchedule(first_day=FIRST, last_day=LAST))
    house.do(ImportDraft(schedule_id=made, revision=1, roster=roster))
    return made


def a_shift_over_a_clinic(house: Installed, sink: MailSink) -> None:
    """An imported draft in which somebody is in two places: one conflict, one mail; freed, it closes."""
    made = draft_of(house, with_shift(shift("r1", TUESDAY, 8, 11)))
    house.work_off()
    assert open_conflicts(house) == [("double_booking", "r1")]
    mine = [mail for mail in sink.received if str(mail["To"]) == "coordinator@small.example"]
    assert "Two things cannot both hold" in {str(mail["Subject"]) for mail in mine}
    edit = SetHalf(person="r1", day=TUESDAY, half=Half.AM, code="OFF")
    house.do(EditDraft(schedule_id=made, revision=2, edits=(edit,)))
    house.work_off()
    assert open_conflicts(house) == []


@pytest.mark.capability("C11")
def test_two_duties_at_once_are_one_conflict_that_closes_when_one_of_them_goes(
    posting: Installed, sink: MailSink
) -> None:
    a_shift_over_a_clinic(posting, sink)


@pytest.mark.slow
@pytest.mark.control("C11")
def test_no_conflict_is_found_while_the_consumer_is_off(posting: Installed, sink: MailSink) -> None:
    posting.switch("schedules.conflicts", on=False)
    with pytest.raises(AssertionError):
        a_shift_over_a_clinic(posting, sink)


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_a_draft_with_two_duties_at_once_is_not_published(house: Installed) -> None:
    from housestaff.features.schedules.commands import PublishSchedule

    made = draft_of(house, with_shift(shift("r1", TUESDAY, 8, 11)))
    with pytest.raises(RuleBroken):
        house.do(PublishSchedule(schedule_id=made, revision=2))


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_work_put_by_hand_on_leave_is_a_conflict_of_the_draft_until_it_is_moved_away(house: Installed) -> None:
    granted(house, "r1", TUESDAY, TUESDAY, half=Half.AM)
    made = house.draft()
    edit = SetHalf(person="r1", day=TUESDAY, half=Half.AM, code="C")
    house.do(EditDraft(schedule_id=made, revision=1, edits=(edit,)))
    house.work_off()
    assert open_conflicts(house) == [("on_leave", "r1")]
    house.do(EditDraft(schedule_id=made, revision=2, edits=(replace(edit, code=None),)))
    house.work_off()
    assert open_conflicts(house) == []


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_a_skill_counts_on_the_day_of_the_duty(house: Installed) -> None:
    """A procedure needs a credential that ends on the tenth: on the eleventh it is a conflict, on the tenth none."""
    activity = {"code": "PROC", "name": "Procedures", "family": "clinic", "credential": "procedures"}
    house.do(PutPart(section="activity", code="PROC", facts=activity, version=None))
    facts = house.rows("SELECT facts, version FROM person WHERE code = 'f5'")[0]
    held = [{"credential": "procedures", "from": "2025-01-01", "to": "2025-08-12", "grade": "full"}]
    house.do(PutPerson(person_id="f5", facts={**facts["facts"], "credentials": held}, version=facts["version"]))
    made = house.draft()
    days = (date(2025, 8, 12), date(2025, 8, 13))
    edits = tuple(SetHalf(person="f5", day=day, half=Half.AM, code="PROC") for day in days)
    house.do(EditDraft(schedule_id=made, revision=1, edits=edits))
    house.work_off()
    assert open_conflicts(house) == [("missing_skill", "f5")]
    assert house.value("SELECT first_day FROM conflict WHERE state = 'open'") == days[1]


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_an_older_event_read_late_finds_what_is_there_now_and_twice_is_once(house: Installed) -> None:
    house.switch("schedules.conflicts", on=False)
    made = draft_of(house, with_shift(shift("r1", TUESDAY, 8, 11)))
    edit = SetHalf(person="r1", day=TUESDAY, half=Half.AM, code="OFF")
    house.do(EditDraft(schedule_id=made, revision=2, edits=(edit,)))
    house.switch("schedules.conflicts", on=True)
    house.work_off()
    assert house.value("SELECT count(*) FROM conflict") == 0


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_a_discarded_draft_has_no_conflicts(house: Installed) -> None:
    made = draft_of(house, with_shift(shift("r1", TUESDAY, 8, 11)))
    house.work_off()
    assert open_conflicts(house)
    house.do(DiscardSchedule(schedule_id=made))
    house.work_off()
    assert open_conflicts(house) == []


@pytest.mark.slow
@pytest.mark.capability("C11")
def test_people_read_their_own_conflicts_and_planners_all(house: Installed) -> None:
    draft_of(house, with_shift(shift("r1", TUESDAY, 8, 11), shift("r2", TUESDAY, 8, 11)))
    house.work_off()

    def seen(by: str) -> list[str]:
        return [each.person_id for each in house.read(queries.listed, needs="schedule:read", by=by)]

    assert seen("coordinator") == ["r1", "r2"]
    assert seen("r2") == ["r2"]
    assert seen("r3") == []
