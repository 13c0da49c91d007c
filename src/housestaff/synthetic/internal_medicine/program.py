"""Reference program B: an internal medicine residency of 156 residents in five cohorts, four weeks and one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

from housestaff.core.calendar import Block, BlockSeries, Calendar, propose_holidays
from housestaff.core.demand import CallLine, Demand
from housestaff.core.duties import Activity, DutyKind, Family
from housestaff.core.people import Credential, Dates, Person, PersonKind
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.rotations import PatternCell, Requirement, RequirementUnit, Rotation
from housestaff.core.time import HOUR, Half, Weekday, Zone
from housestaff.synthetic import tables
from housestaff.synthetic.names import invented_names
from housestaff.synthetic.persons import LEVELS, made, usual_career

YEAR = 2025
TABLE = "internal_medicine"
SUPERVISES = "supervising_resident"
LIFE_SUPPORT = "advanced_life_support"
HANDOFF = 4 * HOUR
"""After 24 hours of call the handoff lasts until 28."""

_DAY = timedelta(days=1)
_CODES = (
    ("CC", "Continuity clinic", Family.CLINIC), ("ACU", "Acute clinic", Family.CLINIC),
    ("ELEC", "Elective", Family.CLINIC),
    ("RSH", "Research", Family.ADMINISTRATION), ("ADM", "Administration", Family.ADMINISTRATION),
    ("LEC", "Education", Family.EDUCATION), ("STBY", "Standby for jeopardy", Family.OFF), ("W", "Weekend", Family.OFF),
    ("OFF", "Day off", Family.OFF), ("PC", "After call", Family.OFF), ("HOL", "Holiday", Family.OFF),
    ("CLOSED", "Closed", Family.OFF), ("LV", "Leave", Family.LEAVE), ("CONF", "Conference", Family.LEAVE),
    ("TDY", "Government duty", Family.LEAVE),
)  # fmt: skip
_EVERY_NIGHT = tuple(Weekday)


def bare_program(seed: int) -> Program:
    """The program file of internal medicine B without leave."""
    rows = tables.table(TABLE)
    about = rows["program"]
    series = tuple(_series(rows["weeks"], cohort) for cohort in range(1, len(rows["people"]["cohorts"]) + 1))
    return Program(
        id=about["id"],
        name=about["name"],
        zone=Zone(about["zone"]),
        calendar=Calendar(YEAR, series, propose_holidays(YEAR)),
        specialty=about["specialty"],
        boards=tuple(about["boards"]),
        packs=tuple(about["packs"]),
        people=tuple(_people(rows["people"], Random(seed))),
        rotations=tuple(_rotations(rows["rotations"]["rows"])),
        activities=tuple(Activity(code, name, family) for code, name, family in _CODES),
        requirements=tuple(_requirements(rows, series)),
        demand=tuple(_demand(rows)),
        calls=_calls(),
        policy=Policy({key: (Dated(value),) for key, value in rows["policy"].items()}),
    )


def weeks_of_year(rows: tables.Row) -> list[tuple[date, date]]:
    """The weeks of the academic year: a short first one, whole ones from Monday on, a long last one."""
    monday: date = rows["first_monday"]
    last: date = rows["last_day"]
    starts = [date(YEAR, 7, 1), *(monday + n * 7 * _DAY for n in range(rows["count"] - 1))]
    ends = [*(start - _DAY for start in starts[1:]), last]
    return list(zip(starts, ends, strict=True))


def phase_of(rows: tables.Row, cohort: int, week: int) -> int:
    """Where a cohort stands in a week: 0 is the clinic week, 1 to 4 are its weeks of service."""
    return int((week - cohort) % rows["period"])


def _series(rows: tables.Row, cohort: int) -> BlockSeries:
    """The stints of a cohort: the clinic week alone, the four weeks of service in two stints of two."""
    weeks = weeks_of_year(rows)
    groups: list[list[tuple[date, date]]] = []
    for number, week in enumerate(weeks, start=1):
        goes_on = phase_of(rows, cohort, number) in {2, 4} and number > 1
        if goes_on:
            groups[-1].append(week)
        else:
            groups.append([week])
    blocks = tuple(Block(n, group[0][0], group[-1][1]) for n, group in enumerate(groups, start=1))
    return BlockSeries(f"cohort-{cohort}", YEAR, blocks)


def _rotations(rows: list[tables.Row]) -> Iterator[Rotation]:
    for row in rows:
        plain = tables.rotation({**row, "lectures": False, "continuity": False})
        if row["code"] == "Y":
            cells = PatternCell(Weekday.WEDNESDAY, Half.PM, "LEC"), PatternCell(Weekday.FRIDAY, Half.PM, "ADM")
            plain = tables.with_pattern(plain, cells)
        yield plain


def _people(rows: tables.Row, dice: Random) -> Iterator[Person]:
    names = invented_names(dice)
    trainees = [
        (level, cohort)
        for level in LEVELS
        for cohort, sizes in enumerate(rows["cohorts"], start=1)
        for _ in range(sizes[level])
    ]
    interns = [number for number, (level, _cohort) in enumerate(trainees) if level == LEVELS[0]]
    preliminary = set(dice.sample(interns, rows["preliminary"]))
    with_alias = set(dice.sample(range(len(trainees)), rows["aliases"]))
    held = Dates(date(YEAR - 2, 7, 1), date(YEAR + 3, 6, 30))
    supervises, support = Credential(SUPERVISES, "supervise", held), Credential(LIFE_SUPPORT, "perform", held)
    for number, (level, cohort) in enumerate(trainees):
        levels, employment = usual_career(YEAR, level)
        if number in preliminary:
            levels, employment = levels[:1], (Dates(date(YEAR, 7, 1), date(YEAR + 1, 6, 30)),)
        yield made(
            f"r{number + 1:03}",
            next(names),
            PersonKind.RESIDENT,
            alias=number in with_alias,
            levels=levels,
            employment=employment,
            series=f"cohort-{cohort}",
            cohort=cohort,
            stage="preliminary" if number in preliminary else "",
            track=f"{LEVELS[0]} cohort {cohort}" if level == LEVELS[0] else "",
            credentials=(support,) if level == LEVELS[0] else (support, supervises),
        )
    for number in range(rows["chiefs"]):
        yield made(f"c{number + 1:02}", next(names), PersonKind.FACULTY, stage="chief resident")


def _requirements(rows: tables.Row, series: tuple[BlockSeries, ...]) -> Iterator[Requirement]:
    """Weeks a year by level; that interns have no nights at first is a window in each cohort's own series."""
    early: int = rows["early"]["weeks"]
    last_early: date = weeks_of_year(rows["weeks"])[early - 1][1]
    weeks = RequirementUnit.WEEKS
    for level, asked in rows["requirements"].items():
        for rotation, (least, most) in asked.items():
            if (level, rotation) != (LEVELS[0], "NF"):
                yield Requirement(level, rotation, least, most, weeks)
                continue
            for cohort, one in enumerate(series, start=1):
                window = tuple(block.number for block in one.blocks if block.first > last_early)
                yield Requirement(f"{level} cohort {cohort}", rotation, least, most, weeks, window=window)


