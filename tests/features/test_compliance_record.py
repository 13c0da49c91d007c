"""C23: what was wrong, from when to when, stays provable."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import ProgrammingError

from housestaff.core.edits import SetCall, SetHalf
from housestaff.core.time import Half
from housestaff.features.compliance.commands import AcknowledgeViolation
from housestaff.features.schedules.commands import PublishSchedule
from tests.features.long_month import (
    BUSY,
    OVER,
    THURSDAYS,
    accept,
    change_person,
    edit,
    lengthen,
    lightened,
    long_draft,
    violation,
)
from tests.installed import FIRST, Installed

MOVES = "SELECT move, state, value, level, event_id FROM violation_entry WHERE violation_id = :id ORDER BY entry_id"


def a_whole_life(house: Installed) -> None:
    """Opened, worsened, acknowledged, overridden, the override over, resolved: six entries, the last as it stands."""
    held = violation(house)
    entries = house.rows(MOVES, id=held["violation_id"])
    moves = ["opened", "worsened", "acknowledged", "overridden", "reopened", "resolved"]
    assert [each["move"] for each in entries] == moves
    states = ["open", "open", "acknowledged", "overridden", "open", "resolved"]
    assert [each["state"] for each in entries] == states
    assert (entries[-1]["state"], entries[-1]["value"]) == (held["state"], held["value"])
    assert len({each["event_id"] for each in entries}) == len(moves)


def live(house: Installed) -> None:
    """A violation of a draft lives through everything that can happen to one."""
    draft = long_draft(house)
    known = violation(house)["violation_id"]
    lengthen(house, 802)
    edit(house, draft, 1, SetCall(line="six", day=THURSDAYS[1], person=BUSY))
    house.do(AcknowledgeViolation(violation_id=known, note="seen"), "director")
    accept(house, known)
    house.advance(11 * 86400)
    house.work_off()
    edit(house, draft, 2, SetHalf(person=BUSY, day=FIRST, half=Half.AM, code="OFF"))


@pytest.mark.capability("C23")
def test_a_violation_leaves_six_entries_in_its_whole_life(house: Installed) -> None:
    live(house)
    a_whole_life(house)


@pytest.mark.control("C23")
def test_without_the_record_there_are_no_entries(house: Installed) -> None:
    house.installation.house.inline_off.add("compliance.ledger")
    live(house)
    with pytest.raises(AssertionError):
        a_whole_life(house)


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_found_again_unchanged_it_was_only_seen_later(house: Installed) -> None:
    long_draft(house)
    before = violation(house)
    house.advance(3600)
    change_person(house, BUSY, stage="again")
    house.work_off()
    after = violation(house)
    assert after["last_seen"] > before["last_seen"]
    assert {**after, "last_seen": None} == {**before, "last_seen": None}
    assert len(house.rows(MOVES, id=before["violation_id"])) == 1


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_entries_keep_the_level_that_somebody_had(house: Installed) -> None:
    draft = long_draft(house)
    change_person(house, BUSY, levels=[{"level": "PGY-3", "from": "2025-07-01"}])
    house.work_off()
    lightened(house, draft, 1)
    back = (SetCall(line="seven", day=THURSDAYS[0], person=BUSY), SetCall(line="six", day=THURSDAYS[0], person="f5"))
    edit(house, draft, 2, *back)
    entries = house.rows(MOVES, id=violation(house)["violation_id"])
    assert [(each["move"], each["level"]) for each in entries] == [
        ("opened", "PGY-2"), ("resolved", "PGY-2"), ("reopened", "PGY-3"),
    ]  # fmt: skip
    assert violation(house)["times_opened"] == 2


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_no_entry_is_changed_or_removed(house: Installed) -> None:
    long_draft(house)
    for harm in ("UPDATE {0} SET value = 0", "DELETE FROM {0}", "TRUNCATE {0}"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            house.rows(harm.format("violation_entry"))


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_a_resolution_that_is_handled_first_leaves_what_a_fresh_judgment_finds(house: Installed) -> None:
    """The events of two revisions in the wrong order."""
    draft = long_draft(house, sevens=0)
    house.switch("compliance.check", on=False)
    edit(house, draft, 1, SetCall(line="seven", day=THURSDAYS[0], person=BUSY))
    edit(house, draft, 2, SetCall(line="seven", day=THURSDAYS[0], person="f5"))
    asked = (
        "SELECT event_id FROM event JOIN dispatch USING (event_id) "
        "WHERE consumer = 'compliance.check' AND state = 'pending' ORDER BY position DESC"
    )
    later = [row["event_id"] for row in house.rows(asked)]
    house.switch("compliance.check", on=True)
    for event in later:
        house.installation.later.react(str(house.programs["small"]), str(event), "compliance.check")
    assert house.rows(f"SELECT 1 FROM violation WHERE {OVER} AND state <> 'resolved'") == []


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_on_publication_the_violations_of_a_draft_are_those_of_what_is_in_force(house: Installed) -> None:
    made = long_draft(house)
    before = violation(house)
    assert before["key"].startswith(f"{made}:eighty_hours:{BUSY}:")
    long_published_again = accept(house, before["violation_id"])
    house.do(PublishSchedule(schedule_id=made, revision=1))
    house.work_off()
    after = violation(house)
    assert after["violation_id"] == before["violation_id"]
    assert (after["place"], after["number"], after["state"]) == ("published", 1, "overridden")
    assert after["key"].startswith(f"published:eighty_hours:{BUSY}:")
    event = house.rows("SELECT payload FROM event WHERE type = 'schedule.published'")[0]
    assert event["payload"]["override_ids"] == [str(long_published_again)]
