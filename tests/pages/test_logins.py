"""Logins on the pages of a program: who sees an address, who is invited, which role somebody has."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from housestaff.features.program.commands import PutPerson
from tests.browser import Portal
from tests.mail_sink import MailSink

pytestmark = pytest.mark.slow


def test_who_may_not_write_reads_the_same_and_sees_no_address(portal: Portal) -> None:
    facts = portal.here.value("SELECT facts FROM person WHERE code = 'r2'")
    portal.here.do(PutPerson(person_id="r2", facts={**facts, "email": "secret@small.example"}, version=1))
    page = portal.as_("r1")
    page.goto("/program/people/r2")
    expect(page.get_by_label("Track")).to_be_disabled()
    expect(page.get_by_label("E-mail")).to_have_count(0)
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    for path in ("/program/people", "/program/people/r2", "/program/members", "/program"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        assert "small.example" not in answer.text()
    page = portal.as_("coordinator")
    page.goto("/program/people")
    expect(page.get_by_text("secret@small.example")).to_be_visible()


def test_somebody_is_invited_by_mail_from_the_page_of_the_person(mailing: Portal, sink: MailSink) -> None:
    page = mailing.as_("coordinator")
    page.goto("/program/people/f5")
    page.get_by_label("E-mail").last.fill("new.login@small.example")
    page.get_by_role("button", name="Invite by mail").click()
    expect(page.get_by_role("status")).to_contain_text("The invitation is on its way")
    mailing.here.work_off()
    assert len(sink.to("new.login@small.example")) == 1


def test_a_role_is_given_and_taken_away_and_a_wrong_address_is_told(portal: Portal) -> None:
    page = portal.as_("coordinator")
    page.goto("/program/members")
    page.get_by_label("E-mail").fill("guest@small.example")
    page.get_by_label("Name").fill("Guest")
    page.get_by_label("Role of the login").select_option("auditor")
    page.get_by_role("button", name="Give the role at once").click()
    page.wait_for_url("**/members?said=saved")
    guest = "(SELECT user_id FROM app_user WHERE email = 'guest@small.example')"
    held = f"SELECT count(*) FROM membership WHERE active AND user_id = {guest}"
    assert portal.here.value(held) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("row", name="Guest").get_by_role("button").click()
    page.wait_for_url("**/members?said=saved")
    expect(page.get_by_text("Guest")).to_have_count(0)
    assert portal.here.value(held) == 0
