"""Recovery after leave: the days without call that follow a deployment or an illness, by the program's settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.time import days
from housestaff.rules.settings import ProgramSettings

_SETTINGS = {LeaveKind.MILITARY: "deployment", LeaveKind.MEDICAL: "convalescence"}


@dataclass(frozen=True, slots=True)
class Recovery:
    """A leave of whole days that is long enough to be recovered from, and how many days without call follow it."""

    leave: Leave
    length: int

    @property
    def dates(self) -> list[date]:
        """The days without call."""
        return list(days(self.leave.last + timedelta(days=1), self.leave.last + timedelta(days=self.length)))


def recoveries(program: Program) -> Iterator[Recovery]:
    """Every recovery in a program; the numbers are those in force when the leave ends."""
    settings = ProgramSettings(program.policy)
    for leave in program.leaves:
        if leave.blocks and leave.half is None and leave.kind in _SETTINGS:
            name = _SETTINGS[leave.kind]
            if (leave.last - leave.first).days + 1 >= settings.number(f"{name}_least_days", leave.last):
                yield Recovery(leave, settings.number(f"{name}_days_without_call", leave.last))
