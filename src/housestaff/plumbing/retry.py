"""How often something is tried again, and how long it waits in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import SystemRandom

_DICE = SystemRandom()
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Retry:
    """So many attempts; the first wait in seconds, its growth, and its cap."""

    attempts: int
    first_seconds: float
    factor: float
    most_seconds: float

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after an attempt that failed, counted from 1; twenty percent more or less by chance."""
        seconds = min(self.first_seconds * self.factor ** (attempt - 1), self.most_seconds)
        return timedelta(seconds=seconds * _DICE.uniform(1 - _JITTER, 1 + _JITTER))


def standard(first_seconds: float) -> Retry:
    """The standard retry: 8 attempts, each wait four times the last, an hour at most when the first is 5 seconds."""
    return Retry(8, first_seconds, 4, 720 * first_seconds)


def of_mail(first_seconds: float) -> Retry:
    """The retry of mail: 10 attempts, each wait three times the last, four hours at most when the first is 30 s."""
    return Retry(10, first_seconds, 3, 480 * first_seconds)
