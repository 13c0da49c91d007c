"""The nouns of notices: their types, who is told, through which channels, and how private they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

URGENT, HIGH, NORMAL, LOW = "urgent", "high", "normal", "low"
IN_APP, EMAIL, WEBHOOK = "in_app", "email", "webhook"


@dataclass(frozen=True, slots=True)
class NoticeType:
    """One type of notice: its channels, its usual priority, its class of privacy, and whether wishes count."""

    name: str
    channels: tuple[str, ...]
    priority: str
    privacy: str
    ignores_wishes: bool = False


def _type(name: str, channels: str, priority: str, privacy: str, *, ignores_wishes: bool = False) -> NoticeType:
    return NoticeType(name, tuple(channels.split()), priority, privacy, ignores_wishes)


TYPES: Mapping[str, NoticeType] = {
    each.name: each
    for each in (
        _type("schedule_created", "in_app email", NORMAL, "P1"),
        _type("schedule_changed", "in_app email", NORMAL, "P2"),
        _type("schedule_published", "in_app email", HIGH, "P2"),
        _type("schedule_published_summary", "in_app email", NORMAL, "P1"),
        _type("schema_changed", "in_app email webhook", NORMAL, "P1"),
        _type("dead_letter_opened", "in_app email", HIGH, "P1"),
        _type("invitation", "email", HIGH, "P2", ignores_wishes=True),
        _type("password_reset", "email", HIGH, "P2", ignores_wishes=True),
        _type("delivery_problem", "in_app", NORMAL, "P2"),
        _type("swap_asked", "in_app email", HIGH, "P2"),
        _type("swap_offer", "in_app email", NORMAL, "P2"),
        _type("swap_receipt", "in_app", LOW, "P2"),
        _type("swap_awaits_approval", "in_app email", NORMAL, "P2"),
        _type("swap_approved", "in_app email", HIGH, "P2"),
        _type("swap_closed", "in_app email", NORMAL, "P2"),
        _type("swap_executed", "in_app email", HIGH, "P2"),
        _type("swap_failed", "in_app email", HIGH, "P2"),
        _type("swap_rolled_back", "in_app email", HIGH, "P2"),
        _type("leave_requested", "in_app email", NORMAL, "P3"),
        _type("leave_conflict", "in_app email", HIGH, "P3"),
        _type("leave_decided", "in_app email", HIGH, "P3"),
        _type("conflict_found", "in_app email", HIGH, "P2"),
        _type("violation_alert", "in_app email", URGENT, "P2"),
        _type("violation_own", "in_app", NORMAL, "P2"),
        _type("violation_resolved", "in_app email", NORMAL, "P2"),
        _type("violation_escalated", "in_app email", URGENT, "P2"),
        _type("override_applied", "in_app email", HIGH, "P3"),
        _type("override_ended", "in_app email", NORMAL, "P2"),
        _type("export_ready", "in_app", LOW, "P1"),
        _type("export_failed", "in_app email", HIGH, "P1"),
    )
}


ALERT_CHAIN = ("program_director:director", "program_director:associate", "coordinator", "admin")
"""Who answers for the law, in the order in which they are told; behind a colon stands the rank."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to be told: holders of roles, people by id, users by id."""

    roles: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    chain: bool = False
    """The roles are steps: the first that has anybody is told, the next only where it has nobody."""
    passed: int = 0
    """So many steps that have somebody were told before."""
    copied: tuple[str, ...] = ()
    """Holders of roles who are told too, if there are any."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, in their language; a user, or a bare address."""

    user_id: str | None
    address: str
    locale: str
    preferences: Mapping[str, object]
    person_id: str | None = None
