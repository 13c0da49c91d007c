"""C25 and C9: a change of what is in force that newly breaks a rule takes an override in the same command."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.errors import BadInput, NotAllowed, RuleBroken
from housestaff.features.schedules.commands import AmendSchedule, EditDraft, PublishSchedule, Signed
from tests.features.long_month import BUSY, LIMIT, OVER, THURSDAYS, WHY, accept, long_draft, long_published, violation
from tests.installed import Installed
from tests.mail_sink import MailSink
from tests.web import Web

DAY = 86400
TO_BUSY = (
    SetCall(line="six", day=THURSDAYS[1], person="f4"), SetCall(line="seven", day=THURSDAYS[1], person=BUSY),
)  # fmt: skip


def kept_published(house: Installed) -> UUID:
    """The month with exactly eighty hours, in force."""
    made = long_draft(house, sevens=0)
    house.do(PublishSchedule(schedule_id=made, revision=1))
    house.work_off()
    return made


def amend(house: Installed, schedule: UUID, by: str, signed: Signed | None) -> None:
    """Give the busy resident a minute more."""
    command = AmendSchedule(
        schedule_id=schedule, base_number=1, edits=TO_BUSY, reason_code="coverage_gap", override=signed
    )
    house.do(command, by)


def signed(house: Installed, days: int = 5) -> Signed:
    """A signature for some days."""
    return Signed("coverage_gap", WHY, house.installation.clock.now() + timedelta(days=days))


@pytest.mark.capability("C25", "C9")
def test_a_change_that_newly_breaks_a_rule_takes_the_signature_of_the_director(
    posting: Installed, sink: MailSink
) -> None:
    schedule = kept_published(posting)
    sink.received.clear()
    with pytest.raises(RuleBroken):
        amend(posting, schedule, "director", None)
    with pytest.raises(NotAllowed, match="override:apply_critical"):
        amend(posting, schedule, "coordinator", signed(posting))
    assert posting.value("SELECT number FROM schedule") == 1
    assert posting.rows(f"SELECT 1 FROM violation WHERE {OVER}") == []
    amend(posting, schedule, "director", signed(posting))
    assert posting.value("SELECT number FROM schedule") == 2
    held = violation(posting)
    assert (held["state"], held["value"], held["number"]) == ("overridden", LIMIT + 1, 2)
    posting.work_off()
    assert violation(posting)["state"] == "overridden"
    assert posting.value("SELECT state FROM override") == "active", "the change that it is about does not void it"
    moves = posting.rows(
        "SELECT move, state FROM violation_entry WHERE violation_id = :v ORDER BY entry_id", v=held["violation_id"]
    )
    assert [(row["move"], row["state"]) for row in moves] == [("opened", "open"), ("overridden", "overridden")]
    assert not [mail for mail in sink.received if "must hold is broken" in str(mail["Subject"])]
    assert posting.value("SELECT count(*) FROM timer WHERE kind = 'violation.escalate' AND state = 'armed'") == 0
    entry = posting.rows("SELECT changes FROM audit_entry WHERE action = 'AmendSchedule'")[0]
    assert len(entry["changes"]["justification"][1]) == 12


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_when_it_is_over_what_the_change_broke_is_alerted(posting: Installed, sink: MailSink) -> None:
    schedule = kept_published(posting)
    amend(posting, schedule, "director", signed(posting))
    posting.work_off()
    posting.advance(6 * DAY)
    posting.work_off()
    assert violation(posting)["state"] == "open"
    alerted = [str(mail["To"]) for mail in sink.received if "must hold is broken" in str(mail["Subject"])]
    assert alerted.count("director@small.example") == 1


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_what_is_accepted_already_is_accepted_anew_by_as_much_as_is_signed_now(house: Installed) -> None:
    schedule = long_published(house)
    amend(house, schedule, "director", signed(house))
    house.work_off()
    assert (violation(house)["state"], violation(house)["value"]) == ("overridden", LIMIT + 2)
    states = house.rows("SELECT state FROM override ORDER BY override_id")
    assert [row["state"] for row in states] == ["voided", "active"]


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_signature_over_http_with_an_end_that_is_too_far_is_refused(house: Installed) -> None:
    schedule = kept_published(house)
    with pytest.raises(BadInput, match="expires_at"):
        amend(house, schedule, "director", signed(house, days=40))
    director = Web(house).as_("director")
    edits = [{"kind": "call", "line": each.line, "day": str(each.day), "person": each.person} for each in TO_BUSY]
    given = {"reason_code": "sick", "justification": WHY, "expires_at": signed(house).expires_at.isoformat()}
    body = {"base_number": 1, "changes": edits, "reason_code": "coverage_gap"}
    address = f"/schedules/{schedule}/amendments"
    assert director.post(address, json=body).status_code == 422
    assert director.post(address, json={**body, "override": {**given, "justification": "short"}}).status_code == 400
    assert director.post(address, json={**body, "override": given}).status_code == 201
    assert violation(house)["state"] == "overridden"


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_what_changed_before_it_was_signed_does_not_void_it(house: Installed) -> None:
    """The watch comes late to a change that was in sight of who signed."""
    draft = long_draft(house)
    house.switch("compliance.override_watch", on=False)
    house.do(EditDraft(schedule_id=draft, revision=1, edits=TO_BUSY))
    house.work_off()
    accept(house, violation(house)["violation_id"])
    house.switch("compliance.override_watch", on=True)
    house.work_off()
    assert house.value("SELECT state FROM override") == "active"
