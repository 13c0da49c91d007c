"""The one way to notify: finds who is told, writes it in their language, respects their wishes, records it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from html import escape
from importlib import resources
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.features.accounts.store import PROGRAM
from housestaff.features.notices.model import (
    EMAIL,
    IN_APP,
    LOW,
    TYPES,
    URGENT,
    WEBHOOK,
    Audience,
    NoticeType,
    Recipient,
)
from housestaff.features.notices.recipients import Recipients
from housestaff.features.notices.store import DELIVERY, NOTICE, WEBHOOK_ENDPOINT
from housestaff.features.notices.when import DIGEST_AT, next_digest, quiet_until
from housestaff.plumbing import counts
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.i18n import MissingText, Texts
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.settings import Settings
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit

Context: TypeAlias = Mapping[str, Any] | Callable[[Recipient], Mapping[str, Any] | None]
"""The values of a template: the same for all, or one's own; none for somebody who is not concerned."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the notifier must know of the world: the address people use, and whether mail is switched on."""

    base_url: str
    mail_host: str
    mail_is_on: bool
    is_discarding: bool = False
    """The control of the tests: everything is resolved, and nothing is made."""
    digest_at: Callable[[Unit], time] = lambda _unit: DIGEST_AT
    """The port through which a program says when its digests leave."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told: its type, its values, what makes it the same message, and where it leads."""

    type: str
    context: Context
    dedupe_key: str
    event_id: UUID
    link: str = ""
    priority: str = ""
    about: str = ""


DIGEST = "digest"
"""Why a mail waits that leaves with all else of the day."""


