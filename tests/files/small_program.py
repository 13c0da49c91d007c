"""A small family medicine program and a roster of its first blocks, put together by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from housestaff.core.calendar import Calendar, propose_blocks, propose_holidays
from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Alias, Dates, LevelSpan, Person, PersonKind, RoleSpan
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.time import Half, Weekday, Zone, days
from housestaff.files.workbook.codes import family_medicine_activities, family_medicine_services

YEAR = Dates(date(2025, 7, 1), date(2026, 6, 30))
RESIDENTS = ("Ames", "Boyle", "Castro", "Diaz", "Engel", "Fuchs")
FACULTY = ("Prof. Gray", "Hunt", "Ibarra", "Jolie")


def small_program() -> Program:
    people = [
        Person(
            f"r{number}",
            name,
            PersonKind.RESIDENT,
            levels=(LevelSpan(f"PGY-{1 + number % 3}", YEAR),),
            employment=(YEAR,),
        )
        for number, name in enumerate(RESIDENTS)
    ]
    people[0] = replace(people[0], aliases=(Alias("Ames, K."),))
    people += [
        Person(f"f{number}", name, PersonKind.FACULTY, roles=(RoleSpan("core", YEAR),), employment=(YEAR,))
        for number, name in enumerate(FACULTY)
    ]
    people.append(Person("s1", "Klein", PersonKind.LEARNER, stage="MS3", employment=(YEAR,)))
    sunday_to_thursday = tuple(Weekday.named(name) for name in ("sun", "mon", "tue", "wed", "thu"))
    return Program(
        "fm",
        "Lakeside Family Medicine",
        Zone("America/Chicago"),
        Calendar(2025, (propose_blocks(2025),), propose_holidays(2025)),
        people=tuple(people),
        rotations=(
            *family_medicine_services(),
            Rotation("CLI", "Clinic", RotationKind.OUTPATIENT),
            Rotation("ELE", "Elective", RotationKind.ELECTIVE, half_blocks=1),
        ),
        activities=family_medicine_activities(),
        calls=(
            CallLine(
                "faculty_call",
                "Faculty call",
                DutyKind.HOME_CALL,
                sunday_to_thursday,
                17 * 60,
                7 * 60,
                after=((Half.AM, "PCAT"), (Half.PM, "DO")),
            ),
            CallLine(
                "resident_call", "Resident call", DutyKind.IN_HOUSE_CALL, (Weekday.FRIDAY,), 1020, 420, ("resident",)
            ),
        ),
        leaves=(Leave("l1", "r3", LeaveKind.VACATION, date(2025, 8, 4), date(2025, 8, 8)),),
    )


def small_roster(program: Program) -> Roster:
    """The first three blocks: rotations, clinics, and call."""
    series = program.calendar.series[0]
    stints, halves, calls = [], {}, {}
    codes = ("C30", "CV", "LEC", "C40", "ADM")
    for block in series.blocks[:3]:
        for number, person in enumerate(program.residents):
            services = ("IPT", "NF", "CLI", "ELE", "ICU", "CLI")
            code = services[(number + block.number) % 6]
            if code == "ELE":
                stints.append(Stint(person.id, "ELE", *block.halves()[0]))
                stints.append(Stint(person.id, "CLI", *block.halves()[1]))
            else:
                stints.append(Stint(person.id, code, block.first, block.last))
            if code in {"CLI", "ELE"}:
                halves |= _sessions(person.id, block.first, block.last, codes)
        for number, person in enumerate(program.faculty):
            halves |= _sessions(
                person.id, block.first, block.last, ("AT", "C30", "GME", "AT", "DFM")[number:] + codes[:number]
            )
        for day in days(block.first, block.last):
            if day.weekday() not in {4, 5}:
                calls[Night("faculty_call", day)] = (CallEntry(f"f{day.toordinal() % 4}"),)
            elif day.weekday() == 4:
                calls[Night("resident_call", day)] = (CallEntry(f"r{day.toordinal() % 6}", Layer.PRELOAD),)
    complete = (series.blocks[0].first, series.blocks[2].last)
    return Roster(tuple(stints), MappingProxyType(halves), MappingProxyType(calls), (), complete)


def _sessions(who: str, first: date, last: date, codes: tuple[str, ...]) -> dict[HalfDay, tuple[Entry, ...]]:
    found = {}
    for day in days(first, last):
        if day.weekday() < 5:
            for half in Half:
                code = codes[(day.toordinal() + (half is Half.PM)) % len(codes)]
                found[HalfDay(who, day, half)] = (Entry(Layer.SOLVER, code),)
    return found


def year_program() -> Program:
    """The small program, grown to twenty-nine people."""
    program = small_program()
    more = [
        replace(person, id=f"{person.id}x{copy}", display_name=f"{person.display_name} {copy}", aliases=())
        for copy in ("Sr", "Jr")
        for person in program.people[:9]
    ]
    return replace(program, people=(*program.people, *more))


def year_roster(program: Program) -> Roster:
    """A whole year for whoever is there: a rotation a block, a code each weekday half."""
    series = program.calendar.series[0]
    stints, halves, calls = [], {}, {}
    for number, person in enumerate(program.people):
        if person.is_trainee:
            services = ("IPT", "NF", "CLI", "ELE", "ICU", "CLI", "ED")
            stints += [
                Stint(person.id, services[(number + block.number) % 7], block.first, block.last)
                for block in series.blocks
            ]
        halves |= _sessions(person.id, series.first, series.last, ("C30", "CV", "LEC", "C40", "ADM", "AT"))
    day = series.first
    while day <= series.last:
        if day.weekday() not in {4, 5}:
            calls[Night("faculty_call", day)] = (CallEntry(f"f{day.toordinal() % 4}"),)
        day += timedelta(days=1)
    return Roster(tuple(stints), MappingProxyType(halves), MappingProxyType(calls), (), (series.first, series.last))
