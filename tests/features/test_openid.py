"""Signing in through an identity provider, against a real process that can be told to lie."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.cluster import Cluster
from tests.installed import ROOT, Installed, installed
from tests.web import Web


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider."""
    command = [sys.executable, "-m", "tests.openid_provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def house(cluster: Cluster, tmp_path: Path, provider: str) -> Iterator[Installed]:
    httpx2.post(f"{provider}/behave", json={})
    given = {
        "oidc_issuer": provider,
        "oidc_client_id": "housestaff",
        "oidc_client_secret": SecretStr("a secret of tests"),
    }
    with cluster.database() as pair, installed(pair, tmp_path, base_url="http://testserver", **given) as here:
        yield here


def came_back(client: TestClient) -> Any:
    """Go to the provider, say yes there, and come back."""
    begun = client.get("/session/oidc", follow_redirects=False)
    assert begun.status_code == 303, begun.text
    there = httpx2.get(begun.headers["Location"])
    return client.get(there.headers["Location"], follow_redirects=False)


def behave(provider: str, **how: Any) -> None:
    httpx2.post(f"{provider}/behave", json=how)


def test_whoever_the_provider_vouches_for_is_signed_in_as_the_user_of_the_address(house: Installed) -> None:
    client = Web(house).nobody()
    back = came_back(client)
    assert (back.status_code, back.headers["Location"]) == (303, "/"), back.text
    assert client.get("/session").json()["email"] == "f1@small.example"
    assert client.get("/schedules").status_code == 200


def test_a_subject_that_is_known_is_the_same_user_whatever_the_address_says(house: Installed, provider: str) -> None:
    assert came_back(Web(house).nobody()).status_code == 303
    behave(provider, claims={"email": "r1@small.example"})
    client = Web(house).nobody()
    assert came_back(client).status_code == 303
    assert client.get("/session").json()["email"] == "f1@small.example"


def test_another_subject_with_the_same_address_is_not_that_user(house: Installed, provider: str) -> None:
    assert came_back(Web(house).nobody()).status_code == 303
    behave(provider, claims={"sub": "subject-2"})
    assert came_back(Web(house).nobody()).status_code == 403


def test_nobody_is_let_in_or_made_who_was_not_invited(house: Installed, provider: str) -> None:
    before = house.value("SELECT count(*) FROM app_user")
    behave(provider, claims={"email": "stranger@small.example"})
    assert came_back(Web(house).nobody()).status_code == 403
    assert house.value("SELECT count(*) FROM app_user") == before


def test_an_inactive_user_is_not_signed_in(house: Installed) -> None:
    house.rows("UPDATE app_user SET active = false WHERE email = 'f1@small.example' RETURNING 1")
    assert came_back(Web(house).nobody()).status_code == 403


NOW = int(time.time())
LIES: dict[str, dict[str, Any]] = {
    "the address is not verified": {"claims": {"email_verified": False}},
    "the address is verified by a word": {"claims": {"email_verified": "true"}},
    "it has no end": {"claims": {"exp": None}},
    "it is over": {"claims": {"exp": NOW - 3600}},
    "it comes from the future": {"claims": {"iat": NOW + 3600}},
    "it is for somebody else": {"claims": {"aud": "another client"}},
    "it is for several and not ours": {"claims": {"aud": ["housestaff", "another"], "azp": "another"}},
    "it is of another issuer": {"claims": {"iss": "https://elsewhere.example"}},
    "it has another nonce": {"claims": {"nonce": "another"}},
    "it has no nonce": {"claims": {"nonce": None}},
    "it has no subject": {"claims": {"sub": None}},
    "it is signed by another key": {"signs": "another"},
    "it is not signed": {"signs": "nothing"},
    "the provider is another one": {"issuer": "https://elsewhere.example"},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_is_not_right_lets_nobody_in(house: Installed, provider: str, lie: str) -> None:
    client = Web(house).nobody()
    begun = client.get("/session/oidc", follow_redirects=False)
    there = httpx2.get(begun.headers["Location"])
    behave(provider, **LIES[lie])
    back = client.get(there.headers["Location"], follow_redirects=False)
    assert back.status_code == 403, back.text
    assert client.get("/session").status_code == 401


def test_a_state_works_once_in_its_own_browser_and_for_ten_minutes(house: Installed) -> None:
    web = Web(house)
    client, other = web.nobody(), web.nobody()
    begun = client.get("/session/oidc", follow_redirects=False)
    address = httpx2.get(begun.headers["Location"]).headers["Location"]
    assert other.get(address, follow_redirects=False).status_code == 403
    kept = dict(client.cookies)
    assert client.get(address, follow_redirects=False).status_code == 303
    client.cookies.update(kept)
    assert client.get(address, follow_redirects=False).status_code == 410
    late = web.nobody()
    begun = late.get("/session/oidc", follow_redirects=False)
    house.advance(601)
    assert late.get(httpx2.get(begun.headers["Location"]).headers["Location"]).status_code == 410


def test_an_invited_user_may_come_by_the_provider_without_a_password(house: Installed, provider: str) -> None:
    web = Web(house)
    guest = {"email": "guest@small.example", "display_name": "Guest", "role": "resident"}
    invitation = web.as_("coordinator").post("/invitations", json=guest).json()["invitation_id"]
    secret = house.installation.later.sealer.token("invitation", invitation)
    assert web.nobody().post(f"/invitations/{secret}/accept", json={}).status_code == 201
    behave(provider, claims={"sub": "guest", "email": "guest@small.example"})
    client = web.nobody()
    assert came_back(client).status_code == 303
    assert client.get("/schedules").status_code == 200


@pytest.mark.slow
def test_a_provider_that_is_away_is_said_to_be_away(cluster: Cluster, tmp_path: Path) -> None:
    away = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "housestaff"}
    with cluster.database() as pair, installed(pair, tmp_path, **away) as here:
        answer = Web(here).nobody().get("/session/oidc", follow_redirects=False)
    assert answer.status_code == 503
    assert "identity provider" in answer.json()["detail"]


@pytest.mark.slow
def test_without_a_provider_there_is_none(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.database() as pair, installed(pair, tmp_path) as here:
        assert Web(here).nobody().get("/session/oidc", follow_redirects=False).status_code == 404
