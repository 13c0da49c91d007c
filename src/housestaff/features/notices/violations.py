"""Who hears of a broken rule, and who of an override that accepts one for a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import (
    OverrideApplied,
    OverrideExpired,
    OverrideRevoked,
    OverrideVoided,
    SchedulePublished,
    ViolationEscalated,
    ViolationOpened,
    ViolationReopened,
    ViolationResolved,
    ViolationWorsened,
)
from housestaff.core.program import Program
from housestaff.core.time import hours_and_minutes
from housestaff.features.compliance.model import OPEN, OVERRIDDEN, RESOLVED, Violation, title_of
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.notices.model import ALERT_CHAIN, Audience
from housestaff.features.notices.notify import Message, Notifier
from housestaff.features.notices.store import DELIVERY, NOTICE, Notices
from housestaff.features.program.store import Programs
from housestaff.features.schedules.queries import authors
from housestaff.plumbing import counts
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit

_Alerting: TypeAlias = ViolationOpened | ViolationReopened | ViolationWorsened

_ALERTS = ("violation_alert", "violation_escalated")
_WAITING = frozenset({"queued", "deferred", "retrying", "canceled"})
"""The states of a mail that nobody has got."""


@reacts_to(
    ViolationOpened,
    ViolationReopened,
    ViolationWorsened,
    ViolationResolved,
    ViolationEscalated,
    as_="notices.violation",
)
def tell_of_a_violation(
    happened: Occurred, unit: Unit, notifier: Notifier, programs: Programs, record: ComplianceRecord
) -> None:
    """Whoever answers for the law hears of a broken rule, and its own person; of a draft nobody does."""
    event = happened.event
    assert isinstance(event, _Alerting | ViolationResolved | ViolationEscalated)  # noqa: S101 - it takes no other
    held = record.violation(event.violation_id)
    if held.number is None:
        return
    context, about = _context(held, programs.get(held.first_day)), f"violation:{held.violation_id}"
    key, link = f"{about}:{happened.version}", f"/violations/{held.violation_id}"
    if isinstance(event, ViolationResolved):
        if held.state == RESOLVED:
            told = tuple(map(str, _take_back(unit, held)))
            if told:
                message = Message("violation_resolved", context, key, happened.event_id, link=link)
                notifier.notify(message, Audience(users=told))
    elif isinstance(event, ViolationEscalated):
        if held.state == OPEN:
            message = Message("violation_escalated", context, key, happened.event_id, link=link, about=about)
            notifier.notify(message, Audience(ALERT_CHAIN, chain=True, passed=event.step))
    # What is over or accepted by now is told to nobody any more.
    elif held.state not in {RESOLVED, OVERRIDDEN}:
        context |= _of_event(event)
        if event.severity == "critical":
            message = Message("violation_alert", context, key, happened.event_id, link=link, about=about)
            notifier.notify(message, Audience(ALERT_CHAIN, chain=True, copied=("coordinator",)))
        if not isinstance(event, ViolationWorsened):
            _tell_its_person(notifier, held, context, happened.event_id)


def tell_people_of_their_own(
    notifier: Notifier, programs: Programs, record: ComplianceRecord, published: Occurred
) -> None:
    """What a draft that is in force now has brought along, each person of their own; of a draft nobody was told."""
    event = published.event
    assert isinstance(event, SchedulePublished)  # noqa: S101 - the caller takes no other
    for held in record.of_schedule(event.schedule_id).values():
        if held.state not in {RESOLVED, OVERRIDDEN}:
            context = _context(held, programs.get(held.first_day))
            _tell_its_person(notifier, held, context, published.event_id)


def _tell_its_person(notifier: Notifier, held: Violation, context: dict[str, Any], event_id: UUID) -> None:
    if held.person_id is not None:
        # Whichever comes first, the publication or the check of it, tells: once for each time that it opens.
        key, link = f"violation:{held.violation_id}:{held.times_opened}", f"/violations/{held.violation_id}"
        own = Message("violation_own", context, key, event_id, link=link)
        notifier.notify(own, Audience(persons=(held.person_id,)))


def _context(held: Violation, program: Program) -> dict[str, Any]:
    return {
        "rule": title_of(held.rule),
        "person": program.name_of(held.subject),
        "first": held.first_day,
        "last": held.last_day,
        "value": _amount(held.value, held.unit),
        "limit": _amount(held.limit, held.unit),
        "citation": held.citation,
        "since": held.opened_at,
        "times": held.times_opened,
        "previous": "",
        "again": False,
    }


def _of_event(event: _Alerting) -> dict[str, Any]:
    """What the event itself knows: a later one may have changed the violation since."""
    previous = _amount(event.previous_value, event.unit) if event.previous_value is not None else ""
    value, limit = _amount(event.value, event.unit), _amount(event.limit, event.unit)
    return {"value": value, "limit": limit, "previous": previous, "again": isinstance(event, ViolationReopened)}


def _amount(amount: int, unit: str) -> str:
    return hours_and_minutes(amount) if unit == "minutes" else str(amount)


def _take_back(unit: Unit, held: Violation) -> list[UUID]:
    """Cancel the mails of its alerts that nobody has got yet; returns the users who know of it."""
    asked = (
        sa.select(NOTICE.c.recipient_user_id, DELIVERY.c.delivery_id, DELIVERY.c.channel, DELIVERY.c.state)
        .join(DELIVERY, DELIVERY.c.notice_id == NOTICE.c.notice_id)
        .where(
            NOTICE.c.about == f"violation:{held.violation_id}",
            NOTICE.c.type.in_(_ALERTS),
            NOTICE.c.created_at >= held.opened_at,
            DELIVERY.c.channel == "email",
        )
        .order_by(DELIVERY.c.delivery_id)
    )
    knows: dict[UUID, bool] = {}
    for row in unit.connection.execute(asked):
        is_waiting = row.state in _WAITING
        knows[row.recipient_user_id] = knows.get(row.recipient_user_id, False) or not is_waiting
        if is_waiting and row.state != "canceled":
            Notices(unit).move(row.delivery_id, "canceled")
            counts.count(unit, "deliveries_total", channel=row.channel, state="canceled")
    return [user for user, does in knows.items() if does]


@reacts_to(OverrideApplied, OverrideExpired, OverrideRevoked, OverrideVoided, as_="notices.override")
def tell_of_an_override(
    happened: Occurred, unit: Unit, notifier: Notifier, programs: Programs, record: ComplianceRecord
) -> None:
    """The director and the auditors learn what was accepted, and whoever signed it that it is over."""
    event = happened.event
    assert isinstance(event, OverrideApplied | OverrideExpired | OverrideRevoked | OverrideVoided)  # noqa: S101
    held = record.override(event.override_id)
    about = record.some(event.violation_ids)
    link = f"/violations/{about[0].violation_id}"
    if isinstance(event, OverrideApplied):
        context = {
            "author": authors(unit, [held.applied_by]).get(held.applied_by, "") if held.applied_by else "",
            "level": held.level,
            "until": held.expires_at,
            "violations": [_context(each, programs.get(each.first_day)) for each in _shown(about)],
        }
        message = Message("override_applied", context, f"override:{held.override_id}", happened.event_id, link=link)
        notifier.notify(message, Audience(roles=("program_director", "auditor")), but_not=held.applied_by)
        return
    key = f"override:{held.override_id}:{held.state}"
    message = Message("override_ended", {"state": held.state}, key, happened.event_id, link=link)
    signed = (str(held.applied_by),) if held.applied_by else ()
    notifier.notify(message, Audience(roles=("program_director",), users=signed))


def _shown(about: Iterable[Violation]) -> list[Violation]:
    return sorted(about, key=lambda each: (each.first_day, each.rule, each.subject))
