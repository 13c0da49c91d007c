"""The flows of accounts and setup at a desk, on a phone and with nothing but a keyboard; each ends in an effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from housestaff.bootstrap.installation import Installation
from housestaff.features.accounts.commands import Invite
from tests.browser import Hand, Portal
from tests.installed import known_people
from tests.mail_sink import MailSink
from tests.messy import messy_workbook
from tests.pages.test_own_account import PASSWORD, link_in
from tests.pages.test_program_setup import program
from tests.pages.test_turn_of_the_year import years

pytestmark = pytest.mark.slow
WAYS = Hand.WAYS


def hand(portal: Portal, way: str, name: str = "coordinator") -> Hand:
    """Somebody who is signed in; without a name, a stranger."""
    size = "phone" if way == "phone" else "desk"
    return Hand(portal.as_(name, size) if name else portal.visitor(size), way)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_run(new_house: tuple[Portal, Installation], way: str) -> None:
    portal, installation = new_house
    here = hand(portal, way, "")
    here.page.goto(f"/setup#{installation.sign_in.setup_token()}")
    given = {"Institution": "New Hospital", "Your name": "Ada Admin", "Your e-mail": "ada@new.example"}
    for label, text in {**given, "A password": PASSWORD}.items():
        here.fill(here.page.get_by_label(label), text)
    here.press(here.page.get_by_role("button", name="Set up"))
    expect(here.page.get_by_role("status")).to_contain_text("its first admin")
    assert not installation.sign_in.is_new()


@pytest.mark.parametrize("way", WAYS)
def test_an_invitation_and_a_forgotten_password(mailing: Portal, sink: MailSink, way: str) -> None:
    mailing.here.do(Invite(email="guest@small.example", display_name="Guest", role="resident"))
    mailing.here.work_off()
    here = hand(mailing, way, "")
    here.page.goto(link_in(sink, "guest@small.example"))
    here.fill(here.page.get_by_label("Your name"), "Gus Guest")
    here.fill(here.page.get_by_label("A password"), "the first four words")
    here.press(here.page.get_by_role("button", name="Take up the invitation"))
    here.press(here.page.get_by_role("link", name="I forgot my password"))
    here.fill(here.page.get_by_label("E-mail"), "guest@small.example")
    here.press(here.page.get_by_role("button", name="Send me a link"))
    expect(here.page.get_by_role("status")).to_contain_text("on its way")
    mailing.here.until(lambda: mailing.here.value("SELECT count(*) FROM password_reset") == 1)
    mailing.here.work_off()
    here.page.goto(link_in(sink, "guest@small.example"))
    here.fill(here.page.get_by_label("A password"), PASSWORD)
    here.press(here.page.get_by_role("button", name="Change the password"))
    here.fill(here.page.get_by_label("E-mail"), "guest@small.example")
    here.fill(here.page.get_by_label("Password"), PASSWORD)
    here.press(here.page.get_by_role("button", name="Sign in"))
    expect(here.page.get_by_role("heading", name="Program small")).to_be_visible()


def wishes_and_tokens(portal: Portal, way: str) -> None:
    """Wishes about mails; a token for a script, made and revoked."""
    here = hand(portal, way, "r1")
    here.page.goto("/account")
    here.fill(here.page.get_by_label("Time zone of the quiet hours"), "America/Denver")
    here.press(here.page.get_by_role("button", name="Save").first)
    expect(here.page.get_by_role("status")).to_be_visible()
    kept = portal.here.value("SELECT preferences FROM app_user WHERE email = 'r1@small.example'")
    assert kept["zone"] == "America/Denver"
    here.fill(here.page.get_by_label("What it is for"), "a script")
    here.press(here.page.get_by_role("button", name="Make a token"))
    expect(here.page.get_by_role("status").locator("code")).to_be_visible()
    here.press(here.page.get_by_role("button", name="Revoke"))
    expect(here.page.get_by_role("status")).to_be_visible()
    assert portal.here.value("SELECT count(*) FROM api_token WHERE revoked_at IS NULL") == 0


def promote(portal: Portal, way: str) -> None:
    """A level from a date on."""
    here = hand(portal, way)
    here.page.goto("/program/people/r1")
    levels = here.page.get_by_role("group", name="Levels")
    here.press(levels.get_by_role("button", name="Add a row"))
    here.fill(levels.get_by_label("Level").last, "PGY-2")
    here.fill(levels.get_by_label("From").last, "2025-10-01")
    here.press(here.page.get_by_role("button", name="Save", exact=True))
    here.page.wait_for_url("**/people/r1?said=saved")
    assert program(portal.here).person("r1").level_on(date(2025, 10, 1)) == "PGY-2"


def add_demand(portal: Portal, way: str) -> None:
    """A line of demand, the first one."""
    here = hand(portal, way)
    here.page.goto("/program/demand/new")
    given = {"Line": "card-am", "Rotation or activity": "CARD", "Who": "resident", "At least": "1"}
    for label, text in given.items():
        here.fill(here.page.get_by_label(label), text)
    here.press(here.page.get_by_role("button", name="Save", exact=True))
    here.page.wait_for_url("**/program/demand?said=saved")
    assert [line.line for line in program(portal.here).demand] == ["card-am"]


def settle_a_number(portal: Portal, way: str) -> None:
    """A setting of the policy."""
    here = hand(portal, way)
    here.page.goto("/program/policy?q=freeze")
    setting = here.page.locator("#freeze_horizon_days")
    here.press(setting.locator("summary"))
    here.fill(setting.get_by_label("Value"), "10")
    here.press(setting.get_by_role("button", name="Set it", exact=True))
    here.page.wait_for_url("**/policy?q=freeze&said=saved*")
    assert portal.here.value("SELECT count(*) FROM policy_value WHERE key = 'freeze_horizon_days'") == 1


def change_the_calendar(portal: Portal, way: str) -> None:
    """The last day of the last block."""
    here = hand(portal, way)
    here.page.goto("/program/calendar")
    here.fill(here.page.locator("#series").get_by_label("Last day").nth(1), "2025-09-30")
    here.press(here.page.get_by_role("button", name="Save the blocks"))
    here.page.wait_for_url("**/calendar?said=saved")
    assert program(portal.here).calendar.last == date(2025, 9, 30)


def give_a_role(portal: Portal, way: str) -> None:
    """A login with a role, at once."""
    here = hand(portal, way)
    here.page.goto("/program/members")
    here.fill(here.page.get_by_label("E-mail"), "guest@small.example")
    here.fill(here.page.get_by_label("Name"), "Guest")
    here.press(here.page.get_by_role("button", name="Give the role at once"))
    here.page.wait_for_url("**/members?said=saved")
    assert portal.here.value("SELECT count(*) FROM app_user WHERE email = 'guest@small.example'") == 1


def turn_the_year(portal: Portal, way: str) -> None:
    """Everybody goes on as proposed."""
    here = hand(portal, way)
    here.page.goto("/program/rollover")
    here.press(here.page.get_by_role("button", name="Show what will change"))
    here.press(here.page.get_by_role("button", name="Do it"))
    here.page.wait_for_url("**/program/calendar?*said=saved")
    assert len(years(portal.here)) == 2


def open_a_program(portal: Portal, way: str) -> None:
    """Another program of the institution."""
    here = hand(portal, way, "admin")
    here.page.goto("/programs/new")
    for label, text in {"Name": "Pediatrics", "Code": "peds", "Time zone": "America/Denver"}.items():
        here.fill(here.page.get_by_label(label), text)
    here.press(here.page.get_by_role("button", name="Open it"))
    expect(here.page.get_by_role("heading", name="Pediatrics")).to_be_visible()
    portal.here.programs |= known_people(portal.here.installation)[0]
    assert "peds" in portal.here.programs


FLOWS: tuple[Callable[[Portal, str], None], ...] = (
    wishes_and_tokens, promote, add_demand, settle_a_number, change_the_calendar, give_a_role, turn_the_year,
    open_a_program,
)  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
@pytest.mark.parametrize("way", WAYS)
def test_a_flow_of_setup_can_be_gone_in_every_way(
    portal: Portal, flow: Callable[[Portal, str], None], way: str
) -> None:
    flow(portal, way)


@pytest.mark.parametrize("way", WAYS)
def test_an_odd_workbook(portal: Portal, tmp_path: Path, way: str) -> None:
    here = hand(portal, way)
    here.page.goto("/imports")
    # The dialog that chooses a file is the browser's own.
    here.page.get_by_label("File", exact=True).set_input_files(messy_workbook(tmp_path))
    here.press(here.page.get_by_role("button", name="Read it"))
    here.press(here.page.get_by_role("button", name="at least 90 % sure"))
    out = here.page.locator("section", has_text="QQX").get_by_label("leave it out")
    if way == "keyboard":
        here.reach(here.page.locator("section", has_text="QQX").get_by_role("radio").first)
        while not out.is_checked():
            here.page.keyboard.press("ArrowDown")
    else:
        out.check()
    here.press(here.page.get_by_role("button", name="Put it in"))
    here.page.wait_for_url("**/schedules/**")
    assert portal.here.value("SELECT method FROM schedule") == "imported"
