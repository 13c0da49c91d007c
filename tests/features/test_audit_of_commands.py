"""C3: nobody makes a schedule without a trace that cannot be altered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from housestaff.bootstrap.installation import verified_chains
from housestaff.core.errors import NotAllowed
from housestaff.features.schedules.commands import CreateSchedule
from tests.installed import FIRST, LAST, Installed, full_roster, small_program

CREATE = CreateSchedule(first_day=FIRST, last_day=LAST, method="imported", roster=full_roster(small_program()))


def one_entry_for_the_draft(house: Installed) -> None:
    """Exactly one entry, with who, as what, through which door, and the id of its event."""
    correlation = uuid4()
    request = replace(house.by(), correlation_id=correlation)
    draft = house.installation.house.do(CREATE, request)
    entries = house.rows("SELECT * FROM audit_entry WHERE action = 'CreateSchedule'")
    assert len(entries) == 1
    entry = entries[0]
    assert entry["actor_user_id"] == house.users["coordinator@small.example"]
    assert (entry["actor_role"], entry["door"], entry["ip"]) == ("coordinator", "api", "127.0.0.1")
    assert entry["correlation_id"] == correlation
    assert (entry["subject_kind"], entry["subject_id"]) == ("schedule", str(draft))
    assert entry["changes"]["period"][1] == [str(FIRST), str(LAST)]
    assert entry["changes"]["method"] == [None, "imported"]
    assert len(entry["changes"]["ruleset_hash"][1]) == 64
    event = house.rows("SELECT event_id, correlation_id FROM event WHERE type = 'schedule.created'")
    assert [str(row["event_id"]) for row in event] == entry["event_ids"]
    assert event[0]["correlation_id"] == correlation


@pytest.mark.capability("C3")
def test_a_command_leaves_exactly_one_entry(house: Installed) -> None:
    one_entry_for_the_draft(house)


@pytest.mark.control("C3")
def test_without_the_audit_consumer_there_is_no_entry(house: Installed) -> None:
    house.installation.house.inline_off.add("audit")
    with pytest.raises(AssertionError):
        one_entry_for_the_draft(house)


@pytest.mark.capability("C3")
def test_a_command_whose_entry_cannot_be_written_changes_nothing(
    house: Installed, superuser: psycopg.Connection
) -> None:
    before = [house.value(f"SELECT count(*) FROM {table}") for table in ("schedule", "event", "dispatch", "notice")]
    superuser.execute("REVOKE INSERT ON audit_entry FROM housestaff_app")
    with pytest.raises(ProgrammingError):
        house.do(CREATE)
    after = [house.value(f"SELECT count(*) FROM {table}") for table in ("schedule", "event", "dispatch", "notice")]
    assert after == before


@pytest.mark.capability("C3")
def test_a_hundred_commands_at_once_make_one_unbroken_chain(house: Installed, superuser: psycopg.Connection) -> None:
    draft = house.draft()
    begun = house.value("SELECT max(chain_no) FROM audit_entry")
    from housestaff.features.schedules.commands import AnnotateDuty

    def annotate(_number: int) -> None:
        house.do(AnnotateDuty(schedule_id=draft, duty_id="faculty_call.2025-07-31", text="a note"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(annotate, range(100)))
    numbers = [row["chain_no"] for row in house.rows("SELECT chain_no FROM audit_entry ORDER BY chain_no")]
    assert numbers == list(range(1, begun + 101))
    assert [chain["broken_at"] for chain in verified_chains(house.installation)] == [None]

    superuser.execute("ALTER TABLE audit_entry DISABLE TRIGGER never_changed")
    superuser.execute("UPDATE audit_entry SET reason_code = 'forged' WHERE chain_no = 42")
    assert [chain["broken_at"] for chain in verified_chains(house.installation)] == [42]


@pytest.mark.capability("C3")
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET door = 'web'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_database_refuses_to_change_the_chain(house: Installed, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|never changed"):
        house.rows(statement)


@pytest.mark.capability("C3")
def test_a_refused_attempt_is_written_too(house: Installed) -> None:
    with pytest.raises(NotAllowed):
        house.do(CREATE, by="f1")
    entries = house.rows("SELECT actor_user_id, actor_role FROM audit_entry WHERE action = 'denied:CreateSchedule'")
    assert entries == [{"actor_user_id": house.users["f1@small.example"], "actor_role": "faculty"}]
    assert house.value("SELECT count(*) FROM schedule") == 0
