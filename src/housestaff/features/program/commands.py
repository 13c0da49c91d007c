"""What people ask of the program room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from housestaff.core.command import Command
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.program.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgram(Command):
    """Put a program, as its file says it, in the place of what is there."""

    needs: ClassVar[str] = "rotation:write"
    program: Program
    base: Roster | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutPerson(Command):
    """Add a person, or change one: all facts of the person as the program file has them."""

    needs: ClassVar[str] = "person:write"
    person_id: str
    facts: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutPart(Command):
    """Add or change a rotation, an activity, a requirement, a line of demand or of call, or a faculty role."""

    needs: ClassVar[str] = "rotation:write"
    section: str
    code: str
    facts: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy(Command):
    """Set numbers and choices of the program; nothing as a value takes the default back."""

    needs: ClassVar[str] = "policy:write"
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCalendar(Command):
    """Say the blocks, the holidays or the institutional events anew: all rows of that part, as the file has them.

    `seen` is the mark of the rows that somebody changed; the blocks of an empty program begin it. Without a year the
    first calendar of the program is meant.
    """

    needs: ClassVar[str] = "rotation:write"
    section: str
    rows: tuple[Mapping[str, Any], ...]
    seen: str = ""
    academic_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollOverYear(Command):
    """Begin another academic year: its calendar, and what becomes of each resident; the old year stays as it is.

    `seen` is the generation of the program that somebody looked at.
    """

    needs: ClassVar[str] = "person:write"
    academic_year: int
    series: tuple[Mapping[str, Any], ...]
    holidays: tuple[Mapping[str, Any], ...] = ()
    steps: tuple[Step, ...] = ()
    newcomers: tuple[Mapping[str, Any], ...] = ()
    seen: int | None = None
