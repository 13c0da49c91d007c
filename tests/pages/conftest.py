"""What tests of pages may ask for: a browser for all of them, and a portal for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from housestaff.bootstrap.installation import Addresses, Installation, opened
from tests.browser import Portal, a_browser
from tests.cluster import Cluster
from tests.installed import Installed, settings_of
from tests.serving import served_by


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium, started once."""
    with a_browser() as started:
        yield started


@pytest.fixture
def portal(served: Installed, browser: Browser) -> Iterator[Portal]:
    """The pages of the small program; a script that fails, or that the policy refuses, fails the test."""
    here = Portal(served, browser)
    yield here
    here.close()
    assert here.problems == []


@pytest.fixture
def mailing(posting: Installed, browser: Browser) -> Iterator[Portal]:
    """The pages of an installation that sends its mail to the sink."""
    with served_by(posting):
        here = Portal(posting, browser)
        yield here
        here.close()
        assert here.problems == []


@pytest.fixture
def new_house(cluster: Cluster, tmp_path: Path, browser: Browser) -> Iterator[tuple[Portal, Installation]]:
    """The pages of an installation in which nobody has been set up."""
    with cluster.database() as pair:
        addresses = Addresses(pair.application, pair.owner, None)
        with opened(settings_of(addresses, tmp_path), addresses) as installation:
            house = Installed(installation, addresses, tmp_path, UUID(int=0), {}, {})
            with served_by(house):
                here = Portal(house, browser)
                yield here, installation
                here.close()
                assert here.problems == []
