"""Violations and overrides over HTTP and on the command line: who sees which, and how it stood at any instant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.command_line import COORDINATOR, last_entry, refused, told
from tests.features.long_month import BUSY, WHY, accept, leaves_on, long_draft, long_published, stays, violation
from tests.installed import LAST, Installed
from tests.web import Web

DAY = 86400
DIRECTOR = "director@small.example"


def rules(answer: Any) -> list[str]:
    """The rules of the violations of an answer, each once."""
    assert answer.status_code == 200, answer.text
    return sorted({each["rule"] for each in answer.json()["items"]})


@pytest.mark.capability("C22")
def test_those_who_run_the_program_see_all_and_a_resident_sees_their_own_of_what_is_in_force(house: Installed) -> None:
    long_draft(house)
    known = violation(house)["violation_id"]
    web = Web(house)
    for name in ("admin", "coordinator", "director", "auditor"):
        assert rules(web.as_(name).get("/violations")) == ["call_near_week", "eighty_hours"]
    busy = web.as_(BUSY)
    assert rules(busy.get("/violations")) == []
    assert busy.get(f"/violations/{known}").status_code == 404
    accept(house, known)
    draft = violation(house)["schedule_id"]
    published = web.as_("director").post(f"/schedules/{draft}/publish", json={"revision": 1})
    assert published.status_code == 200, published.text
    house.work_off()
    assert rules(busy.get("/violations")) == ["eighty_hours"]
    assert busy.get(f"/violations/{known}").status_code == 200
    other = web.as_("r1")
    assert rules(other.get("/violations")) == []
    assert other.get(f"/violations/{known}").status_code == 404


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_a_list_is_of_a_state_a_severity_and_a_person(house: Installed) -> None:
    long_draft(house)
    client = Web(house).as_("coordinator")
    assert rules(client.get("/violations", params={"severity": "critical"})) == ["eighty_hours"]
    assert rules(client.get("/violations", params={"state": "overridden"})) == []
    assert rules(client.get("/violations", params={"person": BUSY})) == ["eighty_hours"]
    assert rules(client.get("/violations", params={"schedule_id": str(uuid4())})) == []
    assert client.get("/violations", params={"state": "gone"}).json()["place"] == "state"
    first = client.get("/violations", params={"limit": 3}).json()
    rest = client.get("/violations", params={"limit": 200, "cursor": first["cursor"]}).json()
    assert len(first["items"]) + len(rest["items"]) == 10
    assert first["items"][0]["severity"] == "critical"


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_coordinator_is_refused_with_403_and_the_director_signs(house: Installed) -> None:
    long_draft(house)
    known = str(violation(house)["violation_id"])
    ends = house.installation.clock.now() + timedelta(days=3)
    body = {"violation_ids": [known], "reason_code": "sick", "justification": WHY, "expires_at": ends.isoformat()}
    web = Web(house)
    coordinator, director = web.as_("coordinator"), web.as_("director")
    assert coordinator.post("/overrides", json=body).status_code == 403
    assert house.value("SELECT count(*) FROM audit_entry WHERE action = 'denied:ApplyOverride'") == 1
    short = director.post("/overrides", json={**body, "justification": "too short"})
    assert (short.status_code, short.json()["place"]) == (400, "justification")
    warning = violation(house, "key = (SELECT min(key) FROM violation WHERE severity = 'warning')")
    light = {**body, "violation_ids": [str(warning["violation_id"])]}
    assert coordinator.post("/overrides", json=light).status_code == 201
    made = director.post("/overrides", json=body)
    assert made.status_code == 201
    assert director.post("/overrides", json=body).status_code == 409
    shown = director.get(f"/violations/{known}").json()
    assert shown["violation"]["state"] == "overridden"
    assert shown["overrides"][0]["justification"] == WHY
    assert [each["move"] for each in shown["entries"]] == ["opened", "overridden"]
    assert "justification" not in web.as_("auditor").get(f"/violations/{known}").json()["overrides"][0]
    address = f"/overrides/{made.json()['override_id']}/revoke"
    assert coordinator.post(address).status_code == 403
    assert director.post(address).status_code == 204
    assert director.post(address).status_code == 409
    assert director.post(f"/overrides/{uuid4()}/revoke").status_code == 404


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_an_acknowledgement_is_noted_for_those_who_run_the_program(house: Installed) -> None:
    long_published(house)
    leaves_on(house, "r1", LAST - timedelta(days=1))
    house.work_off()
    known = violation(house, "rule = 'employed' AND person_id = 'r1'")["violation_id"]
    web = Web(house)
    director = web.as_("director")
    assert web.as_("coordinator").post(f"/violations/{known}/acknowledge", json={}).status_code == 403
    assert director.post(f"/violations/{known}/acknowledge", json={"note": "f3 steps in"}).status_code == 204
    assert director.post(f"/violations/{known}/acknowledge", json={}).status_code == 409
    assert director.get(f"/violations/{known}").json()["violation"]["note"] == "f3 steps in"
    assert web.as_("r1").get(f"/violations/{known}").json()["violation"]["note"] == ""


def as_of(house: Installed, at: Any) -> list[tuple[str, str, int]]:
    """What stood in the published schedules at an instant."""
    answer = Web(house).as_("auditor").get("/violations", params={"as_of": at.isoformat(), "limit": 200})
    assert answer.status_code == 200, answer.text
    return [(each["rule"], each["state"], each["value"]) for each in answer.json()["items"]]


@pytest.mark.slow
@pytest.mark.capability("C23")
def test_after_fixes_the_figures_as_of_a_sunday_are_what_they_were(house: Installed) -> None:
    long_published(house)
    leaves_on(house, "r1", LAST - timedelta(days=1))
    house.work_off()
    sunday = house.installation.clock.now()
    known = violation(house, "rule = 'employed' AND person_id = 'r1'")["violation_id"]
    before = as_of(house, sunday)
    assert ("employed", "open", 1) in before
    house.advance(3 * DAY)
    stays(house, "r1")
    house.work_off()
    assert as_of(house, sunday) == before
    assert "employed" not in [rule for rule, _state, _value in as_of(house, house.installation.clock.now())]
    assert as_of(house, sunday - timedelta(days=30)) == []
    client = Web(house).as_("auditor")
    then = client.get(f"/violations/{known}", params={"as_of": sunday.isoformat()}).json()
    assert (then["state"], [each["move"] for each in then["entries"]]) == ("open", ["opened"])
    now = client.get(f"/violations/{known}").json()
    assert [each["move"] for each in now["entries"]] == ["opened", "resolved"]
    long_ago = {"as_of": (sunday - timedelta(days=30)).isoformat()}
    assert client.get(f"/violations/{known}", params=long_ago).status_code == 404


@pytest.mark.slow
@pytest.mark.capability("C22")
def test_another_program_sees_nothing_of_it(house: Installed) -> None:
    house.add_program("other")
    long_draft(house)
    known = violation(house)["violation_id"]
    client = Web(house).as_("director", program="other")
    assert client.get("/violations").json()["items"] == []
    assert client.get(f"/violations/{known}").status_code == 404
    assert client.post(f"/violations/{known}/acknowledge", json={}).status_code == 404


@pytest.mark.slow
def test_violations_are_listed_acknowledged_and_accepted_on_the_command_line(house: Installed) -> None:
    long_draft(house)
    rows = told(house, "violations", "list", "--severity", "critical", "--as", COORDINATOR)["items"]
    assert [(each["rule"], each["subject"], each["value"]) for each in rows] == [("eighty_hours", BUSY, 19_201)]
    known = rows[0]["violation_id"]
    assert "acknowledge_critical" in refused(house, "violations", "acknowledge", known, "--as", COORDINATOR)
    told(house, "violations", "acknowledge", known, "--note", "seen", "--as", DIRECTOR)
    assert last_entry(house)[:2] == ("AcknowledgeViolation", "cli")
    until = (house.installation.clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S")
    signed = ("--reason-code", "sick", "--justification", WHY, "--until", until)
    made = told(house, "overrides", "apply", known, *signed, "--as", DIRECTOR)["override_id"]
    assert violation(house)["state"] == "overridden"
    told(house, "overrides", "revoke", made, "--as", DIRECTOR)
    assert last_entry(house)[:2] == ("RevokeOverride", "cli")
    assert house.value("SELECT state FROM override") == "revoked"
