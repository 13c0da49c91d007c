"""What IT and admins do over HTTP: switches, work that waits, the policy, the chain, schemas, a program at rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from housestaff.features.operations.commands import DeprecateSchema
from tests.installed import Installed
from tests.web import Web

CONSUMER = "notices.schedule_created"


@pytest.mark.capability("C3")
def test_the_switch_of_a_consumer_is_in_force_and_in_the_chain(house: Installed) -> None:
    admin = Web(house).as_("admin")
    assert admin.post(f"/ops/consumers/{CONSUMER}/switch", json={"on": False}).status_code == 204
    house.draft()
    house.work_off()
    listed = {row["consumer"]: row for row in admin.get("/ops/consumers").json()["items"]}
    assert (listed[CONSUMER]["on"], listed[CONSUMER]["waiting"]) == (False, 1)
    assert admin.get("/ops/jobs").json()["items"] == []
    entry = house.rows("SELECT subject_id, changes FROM audit_entry WHERE action = 'SwitchConsumer'")
    assert entry == [{"subject_id": CONSUMER, "changes": {"is_on": [True, False]}}]
    assert admin.post(f"/ops/consumers/{CONSUMER}/switch", json={"on": True}).status_code == 204
    waiting = {row["job"]: row["waiting"] for row in admin.get("/ops/jobs").json()["items"]}
    assert waiting == {"dispatch": 1}
    assert admin.post("/ops/consumers/nothing/switch", json={"on": True}).status_code == 404


def test_the_probe_says_how_long_work_has_waited(house: Installed) -> None:
    client = Web(house).nobody()
    assert client.get("http://testserver/health/ready").json() == {"status": "ready", "worker_lag_seconds": 0.0}
    house.draft()
    house.advance(90)
    assert 90 <= client.get("http://testserver/health/ready").json()["worker_lag_seconds"] < 120


def test_the_policy_shows_what_holds_what_would_hold_and_why(house: Installed) -> None:
    coordinator = Web(house).as_("coordinator")
    assert coordinator.patch("/policy", json={"freeze_horizon_days": 3}).status_code == 204
    items = {row["key"]: row for row in coordinator.get("/policy").json()["items"]}
    assert {key: items["freeze_horizon_days"][key] for key in ("value", "own", "default")} == {
        "value": 3,
        "own": 3,
        "default": 7,
    }
    assert items["change_debounce_minutes"]["value"] == 10
    assert items["change_debounce_minutes"]["own"] is None
    changes = house.value("SELECT changes FROM audit_entry WHERE action = 'SetPolicy'")
    assert changes == {"freeze_horizon_days": [None, 3]}
    assert coordinator.patch("/policy", json={"freeze_horizon_days": None}).status_code == 204
    assert {row["key"]: row["value"] for row in coordinator.get("/policy").json()["items"]}["freeze_horizon_days"] == 7


@pytest.mark.capability("C3")
def test_the_chain_is_asked_by_actor_action_and_time(house: Installed) -> None:
    house.draft()
    house.draft(by="director")
    admin = Web(house).as_("admin")
    by = house.users["director@small.example"]
    items = admin.get("/audit", params={"actor_user_id": str(by)}).json()["items"]
    assert [(row["action"], row["actor_role"]) for row in items] == [("CreateSchedule", "program_director")]
    now = house.installation.clock.now()
    assert admin.get("/audit", params={"since": (now + timedelta(hours=1)).isoformat()}).json()["items"] == []
    drafts = {"action": "CreateSchedule", "until": (now + timedelta(hours=1)).isoformat()}
    assert len(admin.get("/audit", params=drafts).json()["items"]) == 2
    assert admin.get("/audit", params={**drafts, "until": "2020-01-01T00:00:00Z"}).json()["items"] == []


@pytest.mark.capability("C53")
def test_a_version_of_a_schema_is_retired_when_its_day_has_come(house: Installed) -> None:
    admin = Web(house).as_("admin")
    path = "/schemas/events/flag.changed/1/retire"
    assert admin.post(path).status_code == 409
    removal_on = house.installation.clock.now().date() + timedelta(days=60)
    house.do(DeprecateSchema(event_type="flag.changed", schema_version=1, removal_on=removal_on), "admin")
    assert admin.post(path).status_code == 409
    house.advance(61 * 86400)
    admin = Web(house).as_("admin")
    assert admin.post(path).status_code == 204
    asked = "SELECT state FROM event_schema WHERE event_type = 'flag.changed' AND schema_version = 1"
    assert house.value(asked) == "retired"


def test_a_suspended_program_is_read_and_resumed_by_an_admin_only(house: Installed) -> None:
    web, program = Web(house), house.programs["small"]
    admin, coordinator = web.as_("admin"), web.as_("coordinator")
    days = {"first_day": "2025-07-31", "last_day": "2025-08-27"}
    assert web.as_("r1").post(f"/programs/{program}/suspend").status_code == 403
    assert coordinator.post(f"/programs/{program}/suspend").status_code == 204
    assert coordinator.get("/schedules").status_code == 200
    assert coordinator.post("/schedules", json=days).status_code == 403
    assert coordinator.post(f"/programs/{program}/resume").status_code == 403
    assert admin.post(f"/programs/{program}/resume").status_code == 204
    assert admin.post(f"/programs/{program}/resume").status_code == 409
    assert coordinator.post("/schedules", json=days).status_code == 201
    changes = house.rows("SELECT action, changes FROM audit_entry WHERE subject_kind = 'program' ORDER BY chain_no")
    assert [row["changes"] for row in changes if row["action"] in {"SuspendProgram", "ResumeProgram"}] == [
        {"state": ["active", "suspended"]},
        {"state": ["suspended", "active"]},
    ]
    house.work_off()
    told = {row["type"] for row in house.rows("SELECT type FROM event WHERE type LIKE 'program.%'")}
    assert {"program.suspended", "program.resumed"} <= told


@pytest.mark.capability("C50")
def test_a_refusal_is_counted_under_the_permission_that_was_missing(house: Installed) -> None:
    resident = Web(house).as_("r1")
    assert resident.get("/ops/pool").status_code == 403
    assert resident.post("/schedules", json={"first_day": "2025-07-31", "last_day": "2025-08-27"}).status_code == 403
    rows = house.rows("SELECT labels FROM event_count WHERE series = 'access_denied_total' ORDER BY labels")
    assert [row["labels"] for row in rows] == [
        "permission=ops:pool|role=resident",
        "permission=schedule:write|role=resident",
    ]
    denied = house.rows("SELECT action FROM audit_entry WHERE action LIKE 'denied:%' ORDER BY chain_no")
    assert [row["action"] for row in denied] == ["denied:pool_now", "denied:CreateSchedule"]
