"""What people ask of reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportVersion(Command):
    """Make the files of a published version, or have those that were made already."""

    needs: ClassVar[str] = "report:run"
    schedule_id: UUID
    number: int | None = None
