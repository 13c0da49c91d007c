"""What people and timers ask about violations and overrides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeViolation(Command):
    """Say that one has seen a violation and takes care of it; of a rule that must hold, only the director does."""

    needs: ClassVar[str] = "violation:acknowledge"
    violation_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateViolation(Command):
    """Tell the next step of the chain of a violation that nobody has acknowledged in time."""

    needs: ClassVar[str] = "violation:acknowledge"
    violation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOverride(Command):
    """Accept named violations for a time, with a reason; where one is critical, only the director may."""

    needs: ClassVar[str] = "override:apply_warning"
    violation_ids: tuple[UUID, ...]
    reason_code: str
    justification: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeOverride(Command):
    """Take an override back before its time."""

    needs: ClassVar[str] = "override:revoke"
    override_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOverride(Command):
    """End an override whose time is over."""

    needs: ClassVar[str] = "override:revoke"
    override_id: UUID
