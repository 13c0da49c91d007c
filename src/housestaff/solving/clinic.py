"""The open half-days of a block: who may do which session when, and what the clinic then needs and has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

from housestaff.core.derived import DAY_OFF, WEEKEND
from housestaff.core.duties import Activity, Family, Flag
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Layer
from housestaff.core.rotations import Rotation
from housestaff.core.time import Half, Weekday
from housestaff.core.view import Amount, ClinicHalf
from housestaff.rules.clinic import clinic_range, virtual_code
from housestaff.rules.service import FinishedService

_FIXED = {Layer.LEAVE, Layer.DERIVED, Layer.PRELOAD, Layer.MANUAL}


@dataclass
class OpenHalfDays:
    """The literals of a block: a session code for each open half-day, and for each service day whether it is worked."""

    sessions: dict[HalfDay, dict[str, Any]] = field(default_factory=dict[HalfDay, dict[str, Any]])
    worked: dict[tuple[str, date], Any] = field(default_factory=dict[tuple[str, date], Any])

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
        """Every half-day on which the clinic is open, as expressions; who of the first year is there is not known."""
        for day in self.dates:
            for half in Half if self.program.calendar.is_workday(day) else ():
                yield replace(self.clinic_half(day, half), early=())

    def sessions(self, day: date, half: Half) -> Iterator[tuple[Person, Activity, Amount]]:
        """Who holds which session in a half-day: one where it is fixed, the literal where it is open."""
        for person, activity, held in super().sessions(day, half):
            if HalfDay(person.id, day, half) not in self.opened.sessions:
                yield person, activity, held
        for person, code, literal in self._by_half[day, half]:
            activity = self.program.activity_by_code.get(code)
            if activity is not None:
                yield person, activity, literal


@dataclass(frozen=True)
class Opening:
    """Where half-days are opened: the model, what is fixed, the dates, and the literals found so far."""

    model: cp_model.CpModel
    grid: Grid
    dates: Sequence[date]
    opened: OpenHalfDays

    @property
    def program(self) -> Program:
        """The program."""
        return self.grid.program


def open_faculty(opening: Opening, people: Iterable[Person]) -> None:
    """Open every weekday half of faculty that nothing has filled: exactly one of the role's sessions."""
    program, model = opening.program, opening.model
    for person in people:
        for day in opening.dates if person.is_faculty else ():
            codes = faculty_codes(program, person, day)
            for half in Half:
                entry = opening.grid.person(person.id).codes.get((day, half))
                if codes and entry is None and program.calendar.is_workday(day) and person.may_be_scheduled(day, half):
                    literals = {code: model.new_bool_var(f"{person.id} {day} {half} {code}") for code in codes}
                    model.add_exactly_one(literals.values())
                    opening.opened.sessions[HalfDay(person.id, day, half)] = literals


def open_residents(opening: Opening, people: Iterable[Person], short: Container[tuple[str, date]] = ()) -> None:
    """Open the residents' blank weekday halves (session or clinic) and the service days whose days off we issue.

    `short` names people and dates in stays that leave has left without the free days they need: there a day that has
    work may become a day off.
    """
    for person in people:
        known = opening.grid.person(person.id)
        for day in opening.dates if person.is_trainee else ():
            rotation = known.rotation_on(day)
            if rotation is None or not person.is_employed(day):
                continue
            clinic = clinic_range(opening.program, person, rotation, day)
            if not rotation.is_service:
                _open_sessions(opening, person, (day, rotation, clinic), is_short=(person.id, day) in short)
            elif rotation.days_off.managed_by == "solver" or (
                rotation.days_off.managed_by == "pattern" and (person.id, day) in short
            ):
                there = clinic if opening.program.calendar.is_workday(day) else None
                _open_service_day(opening, person, (day, rotation, there))


_Asked: TypeAlias = tuple[date, Rotation, tuple[str, int, int] | None]
"""A date with the rotation on it, and the clinic that is asked of the person there."""


def _open_sessions(opening: Opening, person: Person, asked: _Asked, *, is_short: bool) -> None:
    """The blank halves of a weekday: the rotation's own session, or clinic; where days are short, perhaps neither."""
    (day, rotation, clinic), model = asked, opening.model
    codes = opening.grid.person(person.id).codes
    virtual = virtual_code(opening.program)
    for half in Half:
        if (day, half) in codes or not opening.program.calendar.is_workday(day):
            continue
        own = rotation.session_of({person.level_on(day), person.track, person.stage})
        names = [own or (clinic[0] if clinic else "")]
        names += [clinic[0]] if clinic and clinic[0] not in names else []
        names += [virtual] if clinic and virtual else []
        literals = {code: model.new_bool_var(f"{person.id} {day} {half} {code}") for code in names if code}
        if not literals:
            continue
        if is_short:
            works = opening.opened.worked.setdefault((person.id, day), model.new_bool_var(f"{person.id} works {day}"))
            model.add(sum(literals.values()) == works)
        else:
            model.add_exactly_one(literals.values())
        opening.opened.sessions[HalfDay(person.id, day, half)] = literals


def _open_service_day(opening: Opening, person: Person, asked: _Asked) -> None:
    """A service day that may become a day off, with perhaps a clinic in its afternoon; not one that ends in call."""
    (day, rotation, clinic), model = asked, opening.model
    known = opening.grid.person(person.id)
    codes = known.codes
    entries = [codes.get((day, half)) for half in Half]
    on_call = any(duty.day == day and Flag.IN_HOUSE_CALL in duty.flags for duty in known.duties)
    if on_call or any(e is None or e.layer in _FIXED or e.code in {WEEKEND, DAY_OFF} for e in entries):
        return
    works = model.new_bool_var(f"{person.id} works {day}")
    opening.opened.worked[person.id, day] = works
    afternoon = HalfDay(person.id, day, Half.PM)
    if clinic and day.weekday() < Weekday.SATURDAY and codes[day, Half.PM].code == rotation.code:
        in_clinic = model.new_bool_var(f"{person.id} clinic {day}")
        model.add_implication(in_clinic, works)
        opening.opened.sessions[afternoon] = {clinic[0]: in_clinic}


def is_clinic_shared(program: Program) -> bool:
    """Say whether people of different series need one another in clinic: for its rooms or its attendings."""
    return any(activity.rooms or activity.needs_supervision for activity in program.activities)


def weeks_of(dates: Sequence[date]) -> list[list[date]]:
    """Dates by calendar week, Monday first."""
    found: dict[date, list[date]] = defaultdict(list)
    for day in dates:
        found[day - timedelta(days=day.weekday())].append(day)
    return list(found.values())
