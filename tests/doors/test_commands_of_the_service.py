"""The command line over the same commands as the API: who acts, what is written, and with which code it ends."""

from __future__ import annotations

import json
import os
import pwd
import socket
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from housestaff.files.roster_json import write_roster
from housestaff.plumbing.embedded import Addresses
from housestaff.synthetic.generate import generate
from tests.client import Client
from tests.cluster import Cluster
from tests.command_line import COORDINATOR, last_entry, run, told
from tests.installed import FIRST, LAST, Installed, full_roster, small_program
from tests.plumbing.test_dead_letters import CONSUMER, dead

PASSWORD = "a long sentence of a test"


@pytest.mark.capability("C48")
def test_a_dead_letter_is_listed_replayed_once_and_written_in_the_audit_chain(house: Installed) -> None:
    letter = dead(house, 8)
    listed = told(house, "dead-letters", "list")["items"]
    assert [(each["dead_letter_id"], each["state"]) for each in listed] == [(str(letter), "open")]
    assert "payload" not in listed[0]
    assert told(house, "dead-letters", "replay", letter)["consumer"] == CONSUMER
    assert last_entry(house) == ("ReplayDeadLetter", "cli", house.admin)
    assert run(house, "dead-letters", "replay", letter).returncode == 2
    house.work_off()
    assert house.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter) == "resolved"
    assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3


@pytest.mark.capability("C48")
def test_lists_are_for_people_to_read_too(house: Installed) -> None:
    letter = dead(house, 99)
    told(house, "tokens", "make", "a script", "--as", "admin@test.example")
    shown = {
        "dead-letters list": (str(letter), CONSUMER, "attempts_used_up", "RuntimeError"),
        f"dead-letters show {letter}": ("attempts_used_up",),
        "consumers list": (CONSUMER, "yes"),
        "flags list": ("swaps.ring",),
        "users list": (COORDINATOR, "coordinator"),
        "tokens list": ("a script",),
        "programs list": ("small", "Program small"),
        "schedules list": ("draft",),
        "pool": ("are taken",),
    }
    for words, expected in shown.items():
        done = run(house, *words.split())
        assert done.returncode == 0, (words, done.stderr)
        for each in expected:
            assert each in done.stdout, (words, done.stdout)


def test_a_dead_letter_is_discarded_with_a_reason_and_by_an_admin_only(house: Installed) -> None:
    letter = dead(house, 99)
    refused = run(house, "dead-letters", "discard", letter, "--reason", "not mine", "--as", COORDINATOR)
    assert refused.returncode == 2
    assert "ops:dead_letters" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert last_entry(house)[:2] == ("denied:DiscardDeadLetter", "cli")
    assert told(house, "dead-letters", "replay", "--consumer", CONSUMER)["replayed"] == 1
    for _ in range(9):
        house.work_off()
        house.advance(3600)
    assert told(house, "dead-letters", "discard", letter, "--reason", "the draft is gone")["state"] == "discarded"
    state = house.value("SELECT state FROM dead_letter WHERE dead_letter_id = :l", l=letter)
    assert state == "discarded"
    assert told(house, "dead-letters", "list")["items"] == []


def test_a_consumer_is_switched_off_and_its_work_waits(house: Installed) -> None:
    told(house, "consumers", "switch", CONSUMER, "off")
    house.draft()
    house.work_off()
    rows = {row["consumer"]: row for row in told(house, "consumers", "list")["items"]}
    assert (rows[CONSUMER]["on"], rows[CONSUMER]["waiting"]) == (False, 1)
    told(house, "consumers", "switch", CONSUMER, "on")
    house.work_off()
    assert house.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'") == 3
    assert run(house, "consumers", "switch", "nobody", "off").returncode == 2


def test_a_flag_is_tuned_once_for_each_version_that_was_seen(house: Installed) -> None:
    assert told(house, "flags", "tune", "swaps.ring", "--facts", '{"on": true}')["version"] == 1
    assert house.value("SELECT facts FROM flag WHERE key = 'swaps.ring'") == {"on": True}
    assert run(house, "flags", "tune", "swaps.ring", "--facts", "{}", "--version", "0").returncode == 2
    assert run(house, "flags", "tune", "swaps.ring", "--facts", "on").returncode == 2
    assert told(house, "flags", "tune", "swaps.ring", "--facts", "{}")["version"] == 2


def test_the_pool_shows_what_every_process_has(house: Installed) -> None:
    found = told(house, "pool")
    assert found["budget"] == house.installation.settings.pool_budget
    assert found["taken"] == sum(each["size"] for each in found["processes"])
    assert len(found["processes"]) >= 2, "the process of the test, and the command's own"


def test_a_schedule_is_published_and_one_that_breaks_a_rule_is_not(house: Installed, tmp_path: Path) -> None:
    span = ("--from", FIRST, "--to", LAST, "--as", COORDINATOR)
    empty = told(house, "schedules", "create", *span)["schedule_id"]
    refused = told(house, "schedules", "publish", empty, "--revision", 1, code=1)
    assert refused["broken"] > 0
    assert "one_name_a_night" in {each["rule"] for each in refused["findings"]}
    assert house.value("SELECT state FROM schedule WHERE schedule_id = :s", s=empty) == "draft"
    write_roster(full_roster(small_program()), tmp_path / "roster.json")
    full = told(house, "schedules", "create", *span, "--roster", tmp_path / "roster.json")["schedule_id"]
    assert told(house, "schedules", "check", full)["broken"] == 0
    assert run(house, "schedules", "publish", full, "--revision", 7).returncode == 2
    assert told(house, "schedules", "publish", full, "--revision", 1, "--as", COORDINATOR)["number"] == 1
    assert last_entry(house) == ("PublishSchedule", "cli", house.by().user_id)
    assert house.value("SELECT state FROM schedule WHERE schedule_id = :s", s=full) == "published"
    listed = {each["schedule_id"]: each["state"] for each in told(house, "schedules", "list")["items"]}
    assert listed == {empty: "draft", full: "published"}


