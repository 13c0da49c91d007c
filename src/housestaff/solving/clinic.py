"""The open half-days of a block: who may do which session when, and what the clinic then needs and has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.duties import Activity, Family
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Layer
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Span, Weekday, days
from housestaff.core.view import ClinicHalf
from housestaff.rules.clinic import clinic_range, virtual_code
from housestaff.rules.service import FinishedService

_FIXED = {Layer.LEAVE, Layer.DERIVED, Layer.PRELOAD, Layer.MANUAL}


@dataclass
class OpenHalfDays:
    """The literals of a block: a session code for each open half-day, and for each service day whether it is worked."""

    sessions: dict[HalfDay, dict[str, Any]] = field(default_factory=dict[HalfDay, dict[str, Any]])
    worked: dict[tuple[str, date], Any] = field(default_factory=dict[tuple[str, date], Any])
    off_ward: dict[HalfDay, Any] = field(default_factory=dict[HalfDay, Any])

    def literal(self, place: HalfDay, code: str) -> Any:
        """Whether a code stands on a half-day; 0 where it cannot."""
        return self.sessions.get(place, {}).get(code, 0)


def faculty_codes(program: Program, person: Person, day: date) -> list[str]:
    """What a faculty member may do on a half-day, by the role of that date."""
    role = program.role_by_code.get(person.role_on(day))
    if role is None or not role.automatic:
        return []
    codes = [code for code, _least, most in role.half_days if most > 0 and code in program.activity_by_code]
    clinic = [
        code
        for code in codes
        if program.activity_by_code[code].family is Family.CLINIC and program.activity_by_code[code].rooms
    ]
    virtual = virtual_code(program)
    return [*codes, *([virtual] if clinic and virtual and virtual not in codes else [])]


class OpenClinic(FinishedService):
    """The clinic of a block that is still open: fixed sessions counted, open ones as expressions."""

    def __init__(self, grid: Grid, opened: OpenHalfDays, dates: Sequence[date]) -> None:
        """Take the fixed grid and the open half-days."""
        super().__init__(grid)
        self.opened, self.dates = opened, dates
        self._by_half: dict[tuple[date, Half], list[tuple[Person, str, Any]]] = defaultdict(list)
        for place, codes in opened.sessions.items():
            person = self.program.person(place.person)
            for code, literal in codes.items():
                self._by_half[place.day, place.half].append((person, code, literal))

    def clinic_halves(self) -> Iterator[ClinicHalf]:
        """Every half-day on which the clinic is open, as expressions."""
        given = set(self.program.attending_demand.given_by)
        for day in self.dates:
            if self.program.calendar.is_workday(day):
                for half in Half:
                    yield self._open_half(day, half, self.program.zone.half_span(day, half), given)

    def _open_half(self, day: date, half: Half, span: Span, given: set[str]) -> ClinicHalf:
        quarters: Any = 0
        attendings: Any = 0
        rooms: Any = 0
        virtual: Any = 0
        sessions: Any = 0
        residents: Any = 0
        preceptors: Any = 0
        for person, activity, literal in self._everyone(day, half):
            if activity.code in given:
                attendings = attendings + literal
                preceptors = preceptors + (0 if self.has_other_work(person, day, half) else literal)
            if activity.family is Family.CLINIC:
                rooms = rooms + activity.rooms * literal
                virtual = virtual + int(activity.virtual) * literal
                sessions = sessions + literal
                if person.is_trainee and activity.needs_supervision:
                    need = self.program.attending_demand.quarters_of(person.level_on(day), procedure=activity.procedure)
                    quarters = quarters + need * literal
                    residents = residents + literal
        return ClinicHalf(day, half, span, quarters, attendings, rooms, virtual, sessions, residents, preceptors)

    def _everyone(self, day: date, half: Half) -> Iterator[tuple[Person, Activity, Any]]:
        for person, activity in self._sessions(day, half):
            if HalfDay(person.id, day, half) not in self.opened.sessions:
                yield person, activity, 1
        for person, code, literal in self._by_half[day, half]:
            activity = self.program.activity_by_code.get(code)
            if activity is not None:
                yield person, activity, literal


def open_faculty(
    program: Program, model: cp_model.CpModel, grid: Grid, dates: Sequence[date], opened: OpenHalfDays
) -> None:
    """Open every weekday half of faculty that nothing has filled: exactly one of the role's sessions."""
    for person in program.faculty:
        for day in dates:
            codes = faculty_codes(program, person, day)
            for half in Half:
                entry = grid.person(person.id).codes.get((day, half))
                if codes and entry is None and program.calendar.is_workday(day) and person.may_be_scheduled(day, half):
                    literals = {code: model.new_bool_var(f"{person.id} {day} {half} {code}") for code in codes}
                    model.add_exactly_one(literals.values())
                    opened.sessions[HalfDay(person.id, day, half)] = literals


