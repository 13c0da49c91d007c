"""Strategies that make programs and rosters of every shape that the core allows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st

from housestaff.core.calendar import Block, BlockSeries, Calendar, DayType, Holiday, InstitutionalEvent
from housestaff.core.demand import AttendingDemand, CallLine, ClinicRooms, Criticality, Demand
from housestaff.core.duties import Activity, Certainty, Duty, DutyKind, Family, Flag
from housestaff.core.leave import Balance, Leave, LeaveKind, LeaveStatus
from housestaff.core.people import (
    Alias,
    Credential,
    Dates,
    FacultyRole,
    LevelSpan,
    Person,
    PersonKind,
    RoleSpan,
    Unavailable,
)
from housestaff.core.program import (
    Approval,
    Dated,
    HourException,
    Policy,
    Program,
    StayByChoice,
)
from housestaff.core.roster import CallEntry, Cell, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.rotations import (
    CellForce,
    DaysOff,
    PatternCell,
    Requirement,
    RequirementUnit,
    Rotation,
    RotationKind,
)
from housestaff.core.supervision import Supervision, SupervisionNeed, SupervisionPool
from housestaff.core.time import Half, Span, Weekday, Zone
from housestaff.core.wishes import Wish, WishKind

T = TypeVar("T")
Some: TypeAlias = st.SearchStrategy[T]

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
WORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=("C", "Z"), exclude_characters=";"),
    min_size=1,
    max_size=8,
)
NOTES = st.text(st.characters(codec="utf-8"), max_size=12)
CODES: Some[str] = st.sampled_from(("C", "CV", "IPT", "NF", "LEC", "é\"'=,", "-1", "nan"))
IDS = st.sampled_from(("p1", "p2", "ada.lovelace", "José", "x y"))
LEVELS: Some[str] = st.sampled_from(("PGY-1", "PGY-2", "PGY-3", "all"))
HALVES, WEEKDAYS = st.sampled_from(Half), st.sampled_from(Weekday)
SMALL = st.integers(0, 9)
MINUTES = st.integers(0, 1440)
CLOSED_DATES = st.tuples(DAYS, st.integers(0, 400)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
SPANS = st.builds(Dates, DAYS, st.none() | DAYS)


def few(values: Some[T], most: int = 3) -> Some[tuple[T, ...]]:
    return st.lists(values, max_size=most).map(tuple)


def by_name(names: Some[str] = LEVELS) -> Some[tuple[tuple[str, int, int], ...]]:
    rows = st.tuples(names, SMALL, SMALL).map(lambda row: (row[0], min(row[1:]), max(row[1:])))
    return st.lists(rows, max_size=3, unique_by=lambda row: row[0]).map(tuple)


def unique(values: Some[T], key: Callable[[T], Hashable], most: int = 3) -> Some[tuple[T, ...]]:
    return st.lists(values, max_size=most, unique_by=key).map(tuple)


@st.composite
def series(draw: st.DrawFn) -> BlockSeries:
    first, year = draw(DAYS), draw(st.integers(2020, 2030))
    blocks = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        last = first + timedelta(days=draw(st.integers(0, 40)))
        blocks.append(Block(number, first, last))
        first = last + timedelta(days=1)
    return BlockSeries(draw(WORDS), year, tuple(blocks))


CALENDARS = st.builds(
    Calendar,
    st.integers(2020, 2030),
    st.lists(series(), min_size=1, max_size=2, unique_by=lambda one: one.id).map(tuple),
    few(st.builds(Holiday, NOTES, DAYS, DAYS, st.sampled_from(DayType))),
    few(st.builds(InstitutionalEvent, NOTES, NOTES, DAYS, DAYS, CODES, few(WORDS), st.none() | HALVES, st.booleans())),
    WEEKDAYS,
    st.dictionaries(st.sampled_from(DayType), st.sampled_from((0.0, 0.25, 1e-7, 1.5)), min_size=1),
)
PERSONS = st.builds(
    Person,
    id=IDS,
    display_name=WORDS,
    kind=st.sampled_from(PersonKind),
    levels=few(st.builds(LevelSpan, WORDS, SPANS)),
    roles=few(st.builds(RoleSpan, NOTES, SPANS)),
    employment=few(SPANS),
    credentials=few(st.builds(Credential, WORDS, WORDS, SPANS)),
    email=NOTES,
    sheet_name=NOTES,
    aliases=few(st.builds(Alias, NOTES, NOTES)),
    series=NOTES,
    cohort=st.none() | SMALL,
    track=NOTES,
    unavailable=few(st.builds(Unavailable, WEEKDAYS, st.none() | HALVES, SPANS)),
    supervisor=NOTES,
    stage=NOTES,
)
ROLES = st.builds(
    FacultyRole,
    code=CODES,
    name=NOTES,
    half_days=by_name(CODES),
    block_most=st.none() | SMALL,
    weeks=st.tuples(SMALL, SMALL, SMALL).map(lambda three: tuple(sorted(three))),
    takes_call=st.booleans(),
    automatic=st.booleans(),
    avoids_call=few(WEEKDAYS),
    likes_call=few(WEEKDAYS),
    avoids_clinic=few(WEEKDAYS),
)
PATTERNS = few(
    st.builds(PatternCell, WEEKDAYS, HALVES, CODES, st.sampled_from(CellForce), few(st.integers(-1, 5))), most=6
)
ROTATIONS = st.builds(
    Rotation,
    code=CODES,
    name=WORDS,
    kind=st.sampled_from(RotationKind),
    color=NOTES,
    archived=st.booleans(),
    half_blocks=SMALL,
    weeks=SMALL,
    levels=few(WORDS),
    capacity=by_name(),
    halves=few(CODES, 2),
    start=st.none() | MINUTES,
    end=st.none() | MINUTES,
    weekly_hours=st.none() | SMALL,
    days_off=st.builds(DaysOff, st.sampled_from(("solver", "ward", "pattern")), SMALL, few(WEEKDAYS)),
    weekend_work=st.booleans(),
    night=st.booleans(),
    off_site=st.booleans(),
    site=NOTES,
    week_starts_on=st.none() | WEEKDAYS,
    leave_eligible=st.booleans(),
    lecture_exempt=st.booleans(),
    continuity_exempt=st.booleans(),
    call_eligible=st.booleans(),
    emergency=st.booleans(),
    credential=NOTES,
    clinic_half_days=by_name(),
    session_for=st.lists(st.tuples(LEVELS, CODES), max_size=2, unique_by=lambda row: row[0]).map(tuple),
    pattern=PATTERNS,
)
ACTIVITIES = st.builds(
    Activity,
    code=CODES,
    name=NOTES,
    family=st.sampled_from(Family),
    counts=st.booleans(),
    needs_supervision=st.booleans(),
    gives_supervision=st.booleans(),
    rooms=SMALL,
    protected=st.booleans(),
    virtual=st.booleans(),
    procedure=st.booleans(),
    credential=NOTES,
    variant=NOTES,
    color=NOTES,
    start=st.none() | MINUTES,
    end=st.none() | MINUTES,
)
REQUIREMENTS = st.builds(
    Requirement,
    level=LEVELS,
    rotation=CODES,
    least=SMALL,
    most=SMALL,
    unit=st.sampled_from(RequirementUnit),
    window=few(SMALL),
    after=NOTES,
    by=st.none() | DAYS,
    persons=few(WORDS),
    not_for=few(WORDS),
    note=NOTES,
)
DEMANDS = st.builds(
    Demand,
    line=WORDS,
    where=WORDS,
    who=WORDS,
    at_least=SMALL,
    wanted=st.none() | SMALL,
    at_most=st.none() | SMALL,
    criticality=st.sampled_from(Criticality),
    weekdays=few(WEEKDAYS),
    dates=few(DAYS),
    half=st.none() | HALVES,
    blocks=few(SMALL),
    first=st.none() | DAYS,
    last=st.none() | DAYS,
)
CALL_LINES = st.builds(
    CallLine,
    id=CODES,
    name=NOTES,
    kind=st.sampled_from(DutyKind),
    weekdays=few(WEEKDAYS),
    start=MINUTES,
    end=MINUTES,
    who=few(WORDS),
    with_weeks=NOTES,
    on=few(WORDS),
    handoff=st.integers(0, 300),
    after=few(st.tuples(HALVES, CODES)),
    criticality=st.sampled_from(Criticality),
)
_ONE_VALUE = st.integers(1, 5).map(lambda value: (Dated(value),))
_TWO_VALUES = st.tuples(st.integers(1, 5), st.integers(1, 5), DAYS).map(
    lambda row: (Dated(row[0]), Dated(row[1], row[2]))
)
_FORCES = st.sampled_from(("must", "should")).map(lambda value: (Dated(value),))
_TRUTHS = st.booleans().map(lambda value: (Dated(value),))
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "freeze_horizon_days": _ONE_VALUE,
        "call_minimum_nights_between": _ONE_VALUE | _TWO_VALUES,
        "eight_hours_force": _FORCES,
        "rule.clinic_load": _TRUTHS,
        "verified.ABFM": _TRUTHS,
    },
).map(Policy)


def leaves(people: list[str]) -> Some[Leave]:
    return st.builds(
        lambda span, **fields: Leave(first=span[0], last=span[1], **fields),
        CLOSED_DATES,
        id=WORDS,
        person=st.sampled_from(people),
        kind=st.sampled_from(LeaveKind),
        half=st.none() | HALVES,
        status=st.sampled_from(LeaveStatus),
        leaves_average=st.booleans(),
        anticipated=st.booleans(),
        note=NOTES,
        rank=st.none() | SMALL,
    )


def wishes(people: Some[str]) -> Some[Wish]:
    dated = st.sampled_from((WishKind.VACATION_WEEK, WishKind.AVOID_DATE))
    weekly = st.sampled_from((WishKind.PREFER_CALL, WishKind.AVOID_CALL))
    placed = st.sampled_from((WishKind.ROTATION, WishKind.AVOID_ROTATION))
    ranks = st.integers(1, 10)
    return (
        st.builds(Wish, people, dated, DAYS.map(str), ranks)
        | st.builds(Wish, people, weekly, WEEKDAYS.map(lambda day: day.name.lower()), ranks)
        | st.builds(Wish, people, placed, st.sampled_from(("CARD@5", "NF@12")), ranks)
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    people = draw(unique(PERSONS, lambda person: person.id))
    program = Program(
        id=draw(WORDS),
        name=draw(NOTES),
        zone=draw(st.sampled_from(("America/Chicago", "Europe/Madrid", "UTC")).map(Zone)),
        calendar=draw(CALENDARS),
        specialty=draw(NOTES),
        boards=draw(few(WORDS)),
        packs=draw(few(WORDS)),
        state=draw(NOTES),
        people=people,
        roles=draw(unique(ROLES, lambda role: role.code, 2)),
        rotations=draw(unique(ROTATIONS, lambda rotation: rotation.code, 2)),
        activities=draw(unique(ACTIVITIES, lambda activity: activity.code, 2)),
        requirements=draw(few(REQUIREMENTS, 2)),
        demand=draw(few(DEMANDS, 2)),
        calls=draw(unique(CALL_LINES, lambda line: line.id, 2)),
        attending_demand=draw(
            st.builds(
                AttendingDemand,
                st.lists(st.tuples(LEVELS, SMALL), max_size=2, unique_by=lambda row: row[0]).map(tuple),
                SMALL,
                few(CODES),
            )
        ),
        rooms=draw(st.builds(ClinicRooms, SMALL, SMALL, st.floats(0, 1))),
        supervision=draw(few(st.builds(SupervisionNeed, LEVELS, CODES, st.sampled_from(Supervision), SMALL), 2)),
        supervision_pools=draw(few(st.builds(SupervisionPool, CODES, few(CODES), st.sampled_from(Supervision)), 2)),
        policy=draw(POLICIES),
        hour_exceptions=draw(few(st.builds(HourException, CODES, SMALL, DAYS, DAYS, st.none() | DAYS), 1)),
    )
    if not people:
        return program
    ids = st.sampled_from([person.id for person in people])
    return replace(
        program,
        leaves=draw(unique(leaves([person.id for person in people]), lambda leave: leave.id)),
        wishes=draw(few(wishes(ids), 2)),
        balances=draw(few(st.builds(Balance, ids, WORDS, SMALL, st.floats(0, 90), NOTES), 2)),
        stays=draw(few(st.builds(StayByChoice, ids, DAYS, SMALL, NOTES, st.booleans(), st.booleans()), 1)),
        approvals=draw(few(st.builds(Approval, NOTES, ids, DAYS, st.none() | DAYS), 1)),
    )


INSTANTS = st.tuples(st.integers(-1000, 30_000_000), st.integers(0, 3000)).map(lambda p: Span(p[0], p[0] + p[1]))
LAYERS = st.sampled_from(Layer)
DUTIES = st.builds(
    Duty,
    id=WORDS,
    kind=st.sampled_from(DutyKind),
    day=DAYS,
    span=INSTANTS,
    flags=st.frozensets(st.sampled_from(Flag)),
    activity=NOTES,
    rotation=NOTES,
    half=st.none() | HALVES,
    line=NOTES,
    site=NOTES,
    counts=st.booleans(),
    certainty=st.sampled_from(Certainty),
    work=few(INSTANTS),
    program=NOTES,
)
ENTRIES = unique(st.builds(Entry, LAYERS, CODES, NOTES, st.none() | DAYS, NOTES), lambda entry: entry.layer)
ROSTERS = st.builds(
    Roster,
    stints=few(
        st.builds(
            lambda who, code, span, layer: Stint(who, code, span[0], span[1], layer), IDS, CODES, CLOSED_DATES, LAYERS
        )
    ),
    halves=st.dictionaries(st.builds(HalfDay, IDS, DAYS, HALVES), ENTRIES, max_size=5).map(MappingProxyType),
    calls=st.dictionaries(
        st.builds(Night, WORDS, DAYS), few(st.builds(CallEntry, IDS, LAYERS, NOTES, NOTES)), max_size=4
    ).map(MappingProxyType),
    duties=few(st.builds(Cell, DUTIES, st.none() | IDS)),
    complete=st.none() | CLOSED_DATES,
)
