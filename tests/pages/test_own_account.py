"""What people do to their own login on the pages: first run, invitation, forgotten password, sessions, wishes."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import expect

from housestaff.bootstrap.installation import Installation
from housestaff.features.accounts.commands import Invite
from tests.browser import Portal
from tests.mail_sink import MailSink

pytestmark = pytest.mark.slow

PASSWORD = "four words in a row"


def link_in(sink: MailSink, address: str) -> str:
    """The path of the link in the last mail to an address, with its secret."""
    text = sink.to(address)[-1].get_body(("plain",))
    assert text is not None
    found = re.search(r"https?://[^/\s]+(/\S+#\S+)", text.get_content())
    assert found
    return found[1]


def test_the_first_admin_sets_up_the_installation(new_house: tuple[Portal, Installation]) -> None:
    portal, installation = new_house
    page = portal.visitor()
    page.goto("/")
    expect(page).to_have_url(re.compile("/setup$"))
    page.goto(f"/setup#{installation.sign_in.setup_token()}")
    page.get_by_label("Institution").fill("New Hospital")
    page.get_by_label("Your name").fill("Ada Admin")
    page.get_by_label("Your e-mail").fill("ada@new.example")
    page.get_by_label("A password").fill("short")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("alert")).to_contain_text("characters")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("status")).to_contain_text("its first admin")
    assert not installation.sign_in.is_new()
    page.goto("/setup")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_invited_person_follows_the_link_of_the_mail_and_signs_in(
    mailing: Portal, sink: MailSink, size: str
) -> None:
    mailing.here.do(Invite(email="guest@small.example", display_name="Guest", role="resident"))
    mailing.here.work_off()
    page = mailing.visitor(size)
    page.goto(link_in(sink, "guest@small.example"))
    assert "#" not in page.url
    page.get_by_label("Your name").fill("Gus Guest")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Take up the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("Sign in now")
    page.get_by_label("E-mail").fill("guest@small.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Program small")).to_be_visible()
    assert mailing.here.value("SELECT display_name FROM app_user WHERE email = 'guest@small.example'") == "Gus Guest"


def test_a_forgotten_password_is_replaced_by_the_link_of_the_mail(mailing: Portal, sink: MailSink) -> None:
    page = mailing.visitor()
    page.goto("/sign-in")
    page.get_by_role("link", name="I forgot my password").click()
    page.get_by_label("E-mail").fill("coordinator@small.example")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    mailing.here.until(lambda: mailing.here.value("SELECT count(*) FROM password_reset") == 1)
    mailing.here.work_off()
    page.goto(link_in(sink, "coordinator@small.example"))
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_label("E-mail").fill("coordinator@small.example")
    page.get_by_label("Password").fill("not this one at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not fit")
    page.get_by_label("E-mail").fill("coordinator@small.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Program small")).to_be_visible()


def test_a_session_elsewhere_is_ended_from_here(portal: Portal) -> None:
    elsewhere, page = portal.as_("r1", "phone"), portal.as_("r1")
    page.goto("/account")
    other = page.get_by_role("listitem").filter(has_text="since").filter(has_not_text="this one")
    other.get_by_role("button", name="End it").click()
    expect(page.get_by_role("status")).to_contain_text("ended")
    elsewhere.goto("/notices")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))


def test_wishes_hold_from_now_on_and_the_pages_speak_the_language(portal: Portal) -> None:
    page = portal.as_("r1")
    page.goto("/account")
    page.get_by_label("schedule changed").uncheck()
    page.get_by_label("Quiet from").fill("21:30")
    page.get_by_label("Language of pages and mails").select_option("es")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    kept = portal.here.rows("SELECT locale, preferences FROM app_user WHERE email = 'r1@small.example'")[0]
    assert (kept["locale"], kept["preferences"]["quiet_hours"]) == ("es", "21:30-07:00")
    assert kept["preferences"]["email_off"] == ["schedule.changed"] or kept["preferences"]["email_off"] == [
        "schedule_changed"
    ]


def test_a_token_that_is_shown_once_lets_a_script_in_until_it_is_revoked(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/account")
    page.get_by_label("What it is for").fill("a script of tests")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_role("status").locator("code").inner_text()
    there, bearer = f"{portal.here.address}/api/v1/session", {"Authorization": f"Bearer {token}"}
    assert httpx2.get(there, headers=bearer).status_code == 200
    page.goto("/account")
    assert token not in page.content()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert httpx2.get(there, headers=bearer).status_code == 401


def test_a_form_of_another_site_changes_nothing(portal: Portal) -> None:
    page = portal.as_("coordinator")
    cookie = next(each.get("value", "") for each in page.context.cookies() if each.get("name") == "housestaff_session")
    answer = httpx2.post(
        f"{portal.here.address}/sign-out", cookies={"housestaff_session": cookie}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 403
    assert portal.here.value("SELECT count(*) FROM session WHERE revoked_at IS NULL") == 1


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_calendar_link_is_shown_once_and_read_until_it_is_revoked(portal: Portal, size: str) -> None:
    page = portal.as_("r1", size)
    page.goto("/account")
    page.get_by_label("How duties are shown").select_option("each")
    page.get_by_role("button", name="Make a calendar link").click()
    address = page.get_by_role("status").locator("code").inner_text()
    assert page.get_by_role("link", name="Open in my calendar").get_attribute("href") == address.replace(
        "http://", "webcal://"
    )
    assert httpx2.get(address).text.startswith("BEGIN:VCALENDAR")
    page.goto("/account")
    assert address not in page.content()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke the calendar").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert httpx2.get(address).status_code == 410


def test_a_calendar_link_is_made_without_a_script_and_in_spanish(portal: Portal) -> None:
    page = portal.as_("r1")
    page.context.add_cookies([{"name": "housestaff_language", "value": "es", "url": portal.here.address}])
    page.route("**/*.js*", lambda route: route.abort())
    page.goto("/account")
    page.get_by_role("button", name="Crear un enlace de calendario").click()
    assert httpx2.get(page.get_by_role("status").locator("code").inner_text()).status_code == 200
