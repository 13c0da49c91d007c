"""The grid: every half-day of every person with the whole stack of what stands there, and the duties that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date

from housestaff.core.derived import after_call, after_stints, from_calendar, leave_code, template_code
from housestaff.core.duties import Activity, Certainty, Duty, DutyKind, Family, Flag, usual_flags
from housestaff.core.leave import Leave, halves_away
from housestaff.core.nights import call_duties
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Cell, Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.rotations import Rotation
from housestaff.core.stack import stack_told
from housestaff.core.time import DAY, NOON, Half, Span, Weekday, days

_KINDS = {
    Family.CLINIC: DutyKind.CLINIC_HALF_DAY,
    Family.SUPERVISION: DutyKind.SUPERVISION_HALF_DAY,
    Family.EDUCATION: DutyKind.CONFERENCE,
    Family.ADMINISTRATION: DutyKind.OTHER_HALF_DAY,
    Family.SERVICE: DutyKind.ROTATION_DAY,
}


class Grid:
    """A program and a roster read together; a person is worked out when first asked for and then remembered."""

    def __init__(self, program: Program, roster: Roster, *, known: Mapping[str, PersonGrid] | None = None) -> None:
        """Read a roster; `known` carries people whose facts did not change over from an older grid."""
        self.program, self.roster = program, roster
        self._people: dict[str, PersonGrid] = dict(known or {})
        self._shared: _Shared | None = None

    @property
    def period(self) -> tuple[date, date]:
        """First and last date that the roster speaks of."""
        return self.roster.complete or (self.program.calendar.first, self.program.calendar.last)

    def person(self, id_: str) -> PersonGrid:
        """The half-days and duties of one person."""
        if id_ not in self._people:
            if self._shared is None:
                self._shared = _Shared(self.program, self.roster)
            self._people[id_] = PersonGrid(self, self.program.person(id_), self._shared)
        return self._people[id_]

    def edited(self, roster: Roster, people: Iterable[str]) -> Grid:
        """The grid of an edited roster, in which only the named people are worked out anew."""
        changed = set(people)
        edited = Grid(
            self.program, roster, known={id_: grid for id_, grid in self._people.items() if id_ not in changed}
        )
        old = self.roster
        if self._shared is not None and (roster.stints, roster.calls, roster.duties) == (
            old.stints,
            old.calls,
            old.duties,
        ):
            edited._shared = self._shared.with_halves_of(roster, changed)
        return edited

    def has_known(self, id_: str, older: Grid) -> bool:
        """Say whether a person's half-days were taken over from an older grid unchanged."""
        return id_ in self._people and self._people[id_] is older._people.get(id_)

    def stack(self, place: HalfDay) -> tuple[Entry, ...]:
        """All facts about a half-day, lowest layer first."""
        return self.person(place.person).stack(place.day, place.half)

    def code(self, place: HalfDay) -> str:
        """The code that stands on a half-day; empty where nothing is known."""
        return self.person(place.person).code(place.day, place.half)

    def cells(self) -> list[Cell]:
        """Every duty of the period and who holds it."""
        return [Cell(duty, person.id) for person in self.program.people for duty in self.person(person.id).duties]

    def explain(self, place: HalfDay) -> str:
        """Tell a cell's whole stack in a sentence: what stands, and everything under it."""
        return stack_told(place, self.stack(place))


