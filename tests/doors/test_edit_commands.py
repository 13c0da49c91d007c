"""Cells changed from the command line: judged, kept or refused, taken back, and in force as a new version."""

from __future__ import annotations

from uuid import UUID

import pytest

from housestaff.features.schedules.commands import PublishSchedule
from tests.command_line import COORDINATOR, last_entry, refused, run, told
from tests.installed import Installed

NOBODY = "call faculty_call 2025-08-05 -"
SPARE = "call faculty_call 2025-08-05 f5"
BY_COORDINATOR = ("--as", COORDINATOR)


def revisions(house: Installed, schedule: UUID) -> list[tuple[int, int | None, str, str]]:
    """The revisions of a schedule as they stand in the database: number, version, cause, reason."""
    asked = "SELECT * FROM schedule_revision WHERE schedule_id = :s ORDER BY revision"
    rows = house.rows(asked, s=schedule)
    return [(row["revision"], row["number"], row["cause"], row["reason"]) for row in rows]


def holder(house: Installed, schedule: UUID) -> str | None:
    """Who has the night of the fifth of August in the newest version."""
    asked = (
        "SELECT person_id FROM cell WHERE schedule_id = :s AND line = 'faculty_call' AND day = '2025-08-05' "
        "ORDER BY number DESC LIMIT 1"
    )
    return house.value(asked, s=schedule)


@pytest.fixture
def published(house: Installed) -> UUID:
    """A schedule in force from the next days on."""
    house.move_to("2025-07-25T15:00:00+00:00")
    draft = house.draft()
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    return draft


def test_an_edit_tells_what_it_causes_and_what_it_lifts_with_the_sum_and_the_source(house: Installed) -> None:
    draft = house.draft()
    done = run(house, "schedules", "edit", draft, NOBODY, "--revision", 1, "--reason", "f1 asked", *BY_COORDINATOR)
    assert done.returncode == 1
    assert "breaks one_name_a_night, faculty_call, 2025-08-05" in done.stdout
    assert "0 names of 1 name needed. 1 name short. Must, program demand." in done.stdout
    assert "kept as revision 2" in done.stdout
    assert last_entry(house) == ("EditDraft", "cli", house.by().user_id)
    assert revisions(house, draft)[-1] == (2, None, "edit", "f1 asked")
    mended = told(house, "schedules", "edit", draft, SPARE, "day r1 2025-08-05 LEC", "--revision", 2)
    assert (mended["revision"], mended["newly_broken"], mended["findings"]) == (3, [], [])
    (lifted,) = mended["lifted"]
    assert (lifted["rule"], lifted["amount"], lifted["limit"]) == ("one_name_a_night", 0, 1)
    assert lifted["citation"]["source"]
    assert revisions(house, draft)[-1] == (3, None, "edit", "")
    changes = house.value("SELECT changes FROM schedule_revision WHERE revision = 3")
    assert str(changes).count("LEC") == 2, "the morning and the afternoon"


def test_what_if_judges_and_keeps_nothing(house: Installed) -> None:
    draft = house.draft()
    entries = house.value("SELECT count(*) FROM audit_entry")
    found = told(house, "schedules", "edit", draft, "stint r1 2025-07-31..2025-08-27 IPT", "--what-if", code=1)
    assert found["kept"] is False
    assert "one_day_in_seven" in {each["rule"] for each in found["newly_broken"]}
    assert {each["citation"]["number_2025"][:2] for each in found["newly_broken"]} == {"6."}
    assert found["diff"]
    assert revisions(house, draft) == [(1, None, "imported", "")]
    assert house.value("SELECT count(*) FROM audit_entry") == entries


