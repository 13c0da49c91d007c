"""The grid of one person: what stands on each half-day, and the duties that follow from it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date

from housestaff.core.derived import after_call, after_stints, from_calendar, leave_code, template_code
from housestaff.core.duties import Activity, Certainty, Duty, DutyKind, Family, Flag, usual_flags
from housestaff.core.leave import Leave
from housestaff.core.nights import call_duties
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Layer, Roster, Stint
from housestaff.core.rotations import Rotation
from housestaff.core.time import DAY, NOON, Half, Span, Weekday, days

_KINDS = {
    Family.CLINIC: DutyKind.CLINIC_HALF_DAY,
    Family.SUPERVISION: DutyKind.SUPERVISION_HALF_DAY,
    Family.EDUCATION: DutyKind.CONFERENCE,
    Family.ADMINISTRATION: DutyKind.OTHER_HALF_DAY,
    Family.SERVICE: DutyKind.ROTATION_DAY,
}


class RosterFacts:
    """What one pass over a roster finds for everybody."""

    def __init__(self, program: Program, roster: Roster) -> None:
        """Read the roster once."""
        self.has_halves = bool(roster.halves)
        self.entries: dict[str, dict[tuple[date, Half], tuple[Entry, ...]]] = defaultdict(dict)
        for place, entries in roster.halves.items():
            self.entries[place.person][place.day, place.half] = entries
        self.after_call = after_call(program, roster)
        self.stints: dict[str, list[Stint]] = defaultdict(list)
        for stint in sorted(roster.stints, key=lambda each: each.first):
            self.stints[stint.person].append(stint)
        self.away: dict[str, dict[tuple[date, Half], Leave]] = defaultdict(dict)
        for (person, day, half), leave in program.halves_away.items():
            self.away[person][day, half] = leave
        self.free_standing: dict[str, list[Duty]] = defaultdict(list)
        for cell in roster.duties:
            if cell.person is not None:
                self.free_standing[cell.person].append(cell.duty)
        for duty, person in call_duties(program, roster):
            self.free_standing[person].append(duty)

    def with_entries(self, halves: Mapping[HalfDay, tuple[Entry, ...]], places: Iterable[HalfDay]) -> RosterFacts:
        """The same facts where the entries of some half-days are now these."""
        found, read = copy(self), set[str]()
        found.entries = defaultdict(dict, self.entries)
        for place in places:
            if place.person not in read:
                read.add(place.person)
                found.entries[place.person] = dict(found.entries[place.person])
            if place in halves:
                found.entries[place.person][place.day, place.half] = halves[place]
            else:
                found.entries[place.person].pop((place.day, place.half), None)
        return found


class PersonGrid:
    """The half-days of one person."""

    def __init__(self, program: Program, person: Person, facts: RosterFacts, period: tuple[date, date]) -> None:
        """Gather the facts of one person; the cells are worked out here, once."""
        self._program, self.person, self._period = program, person, period
        self.stints = facts.stints.get(person.id, [])
        self.away = facts.away.get(person.id, {})
        self.stored = facts.entries.get(person.id, {})
        self.follows = {**after_stints(program, self.stints), **facts.after_call.get(person.id, {})}
        self._derived = {**from_calendar(program, person, self.stints), **self.follows}
        self._stint_of: dict[date, Stint] = {}
        for stint in self.stints:
            for day in days(stint.first, stint.last):
                self._stint_of.setdefault(day, stint)
        self.codes = self._top_codes()
        self.duties = self._duties(facts)

    def edited(self, facts: RosterFacts, places: Iterable[tuple[date, Half]]) -> PersonGrid | None:
        """The same person where only the entries of some half-days are others; nothing where a blank comes or goes."""
        found = copy(self)
        found.stored, found.codes = facts.entries.get(self.person.id, {}), dict(self.codes)
        gone: list[Duty | None] = []
        come: list[Duty | None] = []
        first, last = self._dates()
        for day, half in places:
            if not first <= day <= last:
                continue
            was, now = self.codes.get((day, half)), found.top_code(day, half)
            if was is None or now is None:
                # Blanks stand in an order of their own: too rare to be worth a second way to it.
                if was is not now:
                    return None
                continue
            found.codes[day, half] = now
            gone.append(self.duty_of(day, half, was))
            come.append(found.duty_of(day, half, now))
        found.duties = _replaced(self.duties, gone, come)
        return found

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

    def _dates(self) -> tuple[date, date]:
        """The first and last date on which anything may stand."""
        first, last = self._period
        return (min(first, *self._stint_of), max(last, *self._stint_of)) if self._stint_of else (first, last)

    def _top_codes(self) -> dict[tuple[date, Half], Entry]:
        """The winning entry of each half-day of the period, without building every stack."""
        top: dict[tuple[date, Half], Entry] = {}
        for day in days(*self._dates()):
            for half in Half:
                best = self.top_code(day, half)
                if best is not None:
                    top[day, half] = best
        return top

    def top_code(self, day: date, half: Half) -> Entry | None:
        """The winning entry of a half-day, worked out."""
        leave = self.away.get((day, half))
        if leave:
            return Entry(Layer.LEAVE, leave_code(leave), why=leave.kind.value)
        best = self._derived.get((day, half))
        for entry in self.stored.get((day, half), ()):
            if best is None or entry.layer >= best.layer:
                best = entry
        if best is None and self.person.is_employed(day):
            rotation = self.rotation_on(day)
            if rotation or self._stint_or_weekend(day):
                best = template_code(self._program, rotation, day, half, self.person.level_on(day))
        return best

    def _duties(self, facts: RosterFacts) -> tuple[Duty, ...]:
        found = list(facts.free_standing.get(self.person.id, ()))
        for (day, half), entry in self.codes.items():
            duty = self.duty_of(day, half, entry)
            if duty is not None:
                found.append(duty)
        if self.person.is_trainee and facts.has_halves:
            found += self._blanks()
        return tuple(sorted(found, key=_order))

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


def _order(duty: Duty) -> tuple[int, int, str]:
    return duty.span.start, duty.span.end, duty.id


def _replaced(duties: tuple[Duty, ...], gone: Iterable[Duty | None], come: Iterable[Duty | None]) -> tuple[Duty, ...]:
    """Duties in their order without some, and with others."""
    found = list(duties)
    for duty in gone:
        if duty is not None:
            del found[found.index(duty, bisect_left(found, _order(duty), key=_order))]
    for duty in come:
        if duty is not None:
            insort(found, duty, key=_order)
    return tuple(found)