class _Shared:
    """What one pass over the roster finds for everybody."""

    def __init__(self, program: Program, roster: Roster) -> None:
        self.entries: dict[str, dict[tuple[date, Half], tuple[Entry, ...]]] = defaultdict(dict)
        for place, entries in roster.halves.items():
            self.entries[place.person][place.day, place.half] = entries
        self.after_call = after_call(program, roster)
        self.stints: dict[str, list[Stint]] = defaultdict(list)
        for stint in sorted(roster.stints, key=lambda each: each.first):
            self.stints[stint.person].append(stint)
        self.away: dict[str, dict[tuple[date, Half], Leave]] = defaultdict(dict)
        for (person, day, half), leave in halves_away(program.leaves).items():
            self.away[person][day, half] = leave
        self.free_standing: dict[str, list[Duty]] = defaultdict(list)
        for cell in roster.duties:
            if cell.person is not None:
                self.free_standing[cell.person].append(cell.duty)
        for duty, person in call_duties(program, roster):
            self.free_standing[person].append(duty)

    def with_halves_of(self, roster: Roster, people: set[str]) -> _Shared:
        """The same facts with the half-days of some people read anew."""
        found = copy(self)
        found.entries = defaultdict(dict, {id_: mine for id_, mine in self.entries.items() if id_ not in people})
        for place, entries in roster.halves.items():
            if place.person in people:
                found.entries[place.person][place.day, place.half] = entries
        return found


