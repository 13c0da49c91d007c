"""Sending: one delivery over one channel, and the truth about what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from html import escape
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import DeliveryDead
from housestaff.features.accounts.store import APP_USER
from housestaff.features.notices.digest import digest_of
from housestaff.features.notices.model import WEBHOOK
from housestaff.features.notices.store import DELIVERY, NOTICE, WEBHOOK_ENDPOINT, Notices
from housestaff.features.notices.ways import Ways
from housestaff.features.notices.webhook import GONE, ON, move_endpoint
from housestaff.plumbing import counts, metrics
from housestaff.plumbing.mail import Mail, NotNow, Refused
from housestaff.plumbing.unit import Request, Unit
from housestaff.plumbing.webhook import Call

IsGone: TypeAlias = Callable[[Unit, str], bool]
"""The port through which a delivery asks whether what it is about has vanished."""

SecretLink: TypeAlias = Callable[[Unit, str], str | None]
"""The port that gives the link of a mail about an account as it leaves: it stands in the mail, and is stored nowhere.

Empty for every other mail; nothing where the link is used or over, and the mail is not sent.
"""

OpenUnit: TypeAlias = Callable[[Request], AbstractContextManager[Unit]]
Settle: TypeAlias = Callable[[Unit, str], None]

_FINAL = frozenset({"sent", "bounced", "dead", "suppressed", "canceled"})


class Sender:
    """The job that delivers."""

    def __init__(self, unit: OpenUnit, settle: Settle, ways: Ways, *, is_gone: IsGone, secret_link: SecretLink) -> None:
        """Each step is a transaction of its own; the message leaves between two of them."""
        self._unit, self._settle, self._ways = unit, settle, ways
        self._is_gone, self._secret_link = is_gone, secret_link

    def deliver(self, program_id: str, delivery_id: str) -> None:
        """Send one delivery; raises `NotNow` to be tried again."""
        program, delivery = UUID(program_id), UUID(delivery_id)
        message = self._begin(program, delivery)
        if message is None:
            return
        try:
            self._ways.send(message)
        except Refused:
            self._end(program, delivery, "bounced")
            return
        except NotNow:
            self._end(program, delivery, "retrying")
            raise
        self._end(program, delivery, "sent", made=message.made)

    def _begin(self, program: UUID, delivery: UUID) -> Mail | Call | None:
        """Mark a delivery as being sent, and write its message; nothing where there is nothing to send any more."""
        with self._unit(Request.of_system(program, role="deliver")) as unit:
            asked = sa.select(DELIVERY).where(DELIVERY.c.delivery_id == delivery).with_for_update()
            row = unit.connection.execute(asked).one_or_none()
            if row is None or row.state in _FINAL:
                return None
            notices = Notices(unit)
            notice = notices.get(row.notice_id)
            if row.channel == WEBHOOK:
                return self._call(unit, row, notice)
            link = self._secret_link(unit, notice["about"])
            if link is None or (notice["about"] and self._is_gone(unit, notice["about"])):
                self._move(unit, delivery, row.channel, "canceled")
                return None
            address, together = self._address(unit, notice), notices.of_message(row.message_id)
            if address is None:
                for each in together:
                    notices.move(each["delivery_id"], "suppressed", reason="inactive")
                    counts.count(unit, "deliveries_total", channel=row.channel, state="suppressed")
                return None
            for each in together:
                notices.move(each["delivery_id"], "sending", attempts=row.attempts + 1)
            if len(together) > 1:
                notice = digest_of(unit, together)
            return Mail(
                message_id=row.message_id,
                to=address,
                subject=notice["subject"],
                text=f"{notice['body']}\n\n{link}" if link else notice["body"],
                html=notice["html"] + (f'<p><a href="{escape(link)}">{escape(link)}</a></p>' if link else ""),
                correlation_id=str(notice["correlation_id"]),
                made=notice["created_at"],
            )

    def _call(self, unit: Unit, row: Any, notice: Mapping[str, Any]) -> Call | None:
        """The message for the program's endpoint; nothing where that was switched off or removed meanwhile."""
        endpoint = unit.connection.execute(sa.select(WEBHOOK_ENDPOINT).where(WEBHOOK_ENDPOINT.c.state == ON)).first()
        if endpoint is None:
            Notices(unit).move(row.delivery_id, "suppressed", reason="inactive")
            counts.count(unit, "deliveries_total", channel=WEBHOOK, state="suppressed")
            return None
        Notices(unit).move(row.delivery_id, "sending", attempts=row.attempts + 1)
        return self._ways.call(endpoint, row.message_id, notice)

    @staticmethod
    def _address(unit: Unit, notice: Mapping[str, Any]) -> str | None:
        if notice["recipient_user_id"] is None:
            return notice["address"]
        asked = sa.select(APP_USER.c.email).where(APP_USER.c.user_id == notice["recipient_user_id"], APP_USER.c.active)
        return unit.connection.execute(asked).scalar_one_or_none()

    def _end(self, program: UUID, delivery: UUID, state: str, *, made: datetime | None = None) -> None:
        with self._unit(Request.of_system(program, role="deliver")) as unit:
            asked = sa.select(DELIVERY.c.channel, DELIVERY.c.message_id).where(DELIVERY.c.delivery_id == delivery)
            channel, message_id = unit.connection.execute(asked).one()
            for each in Notices(unit).of_message(message_id):
                self._move(unit, each["delivery_id"], channel, state)
            if channel == WEBHOOK and state == "bounced":
                move_endpoint(unit, GONE)
            if made is not None:
                metrics.observe("delivery_lag_seconds", (unit.now - made).total_seconds(), channel=channel)
            if state != "retrying":
                counts.count(unit, "jobs_total", job="deliver", result="ok")
            if state == "bounced":
                tell_dead(unit, delivery, "bounced")
                self._settle(unit, "deliver")

    @staticmethod
    def _move(unit: Unit, delivery: UUID, channel: str, state: str) -> None:
        values = {"sent_at": unit.now} if state == "sent" else {}
        Notices(unit).move(delivery, state, **values)
        counts.count(unit, "deliveries_total", channel=channel, state=state)


