"""Signing in on the page through an identity provider, a real process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from tests.browser import Hand, Portal
from tests.cluster import Cluster
from tests.features.test_openid import provider
from tests.installed import installed
from tests.serving import free_port, served_by

pytestmark = pytest.mark.slow

__all__ = ["provider"]
"""The fixture of the tests of the API."""


@pytest.fixture
def portal(cluster: Cluster, tmp_path: Path, provider: str, browser: Browser) -> Iterator[Portal]:
    httpx2.post(f"{provider}/behave", json={})
    port = free_port()
    given = {
        "base_url": f"http://127.0.0.1:{port}",
        "oidc_issuer": provider,
        "oidc_client_id": "housestaff",
        "oidc_client_secret": SecretStr("a secret of tests"),
    }
    with cluster.database() as pair, installed(pair, tmp_path, **given) as here, served_by(here, port=port):
        found = Portal(here, browser)
        yield found
        found.close()


@pytest.mark.parametrize("way", ["desk", "keyboard"])
def test_whoever_the_provider_vouches_for_is_on_their_start_page(portal: Portal, way: str) -> None:
    hand = Hand(portal.visitor(), way)
    hand.page.goto("/sign-in")
    hand.press(hand.page.get_by_role("link", name="Sign in with your institution"))
    expect(hand.page.get_by_role("heading", name="Program small")).to_be_visible()
    user = portal.here.users["f1@small.example"]
    assert portal.here.value("SELECT count(*) FROM session WHERE user_id = :user", user=user) == 1
