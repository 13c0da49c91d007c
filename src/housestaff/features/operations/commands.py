"""What IT asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeadLetter(Command):
    """Run a dead letter's work again, that part alone."""

    needs: ClassVar[str] = "ops:dead_letters"
    dead_letter_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizePool(Command):
    """Give the pool of the process that answers other bounds."""

    needs: ClassVar[str] = "ops:pool"
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchConsumer(Command):
    """Switch a durable consumer off, so that its dispatches wait, or on, so that they are done."""

    needs: ClassVar[str] = "ops:jobs"
    name: str
    on: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeprecateSchema(Command):
    """Announce that a version of an event's schema goes on a day."""

    needs: ClassVar[str] = "schema:write"
    event_type: str
    schema_version: int
    removal_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireSchema(Command):
    """Take a deprecated version of an event's schema out of use."""

    needs: ClassVar[str] = "schema:write"
    event_type: str
    schema_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadArtifact(Command):
    """Read a stored file; who did stands in the audit chain."""

    needs: ClassVar[str] = "notice:read"
    artifact_id: UUID
