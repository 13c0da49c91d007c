"""Notices go to the program's own endpoint too: signed, once a message, tried again, given up where nobody is there."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from housestaff.features.accounts.commands import GrantRole
from housestaff.features.operations.commands import DeprecateSchema
from housestaff.plumbing.webhook import DELIVERY, SIGNATURE
from tests.cluster import Cluster
from tests.hook_sink import HookSink, hook_sink
from tests.installed import Installed, installed
from tests.web import Web


@pytest.fixture
def sink() -> Iterator[HookSink]:
    """An endpoint on loopback."""
    with hook_sink() as here:
        yield here


@pytest.fixture
def calling(cluster: Cluster, tmp_path: Path) -> Iterator[Installed]:
    """An installation that may call this machine, with a second admin, so that a message has two notices."""
    more = {"webhook_rehearsal": True, "webhook_seconds": 0.5}
    with cluster.database() as addresses, installed(addresses, tmp_path, **more) as here:
        here.do(GrantRole(email="second.admin@small.example", display_name="Second", role="admin"), "admin")
        yield here


def named(house: Installed, sink: HookSink) -> dict[str, Any]:
    """The program names its endpoint; the secret is in the answer."""
    answer = Web(house).as_("coordinator").post("/webhook-endpoints", json={"url": sink.url})
    assert answer.status_code == 201, answer.text
    return answer.json()


def something_happens(house: Installed, type_: str = "flag.changed") -> None:
    """A version of an event's schema is to go, of which admins and the endpoint are told."""
    removal_on = house.installation.clock.now().date() + timedelta(days=60)
    house.do(DeprecateSchema(event_type=type_, schema_version=1, removal_on=removal_on), "admin")
    house.work_off()


def deliveries(house: Installed) -> list[str]:
    """The states of what went to the endpoint."""
    return [row["state"] for row in house.rows("SELECT state FROM delivery WHERE channel = 'webhook' ORDER BY state")]


@pytest.mark.capability("C28")
def test_a_message_goes_to_the_endpoint_once_and_signed_however_many_are_told(
    calling: Installed, sink: HookSink
) -> None:
    secret = named(calling, sink)["secret"]
    something_happens(calling)
    assert calling.value("SELECT count(*) FROM notice WHERE type = 'schema_changed'") == 2
    (call,) = sink.received
    at, made = (part.partition("=")[2] for part in call.headers[SIGNATURE].split(","))
    wanted = hmac.new(secret.encode(), f"{at}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert made == wanted
    facts = json.loads(call.body)
    assert (facts["type"], facts["priority"]) == ("schema_changed", "normal")
    assert "flag.changed" in facts["text"]
    assert facts["delivery_id"] == call.headers[DELIVERY]
    assert call.headers["X-Correlation-Id"]
    assert deliveries(calling) == ["sent"]


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_nothing_leaves_before_an_endpoint_is_named_and_while_it_is_off(calling: Installed, sink: HookSink) -> None:
    something_happens(calling)
    endpoint = named(calling, sink)["endpoint_id"]
    client = Web(calling).as_("coordinator")
    assert client.patch(f"/webhook-endpoints/{endpoint}", json={"on": False}).status_code == 204
    something_happens(calling, "schedule.created")
    assert client.delete(f"/webhook-endpoints/{endpoint}").status_code == 204
    assert client.get(f"/webhook-endpoints/{endpoint}").status_code == 404
    assert (sink.received, deliveries(calling)) == ([], [])


@pytest.mark.slow
@pytest.mark.capability("C28")
@pytest.mark.parametrize("how", ["says 503", "says nothing"])
def test_an_endpoint_that_fails_is_tried_again_under_the_same_id(calling: Installed, sink: HookSink, how: str) -> None:
    named(calling, sink)
    sink.status, sink.is_silent = 503, how == "says nothing"
    something_happens(calling)
    assert deliveries(calling) == ["retrying"]
    sink.status, sink.is_silent = 200, False
    calling.advance(3600)
    calling.work_off()
    assert deliveries(calling) == ["sent"]
    assert len(sink.received) >= 2
    assert len({call.headers[DELIVERY] for call in sink.received}) == 1


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_an_endpoint_that_says_410_is_left_alone_from_then_on(calling: Installed, sink: HookSink) -> None:
    named(calling, sink)
    sink.status = 410
    something_happens(calling)
    assert deliveries(calling) == ["bounced"]
    assert calling.value("SELECT state FROM webhook_endpoint") == "gone"
    assert calling.value("SELECT count(*) FROM notice WHERE type = 'delivery_problem'") == 3
    something_happens(calling, "schedule.created")
    assert len(sink.received) == 1


@pytest.mark.slow
@pytest.mark.capability("C28")
def test_an_endpoint_that_never_answers_well_ends_as_a_dead_letter(calling: Installed, sink: HookSink) -> None:
    named(calling, sink)
    sink.status = 500
    something_happens(calling)
    for _ in range(10):
        calling.advance(5 * 3600)
        calling.work_off()
    assert deliveries(calling) == ["dead"]
    assert len(sink.received) == 10
    assert calling.value("SELECT state FROM dead_letter WHERE name = 'deliver'") == "open"


@pytest.mark.slow
def test_the_secret_is_shown_once_and_stored_sealed_and_only_those_who_may_name_an_endpoint(
    calling: Installed, sink: HookSink
) -> None:
    made = named(calling, sink)
    client = Web(calling).as_("coordinator")
    shown = client.get("/webhook-endpoints").json()["items"]
    assert [each["url"] for each in shown] == [sink.url]
    assert made["secret"] not in str(shown)
    stored = bytes(calling.value("SELECT secret FROM webhook_endpoint"))
    assert made["secret"].encode() not in stored
    chain = str(calling.rows("SELECT * FROM audit_entry"))
    assert made["secret"] not in chain
    for name in ("r1", "f1", "auditor"):
        assert Web(calling).as_(name).post("/webhook-endpoints", json={"url": sink.url}).status_code == 403
    calling.add_program("other")
    theirs = Web(calling).as_("coordinator", program="other")
    assert theirs.get("/webhook-endpoints").json()["items"] == []
    assert theirs.patch(f"/webhook-endpoints/{made['endpoint_id']}", json={"on": False}).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    "url",
    [
        "http://hospital.example/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.1.1/x",
        "https://a:b@hospital.example/x",
        "file:///etc/passwd",
        "nothing",
    ],
)
def test_an_address_that_is_open_or_leads_back_into_the_machine_is_refused(house: Installed, url: str) -> None:
    answer = Web(house).as_("coordinator").post("/webhook-endpoints", json={"url": url})
    assert (answer.status_code, answer.json()["place"]) == (400, "url")