def _demand(rows: tables.Row) -> Iterator[Demand]:
    """Interns and seniors on each service; interns' nights count from the week in which all of them may have some."""
    early: int = rows["early"]["weeks"]
    first: date = weeks_of_year(rows["weeks"])[early + 1][0]
    groups = (("interns", LEVELS[0]), ("seniors", f"credential:{SUPERVISES}"))
    for group, who in groups:
        for where, count in rows["demand"][group].items():
            since = first if (group, where) == ("interns", "NF") else None
            yield Demand(f"{where} {group}", where, who, count, first=since)
    yield Demand("NF together", "NF", "resident", rows["demand"]["nights_together"])


def _calls() -> tuple[CallLine, ...]:
    """In-house call of the MICU for two interns and a senior, at-home call of the consults for two seniors."""
    home = Half.AM, "PC"
    after = (home, (Half.PM, "PC"))
    seniors = LEVELS[1:]
    in_house = partial(
        CallLine, kind=DutyKind.IN_HOUSE_CALL, weekdays=_EVERY_NIGHT, start=17 * HOUR, end=6 * HOUR + 30,
        after=after, on=("MICU",), handoff=HANDOFF,
    )  # fmt: skip
    at_home = partial(
        CallLine, kind=DutyKind.HOME_CALL, weekdays=_EVERY_NIGHT, start=17 * HOUR, end=8 * HOUR,
        who=seniors, on=("CONS",),
    )  # fmt: skip
    return (
        in_house("micu_intern_1", "MICU intern call, first", who=LEVELS[:1]),
        in_house("micu_intern_2", "MICU intern call, second", who=LEVELS[:1]),
        in_house("micu_senior", "MICU senior call", who=seniors),
        at_home("consults_1", "Consults call, first"),
        at_home("consults_2", "Consults call, second"),
    )
