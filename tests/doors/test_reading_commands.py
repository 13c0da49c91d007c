"""What is read from the command line: one's own notices, the audit chain by what is asked, the schemas of events."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from housestaff.features.schedules.commands import PublishSchedule
from tests.command_line import COORDINATOR, last_entry, refused, run, told
from tests.installed import Installed


def test_ones_own_notices_are_listed_and_marked_as_read(house: Installed) -> None:
    for _ in range(2):
        house.draft(by="director")
    house.work_off()
    mine = told(house, "notices", "list", "--as", COORDINATOR)["items"]
    assert [each["type"] for each in mine] == ["schedule_created"] * 2
    newest, oldest = (each["notice_id"] for each in mine)
    assert told(house, "notices", "read", newest, "--as", COORDINATOR) == {"notice_id": newest, "read": True}
    assert last_entry(house) == ("ReadNotice", "cli", house.by().user_id)
    read = house.rows("SELECT notice_id FROM notice WHERE read_at IS NOT NULL")
    assert [str(row["notice_id"]) for row in read] == [newest]
    unread = told(house, "notices", "list", "--unread", "--as", COORDINATOR)["items"]
    assert [each["notice_id"] for each in unread] == [oldest]
    older = told(house, "notices", "list", "--limit", 1, "--before", newest, "--as", COORDINATOR)["items"]
    assert [each["notice_id"] for each in older] == [oldest]
    assert "no such notice of yours" in refused(house, "notices", "read", oldest, "--as", "second." + COORDINATOR)
    sent = told(house, "notices", "deliveries", newest, "--as", COORDINATOR)["items"]
    stored = house.rows("SELECT channel, state FROM delivery WHERE notice_id = :n ORDER BY channel", n=newest)
    assert [(each["channel"], each["state"]) for each in sent] == [(row["channel"], row["state"]) for row in stored]
    assert sent
    assert "no such notice" in run(house, "notices", "list", "--as", "r1@small.example").stdout


def test_the_audit_chain_is_listed_by_subject_actor_action_and_time(house: Installed) -> None:
    draft = house.draft()
    told(house, "schedules", "edit", draft, "call faculty_call 2025-08-05 f5", "--revision", 1)
    newest = told(house, "audit", "list", "--limit", 1)["items"][0]
    assert (newest["action"], newest["door"], newest["actor_user_id"]) == ("EditDraft", "cli", str(house.admin))
    of_draft = told(house, "audit", "list", "--subject-kind", "schedule", "--subject-id", draft)["items"]
    assert [each["action"] for each in of_draft] == ["EditDraft", "CreateSchedule"]
    by_coordinator = told(house, "audit", "list", "--actor", COORDINATOR)["items"]
    assert [each["action"] for each in by_coordinator] == ["CreateSchedule"]
    assert told(house, "audit", "list", "--actor", house.by().user_id)["items"] == by_coordinator
    created = told(house, "audit", "list", "--action", "CreateSchedule", "--before", newest["chain_no"])["items"]
    assert created == by_coordinator
    tomorrow = house.installation.clock.now().date() + timedelta(days=1)
    assert told(house, "audit", "list", "--since", tomorrow)["items"] == []
    assert len(told(house, "audit", "list", "--until", f"{tomorrow}T00:00:00+00:00", "--limit", 200)["items"]) == (
        house.value("SELECT count(*) FROM audit_entry")
    )
    assert str(draft) in run(house, "audit", "list", "--action", "EditDraft").stdout
    assert "nobody@small.example" in refused(house, "audit", "list", "--actor", "nobody@small.example")
    assert told(house, "audit", "list", "--as", "r1@small.example")["items"] == [], "a resident sees their own only"
    assert told(house, "audit", "verify")["broken"] == 0


def test_event_schemas_are_listed_shown_checked_and_taken_out_of_use(house: Installed, tmp_path: Path) -> None:
    rows = told(house, "schemas", "list")["items"]
    assert len(rows) == house.value("SELECT count(*) FROM event_schema")
    shown = told(house, "schemas", "show", "schedule.published", 1)
    assert shown["schema"] == house.value("SELECT schema FROM event_schema WHERE event_type = 'schedule.published'")
    assert '"ruleset_hash"' in run(house, "schemas", "show", "schedule.published", 1).stdout
    assert "no version 7 of schedule.published" in refused(house, "schemas", "show", "schedule.published", 7)
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(shown["schema"]))
    assert told(house, "schemas", "check", "schedule.published", file)["compatibility"] == "identical"
    del shown["schema"]["properties"]["number"]
    file.write_text(json.dumps(shown["schema"]))
    assert told(house, "schemas", "check", "schedule.published", file, code=1)["compatibility"] == "breaking"
    file.write_text("[]")
    assert "schema.json: this is no JSON object." in refused(house, "schemas", "check", "schedule.published", file)


def test_an_active_version_is_retired_only_after_it_was_announced(house: Installed) -> None:
    version = ("schedule.archived", 1)
    assert "deprecate it first" in refused(house, "schemas", "retire", *version)
    assert "Give those who read it time." in refused(
        house, "schemas", "deprecate", *version, "--removal-on", "2025-08-01"
    )
    going = house.installation.clock.now().date() + timedelta(days=40)
    told(house, "schemas", "deprecate", *version, "--removal-on", going)
    asked = "SELECT state, removal_on FROM event_schema WHERE event_type = 'schedule.archived'"
    assert house.rows(asked) == [{"state": "deprecated", "removal_on": going}]
    assert last_entry(house) == ("DeprecateSchema", "cli", house.admin)
    assert f"stays until {going}" in refused(house, "schemas", "retire", *version)
    house.advance_clock(41 * 86_400)
    told(house, "schemas", "retire", *version)
    assert house.rows(asked) == [{"state": "retired", "removal_on": going}]


def test_a_calendar_link_is_made_listed_and_revoked(house: Installed) -> None:
    resident = "r1@small.example"
    made = told(house, "calendar", "link", "--as", resident)
    assert made["address"].startswith("http")
    assert made["address"].endswith(".ics")
    listed = told(house, "calendar", "list", "--as", resident)["items"]
    assert [each["feed_id"] for each in listed] == [made["feed_id"]]
    assert "no such link" in refused(house, "calendar", "revoke", made["feed_id"], "--as", "r2@small.example")
    assert told(house, "calendar", "revoke", made["feed_id"], "--as", resident)["revoked"]
    assert told(house, "calendar", "list", "--as", resident)["items"] == []
    assert "no page of your own" in refused(house, "calendar", "link", "--as", COORDINATOR)


def test_the_files_of_a_version_are_made_listed_and_downloaded(house: Installed, tmp_path: Path) -> None:
    house.switch("reports.publish_export", on=False)
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    run_id = told(house, "reports", "export", schedule, "--as", COORDINATOR)["run_id"]
    house.work_off()
    (found,) = told(house, "reports", "list", "--as", "r1@small.example")["items"]
    assert (found["run_id"], found["state"]) == (run_id, "stored")
    file = tmp_path / "version.pdf"
    pdf = next(each["artifact_id"] for each in found["artifacts"] if each["format"] == "pdf")
    told(house, "reports", "download", pdf, "-o", file, "--as", "r1@small.example")
    assert file.read_bytes().startswith(b"%PDF")
    assert last_entry(house)[:2] == ("DownloadArtifact", "cli")


def test_an_endpoint_is_named_switched_and_forgotten(house: Installed) -> None:
    made = told(house, "webhook", "set", "https://hospital.example/notices", "--as", COORDINATOR)
    assert made["secret"]
    told(house, "webhook", "switch", made["endpoint_id"], "--off", "--as", COORDINATOR)
    (shown,) = told(house, "webhook", "show", "--as", COORDINATOR)["items"]
    assert (shown["state"], shown["url"]) == ("off", "https://hospital.example/notices")
    told(house, "webhook", "forget", made["endpoint_id"], "--as", COORDINATOR)
    assert "No endpoint is named" in run(house, "webhook", "show", "--as", COORDINATOR).stdout
    assert "no address" in refused(house, "webhook", "set", "http://hospital.example", "--as", COORDINATOR)