class PersonGrid:
    """The half-days of one person."""

    def __init__(self, grid: Grid, person: Person, shared: _Shared) -> None:
        """Gather the facts of one person; the cells are worked out here, once."""
        self._program, self.person = grid.program, person
        self.stints = shared.stints.get(person.id, [])
        self.away = shared.away.get(person.id, {})
        self.stored = shared.entries.get(person.id, {})
        self.follows = {**after_stints(grid.program, self.stints), **shared.after_call.get(person.id, {})}
        self._derived = {**from_calendar(grid.program, person, self.stints), **self.follows}
        self._stint_of: dict[date, Stint] = {}
        for stint in self.stints:
            for day in days(stint.first, stint.last):
                self._stint_of.setdefault(day, stint)
        self._period = grid.period
        self.codes = self._top_codes()
        self.duties = self._duties(grid, shared.free_standing.get(person.id, []))

    def stint_on(self, day: date) -> Stint | None:
        """The stay on a date, if any."""
        return self._stint_of.get(day)

    def rotation_on(self, day: date) -> Rotation | None:
        """The rotation on a date, if any."""
        stint = self._stint_of.get(day)
        return self._program.rotation_by_code.get(stint.rotation) if stint else None

    def code(self, day: date, half: Half) -> str:
        """The code that stands on a half-day; empty where nothing is known."""
        entry = self.codes.get((day, half))
        return entry.code if entry else ""

    def stack(self, day: date, half: Half) -> tuple[Entry, ...]:
        """All facts about a half-day, lowest layer first."""
        found = list(self.stored.get((day, half), ()))
        if self.person.is_employed(day):
            template = template_code(self._program, self.rotation_on(day), day, half, self.person.level_on(day))
            found += [template] if template and self._stint_or_weekend(day) else []
        derived = self._derived.get((day, half))
        found += [derived] if derived else []
        leave = self.away.get((day, half))
        if leave:
            why = leave.kind.value + (f", {leave.note}" if leave.note else "")
            found.append(Entry(Layer.LEAVE, leave_code(leave), why=why))
        return tuple(sorted(found, key=lambda entry: entry.layer))

    def _stint_or_weekend(self, day: date) -> bool:
        return day in self._stint_of or (self.person.is_trainee or self.person.is_faculty)

    def _top_codes(self) -> dict[tuple[date, Half], Entry]:
        """The winning entry of each half-day of the period, without building every stack."""
        first, last = self._period
        if self._stint_of:
            first, last = min(first, *self._stint_of), max(last, *self._stint_of)
        top: dict[tuple[date, Half], Entry] = {}
        for day in days(first, last):
            rotation = self.rotation_on(day)
            employed, level = self.person.is_employed(day), self.person.level_on(day)
            for half in Half:
                leave = self.away.get((day, half))
                if leave:
                    top[day, half] = Entry(Layer.LEAVE, leave_code(leave), why=leave.kind.value)
                    continue
                best = self._derived.get((day, half))
                for entry in self.stored.get((day, half), ()):
                    if best is None or entry.layer >= best.layer:
                        best = entry
                if best is None and employed and (rotation or self._stint_or_weekend(day)):
                    best = template_code(self._program, rotation, day, half, level)
                if best is not None:
                    top[day, half] = best
        return top

    def _duties(self, grid: Grid, free_standing: list[Duty]) -> tuple[Duty, ...]:
        found = list(free_standing)
        for (day, half), entry in self.codes.items():
            duty = self.duty_of(day, half, entry)
            if duty is not None:
                found.append(duty)
        if self.person.is_trainee and grid.roster.halves:
            found += self._blanks()
        return tuple(sorted(found, key=lambda duty: (duty.span, duty.id)))

    def duty_of(self, day: date, half: Half, entry: Entry) -> Duty | None:
        """The duty that a code means on a half-day; nothing for days off, leave and codes nobody knows."""
        activity = self._program.activity_by_code.get(entry.code)
        if activity is not None and activity.family is not Family.SERVICE:
            return self._session(day, half, activity) if activity.is_work else None
        rotation = self._program.rotation_by_code.get(entry.code)
        if rotation is None or rotation.start is None or rotation.end is None:
            return None
        return self._service(day, half, rotation, entry)

    def _session(self, day: date, half: Half, activity: Activity) -> Duty:
        start, end = self._program.half_day(half)
        start = start if activity.start is None else activity.start
        end = end if activity.end is None else activity.end
        kind = _KINDS[activity.family]
        stint = self._stint_of.get(day)
        return Duty(
            id=f"{self.person.id}.{day}.{half}",
            kind=kind,
            day=day,
            span=Span(self._program.zone.at(day, start), self._program.zone.at(day, end)),
            flags=usual_flags(kind),
            activity=activity.code,
            rotation=stint.rotation if stint else "",
            half=half,
            counts=activity.counts,
            certainty=Certainty.ASSUMED,
        )

    def _service(self, day: date, half: Half, rotation: Rotation, entry: Entry) -> Duty | None:
        start, end = rotation.start or 0, rotation.end or 0
        kind = DutyKind.NIGHT_FLOAT if rotation.night else DutyKind.ROTATION_DAY
        if end <= start:
            if half is Half.AM:
                return None
            end += DAY
        elif half is Half.AM:
            end = min(end, NOON)
        else:
            start = max(start, NOON)
        if start >= end:
            return None
        zone = self._program.zone
        by_ward = rotation.days_off.managed_by == "ward" and entry.layer is Layer.TEMPLATE
        return Duty(
            id=f"{self.person.id}.{day}.{half}",
            kind=kind,
            day=day,
            span=Span(zone.at(day, start), zone.at(day, end)),
            flags=usual_flags(kind),
            activity=rotation.code,
            rotation=rotation.code,
            half=half,
            certainty=Certainty.UNKNOWN if by_ward else Certainty.ASSUMED,
        )

    def _blanks(self) -> list[Duty]:
        """A blank weekday half of a resident is unknown, never a day off: it may be a clinic."""
        found: list[Duty] = []
        first, last = self._period
        for day in days(first, last):
            if day.weekday() >= Weekday.SATURDAY or day not in self._stint_of or not self.person.is_employed(day):
                continue
            for half in Half:
                if (day, half) not in self.codes:
                    start, end = self._program.half_day(half)
                    span = Span(self._program.zone.at(day, start), self._program.zone.at(day, end))
                    id_ = f"{self.person.id}.{day}.{half}.blank"
                    flags = frozenset({Flag.SCHEDULED, Flag.ADMINISTRATIVE})
                    rotation = self._stint_of[day].rotation
                    found.append(
                        Duty(
                            id_,
                            DutyKind.OTHER_HALF_DAY,
                            day,
                            span,
                            flags,
                            rotation=rotation,
                            half=half,
                            certainty=Certainty.UNKNOWN,
                        )
                    )
        return found
