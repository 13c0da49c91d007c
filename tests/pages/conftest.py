"""What tests of pages may ask for: a browser for all of them, and a portal for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import Portal, a_browser
from tests.installed import Installed, served_by


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
def posting_portal(posting: Installed, browser: Browser) -> Iterator[Portal]:
    """The same, of an installation that sends its mail to the sink."""
    with served_by(posting):
        here = Portal(posting, browser)
        yield here
        here.close()
    assert here.problems == []
