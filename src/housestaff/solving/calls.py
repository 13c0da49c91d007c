"""Stage two: the year of call. The faculty first, then the residents inside services, then the residents elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.solving.call_windows import service_lines
from housestaff.solving.faculty_calls import solve_faculty_calls, week_rotations
from housestaff.solving.resident_calls import shared_resident_lines, solve_resident_calls
from housestaff.solving.run import Outcome, Watch
from housestaff.solving.service_calls import solve_service_calls


@dataclass(frozen=True)
class Nights:
    """The year of call as far as it was found; without a roster the last part left no way, or no time."""

    roster: Roster | None
    outcomes: tuple[Outcome, ...]


class CallPart(Protocol):
    """One part of the year of call: the roster with its nights, or nothing where there is no way."""

    def __call__(
        self, program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float, workers: int
    ) -> tuple[Roster | None, Sequence[Outcome]]:
        """Solve the part on what the base roster fixes."""
        ...


def call_parts(program: Program) -> list[CallPart]:
    """The parts of the year of call that a program has."""
    of_faculty = any("faculty" in line.who for line in program.calls) or bool(week_rotations(program))
    return [
        *([solve_faculty_calls] if of_faculty else []),
        *([solve_service_calls] if service_lines(program) else []),
        *([solve_resident_calls] if shared_resident_lines(program) else []),
    ]


def solve_calls(program: Program, base: Roster, watch: Watch, *, seed: int, workers: int) -> Nights:
    """Every part of the year of call on what the one before it decided."""
    outcomes: list[Outcome] = []
    roster = base
    for part in call_parts(program):
        found, mine = part(program, roster, watch, seed=seed, seconds=0.3 * watch.seconds, workers=workers)
        outcomes += mine
        if found is None:
            return Nights(None, tuple(outcomes))
        roster = found
    return Nights(roster, tuple(outcomes))
