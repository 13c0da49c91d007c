"""Small invented programs for tests: a few people, a few rotations, two blocks."""

from __future__ import annotations

from datetime import date, timedelta

from housestaff.core.calendar import Block, BlockSeries, Calendar, propose_holidays
from housestaff.core.demand import CallLine
from housestaff.core.duties import Activity, DutyKind, Family
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
from housestaff.core.people import Dates, FacultyRole, LevelSpan, Person, PersonKind, RoleSpan
from housestaff.core.program import Program
from housestaff.core.rotations import DaysOff, Rotation, RotationKind
from housestaff.core.time import Half, Weekday, Zone

FIRST = date(2025, 7, 31)
BLOCKS = (Block(2, FIRST, date(2025, 8, 27)), Block(3, date(2025, 8, 28), date(2025, 9, 24)))
SUNDAY_TO_THURSDAY = (Weekday.SUNDAY, Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY)

ACTIVITIES = (
    Activity("C", "Clinic", Family.CLINIC, rooms=1, needs_supervision=True),
    Activity("CV", "Virtual visits", Family.CLINIC, virtual=True, needs_supervision=True),
    Activity("AT", "Attending in clinic", Family.SUPERVISION, gives_supervision=True),
    Activity("PCAT", "Post-call attending", Family.SUPERVISION, gives_supervision=True),
    Activity("LEC", "Lecture", Family.EDUCATION, protected=True),
    Activity("CARD", "Cardiology", Family.CLINIC),
    Activity("DO", "Day off after call", Family.OFF, counts=False),
    Activity("OFF", "Day off", Family.OFF, counts=False),
    Activity("PC", "Post-call", Family.OFF, counts=False),
    Activity("W", "Weekend", Family.OFF, counts=False),
    Activity("HOL", "Holiday", Family.OFF, counts=False),
    Activity("LV", "Leave", Family.LEAVE, counts=False),
)
ROTATIONS = (
    Rotation(
        "IPT",
        "Inpatient team",
        RotationKind.INPATIENT,
        start=390,
        end=1050,
        weekend_work=True,
        days_off=DaysOff("solver"),
    ),
    Rotation("NF", "Night float", RotationKind.NIGHT, start=1140, end=420, night=True, weekend_work=True),
    Rotation("CARD", "Cardiology", RotationKind.OUTPATIENT, session="CARD", call_eligible=True),
    Rotation(
        "FMIT",
        "Attending week",
        RotationKind.INPATIENT,
        start=420,
        end=1020,
        weekend_work=True,
        week_starts_on=Weekday.FRIDAY,
    ),
)
CALLS = (
    CallLine(
        "faculty_call",
        "Faculty call",
        DutyKind.HOME_CALL,
        SUNDAY_TO_THURSDAY,
        1020,
        480,
        after=((Half.AM, "PCAT"), (Half.PM, "DO")),
    ),
    CallLine(
        "weekend",
        "Weekend attending",
        DutyKind.HOME_CALL,
        (Weekday.FRIDAY, Weekday.SATURDAY),
        1020,
        480,
        with_weeks="FMIT",
    ),
)


def resident(id_: str = "r1", level: str = "PGY-2") -> Person:
    """A resident of one level since July."""
    return Person(id_, f"Resident {id_}", PersonKind.RESIDENT, levels=(LevelSpan(level, Dates(date(2025, 7, 1))),))


def attending(id_: str = "f1") -> Person:
    """A core faculty member."""
    return Person(id_, f"Doctor {id_}", PersonKind.FACULTY, roles=(RoleSpan("core", Dates(date(2025, 7, 1))),))


def program(*people: Person, leaves: tuple[Leave, ...] = (), **facts: object) -> Program:
    """A program of two blocks; keyword arguments replace what stands here."""
    series = BlockSeries("main", 2025, BLOCKS)
    given: dict[str, object] = {
        "id": "small",
        "name": "Small",
        "zone": Zone("America/Chicago"),
        "calendar": Calendar(
            2025, (series,), holidays=tuple(h for h in propose_holidays(2025) if h.actual <= BLOCKS[-1].last)
        ),
        "people": people or (resident(), attending()),
        "roles": (FacultyRole("core", "Core faculty", (("C", 2, 4), ("AT", 1, 8)), weeks=(0, 1, 2), takes_call=True),),
        "rotations": ROTATIONS,
        "activities": ACTIVITIES,
        "calls": CALLS,
        "leaves": leaves,
    }
    return Program(**(given | facts))  # type: ignore[arg-type]


def vacation(person: str, first: date, length: int = 5, status: LeaveStatus = LeaveStatus.APPROVED) -> Leave:
    """A vacation of some days."""
    return Leave(
        f"{person}.{first}", person, LeaveKind.VACATION, first, first + timedelta(days=length - 1), status=status
    )