def bury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A delivery whose attempts are used up is dead, and says so."""
    delivery = UUID(str(arguments["delivery_id"]))
    for each in _sent_with(unit, delivery):
        Notices(unit).move(each["delivery_id"], "dead", reason="attempts_used_up")
        counts.count(unit, "deliveries_total", channel=each["channel"], state="dead")
    tell_dead(unit, delivery, "attempts_used_up")


def unbury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A dead delivery waits for its server again."""
    for each in _sent_with(unit, UUID(str(arguments["delivery_id"]))):
        Notices(unit).move(each["delivery_id"], "queued", reason="")


def _sent_with(unit: Unit, delivery: UUID) -> list[dict[str, Any]]:
    """A delivery with those that leave in the same mail."""
    asked = sa.select(DELIVERY.c.message_id).where(DELIVERY.c.delivery_id == delivery)
    return Notices(unit).of_message(unit.connection.execute(asked).scalar_one())


def tell_dead(unit: Unit, delivery: UUID, code: str) -> None:
    """Tell that a delivery has failed for good."""
    row = unit.connection.execute(
        sa.select(DELIVERY.c.channel, NOTICE.c.type, NOTICE.c.recipient_user_id)
        .join(NOTICE, NOTICE.c.notice_id == DELIVERY.c.notice_id)
        .where(DELIVERY.c.delivery_id == delivery)
    ).one()
    unit.tell(
        DeliveryDead(
            delivery_id=delivery,
            channel=row.channel,
            notice_type=row.type,
            recipient_user_id=row.recipient_user_id,
            code=code,
        )
    )