class Notifier:
    """Makes notices and deliveries in the transaction of a unit."""

    def __init__(self, unit: Unit, jobs: Jobs, timers: Timers, outside: Outside) -> None:
        """The audience is resolved in the unit's program."""
        self._unit, self._jobs, self._timers, self._outside = unit, jobs, timers, outside
        self._program = unit.connection.execute(sa.select(PROGRAM).where(PROGRAM.c.program_id == unit.program_id)).one()

    def notify(self, message: Message, audience: Audience, *, but_not: UUID | None = None) -> int:
        """Tell an audience; the same key tells the same recipient once. Returns how many notices are new."""
        kind = TYPES[message.type]
        found = Recipients(self._unit, self._program.institution_id).of(message.type, audience)
        recipients = [each for each in found if but_not is None or each.user_id != str(but_not)]
        rows = [row for each in recipients if (row := self._notice(kind, message, each)) is not None]
        if not rows or self._outside.is_discarding:
            return 0
        made = insert(NOTICE).values(rows).on_conflict_do_nothing().returning(NOTICE.c.notice_id)
        new = set(self._unit.connection.execute(made).scalars())
        by_user = {each.user_id or each.address: each for each in recipients}
        fresh = [row for row in rows if row["notice_id"] in new]
        self._deliver(kind, [(row, by_user[str(row["recipient_user_id"] or row["address"])]) for row in fresh])
        if fresh:
            priority = fresh[0]["priority"]
            counts.count(self._unit, "notices_total", len(fresh), notice_type=kind.name, priority=priority)
        return len(fresh)

    def address(self, path: str) -> str:
        """Where people find a page."""
        return f"{self._outside.base_url}{path}"

    # -- what ----------------------------------------------------------------------------------------------------------

    def _notice(self, kind: NoticeType, message: Message, recipient: Recipient) -> dict[str, Any] | None:
        context = message.context(recipient) if callable(message.context) else message.context
        if context is None:
            return None
        subject, body, html = self._words(kind, context, recipient)
        link = self.address(message.link) if message.link else ""
        return {
            "program_id": self._unit.program_id,
            "notice_id": new_id(),
            "type": kind.name,
            "recipient_user_id": recipient.user_id,
            "address": None if recipient.user_id else recipient.address,
            "locale": recipient.locale,
            "subject": subject,
            "body": f"{body}\n\n{link}".strip() if link else body,
            "html": html + (f'<p><a href="{escape(link)}">{escape(link)}</a></p>' if link else ""),
            "link": link,
            "priority": message.priority or kind.priority,
            "privacy": kind.privacy,
            "dedupe_key": message.dedupe_key,
            "event_id": message.event_id,
            "correlation_id": self._unit.request.correlation_id,
            "about": message.about,
            "created_at": self._unit.now,
        }

    def _words(self, kind: NoticeType, context: Mapping[str, Any], recipient: Recipient) -> tuple[str, str, str]:
        """Subject, text and HTML in the recipient's language; a text that lacks a value falls back to its name."""
        texts = Texts(recipient.locale, self._program.default_locale, self._program.zone)
        template = _template(kind.name)
        try:
            plain = texts.render(template, context)
            rich = texts.render(template, context, escape=True)
        except MissingText:
            if Settings.is_strict:
                raise
            plain = rich = kind.name.replace("_", " ").capitalize() + "\n\n" + kind.name.replace("_", " ").capitalize()
        subject, _, body = plain.partition("\n")
        _subject, _, rich = rich.partition("\n")
        paragraphs = [part.strip() for part in rich.split("\n\n") if part.strip()]
        html = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
        return " ".join(subject.split()), _tidy(body), html

    # -- how -----------------------------------------------------------------------------------------------------------

    def _deliver(self, kind: NoticeType, told: Sequence[tuple[Mapping[str, Any], Recipient]]) -> None:
        rows = [
            self._delivery(kind, channel, notice, recipient)
            for notice, recipient in told
            for channel in kind.channels
            if channel != WEBHOOK
        ]
        if not rows:
            return
        if WEBHOOK in kind.channels and self._has_endpoint_to_tell(told[0][0]):
            rows.append(self._delivery(kind, WEBHOOK, *told[0]))
        self._unit.connection.execute(DELIVERY.insert(), rows)
        for state in sorted({(row["channel"], row["state"]) for row in rows}):
            mine = sum((row["channel"], row["state"]) == state for row in rows)
            counts.count(self._unit, "deliveries_total", mine, channel=state[0], state=state[1])
        users = {notice["notice_id"]: notice["recipient_user_id"] for notice, _recipient in told}
        now = [row for row in rows if row["state"] == "queued"]
        arguments = [{"program_id": row["program_id"], "delivery_id": row["delivery_id"]} for row in now]
        self._jobs.defer(self._unit.connection, "deliver", arguments)
        for row in rows:
            if row["reason"] == DIGEST:
                self._timers.arm("notice.digest", users[row["notice_id"]], row["due_at"])
            elif row["state"] == "deferred":
                self._timers.arm("notice.defer", row["delivery_id"], row["due_at"])

    def _has_endpoint_to_tell(self, notice: Mapping[str, Any]) -> bool:
        """Whether the program has an endpoint that is on, and that was not told this message with another notice."""
        told = (
            sa.select(DELIVERY.c.delivery_id)
            .join(NOTICE, NOTICE.c.notice_id == DELIVERY.c.notice_id)
            .where(
                NOTICE.c.type == notice["type"],
                NOTICE.c.dedupe_key == notice["dedupe_key"],
                DELIVERY.c.channel == WEBHOOK,
            )
        )
        asked = sa.select(WEBHOOK_ENDPOINT.c.endpoint_id).where(WEBHOOK_ENDPOINT.c.state == "on", ~sa.exists(told))
        return self._unit.connection.execute(asked).first() is not None

    def _delivery(
        self, kind: NoticeType, channel: str, notice: Mapping[str, Any], recipient: Recipient
    ) -> dict[str, Any]:
        state, reason, due = self._how(kind, channel, str(notice["priority"]), recipient)
        delivery = new_id()
        return {
            "program_id": self._unit.program_id,
            "delivery_id": delivery,
            "notice_id": notice["notice_id"],
            "channel": channel,
            "state": state,
            "reason": reason,
            "attempts": 0,
            "message_id": f"<{delivery}@{self._outside.mail_host}>",
            "due_at": due,
            "updated_at": self._unit.now,
            "sent_at": self._unit.now if state == "sent" else None,
        }

    def _how(self, kind: NoticeType, channel: str, priority: str, recipient: Recipient) -> tuple[str, str, datetime]:
        now = self._unit.now
        if channel != EMAIL:
            return "sent" if channel == IN_APP else "queued", "", now
        if why := self._why_not(kind, priority, recipient):
            return "suppressed", why, now
        if kind.ignores_wishes or priority == URGENT:
            return "queued", "", now
        zone = ZoneInfo(str(recipient.preferences.get("zone") or self._program.zone))
        if priority == LOW and recipient.user_id is not None:
            return "deferred", DIGEST, next_digest(now, zone, self._outside.digest_at(self._unit))
        until = quiet_until(now, zone, recipient)
        return ("deferred", "quiet_hours", until) if until is not None else ("queued", "", now)

    def _why_not(self, kind: NoticeType, priority: str, recipient: Recipient) -> str:
        """Why no mail is sent; empty where one is."""
        if not self._outside.mail_is_on:
            return "mail_disabled"
        if not recipient.address:
            return "no_address"
        off = recipient.preferences.get("email_off")
        is_off = isinstance(off, list) and kind.name in off
        return "opted_out" if is_off and not kind.ignores_wishes and priority != URGENT else ""


@cache
def _template(name: str) -> str:
    return (resources.files("housestaff.features.notices") / "templates" / f"{name}.txt").read_text(encoding="utf-8")


def _tidy(body: str) -> str:
    """A body without the empty lines that conditions leave."""
    lines = [line.rstrip() for line in body.strip().split("\n")]
    return "\n".join(line for number, line in enumerate(lines) if line or (number and lines[number - 1]))
