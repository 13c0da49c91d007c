"""C25: a breach is accepted only by the right person, with a reason, for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from housestaff.core.edits import SetCall
from housestaff.core.errors import BadInput, NotAllowed, RuleBroken, Stale
from housestaff.features.compliance.commands import AcknowledgeViolation, RevokeOverride
from housestaff.features.schedules.commands import AmendSchedule, AnnotateDuty, EditDraft, PublishSchedule
from housestaff.plumbing import installation_metrics
from tests.features.long_month import (
    BUSY,
    THURSDAYS,
    WHY,
    accept,
    lengthen,
    long_draft,
    long_published,
    violation,
)
from tests.installed import Installed

DAY = 86400
WARNING = "key = (SELECT min(key) FROM violation WHERE severity = 'warning')"
OVERRIDES = "SELECT * FROM override ORDER BY override_id"


# -- who, and how ------------------------------------------------------------------------------------------------------


@pytest.mark.capability("C25")
def test_a_coordinator_accepts_a_warning_and_no_rule_that_must_hold(house: Installed) -> None:
    long_draft(house)
    critical, warning = violation(house), violation(house, WARNING)
    with pytest.raises(NotAllowed, match="override:apply_critical"):
        accept(house, critical["violation_id"], by="coordinator")
    denied = house.rows("SELECT action, actor_role FROM audit_entry WHERE action LIKE 'denied:%'")
    assert denied == [{"action": "denied:ApplyOverride", "actor_role": "coordinator"}]
    assert house.rows(OVERRIDES) == []
    assert violation(house)["state"] == "open"
    accept(house, warning["violation_id"], by="coordinator")
    assert [row["level"] for row in house.rows(OVERRIDES)] == ["warning"]
    assert violation(house, WARNING)["state"] == "overridden"


@pytest.mark.capability("C25")
@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"justification": "because"}, "justification"),
        ({"justification": " " * 60}, "justification"),
        ({"reason_code": "boredom"}, "reason_code"),
        ({"days": 31}, "expires_at"),
        ({"days": -1}, "expires_at"),
    ],
)
def test_without_a_reason_and_an_end_in_time_nothing_is_accepted(
    house: Installed, wrong: dict[str, Any], place: str
) -> None:
    long_draft(house)
    given: dict[str, Any] = dict(wrong)
    if "days" in given:
        given = {"expires_at": house.installation.clock.now() + timedelta(days=given["days"])}
    with pytest.raises(BadInput) as refused:
        accept(house, violation(house)["violation_id"], **given)
    assert refused.value.place == place
    assert house.rows(OVERRIDES) == []


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_what_is_accepted_cannot_be_accepted_again(house: Installed) -> None:
    long_draft(house)
    known = violation(house)["violation_id"]
    accept(house, known)
    with pytest.raises(Stale):
        accept(house, known)
    with pytest.raises(Stale):
        house.do(AcknowledgeViolation(violation_id=known), "director")


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_an_acknowledgement_of_a_rule_that_must_hold_is_the_directors(house: Installed) -> None:
    long_draft(house)
    known = violation(house)["violation_id"]
    with pytest.raises(NotAllowed):
        house.do(AcknowledgeViolation(violation_id=known))
    house.do(AcknowledgeViolation(violation_id=known), "director")
    assert violation(house)["state"] == "acknowledged"
    house.do(AcknowledgeViolation(violation_id=violation(house, WARNING)["violation_id"]))
    assert violation(house, WARNING)["state"] == "acknowledged"


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_what_cannot_be_entered_is_not_accepted(house: Installed) -> None:
    """The record fails: the override is refused as a whole."""
    long_draft(house)
    at_work = house.installation.house

    def fails(*_given: object) -> None:
        raise RuntimeError("the record cannot be written")

    at_work.consumers = tuple(
        replace(each, react=fails) if each.name == "compliance.ledger" else each for each in at_work.consumers
    )
    with pytest.raises(RuntimeError):
        accept(house, violation(house)["violation_id"])
    assert house.rows(OVERRIDES) == []
    assert violation(house)["state"] == "open"
    assert house.value("SELECT count(*) FROM timer WHERE kind = 'override.expire'") == 0


# -- publishing --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_draft_that_breaks_a_rule_is_published_only_where_that_is_accepted(house: Installed) -> None:
    draft = long_draft(house)
    with pytest.raises(RuleBroken) as refused:
        house.do(PublishSchedule(schedule_id=draft, revision=1))
    assert [each.rule for each in refused.value.findings] == ["eighty_hours"]
    made = accept(house, violation(house)["violation_id"])
    house.do(PublishSchedule(schedule_id=draft, revision=1))
    payload = house.value("SELECT payload FROM event WHERE type = 'schedule.published'")
    assert payload["override_ids"] == [str(made)]


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_an_override_that_is_over_accepts_nothing(house: Installed) -> None:
    draft = long_draft(house)
    made = accept(house, violation(house)["violation_id"])
    house.do(RevokeOverride(override_id=made), "director")
    with pytest.raises(RuleBroken):
        house.do(PublishSchedule(schedule_id=draft, revision=1))
    house.work_off()
    assert violation(house)["state"] == "open"
    with pytest.raises(RuleBroken):
        house.do(PublishSchedule(schedule_id=draft, revision=1))


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_more_than_was_signed_is_not_accepted(house: Installed) -> None:
    """An override of a minute is none of an hour."""
    draft = long_draft(house)
    accept(house, violation(house)["violation_id"])
    lengthen(house, 810)
    with pytest.raises(RuleBroken):
        house.do(PublishSchedule(schedule_id=draft, revision=1))


# -- its end -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_when_its_time_is_over_what_still_stands_is_open_again(house: Installed) -> None:
    long_published(house)
    assert violation(house)["state"] == "overridden"
    house.advance(11 * DAY)
    house.work_off()
    assert [row["state"] for row in house.rows(OVERRIDES)] == ["expired"]
    assert violation(house)["state"] == "open"
    assert house.value("SELECT count(*) FROM event WHERE type = 'violation.reopened'") == 1


def given_away(house: Installed) -> None:
    """A call that the override covers goes to another person."""
    schedule = long_published(house)
    edits = (SetCall(line="seven", day=THURSDAYS[0], person="f4"), SetCall(line="six", day=THURSDAYS[1], person="f4"))
    house.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=edits, reason_code="educational"))
    house.work_off()


def is_voided(house: Installed) -> None:
    """The override is over, and what is kept now is no violation any more."""
    assert [row["state"] for row in house.rows(OVERRIDES)] == ["voided"]
    assert violation(house)["state"] == "resolved"


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_covered_duty_that_goes_to_another_ends_it(house: Installed) -> None:
    given_away(house)
    is_voided(house)


@pytest.mark.control("C25")
def test_without_the_watch_it_stays(house: Installed) -> None:
    house.switch("compliance.override_watch", on=False)
    given_away(house)
    with pytest.raises(AssertionError):
        is_voided(house)


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_covered_duty_that_moves_and_leaves_the_breach_opens_it_again(house: Installed) -> None:
    draft = long_draft(house, sevens=4)
    accept(house, violation(house)["violation_id"])
    edits = (SetCall(line="seven", day=THURSDAYS[0], person="f4"), SetCall(line="six", day=THURSDAYS[0], person=BUSY))
    house.do(EditDraft(schedule_id=draft, revision=1, edits=edits))
    house.work_off()
    assert [row["state"] for row in house.rows(OVERRIDES)] == ["voided"]
    assert violation(house)["state"] == "open"


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_a_note_or_another_duty_leaves_it_in_force(house: Installed) -> None:
    schedule = long_published(house)
    note = AnnotateDuty(schedule_id=schedule, duty_id=f"seven.{THURSDAYS[0]}", text="bring the pager")
    house.do(note)
    other = SetCall(line="six", day=THURSDAYS[0], person="f4")
    house.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(other,), reason_code="educational"))
    house.work_off()
    assert [row["state"] for row in house.rows(OVERRIDES)] == ["active"]
    assert violation(house)["state"] == "overridden"


# -- who must not read it ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_the_justification_stands_in_the_override_and_nowhere_else(house: Installed) -> None:
    canary = "a canary that sings of the illness of a colleague"
    long_draft(house)
    made = accept(house, violation(house)["violation_id"], justification=canary)
    house.do(RevokeOverride(override_id=made), "director")
    house.work_off()
    assert house.rows(OVERRIDES)[0]["justification"] == canary
    tables = [
        row["table_name"]
        for row in house.rows("SELECT table_name FROM information_schema.columns WHERE column_name = 'program_id'")
        if row["table_name"] != "override"
    ]
    assert len(tables) > 30
    for table in tables:
        found = house.rows(f'SELECT 1 FROM "{table}" AS each WHERE each::text LIKE :canary', canary="%canary%")
        assert not found, table


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_what_is_signed_stands_in_the_audit_chain(house: Installed) -> None:
    long_draft(house)
    known = violation(house)["violation_id"]
    accept(house, known)
    entry = house.rows("SELECT * FROM audit_entry WHERE action = 'ApplyOverride'")[0]
    assert (entry["actor_role"], entry["reason_code"]) == ("program_director", "sick")
    assert entry["changes"]["violations"] == [[], [str(known)]]
    assert WHY not in str(entry)
    assert len(entry["changes"]["justification"][1]) == 12


@pytest.mark.slow
@pytest.mark.capability("C25")
def test_overrides_and_violations_are_counted(house: Installed) -> None:
    long_draft(house)
    accept(house, violation(house)["violation_id"])
    told = installation_metrics.text(house.installation.database, house.installation.clock.now()).decode()
    assert 'housestaff_overrides_active{level="critical"} 1.0' in told
    assert 'housestaff_violations_open{rule="eighty_hours",severity="critical",state="overridden"} 1.0' in told
    for move in ("opened", "overridden"):
        assert f'housestaff_violations_total{{move="{move}",rule="eighty_hours",severity="critical"}} 1.0' in told
