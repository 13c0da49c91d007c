"""The topics of the live feed: to which an event belongs, who may see it there, and what its frame says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from housestaff.core.events import (
    CellChange,
    DeadLetterOpened,
    DeliveryDead,
    DutyAnnotated,
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    Event,
    MembershipChanged,
    OverrideApplied,
    OverrideExpired,
    OverrideRevoked,
    OverrideVoided,
    ScheduleAmended,
    ScheduleArchived,
    ScheduleCreated,
    ScheduleDiscarded,
    SchedulePublished,
    ScheduleUpdated,
    ViolationAcknowledged,
    ViolationEscalated,
    ViolationOpened,
    ViolationReopened,
    ViolationResolved,
    ViolationWorsened,
    people_of,
)
from housestaff.plumbing.access import OWN, Principal, allow

READ, READ_DRAFT, READ_VIOLATION, OPS = "schedule:read", "schedule:read_draft", "violation:read", "ops:jobs"
MOST_CELLS = 100
"""So many cells stand in a frame; whoever must know more asks."""

OF_DRAFTS = (ScheduleCreated, ScheduleUpdated, ScheduleDiscarded)
OF_VERSIONS = (SchedulePublished, ScheduleAmended, ScheduleArchived)
OF_DUTIES = (DutyAssigned, DutyChanged, DutyReleased)
OF_FINDINGS = (ViolationOpened, ViolationWorsened, ViolationReopened, ViolationResolved)
OF_COMPLIANCE = (
    *(ViolationAcknowledged, ViolationEscalated),
    *(OverrideApplied, OverrideExpired, OverrideRevoked, OverrideVoided),
)
CARRIED = (
    *OF_DRAFTS,
    *OF_VERSIONS,
    *OF_DUTIES,
    *(DutyAnnotated, MembershipChanged, DeadLetterOpened, DeliveryDead),
    *OF_FINDINGS,
    *OF_COMPLIANCE,
)
"""The events that have a topic."""


class Facts(Protocol):
    """What the feed asks of the rooms above it."""

    def users_of(self, persons: Sequence[str]) -> Mapping[str, UUID]:
        """The active logins behind persons."""
        ...

    def is_published(self, schedule_id: UUID) -> bool:
        """Whether a schedule has a published version."""
        ...

    def is_known(self, kind: str, id_: str) -> bool:
        """Whether the program has such a person or schedule."""
        ...


@dataclass(frozen=True, slots=True)
class Addressed:
    """A frame for one topic: who may see it, and what it says.

    `needs` is a permission in the whole program; after a bar stands a person who sees it without one. Without either,
    everybody on the topic sees it.
    """

    topic: str
    needs: str
    data: Mapping[str, Any]


def addressed(event: Event, facts: Facts) -> Iterator[Addressed]:
    """The frames of an event."""
    if isinstance(event, OF_DRAFTS):
        yield Addressed(f"schedule:{event.schedule_id}", READ_DRAFT, _schedule_data(event))
    elif isinstance(event, OF_VERSIONS):
        yield from _of_version(event, facts)
    elif isinstance(event, OF_DUTIES):
        yield from _of_duties(event, facts)
    elif isinstance(event, DutyAnnotated):
        needs = READ if facts.is_published(event.schedule_id) else READ_DRAFT
        yield Addressed(f"schedule:{event.schedule_id}", needs, {"duty_id": event.duty_id, "note_id": event.note_id})
    elif isinstance(event, MembershipChanged):
        yield Addressed(topic_of_user(event.user_id), "", {"fields": event.fields})
    elif isinstance(event, DeadLetterOpened):
        data = {"dead_letter_id": event.dead_letter_id, "consumer": event.consumer, "attempts": event.attempts}
        yield Addressed("ops", OPS, data | {"event_type": event.event_type, "code": event.code})
    elif isinstance(event, DeliveryDead):
        data = {"delivery_id": event.delivery_id, "channel": event.channel, "notice_type": event.notice_type}
        yield Addressed("ops", OPS, data | {"code": event.code})
    elif isinstance(event, OF_FINDINGS):
        yield from _of_finding(event, facts)
    elif isinstance(event, OF_COMPLIANCE):
        names = ("violation_id", "violation_ids", "override_id", "step", "level", "expires_at")
        data = {name: getattr(event, name) for name in names if hasattr(event, name)}
        yield Addressed("program", READ_VIOLATION, data)


def _of_finding(
    event: ViolationOpened | ViolationWorsened | ViolationReopened | ViolationResolved, facts: Facts
) -> Iterator[Addressed]:
    names = ("violation_id", "rule", "severity", "person_id", "value", "limit", "margin", "schedule_id", "number")
    data = {name: getattr(event, name) for name in names}
    data["window"] = {"first_day": event.window.first_day, "last_day": event.window.last_day}
    yield Addressed("program", READ_VIOLATION, data)
    # Of a draft its people know nothing.
    people = [event.person_id] if event.person_id is not None and event.number is not None else []
    for user in facts.users_of(people).values():
        yield Addressed(topic_of_user(user), "", data)


def topic_of_user(user_id: UUID) -> str:
    """The topic that a client calls `me`."""
    return f"user:{user_id}"


def _schedule_data(event: Event) -> dict[str, Any]:
    """The facts of an event about a schedule; reasons are words of people and stay where they are."""
    names = ("schedule_id", "draft_revision", "number", "base_number", "method", "cause", "stats")
    data = {name: getattr(event, name) for name in names if hasattr(event, name)}
    period = getattr(event, "period", None)
    if period is not None:
        data["period"] = {"first_day": period.first_day, "last_day": period.last_day}
    changes: tuple[CellChange, ...] | None = getattr(event, "changes", None)
    return data | _cells(changes) if changes is not None else data


def _of_version(event: SchedulePublished | ScheduleAmended | ScheduleArchived, facts: Facts) -> Iterator[Addressed]:
    data = _schedule_data(event)
    yield Addressed(f"schedule:{event.schedule_id}", READ, data)
    short = {name: value for name, value in data.items() if name not in {"cells", "cells_in_all"}}
    yield Addressed("program", READ, short)
    if isinstance(event, SchedulePublished):
        # Of an amendment, the events of the duties tell each person.
        yield from _to_people(event.person_ids, facts, dict.fromkeys(event.person_ids, short))


def _of_duties(event: DutyAssigned | DutyChanged | DutyReleased, facts: Facts) -> Iterator[Addressed]:
    head = {"schedule_id": event.schedule_id, "cause": event.cause, "part": event.part, "parts": event.parts}
    if event.number is None:
        draft = head | {"draft_revision": event.draft_revision} | _cells(event.cells)
        yield Addressed(f"schedule:{event.schedule_id}", READ_DRAFT, draft)
        return
    head["number"] = event.number
    yield Addressed(f"schedule:{event.schedule_id}", READ, head | _cells(event.cells))
    people = people_of(event.cells)
    own = {person: head | _cells([cell for cell in event.cells if person in cell.people]) for person in people}
    yield from _to_people(people, facts, own)


def _to_people(people: Sequence[str], facts: Facts, data: Mapping[str, Mapping[str, Any]]) -> Iterator[Addressed]:
    users = facts.users_of(people)
    for person in people:
        yield Addressed(f"person:{person}", READ, data[person])
        if person in users:
            yield Addressed(topic_of_user(users[person]), "", data[person])


def _cells(cells: Iterable[CellChange]) -> dict[str, Any]:
    listed = list(cells)
    return {
        "cells_in_all": len(listed),
        "cells": [
            {
                "duty_id": cell.duty_id,
                "kind": cell.kind,
                "rotation_id": cell.rotation_id,
                "starts_at": cell.starts_at,
                "ends_at": cell.ends_at,
                "person_before": cell.person_before,
                "person_after": cell.person_after,
            }
            for cell in listed[:MOST_CELLS]
        ],
    }


def may_see(principal: Principal, needs: str) -> bool:
    """Whether somebody may see a frame: by a permission in the whole program, or because it is about them."""
    permission, _bar, person = needs.partition("|")
    if not permission or (person and person == principal.person_id):
        return True
    allowed = allow(principal, permission)
    return allowed is not None and allowed.scope != OWN


def needed_for(topic: str) -> str | None:
    """The permission that a topic takes; nothing for a topic that there is not."""
    kind, _colon, id_ = topic.partition(":")
    if topic in {"program", "ops"}:
        return {"program": "gap:read", "ops": OPS}[topic]
    return READ if kind in {"person", "schedule"} and id_ else None