def open_residents(
    program: Program,
    model: cp_model.CpModel,
    grid: Grid,
    dates: Sequence[date],
    opened: OpenHalfDays,
    short: Container[tuple[str, date]] = (),
) -> None:
    """Open the residents' blank weekday halves (session or clinic) and the service days whose days off we issue.

    `short` names people and dates in stays that leave has left without the free days they need: there a weekday may
    become a day off.
    """
    virtual = virtual_code(program)
    for person in program.residents:
        known = grid.person(person.id)
        for day in dates:
            rotation = known.rotation_on(day)
            if rotation is None or not person.is_employed(day):
                continue
            clinic = clinic_range(program, person, rotation, day)
            if rotation.is_service:
                there = clinic if program.calendar.is_workday(day) else None
                _open_service_day(model, known.codes, person, day, rotation, there, opened)
                continue
            for half in Half:
                if (day, half) in known.codes or not program.calendar.is_workday(day):
                    continue
                codes = [rotation.session or (clinic[0] if clinic else "")]
                codes += [clinic[0]] if clinic and clinic[0] not in codes else []
                codes += [virtual] if clinic and virtual else []
                literals = {code: model.new_bool_var(f"{person.id} {day} {half} {code}") for code in codes if code}
                if literals and (person.id, day) in short:
                    works = opened.worked.setdefault((person.id, day), model.new_bool_var(f"{person.id} works {day}"))
                    model.add(sum(literals.values()) == works)
                elif literals:
                    model.add_exactly_one(literals.values())
                if literals:
                    opened.sessions[HalfDay(person.id, day, half)] = literals


def _open_service_day(
    model: cp_model.CpModel,
    codes: Mapping[tuple[date, Half], Any],
    person: Person,
    day: date,
    rotation: Rotation,
    clinic: tuple[str, int, int] | None,
    opened: OpenHalfDays,
) -> None:
    """A service day that may become a day off, with perhaps a clinic in its afternoon."""
    entries = [codes.get((day, half)) for half in Half]
    if rotation.days_off.managed_by != "solver" or any(
        e is None or e.layer in _FIXED or e.code == "W" for e in entries
    ):
        return
    works = model.new_bool_var(f"{person.id} works {day}")
    opened.worked[person.id, day] = works
    afternoon = HalfDay(person.id, day, Half.PM)
    if clinic and day.weekday() < Weekday.SATURDAY and codes[day, Half.PM].code == rotation.code:
        in_clinic = model.new_bool_var(f"{person.id} clinic {day}")
        model.add_implication(in_clinic, works)
        opened.sessions[afternoon] = {clinic[0]: in_clinic}
        opened.off_ward[afternoon] = in_clinic


def weeks_of(dates: Sequence[date]) -> list[list[date]]:
    """Dates by calendar week, Monday first."""
    found: dict[date, list[date]] = defaultdict(list)
    for day in dates:
        found[day - timedelta(days=day.weekday())].append(day)
    return list(found.values())


def dates_of(first: date, last: date) -> list[date]:
    """Every date between two, as a list."""
    return list(days(first, last))
