"""The tables of notices and deliveries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound
from housestaff.plumbing.database import INSTANT, program_table
from housestaff.plumbing.unit import Unit

NOTICE = program_table(
    "notice",
    sa.Column("notice_id", sa.Uuid, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("recipient_user_id", sa.Uuid),
    sa.Column("address", sa.Text),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("privacy", sa.Text, nullable=False),
    sa.Column("dedupe_key", sa.Text, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("read_at", INSTANT),
)
DELIVERY = program_table(
    "delivery",
    sa.Column("delivery_id", sa.Uuid, primary_key=True),
    sa.Column("notice_id", sa.Uuid, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("due_at", INSTANT, nullable=False),
    sa.Column("updated_at", INSTANT, nullable=False),
    sa.Column("sent_at", INSTANT),
)
WEBHOOK_ENDPOINT = program_table(
    "webhook_endpoint",
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made_by", sa.Uuid),
    sa.Column("made_at", INSTANT, nullable=False),
    sa.Column("changed_at", INSTANT, nullable=False),
)


class Notices:
    """The notices of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def of(self, user_id: UUID, *, unread: bool, limit: int, before: UUID | None = None) -> list[dict[str, Any]]:
        """A user's own notices, the newest first."""
        asked = sa.select(NOTICE).where(NOTICE.c.recipient_user_id == user_id)
        if unread:
            asked = asked.where(NOTICE.c.read_at.is_(None))
        if before is not None:
            asked = asked.where(NOTICE.c.notice_id < before)
        rows = self._unit.connection.execute(asked.order_by(NOTICE.c.notice_id.desc()).limit(limit))
        return [dict(row) for row in rows.mappings()]

    def unread(self, user_id: UUID) -> int:
        """How many of a user's own notices are unread."""
        mine = (NOTICE.c.recipient_user_id == user_id) & NOTICE.c.read_at.is_(None)
        return self._unit.connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()

    def read(self, notice_id: UUID, user_id: UUID) -> None:
        """Mark a user's own notice as read."""
        done = self._unit.connection.execute(
            NOTICE.update()
            .where(NOTICE.c.notice_id == notice_id, NOTICE.c.recipient_user_id == user_id)
            .values(read_at=sa.func.coalesce(NOTICE.c.read_at, self._unit.now))
        )
        if not done.rowcount:
            raise NotFound("There is no such notice of yours.")

    def deliveries(self, notice_id: UUID) -> list[dict[str, Any]]:
        """What happened to a notice, channel by channel."""
        asked = sa.select(DELIVERY).where(DELIVERY.c.notice_id == notice_id).order_by(DELIVERY.c.channel)
        return [dict(row) for row in self._unit.connection.execute(asked).mappings()]

    def of_message(self, message_id: str) -> list[dict[str, Any]]:
        """The deliveries that leave in one message, the oldest notice first: one, or all of a digest."""
        asked = sa.select(DELIVERY).where(DELIVERY.c.message_id == message_id).order_by(DELIVERY.c.notice_id)
        return [dict(row) for row in self._unit.connection.execute(asked.with_for_update()).mappings()]

    def get(self, notice_id: UUID) -> dict[str, Any]:
        """A notice by its id."""
        row = (
            self._unit.connection.execute(sa.select(NOTICE).where(NOTICE.c.notice_id == notice_id))
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound("There is no such notice.")
        return dict(row)

    def move(self, delivery_id: UUID, state: str, **values: Any) -> None:
        """A delivery's next state."""
        self._unit.connection.execute(
            DELIVERY.update()
            .where(DELIVERY.c.delivery_id == delivery_id)
            .values(state=state, updated_at=self._unit.now, **values)
        )
