"""When a mail leaves: not in somebody's quiet hours, and what can wait with all else of the day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from housestaff.features.notices.model import Recipient

QUIET = "22:00-07:00"
DIGEST_AT = time(7)


def quiet_until(now: datetime, zone: ZoneInfo, recipient: Recipient) -> datetime | None:
    """The end of the quiet hours in which an instant lies for somebody; nothing outside of them."""
    told = str(recipient.preferences.get("quiet_hours") or QUIET)
    first, last = (time.fromisoformat(part) for part in told.split("-"))
    local = now.astimezone(zone)
    at = local.time().replace(tzinfo=None)
    is_quiet = first <= at or at < last if first > last else first <= at < last
    if not is_quiet:
        return None
    end = local.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0)
    return end if at < last else end + timedelta(days=1)


def next_digest(now: datetime, zone: ZoneInfo, at: time) -> datetime:
    """The next instant at which somebody's digest leaves, by the clock on their wall."""
    local = now.astimezone(zone)
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if local < today else today + timedelta(days=1)
