"""C28: every message of the house goes through one function that resolves, renders, respects wishes and records."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.event import listen

from housestaff.bootstrap.installation import opened
from housestaff.core.errors import NotFound
from housestaff.features.accounts.commands import GrantRole
from housestaff.features.notices import queries
from housestaff.features.notices.commands import ReadNotice
from housestaff.features.notices.model import Audience
from housestaff.features.notices.notify import Message, Notifier, Outside
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.i18n import MissingText
from housestaff.plumbing.settings import Settings
from housestaff.plumbing.unit import Request
from tests.installed import Installed
from tests.mail_sink import MailSink

CONTEXT = {
    "first_day": date(2025, 7, 31),
    "last_day": date(2025, 8, 27),
    "author": "somebody",
    "method": "empty",
    "percent": 50,
    "gaps": 2,
    "critical": 0,
    "warning": 0,
}


def notify(
    house: Installed, audience: Audience, *, key: str = "key", context: dict[str, Any] | None = None, **more: Any
) -> int:
    """Tell an audience of the small program; returns how many notices are new."""

    def tell(notifier: Notifier) -> int:
        message = Message("schedule_created", {**CONTEXT, **(context or {})}, key, new_id(), **more)
        return notifier.notify(message, audience)

    at_work = house.installation.house
    with at_work.unit(Request.of_system(house.programs["small"])) as unit:
        return at_work.call(tell, unit)


def told(house: Installed) -> set[str]:
    """The addresses of those who have a notice."""
    rows = house.rows("SELECT email FROM notice JOIN app_user ON user_id = recipient_user_id")
    return {row["email"] for row in rows}


@pytest.mark.capability("C28")
@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(roles=("coordinator",)), {"coordinator", "second.coordinator", "third.coordinator"}),
        (Audience(roles=("program_director", "auditor")), {"director", "auditor"}),
        (Audience(roles=("program_director", "coordinator"), chain=True), {"director"}),
        (Audience(persons=("r1", "f2", "nobody")), {"r1", "f2"}),
    ],
)
def test_each_audience_is_exactly_its_active_users(house: Installed, audience: Audience, expected: set[str]) -> None:
    house.add_program("other")
    house.deactivate("gone", "coordinator")
    assert notify(house, audience) == len(expected)
    assert told(house) == {f"{name}@small.example" for name in expected}


@pytest.mark.capability("C28")
def test_the_chain_goes_on_where_a_step_is_empty_and_counts_it(house: Installed) -> None:
    house.deactivate("director", "program_director")
    notify(house, Audience(roles=("program_director", "coordinator"), chain=True))
    assert len(told(house)) == 3
    rows = house.rows("SELECT labels, amount FROM event_count WHERE series = 'recipients_empty_total'")
    assert rows == [{"labels": "notice_type=schedule_created|step=program_director", "amount": 1}]


@pytest.mark.capability("C28")
def test_five_hundred_are_told_with_six_queries(house: Installed) -> None:
    with house.installation.database.transaction(program=house.programs["small"]) as connection:
        connection.execute(
            sa.text(
                "WITH made AS (INSERT INTO app_user SELECT gen_random_uuid(), 'many' || n || '@small.example', 'Many', "
                "NULL, NULL, true, 'en', '{}', now() FROM generate_series(1, 500) n RETURNING user_id) "
                "INSERT INTO membership SELECT :p, user_id, 'resident', '', NULL, true, now() FROM made"
            ),
            {"p": house.programs["small"]},
        )
    statements: list[str] = []
    engine = house.installation.database.engine
    listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert notify(house, Audience(roles=("resident",))) == 503
    counted = [each for each in statements if "set_config" not in each]
    assert len(counted) <= 6 + 3, counted
    """Six of the notifier; its program, its counters and the queue's own stand beside them."""


