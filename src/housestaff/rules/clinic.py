"""The continuity clinic of residents: which code it is, how many a week are asked, how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from housestaff.core.calendar import weeks
from housestaff.core.duties import Family
from housestaff.core.further_views import ClinicWeek
from housestaff.core.grid import Grid
from housestaff.core.people import Dates, Person
from housestaff.core.program import Program
from housestaff.core.rotations import RequirementUnit, Rotation
from housestaff.core.time import Half, Span, Weekday, days
from housestaff.core.view import RosterView

SPARED = 2
"""Half-days of a short week that need not be clinic: what is left after leave and holidays is not all clinic."""
_WEEK = 7


def clinic_range(program: Program, person: Person, rotation: Rotation | None, day: date) -> tuple[str, int, int] | None:
    """The clinic code of a resident and how many of it a week, on a rotation; nothing where none is asked."""
    level = person.level_on(day)
    asked = next(
        (
            r
            for r in program.requirements
            if r.unit is RequirementUnit.HALF_DAYS_A_WEEK
            and r.level == level
            and r.rotation in program.activity_by_code
        ),
        None,
    )
    if asked is None or rotation is None:
        return None
    for who, least, most in rotation.clinic_half_days:
        if who in {"all", level}:
            return asked.rotation, least, most
    if rotation.is_service or rotation.continuity_exempt:
        return None
    return asked.rotation, asked.least, asked.most


@lru_cache(maxsize=4096)
def employed_days(employment: tuple[Dates, ...], first: date, last: date) -> int:
    """On how many dates, from a first to a last, somebody with these spans of employment is employed."""
    return sum(not employment or any(dates.holds(day) for dates in employment) for day in days(first, last))


def virtual_code(program: Program) -> str:
    """The code of a virtual clinic half-day."""
    return next((a.code for a in program.activities if a.virtual and a.family is Family.CLINIC), "")


class ClinicWeeks:
    """The continuity clinics of a finished roster, counted by weeks."""

    def __init__(self, view: RosterView, grid: Grid) -> None:
        """Read the half-days of a grid; the view says what is asked about."""
        self._view, self._grid, self._program = view, grid, view.program
        self._held: dict[str, list[date]] = {}

    def weeks(self, person: Person) -> Iterator[ClinicWeek]:
        """Every whole week on one rotation and in one block that asks for clinics."""
        known, zone = self._grid.person(person.id), self._program.zone
        series = self._program.series_of(person)
        for week in weeks(*self._grid.period, Weekday.MONDAY):
            span = zone.day_span(week.first, week.last)
            if not self._view.in_focus(span):
                continue
            stint = known.stint_on(week.first)
            whole = stint is not None and stint.holds(week.last) and person.is_employed(week.last)
            block = series.block_on(week.first)
            if not whole or block is None or not block.holds(week.last):
                continue
            asked = clinic_range(self._program, person, known.rotation_on(week.last), week.last)
            if asked is not None:
                _code, least, most = asked
                count, at_work = self._count(person, week.first, week.last)
                yield ClinicWeek(span, stint.rotation if stint else "", count, min(least, max(0, at_work)), most)

    def _count(self, person: Person, first: date, last: date) -> tuple[int, int]:
        """Clinics of some dates, and the weekday half-days at work that could have been one."""
        known, codes = self._grid.person(person.id), self._codes(person, last)
        count = at_work = 0
        for day in days(first, last):
            for half in Half:
                code = known.code(day, half)
                count += code in codes
                activity = self._program.activity_by_code.get(code)
                free = activity is None or (activity.is_work and not activity.protected)
                at_work += free and bool(code) and self._program.calendar.is_workday(day)
        return count, at_work - SPARED

    def _codes(self, person: Person, day: date) -> set[str]:
        """The codes that are a clinic of one's own patients: what the level's requirement names, and virtual visits."""
        return self._codes_of(person.level_on(day))

    def _codes_of(self, level: str) -> set[str]:
        named = {
            r.rotation
            for r in self._program.requirements
            if r.unit is RequirementUnit.HALF_DAYS_A_WEEK and r.level == level
        }
        return (named | {virtual_code(self._program)} - {""}) & set(self._program.activity_by_code) if named else set()

    def _dates(self, person: Person) -> list[date]:
        """The dates of the year on which a person has a clinic, one entry for each half-day."""
        if person.id not in self._held:
            codes = {level: self._codes_of(level) for level in ("", *(each.level for each in person.levels))}
            some = frozenset[str]().union(*codes.values())
            known = self._grid.person(person.id).codes.items()
            self._held[person.id] = sorted(
                day for (day, _half), entry in known if entry.code in some and entry.code in codes[person.level_on(day)]
            )
        return self._held[person.id]

    def weeks_with_clinic(self, person: Person) -> tuple[int, int, int] | None:
        """Weeks of the year with a clinic, clinics of the year, and days employed; nothing for part of a year."""
        calendar, (first, last) = self._program.calendar, self._grid.period
        if self._view.service.year != self._program.zone.day_span(calendar.first, calendar.last):
            return None
        dates = [day for day in self._dates(person) if calendar.first <= day <= calendar.last]
        employed = employed_days(person.employment, max(first, calendar.first), min(last, calendar.last))
        return len({day - timedelta(days=day.weekday()) for day in dates}), len(dates), employed

    def gaps(self, person: Person) -> Iterator[tuple[int, Span]]:
        """Days without clinic between two clinics, leave and exempt rotations left out."""
        for one, other in pairwise(self._dates(person)):
            if (other - one).days <= _WEEK:
                continue
            span = self._program.zone.day_span(one + timedelta(days=1), other - timedelta(days=1))
            if self._view.in_focus(span):
                between = list(days(one + timedelta(days=1), other - timedelta(days=1)))
                yield sum(not self._is_excused(person, day) for day in between), span

    def _is_excused(self, person: Person, day: date) -> bool:
        """Say whether nobody expects a clinic of a date: leave, or a rotation without any."""
        known = self._grid.person(person.id)
        rotation = known.rotation_on(day)
        away = any((day, half) in known.away for half in Half)
        return away or rotation is None or rotation.continuity_exempt
