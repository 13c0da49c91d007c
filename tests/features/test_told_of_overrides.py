"""The notices of C25: who hears of an override, and of its end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from housestaff.features.compliance.commands import ApplyOverride, RevokeOverride
from tests.features.long_month import (
    WHY,
    accept,
    long_draft,
    long_published,
    violation,
)
from tests.features.test_told_of_violations import COORDINATORS, DAY, DIRECTOR, mails, text, told
from tests.installed import Installed
from tests.mail_sink import MailSink


def auditors_are_told(house: Installed) -> None:
    """Each auditor, and not the director who has signed."""
    assert told(house, "override_applied") == ["auditor@small.example"]


def the_director_signs(house: Installed) -> UUID:
    """An override of a violation of a draft."""
    long_draft(house)
    made = accept(house, violation(house)["violation_id"])
    house.work_off()
    return made


@pytest.mark.capability("C25")
def test_the_auditors_hear_what_the_director_has_signed(posting: Installed, sink: MailSink) -> None:
    the_director_signs(posting)
    auditors_are_told(posting)
    said = text(sink, "auditor@small.example")
    assert "It is about a rule that must hold." in said
    assert "Resident r2" in said
    assert WHY not in said


@pytest.mark.control("C25")
def test_without_the_consumer_the_auditors_hear_nothing(posting: Installed) -> None:
    posting.switch("notices.override", on=False)
    the_director_signs(posting)
    with pytest.raises(AssertionError):
        auditors_are_told(posting)


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_the_director_hears_what_a_coordinator_has_signed_and_both_hear_of_its_end(posting: Installed) -> None:
    long_draft(posting)
    warning = violation(posting, "key = (SELECT min(key) FROM violation WHERE severity = 'warning')")
    signed = {"reason_code": "other", "justification": WHY}
    ends = posting.installation.clock.now() + timedelta(days=2)
    made = posting.do(ApplyOverride(violation_ids=(warning["violation_id"],), expires_at=ends, **signed))
    posting.work_off()
    assert told(posting, "override_applied") == ["auditor@small.example", DIRECTOR]
    posting.do(RevokeOverride(override_id=made), "director")
    posting.work_off()
    assert told(posting, "override_ended") == ["coordinator@small.example", DIRECTOR]


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_when_an_override_is_over_the_breach_is_alerted_once(posting: Installed, sink: MailSink) -> None:
    long_published(posting)
    assert mails(sink) == []
    posting.advance(11 * DAY)
    posting.work_off()
    posting.work_off()
    assert mails(sink) == sorted({DIRECTOR, *COORDINATORS})
    assert told(posting, "override_ended") == [DIRECTOR]


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_the_summary_of_a_publication_lists_its_overrides(posting: Installed) -> None:
    long_published(posting)
    summary = posting.rows("SELECT body FROM notice WHERE type = 'schedule_published_summary'")[0]["body"]
    assert "It stands under 1 override" in summary
    assert "a rule that must hold, until" in summary
    assert WHY not in summary