@pytest.mark.capability("C28")
def test_the_same_key_tells_once_also_from_two_workers_at_once(posting: Installed) -> None:
    barrier, made = Barrier(2), list[int]()

    def tell() -> None:
        with opened(posting.installation.settings, posting.addresses) as other:
            second = Installed(other, posting.addresses, posting.folder, posting.admin, posting.programs, {})
            barrier.wait()
            made.append(notify(second, Audience(roles=("coordinator",))))

    workers = [Thread(target=tell) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(made) == [0, 3]
    assert notify(posting, Audience(roles=("coordinator",))) == 0
    assert posting.value("SELECT count(*) FROM notice") == 3


@pytest.mark.capability("C28")
@pytest.mark.parametrize(("hour", "minute"), [(23, 30), (6, 30)])
def test_in_quiet_hours_mail_waits_until_seven_but_urgent_mail_goes(
    posting: Installed, sink: MailSink, hour: int, minute: int
) -> None:
    posting.set_local_hour(hour, minute)
    notify(posting, Audience(roles=("auditor",)), key="quiet")
    notify(posting, Audience(roles=("auditor",)), key="urgent", priority="urgent")
    posting.work_off()
    assert len(sink.received) == 1
    rows = posting.rows(
        "SELECT state, due_at AT TIME ZONE 'America/Chicago' AS due FROM delivery WHERE channel = 'email'"
    )
    deferred = [row["due"] for row in rows if row["state"] == "deferred"]
    assert [(due.hour, due.minute) for due in deferred] == [(7, 0)]
    posting.set_local_hour(7, 1)
    posting.work_off()
    assert len(sink.received) == 2


@pytest.mark.capability("C28")
def test_unread_notices_are_ones_own_and_nobody_marks_anothers(house: Installed) -> None:
    notify(house, Audience(roles=("coordinator",)), key="first")
    notify(house, Audience(roles=("coordinator",)), key="second")
    unread = {"unread": True, "limit": 50, "before": None}
    mine = house.read(queries.own, needs="notice:read", **unread)
    assert len(mine) == 2
    house.do(ReadNotice(notice_id=mine[0]["notice_id"]))
    left = house.read(queries.own, needs="notice:read", **unread)
    assert [row["notice_id"] for row in left] == [mine[1]["notice_id"]]
    with pytest.raises(NotFound):
        house.do(ReadNotice(notice_id=mine[1]["notice_id"]), by="second.coordinator")


@pytest.mark.capability("C28")
def test_names_are_shown_as_they_stand_and_inject_nothing(posting: Installed, sink: MailSink) -> None:
    name = "<script>alert(1)</script>\nBcc: everybody@else.example {{ 7*7 }}"
    notify(posting, Audience(roles=("auditor",)), context={"author": name})
    posting.work_off()
    mail = sink.received[0]
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert mail["Bcc"] is None
    assert {str(each["To"]) for each in sink.received} == {"auditor@small.example"}


@pytest.mark.capability("C28")
def test_without_a_mail_server_mail_is_suppressed_and_says_so(house: Installed) -> None:
    notify(house, Audience(roles=("auditor",)))
    house.work_off()
    rows = house.rows("SELECT channel, state, reason FROM delivery ORDER BY channel")
    assert [(row["channel"], row["state"], row["reason"]) for row in rows] == [
        ("email", "suppressed", "mail_disabled"),
        ("in_app", "sent", ""),
    ]


@pytest.mark.capability("C28")
def test_a_text_that_lacks_a_value_is_an_error_in_tests_and_falls_back_in_use(
    house: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from housestaff.plumbing import metrics

    def tell(notifier: Notifier) -> int:
        return notifier.notify(Message("schedule_created", {}, "key", new_id()), Audience(roles=("auditor",)))

    at_work = house.installation.house
    with pytest.raises(MissingText), at_work.unit(Request.of_system(house.programs["small"])) as unit:
        at_work.call(tell, unit)
    monkeypatch.setattr(Settings, "is_strict", False)
    with at_work.unit(Request.of_system(house.programs["small"])) as unit:
        at_work.call(tell, unit)
    assert house.value("SELECT subject FROM notice") == "Schedule created"
    assert "template_missing_total" in metrics.text().decode()


@pytest.mark.control("C28")
def test_a_notifier_that_discards_tells_nobody(posting: Installed, sink: MailSink) -> None:
    from tests.features.test_told_of_drafts import draft_with_three_gaps, told_of_the_draft

    house = posting.installation.house
    outside = Outside("http://small.example", "small.example", mail_is_on=True, is_discarding=True)
    made = house.parts.makers[Notifier]
    house.parts.makers[Notifier] = lambda unit: _discarding(made(unit), outside)  # type: ignore[index]
    draft_with_three_gaps(posting)
    posting.work_off()
    with pytest.raises(AssertionError):
        told_of_the_draft(posting, sink)


def _discarding(notifier: Notifier, outside: Outside) -> Notifier:
    notifier._outside = outside
    return notifier


@pytest.mark.capability("C28")
def test_a_person_without_a_login_is_told_nothing(house: Installed) -> None:
    house.do(GrantRole(email="new@small.example", display_name="New", role="resident", person_id="r9"), "admin")
    assert notify(house, Audience(persons=("r9", "r10"))) == 1
