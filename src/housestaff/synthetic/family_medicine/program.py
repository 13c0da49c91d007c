"""Reference program A: a family medicine residency of 17 residents and 12 faculty in the academic year 2025."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from housestaff.core.calendar import BlockSeries, Calendar, propose_blocks, propose_holidays
from housestaff.core.demand import AttendingDemand, CallLine, ClinicRooms
from housestaff.core.duties import Activity, DutyKind
from housestaff.core.people import Credential, Dates, LevelSpan, Person, PersonKind, RoleSpan
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.roster import Layer, Roster, Stint
from housestaff.core.supervision import SupervisionPool
from housestaff.core.time import HOUR, Half, Weekday, Zone
from housestaff.files.workbook.codes import family_medicine_activities
from housestaff.synthetic import tables
from housestaff.synthetic.names import invented_names
from housestaff.synthetic.persons import LEVELS, career, made, usual_career

YEAR = 2025
LATE, EARLY = "r06", "r17"
"""The first-year resident who starts late and the third-year resident who finishes early."""

_LAST_YEAR_LD = date(2024, 9, 2)


def bare_program(seed: int) -> Program:
    """The program file of family medicine A: the tables, with people of invented names."""
    rows, rotations = tables.table("family_medicine"), tables.table("family_medicine_rotations")
    about = rows["program"]
    series = propose_blocks(YEAR)
    events = tuple(tables.event(row) for row in rotations["events"])
    special = {"late": LATE, "early": EARLY}
    return Program(
        id=about["id"],
        name=about["name"],
        zone=Zone(about["zone"]),
        calendar=Calendar(YEAR, (series,), propose_holidays(YEAR), events),
        specialty=about["specialty"],
        boards=tuple(about["boards"]),
        packs=tuple(about["packs"]),
        people=tuple(_people(rows, series, Random(seed))),
        roles=tuple(tables.role(row) for row in rows["role"]),
        rotations=tuple(tables.rotation(row) for row in rotations["rotations"]),
        activities=tuple(_activities(rows["codes"])),
        requirements=tuple(tables.requirement(row, special) for row in rotations["requirements"]),
        demand=tuple(tables.demand(row) for row in rotations["demand"]),
        calls=_calls(),
        rooms=ClinicRooms(**rows["rooms"]),
        supervision_pools=tuple(_pools(rows["codes"])),
        policy=Policy({key: (Dated(value),) for key, value in rows["policy"].items()}),
    )


def history_a(program: Program) -> Roster:
    """What stood before the year: the inpatient week of 2025-06-27, and labor and delivery of each PGY-2."""
    week = date(YEAR, 6, 27)
    chief = next(person.id for person in program.faculty if person.role_on(program.calendar.first) == "core")
    stints = [Stint(chief, "FMIT", week, week + timedelta(days=6), Layer.PRELOAD)]
    second_years = [person for person in program.residents if person.level_on(program.calendar.first) == "PGY-2"]
    for number, person in enumerate(second_years):
        first = _LAST_YEAR_LD + timedelta(days=28 * number)
        stints.append(Stint(person.id, "LD", first, first + timedelta(days=27), Layer.PRELOAD))
    return Roster(stints=tuple(stints))


def _people(rows: tables.Row, series: BlockSeries, dice: Random) -> Iterator[Person]:
    names = invented_names(dice)
    trainees = [level for level in LEVELS for _ in range(rows["people"][level])]
    roles = [row["code"] for row in rows["role"] for _ in range(row["holders"])]
    with_alias = set(dice.sample(range(len(trainees) + len(roles)), rows["people"]["aliases"]))
    for number, level in enumerate(trainees):
        id_ = f"r{number + 1:02}"
        levels, employment = _career(rows, series, id_, level)
        yield made(
            id_, next(names), PersonKind.RESIDENT, alias=number in with_alias, levels=levels, employment=employment
        )
    for number, role in enumerate(roles):
        id_ = f"f{number + 1:02}"
        yield made(
            id_,
            next(names),
            PersonKind.FACULTY,
            alias=len(trainees) + number in with_alias,
            roles=(RoleSpan(role, Dates(date(YEAR - 3, 7, 1))),),
            credentials=_credentials(rows, id_),
        )
    for number, row in enumerate(rows["learners"]["rows"]):
        supervisor = f"f{6 + number % 5:02}"
        yield made(
            f"l{number + 1:02}",
            next(names),
            PersonKind.LEARNER,
            stage=row["name"],
            supervisor=supervisor,
            employment=(Dates(row["first"], row["last"]),),
        )
    for number, work in enumerate(rows["learners"]["staff"]):
        yield made(f"s{number + 1:02}", next(names), PersonKind.STAFF, stage=work)


def _career(
    rows: tables.Row, series: BlockSeries, id_: str, level: str
) -> tuple[tuple[LevelSpan, ...], tuple[Dates, ...]]:
    """The dated levels of a resident, and from when to when they are employed; two are off cycle."""
    if id_ == LATE:
        starts = series.numbered(rows["people"]["late_starts_in_block"]).first
        return career(starts, starts.replace(year=starts.year + 3) - timedelta(days=1))
    if id_ == EARLY:
        ends = series.numbered(rows["people"]["early_ends_after_block"]).last
        return career(ends.replace(year=ends.year - 3) + timedelta(days=1), ends)
    return usual_career(YEAR, level)


def _credentials(rows: tables.Row, id_: str) -> tuple[Credential, ...]:
    return tuple(
        Credential(kind, row["grade"], Dates(date(YEAR - 2, 7, 1), date(YEAR + 2, 6, 30)))
        for kind, row in rows["credentials"].items()
        if id_ in row["holders"]
    )


def _activities(own: tables.Row) -> Iterator[Activity]:
    """The codes that family medicine prints, with what the program means differently."""
    for activity in family_medicine_activities():
        yield replace(activity, **own.get(activity.code, {}))


def _pools(own: tables.Row) -> Iterator[SupervisionPool]:
    """Whoever attends in clinic, post-call or not, is in the room for every clinic that needs supervision."""
    for activity in _activities(own):
        if activity.needs_supervision:
            yield SupervisionPool(activity.code, AttendingDemand().given_by)


def _calls() -> tuple[CallLine, ...]:
    nights = (Weekday.SUNDAY, Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY)
    return (
        CallLine(
            "faculty_call",
            "Faculty call",
            DutyKind.HOME_CALL,
            nights,
            17 * HOUR,
            8 * HOUR,
            after=((Half.AM, "PCAT"), (Half.PM, "DO")),
        ),
        CallLine(
            "weekend_attending",
            "Weekend attending",
            DutyKind.HOME_CALL,
            (Weekday.FRIDAY, Weekday.SATURDAY),
            17 * HOUR,
            8 * HOUR,
            with_weeks="FMIT",
        ),
        CallLine(
            "weekend_night",
            "Resident weekend call",
            DutyKind.IN_HOUSE_CALL,
            (Weekday.SATURDAY,),
            7 * HOUR,
            7 * HOUR,
            who=("PGY-2", "PGY-3"),
            after=((Half.AM, "PC"), (Half.PM, "PC")),
        ),
    )
