"""What people ask of schedules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command
from housestaff.core.edits import Edit
from housestaff.core.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchedule(Command):
    """Make a draft for a period: empty, copied from another schedule, imported, or what a solve has built."""

    needs: ClassVar[str] = "schedule:write"
    first_day: date
    last_day: date
    method: str = "empty"
    copy_of: UUID | None = None
    roster: Roster | None = None
    schedule_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDraft(Command):
    """Change cells of a draft by hand."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    revision: int
    edits: tuple[Edit, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoDraft(Command):
    """Take the newest revision of a draft back."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlaces(Command):
    """Lock people of a draft against solving, or unlock them: 'r1' for the period, 'r1 2025-08-05..2025-08-09'."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    lock: tuple[str, ...] = ()
    unlock: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveDraft(Command):
    """Put what a solve has built into a draft."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    revision: int
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDraft(Command):
    """Put an imported roster into a draft."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    revision: int
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardSchedule(Command):
    """Throw a draft away."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSchedule(Command):
    """Put a draft in force as version 1; refused while a rule that must hold is broken."""

    needs: ClassVar[str] = "schedule:publish"
    schedule_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class Signed:
    """What somebody signs who accepts a breach: the reason, why in words, and until when."""

    reason_code: str
    justification: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSchedule(Command):
    """Change a published schedule: a new version; what newly breaks a rule that must hold takes an override."""

    needs: ClassVar[str] = "schedule:publish"
    schedule_id: UUID
    base_number: int
    edits: tuple[Edit, ...]
    reason_code: str = ""
    reason: str = ""
    override: Signed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBackSchedule(Command):
    """Put an earlier version's cells in force again, within a day, as a new version."""

    needs: ClassVar[str] = "schedule:publish"
    schedule_id: UUID
    to_number: int
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSchedule(Command):
    """Put a published schedule away whose period is long over."""

    needs: ClassVar[str] = "schedule:publish"
    schedule_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateDuty(Command):
    """Write a note on a duty."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID
    duty_id: str
    text: str
