"""The nouns of calendars: what a feed shows, for how long, and how the events of a stay become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
"""So far a feed shows what was and what comes."""
KEPT = timedelta(days=60)
"""So long what was canceled stays in the feed, so that every phone takes it out."""
LASTS = timedelta(days=400)
"""So long a link is good."""
LOOK_AGAIN = timedelta(hours=1)
"""So soon a phone is asked to look again; many take longer."""
AWAY = "away"
"""The kind of an entry for leave: why somebody is away stands nowhere."""
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"


class FeedView(StrEnum):
    """How a feed shows duties: each by itself, or the days of a stay on a rotation as one."""

    EACH = "each"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a feed: a duty of a person, or leave, as it stands now."""

    uid: str
    kind: str
    rotation_id: str
    activity: str
    line: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    sequence: int
    status: str
    changed_at: datetime

    @property
    def is_canceled(self) -> bool:
        """Whether it was taken out."""
        return self.status == CANCELLED
