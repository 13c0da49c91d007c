"""What IT asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeadLetter(Command):
    """Run a dead letter's work again, that part alone."""

    needs: ClassVar[str] = "ops:dead_letters"
    dead_letter_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayConsumer(Command):
    """Run all open dead letters of a consumer or job again."""

    needs: ClassVar[str] = "ops:dead_letters"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDeadLetter(Command):
    """Close a dead letter without running it."""

    needs: ClassVar[str] = "ops:dead_letters"
    dead_letter_id: UUID
    reason: str