def test_an_edit_is_taken_back_step_by_step_and_stale_ones_are_refused(house: Installed) -> None:
    draft = house.draft()
    told(house, "schedules", "edit", draft, SPARE, "--revision", 1)
    assert "revision 2 by now" in refused(house, "schedules", "edit", draft, NOBODY, "--revision", 1)
    assert told(house, "schedules", "undo", draft, "--revision", 2, *BY_COORDINATOR)["revision"] == 3
    assert last_entry(house) == ("UndoDraft", "cli", house.by().user_id)
    assert [each[2] for each in revisions(house, draft)] == ["imported", "edit", "undo"]
    edit, undo = (row["changes"] for row in house.rows("SELECT * FROM schedule_revision ORDER BY revision")[1:])
    assert (undo["removed"], undo["added"]) == (edit["added"], edit["removed"])
    assert "nothing to undo" in refused(house, "schedules", "undo", draft, "--revision", 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "place", "remedy"),
    [
        ("half r9 2025-08-05 am C", "'half r9 2025-08-05 am C', person", "Use the id of a person."),
        ("day r1 2025-08-05 QQX", "'day r1 2025-08-05 QQX', code", "Known are AT, C,"),
        ("call faculty_call 2025-08-08 f2", "'call faculty_call 2025-08-08 f2', day", "on a Friday"),
        ("half r1 2025-08-05 noon C", "'half r1 2025-08-05 noon C', half", "Write am or pm."),
        ("stint r1 2025-08-05..soon CARD", "'stint r1 2025-08-05..soon CARD', last", "Write it as 2025-08-05."),
        ("call faculty_call 2025-08-05", "'call faculty_call 2025-08-05'", "'-' is nobody"),
        ("swap r1 r2", "'swap r1 r2'", "'half r1 2025-08-05 am C'"),
    ],
)
def test_a_change_that_cannot_be_is_named_as_it_was_typed(
    house: Installed, change: str, place: str, remedy: str
) -> None:
    draft = house.draft()
    said = refused(house, "schedules", "edit", draft, SPARE, change, "--revision", 1)
    assert place in said
    assert remedy in said
    assert len(revisions(house, draft)) == 1


def test_who_may_not_write_edits_nothing_and_an_edit_without_a_revision_is_not_kept(house: Installed) -> None:
    draft = house.draft()
    said = refused(house, "schedules", "edit", draft, SPARE, "--revision", 1, "--as", "r1@small.example")
    assert "schedule:write" in said
    assert last_entry(house)[:2] == ("denied:EditDraft", "cli")
    assert "--revision" in refused(house, "schedules", "edit", draft, SPARE)
    assert len(revisions(house, draft)) == 1


def test_places_are_locked_and_unlocked(house: Installed) -> None:
    draft = house.draft()
    on = ("--on", "r1", "--on", "r2 2025-08-05..2025-08-09")
    assert told(house, "schedules", "lock", draft, *on)["locked"] == ["r1", "r2 2025-08-05..2025-08-09"]
    assert last_entry(house) == ("LockPlaces", "cli", house.admin)
    assert told(house, "schedules", "lock", draft, "--off", "r1")["locked"] == ["r2 2025-08-05..2025-08-09"]
    assert house.value("SELECT locked FROM schedule") == ["r2 2025-08-05..2025-08-09"]
    assert told(house, "schedules", "lock", draft)["locked"] == ["r2 2025-08-05..2025-08-09"]
    assert "r9" in refused(house, "schedules", "lock", draft, "--on", "r9")


def test_an_amendment_is_a_new_version_and_the_next_days_want_a_reason(house: Installed, published: UUID) -> None:
    house.move_to("2025-08-03T15:00:00+00:00")
    was = holder(house, published)
    amend = ("schedules", "amend", published, SPARE, "--base", 1, *BY_COORDINATOR)
    assert "Give a reason: sick" in refused(house, *amend)
    assert "at least ten characters" in refused(house, *amend, "--reason-code", "other", "--reason", "no")
    assert holder(house, published) == was != "f5"
    assert told(house, *amend, "--reason-code", "sick")["number"] == 2
    assert holder(house, published) == "f5"
    assert last_entry(house) == ("AmendSchedule", "cli", house.by().user_id)
    assert house.value("SELECT reason_code FROM audit_entry ORDER BY chain_no DESC LIMIT 1") == "sick"
    assert "Somebody else changed this" in refused(house, *amend, "--reason-code", "sick")


def test_an_amendment_that_breaks_a_rule_changes_nothing(house: Installed, published: UUID) -> None:
    amend = ("schedules", "amend", published, NOBODY)
    assert told(house, *amend, "--what-if", code=1)["newly_broken"][0]["rule"] == "one_name_a_night"
    done = run(house, *amend, "--base", 1)
    assert done.returncode == 1
    assert "breaks one_name_a_night, faculty_call, 2025-08-05" in done.stdout
    assert "Must, program demand." in done.stdout
    assert "Nothing is changed" in done.stdout
    assert told(house, *amend, "--base", 1, code=1)["broken"] == 1
    assert len(revisions(house, published)) == 2
    assert "published, no draft" in refused(house, "schedules", "edit", published, SPARE, "--revision", 2)
    assert "--base" in refused(house, "schedules", "amend", published, SPARE)
