"""A schedule as somebody looks at it: what they may see, and why anybody is away only for those who may know."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from uuid import UUID

from housestaff.core.duties import Family
from housestaff.core.finding import Finding, Verdict
from housestaff.core.grid import Grid, PersonGrid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Entry
from housestaff.core.stack import is_leave
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.features.schedules.views import scope_of, visible
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge

AWAY = "LV"
WORST_FIRST = (Verdict.BROKEN, Verdict.ADVISORY, Verdict.UNKNOWN, Verdict.THIN, Verdict.NOT_JUDGED, Verdict.KEPT)
_FINDINGS: OrderedDict[tuple[UUID, int, int], tuple[Program, tuple[Finding, ...]]] = OrderedDict()
_AT_HAND = Lock()
_MOST_JUDGED = 8


@dataclass(frozen=True)
class Sight:
    """One schedule with its program and its grid, as one user sees it."""

    unit: Unit
    program: Program
    schedule: Schedule
    view: FinishedRoster

    @property
    def grid(self) -> Grid:
        """Everybody's half-days."""
        return self.view.grid

    @property
    def first(self) -> date:
        """The first day."""
        return self.schedule.period.first_day

    @property
    def last(self) -> date:
        """The last day."""
        return self.schedule.period.last_day

    @property
    def today(self) -> date:
        """The date in the program's zone."""
        return self.program.zone.day(self.unit.now)

    def holds(self, day: date, *, around: timedelta = timedelta()) -> bool:
        """Whether the schedule holds a day, or one that is not farther from it than so many days."""
        return self.first <= day + min(around, date.max - day) and day - min(around, day - date.min) <= self.last

    def knows_why(self, person: str) -> bool:
        """Whether the user may know why somebody is away."""
        principal = self.unit.principal
        return principal is None or allow(principal, "leave:read_kind", person=person) is not None

    def knows_hours(self, person: str) -> bool:
        """Whether the user may know how many hours somebody works."""
        principal = self.unit.principal
        return principal is None or allow(principal, "hours:read", person=person) is not None

    def code(self, person: PersonGrid, entry: Entry) -> str:
        """A code as the user may read it."""
        if is_leave(self.program, entry) and not self.knows_why(person.person.id):
            return AWAY
        return entry.code

    def family(self, entry: Entry) -> str:
        """What sort of thing a code is, for its color."""
        if is_leave(self.program, entry):
            return Family.LEAVE.value
        activity = self.program.activity_by_code.get(entry.code)
        if activity is not None:
            return activity.family.value
        return Family.SERVICE.value if entry.code in self.program.rotation_by_code else "unknown"

    def color(self, rotation: str) -> int:
        """The number of a rotation's color: its place among the rotations."""
        return next((place for place, each in enumerate(self.program.rotations) if each.code == rotation), 0) % COLORS

    def groups(self) -> list[tuple[str, list[Person]]]:
        """The people by level or role, in the order of the program, without those who are not there in the period."""
        found: dict[str, list[Person]] = {}
        for person in self.program.people:
            if not (person.is_trainee or person.is_faculty) or not self._is_there(person):
                continue
            day = min(max(self.today, self.first), self.last)
            word = person.level_on(day) or person.level_on(self.first) if person.is_trainee else "Faculty"
            found.setdefault(word or person.kind.value, []).append(person)
        return sorted(found.items(), key=lambda group: (group[0] == "Faculty", group[0]))

    def _is_there(self, person: Person) -> bool:
        return not person.employment or any(
            each.first <= self.last and (each.last is None or each.last >= self.first) for each in person.employment
        )

    def findings(self) -> tuple[Finding, ...]:
        """All that the judge says of the newest revision; the same revision is judged once."""
        key = self.schedule.schedule_id, self.schedule.revision, id(self.program)
        with _AT_HAND:
            known = _FINDINGS.get(key)
        if known is None or known[0] is not self.program:
            known = self.program, tuple(judge(self.view))
            with _AT_HAND:
                _FINDINGS[key] = known
                while len(_FINDINGS) > _MOST_JUDGED:
                    _FINDINGS.popitem(last=False)
        return known[1]


COLORS = 24
"""So many colors there are for rotations; the code is always written in the cell, too."""


def look(unit: Unit, programs: Programs, schedules: Schedules, schedule_id: UUID) -> Sight:
    """A schedule, if the user may see it; raises `NotFound` where not."""
    schedule = visible(schedules, schedule_id, scope_of(unit.principal))
    program = programs.get(schedule.period.first_day)
    return Sight(unit, program, schedule, schedules.view(schedule, program))


def each_day(first: date, last: date) -> Sequence[date]:
    """Every date from a first to a last one."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
