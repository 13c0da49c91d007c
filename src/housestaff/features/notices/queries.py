"""What is read of notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from housestaff.core.errors import NotFound
from housestaff.features.notices.store import Notices
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit

_SHOWN = ("notice_id", "type", "subject", "body", "link", "priority", "created_at", "read_at")


def own(unit: Unit, notices: Notices, *, unread: bool, limit: int, before: UUID | None = None) -> list[dict[str, Any]]:
    """One's own notices, the newest first."""
    if unit.request.user_id is None:
        return []
    rows = notices.of(unit.request.user_id, unread=unread, limit=limit, before=before)
    return [{key: row[key] for key in _SHOWN} for row in rows]


def deliveries(unit: Unit, notices: Notices, *, notice_id: UUID) -> list[dict[str, Any]]:
    """What happened to a notice, channel by channel, for its reader and for those who publish."""
    notice, asker = notices.get(notice_id), unit.principal
    is_own = notice["recipient_user_id"] == unit.request.user_id
    # Who publishes may see whether it has arrived.
    if not is_own and (asker is None or allow(asker, "schedule:publish") is None):
        raise NotFound("There is no such notice.")
    keys = ("channel", "state", "reason", "attempts", "updated_at", "sent_at")
    return [{key: row[key] for key in keys} for row in notices.deliveries(notice_id)]
