"""What people do to their own login: invitations, passwords, tokens for scripts; each link opens one door once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.http import CSRF_HEADER
from tests.installed import Installed
from tests.mail_sink import MailSink
from tests.web import Web

GUEST = {"email": "Guest@Small.example ", "display_name": "Guest", "role": "resident", "person_id": None}
PASSWORD = "four words in a row"


def text_of(mail: Any) -> str:
    return mail.get_body(("plain",)).get_content()


def link_in(sink: MailSink, address: str) -> str:
    """The secret of the link in the last mail to an address; it stands behind the #."""
    found = re.search(r"http\S+/(?:invitation|password-reset)#(\S+)", text_of(sink.to(address)[-1]))
    assert found
    return found[1]


def everything_stored(house: Installed) -> str:
    """All rows of all tables that the application reads in the program, as text."""
    names = house.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    tables = [row["table_name"] for row in names if row["table_name"] != "house_secret"]
    return "\n".join(str(house.rows(f"SELECT * FROM {table}")) for table in tables)


def test_an_invited_person_chooses_a_password_by_the_link_and_has_the_role(posting: Installed, sink: MailSink) -> None:
    web = Web(posting)
    assert web.as_("coordinator").post("/invitations", json=GUEST).status_code == 201
    posting.work_off()
    token, nobody = link_in(sink, "guest@small.example"), web.nobody()
    answer = nobody.post(f"/invitations/{token}/accept", json={"display_name": "Gus Guest", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    signed = nobody.post("/session", json={"email": "guest@small.example", "password": PASSWORD})
    assert signed.status_code == 201
    assert nobody.get("/session").json()["name"] == "Gus Guest"
    assert nobody.get("/schedules").status_code == 200
    mine = [row for row in web.as_("coordinator").get("/memberships").json()["items"] if row["role"] == "resident"]
    assert answer.json()["user_id"] in {row["user_id"] for row in mine}
    entry = posting.rows("SELECT actor_user_id FROM audit_entry WHERE action = 'AcceptInvitation'")
    assert entry == [{"actor_user_id": UUID(answer.json()["user_id"])}]


def test_the_link_of_an_invitation_works_once_and_for_a_week(posting: Installed, sink: MailSink) -> None:
    web, nobody = Web(posting), Web(posting).nobody()
    coordinator = web.as_("coordinator")
    coordinator.post("/invitations", json=GUEST)
    posting.work_off()
    first = link_in(sink, "guest@small.example")
    coordinator.post("/invitations", json=GUEST)
    posting.work_off()
    second = link_in(sink, "guest@small.example")
    body = {"password": PASSWORD}
    assert nobody.post(f"/invitations/{first}/accept", json=body).status_code == 410
    assert nobody.post(f"/invitations/{second}/accept", json={}).status_code == 400
    assert nobody.post(f"/invitations/{second}/accept", json=body).status_code == 201
    assert nobody.post(f"/invitations/{second}/accept", json=body).status_code == 410
    assert nobody.post("/invitations/no-such-link/accept", json=body).status_code == 404
    coordinator.post("/invitations", json={**GUEST, "email": "late@small.example"})
    posting.work_off()
    posting.advance(7 * 86400 + 1)
    late = nobody.post(f"/invitations/{link_in(sink, 'late@small.example')}/accept", json=body)
    assert (late.status_code, late.json()["code"]) == (410, "link_over")


def test_a_user_who_is_known_keeps_the_password_when_invited_elsewhere(posting: Installed, sink: MailSink) -> None:
    posting.add_program("other")
    posting.work_off()
    web = Web(posting)
    answer = web.as_("coordinator", program="other").post("/invitations", json={**GUEST, "email": "admin@test.example"})
    assert answer.status_code == 201
    posting.work_off()
    nobody = web.nobody()
    token = link_in(sink, "admin@test.example")
    assert nobody.post(f"/invitations/{token}/accept", json={"password": PASSWORD}).status_code == 201
    signed = {"email": "admin@test.example", "password": PASSWORD}
    assert nobody.post("/session", json=signed).status_code == 403
    assert nobody.post("/session", json={**signed, "password": "a password of tests"}).status_code == 201


def test_a_coordinator_invites_no_admin(house: Installed) -> None:
    for role in ("admin", "program_director"):
        assert Web(house).as_("coordinator").post("/invitations", json={**GUEST, "role": role}).status_code == 403
    assert Web(house).as_("admin").post("/invitations", json={**GUEST, "role": "program_director"}).status_code == 201


def test_secrets_of_links_stand_in_mails_and_nowhere_else(
    posting: Installed, sink: MailSink, capfd: pytest.CaptureFixture[str]
) -> None:
    web = Web(posting)
    web.as_("coordinator").post("/invitations", json=GUEST)
    web.nobody().post("/password-resets", json={"email": "f1@small.example"})
    posting.work_off()
    secrets = [link_in(sink, "guest@small.example"), link_in(sink, "f1@small.example")]
    web.nobody().post(f"/invitations/{secrets[0]}/accept", json={"password": PASSWORD})
    web.nobody().post(f"/password-resets/{secrets[1]}", json={"password": PASSWORD})
    stored, said = everything_stored(posting), "".join(capfd.readouterr())
    for secret in secrets:
        assert hash_of_token(secret) in stored
        assert secret not in stored
        assert secret not in said
        assert secret not in str(sink.received[0]["Subject"])
    assert PASSWORD not in stored + said


def test_a_mail_about_a_used_invitation_is_not_sent(posting: Installed, sink: MailSink) -> None:
    web = Web(posting)
    sink.mode = "refuse"
    web.as_("coordinator").post("/invitations", json=GUEST)
    posting.work_off()
    secret = posting.installation.later.sealer.token(
        "invitation", posting.value("SELECT invitation_id FROM invitation")
    )
    assert web.nobody().post(f"/invitations/{secret}/accept", json={"password": PASSWORD}).status_code == 201
    sink.mode = "accept"
    posting.advance(600)
    posting.work_off()
    assert sink.received == []
    states = posting.rows("SELECT d.state FROM delivery d JOIN notice n USING (notice_id) WHERE n.type = 'invitation'")
    assert states == [{"state": "canceled"}]


def test_a_forgotten_password_is_replaced_by_a_link_and_every_session_ends(posting: Installed, sink: MailSink) -> None:
    web = Web(posting)
    signed_in, nobody = web.as_("f1"), web.nobody()
    known = nobody.post("/password-resets", json={"email": " F1@small.example"})
    unknown = nobody.post("/password-resets", json={"email": "nobody@small.example"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (202, known.json())
    posting.work_off()
    assert {str(mail["To"]) for mail in sink.received} == {"f1@small.example"}
    secret = link_in(sink, "f1@small.example")
    assert nobody.post(f"/password-resets/{secret}", json={"password": "short"}).status_code == 400
    assert nobody.post(f"/password-resets/{secret}", json={"password": PASSWORD}).status_code == 204
    assert signed_in.get("/session").status_code == 401
    assert nobody.post("/session", json={"email": "f1@small.example", "password": PASSWORD}).status_code == 201
    assert nobody.post(f"/password-resets/{secret}", json={"password": PASSWORD}).status_code == 410
    assert posting.value("SELECT count(*) FROM audit_entry WHERE action = 'ResetPassword'") == 1


def test_the_link_for_a_new_password_is_over_after_an_hour(posting: Installed, sink: MailSink) -> None:
    nobody = Web(posting).nobody()
    nobody.post("/password-resets", json={"email": "f1@small.example"})
    posting.work_off()
    posting.advance(3601)
    secret = link_in(sink, "f1@small.example")
    assert nobody.post(f"/password-resets/{secret}", json={"password": PASSWORD}).status_code == 410
    assert nobody.post("/password-resets/no-such-link", json={"password": PASSWORD}).status_code == 404


def test_nobody_is_looked_up_before_a_reset_is_answered(house: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is on its way when the work begins, so its time tells nothing."""
    order: list[str] = []
    from housestaff.features.accounts import links

    looked_up = links.ask_reset
    monkeypatch.setattr(links, "ask_reset", lambda *given: (order.append("looked up"), looked_up(*given)))
    app = Web(house).app

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.body":
                order.append("answered")
            await send(message)

        await app(scope, receive, told)

    from fastapi.testclient import TestClient

    for address in ("f1@small.example", "nobody@small.example"):
        order.clear()
        TestClient(watched, base_url="http://testserver").post("/api/v1/password-resets", json={"email": address})
        assert order.index("answered") < order.index("looked up")


def test_ones_own_password_is_changed_by_who_knows_it_and_other_sessions_end(house: Installed) -> None:
    web = Web(house)
    here, there = web.as_("admin"), web.as_("admin")
    change = {"current": "a wrong password", "password": PASSWORD}
    assert here.put("/password", json=change).status_code == 403
    assert here.put("/password", json={**change, "current": "a password of tests"}).status_code == 204
    assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)
    assert web.nobody().post("/session", json={"email": "admin@test.example", "password": PASSWORD}).status_code == 201


def test_a_token_for_scripts_is_shown_once_and_acts_for_its_owner_until_it_ends(house: Installed) -> None:
    web = Web(house)
    owner, script = web.as_("coordinator"), web.nobody()
    made = owner.post("/api-tokens", json={"name": "nightly export", "days": 30})
    assert made.status_code == 201
    token, token_id = made.json()["token"], made.json()["token_id"]
    listed = owner.get("/api-tokens").json()["items"]
    assert [(each["token_id"], each["name"]) for each in listed] == [(token_id, "nightly export")]
    assert token not in str(listed)
    assert token not in everything_stored(house)
    script.headers["Authorization"] = f"Bearer {token}"
    assert script.get("/schedules").status_code == 200
    draft = {"first_day": "2025-07-31", "last_day": "2025-08-27"}
    assert script.post("/schedules", json=draft).status_code == 201
    assert script.post("/api-tokens", json={"name": "another"}).status_code == 403
    assert script.put("/password", json={"current": "x", "password": PASSWORD}).status_code == 403
    house.advance(30 * 86400 + 1)
    assert script.get("/schedules").status_code == 401


def test_a_revoked_token_is_worth_nothing_and_only_its_owner_revokes_it(house: Installed) -> None:
    web = Web(house)
    owner, script = web.as_("coordinator"), web.nobody()
    made = owner.post("/api-tokens", json={"name": "export"}).json()
    script.headers["Authorization"] = f"Bearer {made['token']}"
    assert web.as_("director").delete(f"/api-tokens/{made['token_id']}").status_code == 404
    assert script.get("/schedules").status_code == 200
    assert owner.delete(f"/api-tokens/{made['token_id']}").status_code == 204
    assert script.get("/schedules").status_code == 401
    assert owner.get("/api-tokens").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/session", {"email": "f1@small.example", "password": "a guess of many"}),
        ("/password-resets", {"email": "f1@small.example"}),
        ("/invitations/a-guessed-secret/accept", {}),
        ("/password-resets/a-guessed-secret", {"password": PASSWORD}),
    ],
)
def test_too_many_attempts_wait_a_quarter_of_an_hour(house: Installed, path: str, body: dict[str, Any]) -> None:
    nobody = Web(house).nobody()
    first = {nobody.post(path, json=body).status_code for _ in range(10)}
    assert 429 not in first
    refused = nobody.post(path, json=body)
    assert refused.status_code == 429
    assert 890 <= int(refused.headers["Retry-After"]) <= 900
    assert refused.json()["code"] == "too_many_attempts"
    house.advance(901)
    assert nobody.post(path, json=body).status_code in first


def test_one_address_of_a_whole_hospital_may_try_more_often_than_one_name(house: Installed) -> None:
    nobody = Web(house).nobody()
    answers = [
        nobody.post("/password-resets", json={"email": f"someone{number}@small.example"}).status_code
        for number in range(101)
    ]
    assert answers == [202] * 100 + [429]


def test_a_session_takes_its_csrf_header_and_nothing_from_another_site(house: Installed) -> None:
    client = Web(house).as_("coordinator")
    draft = {"first_day": "2025-07-31", "last_day": "2025-08-27"}
    assert client.post("/schedules", json=draft, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/schedules", json=draft, headers={CSRF_HEADER: "a guess"}).status_code == 403
    assert client.post("/schedules", json=draft).status_code == 201


def test_a_session_is_listed_and_ended_by_its_owner(house: Installed) -> None:
    web = Web(house)
    here, there, other = web.as_("coordinator"), web.as_("coordinator"), web.as_("director")
    listed = here.get("/sessions").json()["items"]
    assert len(listed) == 2
    newest = listed[0]["session_id"]
    assert other.delete(f"/sessions/{newest}").status_code == 404
    assert here.delete(f"/sessions/{newest}").status_code == 204
    assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)


def test_wishes_are_kept_and_a_mail_that_is_off_is_not_sent(posting: Installed, sink: MailSink) -> None:
    client = Web(posting).as_("second.coordinator")
    before = client.get("/portal/preferences").json()
    assert (before["locale"], before["quiet_hours"], before["email_off"]) == ("en", "22:00-07:00", [])
    wishes = {"email_off": ["schedule_created"], "zone": "America/Denver", "locale": "es-MX"}
    assert client.patch("/portal/preferences", json=wishes).json() == {**before, **wishes}
    posting.draft()
    posting.work_off()
    assert sink.to("second.coordinator@small.example") == []
    assert sink.to("third.coordinator@small.example") != []
    assert [notice["type"] for notice in client.get("/notices").json()["items"]] == ["schedule_created"]
    assert client.patch("/portal/preferences", json={"email_off": None, "zone": None}).json()["email_off"] == []


@pytest.mark.parametrize(
    "wish",
    [
        {"email_off": ["invitation"]}, {"email_off": ["delivery_problem"]}, {"email_off": ["nothing"]},
        {"zone": "Mars/Olympus"}, {"locale": "xx-nowhere"}, {"quiet_hours": "late"}, {"quiet_hours": "25:00-07:00"},
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_refused(house: Installed, wish: dict[str, Any]) -> None:
    assert Web(house).as_("f1").patch("/portal/preferences", json=wish).status_code == 400
