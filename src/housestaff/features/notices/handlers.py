"""What notices do when something happened, and the commands of their timers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import (
    DeadLetterOpened,
    DeliveryDead,
    ScheduleCreated,
    SchedulePublished,
    SchemaChanged,
)
from housestaff.features.accounts.store import APP_USER
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.notices.changes import what_it_is
from housestaff.features.notices.commands import ReadNotice, ReleaseDelivery
from housestaff.features.notices.model import HIGH, Audience, Recipient
from housestaff.features.notices.notify import Message, Notifier
from housestaff.features.notices.store import DELIVERY, Notices
from housestaff.features.notices.violations import tell_people_of_their_own
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.bus import handles, reacts_to
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import Due
from housestaff.plumbing.unit import Unit

OWN_CALENDAR = "/account#calendar"
"""Where somebody makes a link for their phone; the links themselves are shown once and stored nowhere."""


@reacts_to(ScheduleCreated, as_="notices.schedule_created")
def tell_that_a_draft_is_ready(happened: Occurred, notifier: Notifier, unit: Unit) -> None:
    """Coordinators and admins, all but the author, learn that a draft stands ready and how good it is."""
    event = happened.event
    assert isinstance(event, ScheduleCreated)  # noqa: S101 - the consumer takes no other
    stats = event.stats
    context = {
        "first_day": event.period.first_day,
        "last_day": event.period.last_day,
        "author": _name(unit, happened.author),
        "method": event.method,
        "percent": round(100 * stats.filled / stats.duties) if stats.duties else 0,
        "gaps": stats.gaps,
        "critical": stats.critical,
        "warning": stats.warning,
    }
    message = Message(
        "schedule_created",
        context,
        f"schedule:{event.schedule_id}",
        happened.event_id,
        link=f"/schedules/{event.schedule_id}",
        about=f"draft:{event.schedule_id}",
    )
    notifier.notify(message, Audience(roles=("coordinator", "admin")), but_not=happened.author)


@reacts_to(SchedulePublished, as_="notices.schedule_published")
def tell_that_it_is_published(
    happened: Occurred, notifier: Notifier, schedules: Schedules, programs: Programs, record: ComplianceRecord
) -> None:
    """Each person with duties learns of their own; coordinators and the director get a summary."""
    event = happened.event
    assert isinstance(event, SchedulePublished)  # noqa: S101 - the consumer takes no other
    period, program = event.period, programs.get()
    cells = schedules.cells.between(event.schedule_id, event.number, period.first_day, period.last_day)
    mine: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        what = what_it_is(program, cell["activity"] or cell["line"], cell["rotation_id"])
        named = {"starts_at": cell["starts_at"], "what": what}
        mine.setdefault(cell["person_id"], []).append(named)
    dates = {"first_day": period.first_day, "last_day": period.last_day}
    calendar = notifier.address(OWN_CALENDAR)

    def own(recipient: Recipient) -> Mapping[str, Any] | None:
        duties = mine.get(recipient.person_id or "", [])
        return {**dates, "duties": duties, "calendar": calendar} if duties else None

    key, link = f"schedule:{event.schedule_id}:{event.number}", f"/schedules/{event.schedule_id}"
    notifier.notify(
        Message("schedule_published", own, key, happened.event_id, link=link), Audience(persons=event.person_ids)
    )
    summary = {
        **dates,
        "number": event.number,
        "people": len(event.person_ids),
        "warning": event.stats.warning,
        "unknown": event.stats.unknown,
        "overrides": record.overrides(event.override_ids),
    }
    notifier.notify(
        Message("schedule_published_summary", summary, key, happened.event_id, link=link),
        Audience(roles=("coordinator", "program_director")),
    )
    tell_people_of_their_own(notifier, programs, record, happened)


@handles(ReleaseDelivery)
def release_delivery(ask: ReleaseDelivery, unit: Unit, jobs: Jobs) -> None:
    """The delivery goes its way."""
    done = unit.connection.execute(
        DELIVERY.update()
        .where(DELIVERY.c.delivery_id == ask.delivery_id, DELIVERY.c.state == "deferred")
        .values(state="queued", updated_at=unit.now)
    )
    unit.is_about("delivery", ask.delivery_id)
    if done.rowcount:
        jobs.defer(unit.connection, "deliver", [{"program_id": unit.program_id, "delivery_id": ask.delivery_id}])


@handles(ReadNotice)
def read_notice(ask: ReadNotice, unit: Unit, notices: Notices) -> None:
    """The notice is read."""
    if unit.request.user_id is not None:
        notices.read(ask.notice_id, unit.request.user_id)
    unit.is_about("notice", ask.notice_id)


@reacts_to(DeadLetterOpened, as_="notices.dead_letter")
def tell_of_a_dead_letter(happened: Occurred, notifier: Notifier) -> None:
    """Admins learn that work has given up, once an hour for each consumer."""
    event = happened.event
    assert isinstance(event, DeadLetterOpened)  # noqa: S101 - the consumer takes no other
    context = {"consumer": event.consumer, "attempts": event.attempts, "code": event.code}
    key = f"{event.consumer}:{happened.occurred_at:%Y-%m-%dT%H}"
    notifier.notify(
        Message("dead_letter_opened", context, key, happened.event_id, link="/operations/dead-letters"),
        Audience(roles=("admin",)),
    )


@reacts_to(DeliveryDead, as_="notices.delivery_problem")
def tell_of_a_delivery_problem(happened: Occurred, notifier: Notifier) -> None:
    """Coordinators learn that a message reaches somebody no longer, grouped by the hour."""
    event = happened.event
    assert isinstance(event, DeliveryDead)  # noqa: S101 - the consumer takes no other
    key = f"delivery_problem:{happened.occurred_at:%Y-%m-%dT%H}"
    notifier.notify(
        Message("delivery_problem", {"code": event.code}, key, happened.event_id), Audience(roles=("coordinator",))
    )


@reacts_to(SchemaChanged, as_="notices.schema")
def tell_of_a_new_shape(happened: Occurred, notifier: Notifier) -> None:
    """Admins learn that the shape of an event changes."""
    event = happened.event
    assert isinstance(event, SchemaChanged)  # noqa: S101 - the consumer takes no other
    context = {
        "event_type": event.event_type,
        "version": event.event_schema_version,
        "change": event.change,
        "removal_on": event.removal_on,
    }
    key = f"{event.event_type}:{event.event_schema_version}:{event.change}"
    priority = HIGH if event.compatibility == "breaking" else ""
    notifier.notify(
        Message("schema_changed", context, key, happened.event_id, priority=priority), Audience(roles=("admin",))
    )


def release_of(due: Due) -> ReleaseDelivery:
    """The command of a timer at the end of quiet hours."""
    return ReleaseDelivery(delivery_id=UUID(due.subject_id))


def _name(unit: Unit, user: UUID | None) -> str:
    asked = sa.select(APP_USER.c.display_name).where(APP_USER.c.user_id == user)
    return unit.connection.execute(asked).scalar_one_or_none() or ""
