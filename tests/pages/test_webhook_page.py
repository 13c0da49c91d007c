"""The program's endpoint on its page: named, its secret shown once, refused where it is open, switched, forgotten."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Hand, Portal

pytestmark = pytest.mark.slow
URL = "https://hospital.example/notices"


@pytest.mark.parametrize("way", Hand.WAYS)
def test_an_endpoint_is_named_switched_off_and_forgotten(portal: Portal, way: str) -> None:
    here = Hand(portal.as_("coordinator", "phone" if way == "phone" else "desk"), way)
    page, state = here.page, "SELECT state FROM webhook_endpoint"
    page.goto("/program/webhook")
    here.fill(page.get_by_label("Address"), "http://hospital.example/open")
    here.press(page.get_by_role("button", name="Name it"))
    expect(page.get_by_role("alert")).to_contain_text("https")
    here.fill(page.get_by_label("Address"), URL)
    here.press(page.get_by_role("button", name="Name it"))
    secret = page.get_by_role("status").locator("code").inner_text()
    assert portal.here.value(state) == "on"
    page.goto("/program/webhook")
    assert secret not in page.content()
    here.press(page.get_by_role("button", name="Switch it off"))
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    assert portal.here.value(state) == "off"
    page.once("dialog", lambda dialog: dialog.accept())
    here.press(page.get_by_role("button", name="Forget it"))
    expect(page.get_by_text(URL, exact=True)).to_have_count(0)
    assert portal.here.value("SELECT count(*) FROM webhook_endpoint") == 0


def test_a_resident_has_no_page_of_it(portal: Portal) -> None:
    page = portal.as_("r1")
    page.goto("/program")
    expect(page.get_by_role("link", name="Webhook")).to_have_count(0)
    answer = page.goto("/program/webhook")
    assert answer is not None
    assert answer.status == 403
