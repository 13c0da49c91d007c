"""The one place that reads the time. Tests and rehearsals move it; no other code asks the system."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import uuid_utils.compat


class Clock(Protocol):
    """Tells what time it is."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        ...


class SystemClock:
    """The system's time."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """The system's time and as many seconds more as stand in a file: one clock for all processes of a rehearsal."""

    def __init__(self, file: Path) -> None:
        """Name the file; a missing one means nothing is added."""
        self._file = file

    def now(self) -> datetime:
        """The instant, in UTC."""
        try:
            moved = float(self._file.read_text() or 0)
        except FileNotFoundError:
            moved = 0.0
        return datetime.now(UTC) + timedelta(seconds=moved)


def new_id() -> UUID:
    """A new id; later ones sort after earlier ones (UUIDv7)."""
    return uuid_utils.compat.uuid7()


def real_instant(clock: Clock, instant: datetime) -> datetime:
    """When an instant of a clock comes by the time of the database, which nobody moves."""
    return instant - (clock.now() - datetime.now(UTC))