def test_roles_are_given_and_taken_and_a_token_opens_the_api_until_it_is_revoked(served: Installed) -> None:
    asked = "SELECT role, active FROM membership WHERE role = 'auditor' ORDER BY since DESC LIMIT 1"
    told(served, "users", "grant", "new@small.example", "auditor", "--name", "New Auditor")
    assert served.rows(asked) == [{"role": "auditor", "active": True}]
    made = told(served, "tokens", "make", "a script", "--as", "new@small.example")
    script = Client(served.address, token=made["token"])
    assert script.get("/memberships").status == 200
    assert made["token"] not in json.dumps(served.rows("SELECT * FROM audit_entry"), default=str)
    told(served, "tokens", "revoke", made["token_id"], "--as", "new@small.example")
    assert script.get("/memberships").status == 401
    told(served, "users", "revoke", "new@small.example", "auditor")
    assert served.rows(asked) == [{"role": "auditor", "active": False}]


def test_who_acts_and_where_must_be_clear(house: Installed) -> None:
    assert "nobody@x.example" in run(house, "schedules", "list", "--as", "nobody@x.example").stderr
    assert run(house, "schedules", "list", "--program", "other").returncode == 2
    house.add_program("second")
    unclear = run(house, "schedules", "list")
    assert unclear.returncode == 2
    assert "second, small" in unclear.stderr
    assert run(house, "schedules", "list", "--program", "second").returncode == 0
    assert run(house, "tokens", "make", "a script").returncode == 2
    taken = run(house, "programs", "open", "second", "--name", "Twice", "--zone", "America/Chicago")
    assert (taken.returncode, taken.stdout) == (2, "")
    assert "Traceback" not in taken.stderr
    pretending = {**house.variables(), "LOGNAME": "somebody.else", "USER": "somebody.else"}
    assert run(pretending, "users", "grant", "new@small.example", "auditor", "--program", "second").returncode == 0
    asked = "SELECT ip FROM audit_entry WHERE action = 'GrantRole' ORDER BY chain_no DESC LIMIT 1"
    kept = house.value(asked, program="second")
    assert kept == f"{pwd.getpwuid(os.getuid()).pw_name}@{socket.gethostname()}"


def variables(addresses: Addresses, folder: Path) -> dict[str, str]:
    """The environment of an installation that nobody has set up."""
    return {
        **os.environ,
        "HOUSESTAFF_DATABASE_URL": addresses.application,
        "HOUSESTAFF_DATABASE_OWNER_URL": addresses.owner,
        "HOUSESTAFF_DATA_FOLDER": str(folder),
    }


@pytest.mark.slow
def test_from_nothing_to_a_draft_of_a_year_by_the_command_line_alone(cluster: Cluster, tmp_path: Path) -> None:
    generate("family_medicine", 7, tmp_path / "files")
    with cluster.database() as addresses:
        new = variables(addresses, tmp_path / "data")
        assert "housestaff setup" in run(new, "programs", "list").stderr
        who = ("--institution", "Example Hospital", "--email", "ada@x.example", "--name", "Ada Admin")
        assert run(new, "setup", *who, given="short\n").returncode == 2
        assert told(new, "setup", *who, given=f"{PASSWORD}\n")["email"] == "ada@x.example"
        assert run(new, "setup", *who, given=f"{PASSWORD}\n").returncode == 2
        told(new, "programs", "open", "fm", "--name", "Family Medicine", "--zone", "America/Chicago")
        told(new, "programs", "import", tmp_path / "files")
        roster = tmp_path / "files" / "witness.json"
        made = told(new, "schedules", "create", "--from", "2025-07-01", "--to", "2026-06-30", "--roster", roster)
        with psycopg.connect(cluster.as_superuser(database_of(addresses))) as superuser:
            drafts = superuser.execute("SELECT schedule_id, method FROM schedule").fetchall()
            doors = superuser.execute("SELECT DISTINCT door FROM audit_entry").fetchall()
        assert drafts == [(UUID(made["schedule_id"]), "imported")]
        assert doors == [("cli",)]


def test_a_database_without_tables_is_told_with_what_to_do(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.database() as addresses:
        with psycopg.connect(addresses.owner, autocommit=True) as owner:
            owner.execute("DROP SCHEMA public CASCADE")
            owner.execute("CREATE SCHEMA public")
            owner.execute("GRANT USAGE ON SCHEMA public TO housestaff_app")
        done = run(variables(addresses, tmp_path), "schedules", "list")
    assert done.returncode == 2
    assert "housestaff migrate" in done.stderr
    assert "Traceback" not in done.stderr


def database_of(addresses: Addresses) -> str:
    """The name of a database."""
    return addresses.owner.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
