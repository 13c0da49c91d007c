"""Reference program C: an emergency medicine residency of 36 residents in the academic year 2025."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from housestaff.core.calendar import Block, BlockSeries, Calendar, propose_holidays
from housestaff.core.demand import Demand
from housestaff.core.duties import Activity, Family
from housestaff.core.people import Credential, Dates, FacultyRole, Person, PersonKind, RoleSpan
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.rotations import CellForce, PatternCell, Rotation
from housestaff.core.time import HOUR, Half, Weekday, Zone
from housestaff.synthetic import tables
from housestaff.synthetic.names import invented_names
from housestaff.synthetic.persons import LEVELS, made, usual_career

YEAR = 2025
CONFERENCE = "CONFR"
TABLE = "emergency_medicine"

_OFF = (("W", "Weekend"), ("OFF", "Day off"), ("PC", "After call"), ("HOL", "Holiday"), ("CLOSED", "Closed"))
_AWAY = (("LV", "Leave"), ("CONF", "Conference elsewhere"), ("TDY", "Government duty"))


def bare_program(seed: int) -> Program:
    """The program file of emergency medicine C without leave."""
    rows = tables.table(TABLE)
    about = rows["program"]
    return Program(
        id=about["id"],
        name=about["name"],
        zone=Zone(about["zone"]),
        calendar=Calendar(YEAR, (_series(rows["blocks"]),), propose_holidays(YEAR)),
        specialty=about["specialty"],
        boards=tuple(about["boards"]),
        packs=tuple(about["packs"]),
        people=tuple(_people(rows["people"], Random(seed))),
        roles=(FacultyRole("attending", "Attending", automatic=False),),
        rotations=tuple(_rotation(row, rows["conference"]) for row in rows["rotations"]["rows"]),
        activities=tuple(_activities(rows)),
        requirements=tuple(tables.requirement(row, {}) for row in rows["requirements"]["rows"]),
        demand=tuple(
            Demand(f"Department {level}", "ED", level, rows["department"][level]["residents"], at_most=None)
            for level in LEVELS
        ),
        policy=Policy({key: (Dated(value),) for key, value in rows["policy"].items()}),
    )


def _series(rows: tables.Row) -> BlockSeries:
    """Blocks of 28 days, the last one until June 30."""
    first, length = date(YEAR, 7, 1), timedelta(days=rows["days"])
    starts = [first + number * length for number in range(rows["count"])]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), date(YEAR + 1, 6, 30)]
    blocks = tuple(Block(n, start, end) for n, (start, end) in enumerate(zip(starts, ends, strict=True), start=1))
    return BlockSeries("main", YEAR, blocks)


def _rotation(row: tables.Row, conference: tables.Row) -> Rotation:
    """A rotation of the table; people on shifts have no service hours, but the conference of the week."""
    if not row.get("shifts", False):
        return tables.rotation({**row, "lectures": False, "continuity": False})
    plain = tables.rotation({**row, "lectures": False, "continuity": False, "call": False, "session": ""})
    weekday = Weekday.named(conference["weekday"])
    return tables.with_pattern(plain, (PatternCell(weekday, Half.AM, CONFERENCE, CellForce.PROTECTED),))


def _activities(rows: tables.Row) -> Iterator[Activity]:
    start, end = (hour * HOUR for hour in rows["conference"]["hours"])
    yield Activity(CONFERENCE, "Conference", Family.EDUCATION, protected=True, start=start, end=end)
    for code in rows["rotations"]["sessions"]:
        yield Activity(code, code.title(), Family.CLINIC)
    for code, name in _OFF:
        yield Activity(code, name, Family.OFF)
    for code, name in _AWAY:
        yield Activity(code, name, Family.LEAVE)


def _people(rows: tables.Row, dice: Random) -> Iterator[Person]:
    names = invented_names(dice)
    trainees = [level for level in LEVELS for _ in range(rows[level])]
    with_alias = set(dice.sample(range(len(trainees)), rows["aliases"]))
    life_support = Credential("trauma_life_support", "perform", Dates(date(YEAR - 1, 7, 1), date(YEAR + 3, 6, 30)))
    for number, level in enumerate(trainees):
        levels, employment = usual_career(YEAR, level)
        yield made(
            f"r{number + 1:02}",
            next(names),
            PersonKind.RESIDENT,
            alias=number in with_alias,
            levels=levels,
            employment=employment,
            credentials=(life_support,),
        )
    for number in range(rows["faculty"]):
        role = RoleSpan("attending", Dates(date(YEAR - 3, 7, 1)))
        yield made(f"f{number + 1:02}", next(names), PersonKind.FACULTY, roles=(role,))
