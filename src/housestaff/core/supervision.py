"""Supervision as data: the four levels, what an activity needs, and who gives it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Supervision(IntEnum):
    """The four levels, the weakest first; supervision from afar is never as good as presence."""

    OVERSIGHT = 0
    INDIRECT = 1
    DIRECT_REMOTE = 2
    DIRECT_PRESENT = 3

    @classmethod
    def named(cls, text: str) -> Supervision:
        """The level of a name such as "direct_present"."""
        return cls[text.upper()]


@dataclass(frozen=True, slots=True)
class SupervisionNeed:
    """The least supervision of an activity for a level, until some months of training are completed or released."""

    level: str
    activity: str
    least: Supervision
    first_months: int = 0


@dataclass(frozen=True, slots=True)
class SupervisionPool:
    """Who supervises an activity, a rotation or a call line, and how closely.

    `by` names activities, rotations, call lines or persons: whoever holds one of them at that minute supervises.
    """

    where: str
    by: tuple[str, ...]
    gives: Supervision = Supervision.DIRECT_PRESENT
