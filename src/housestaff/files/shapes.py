"""Which key of a program file holds which field of which core value: read this before writing such a file."""

from __future__ import annotations

from dataclasses import replace

from housestaff.core.calendar import Block, BlockSeries, DayType, Holiday, InstitutionalEvent
from housestaff.core.demand import CallLine, ClinicRooms, Criticality, Demand
from housestaff.core.duties import Activity, DutyKind, Family
from housestaff.core.leave import Leave, LeaveKind, LeaveStatus
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
from housestaff.core.rotations import DaysOff, Requirement, RequirementUnit, Rotation, RotationKind
from housestaff.files.kinds import (
    CLOCK,
    DAY,
    HALF,
    INTEGER,
    NUMBER,
    TEXT,
    TRUTH,
    WEEKDAY,
    Kind,
    many,
    one_of,
    ranges,
)
from housestaff.files.pattern import PATTERN
from housestaff.files.records import Record
from housestaff.files.small_kinds import AFTER, BY_NAME, HOLDERS, WEEKS_OF_YEAR, days_off_cell, days_off_of_cell

TEXTS, INTEGERS, DAYS, WEEKDAYS = many(TEXT), many(INTEGER), many(DAY), many(WEEKDAY)
_SPAN = {"from": ("dates.first", DAY), "to": ("dates.last", DAY)}


def _dated(cls: type, **own: tuple[str, Kind]) -> Record:
    return Record(cls, {**own, **_SPAN}, dates=Dates)


BLOCK = Record(Block, {"number": ("number", INTEGER), "first": ("first", DAY), "last": ("last", DAY)})
SERIES = Record(
    BlockSeries,
    {"id": ("id", TEXT), "academic_year": ("academic_year", INTEGER), "blocks": ("blocks", many(BLOCK.kind()))},
)
HOLIDAY = Record(
    Holiday,
    {
        "name": ("name", TEXT),
        "actual": ("actual", DAY),
        "observed": ("observed", DAY),
        "type": ("type", one_of(DayType)),
    },
)
EVENT = Record(
    InstitutionalEvent,
    {
        "name": ("name", TEXT),
        "kind": ("kind", TEXT),
        "from": ("first", DAY),
        "to": ("last", DAY),
        "activity": ("activity", TEXT),
        "scope": ("scope", TEXTS),
        "half": ("half", HALF),
        "binds_inpatient": ("binds_inpatient", TRUTH),
    },
)

LEVEL = _dated(LevelSpan, level=("level", TEXT))
ROLE_SPAN = _dated(RoleSpan, role=("role", TEXT))
CREDENTIAL = _dated(Credential, credential=("kind", TEXT), grade=("grade", TEXT))
UNAVAILABLE = _dated(
    Unavailable,
    weekday=("weekday", WEEKDAY),
    half=(
        "half",
        Kind(lambda raw: None if raw == "both" else HALF.read(raw), lambda half: str(half) if half else "both"),
    ),
)
EMPLOYMENT = Record(Dates, {"from": ("first", DAY), "to": ("last", DAY)})
ALIAS = Record(Alias, {"name": ("name", TEXT), "seen_in": ("seen_in", TEXT)})
PERSON = Record(
    Person,
    {
        "id": ("id", TEXT),
        "display_name": ("display_name", TEXT),
        "kind": ("kind", one_of(PersonKind)),
        "email": ("email", TEXT),
        "sheet_name": ("sheet_name", TEXT),
        "series": ("series", TEXT),
        "cohort": ("cohort", INTEGER),
        "track": ("track", TEXT),
        "supervisor": ("supervisor", TEXT),
        "stage": ("stage", TEXT),
        "levels": ("levels", many(LEVEL.kind())),
        "roles": ("roles", many(ROLE_SPAN.kind())),
        "employment": ("employment", many(EMPLOYMENT.kind())),
        "credentials": ("credentials", many(CREDENTIAL.kind())),
        "aliases": ("aliases", many(ALIAS.kind())),
        "unavailable": ("unavailable", many(UNAVAILABLE.kind())),
    },
)
ROLE = Record(
    FacultyRole,
    {
        "code": ("code", TEXT),
        "name": ("name", TEXT),
        "half_days": ("half_days", ranges()),
        "block_most": ("block_most", INTEGER),
        "weeks": ("weeks", WEEKS_OF_YEAR),
        "takes_call": ("takes_call", TRUTH),
        "automatic": ("automatic", TRUTH),
        "avoids_call": ("avoids_call", WEEKDAYS),
        "likes_call": ("likes_call", WEEKDAYS),
        "avoids_clinic": ("avoids_clinic", WEEKDAYS),
    },
)
DAYS_OFF = Record(
    DaysOff,
    {
        "managed_by": ("managed_by", TEXT),
        "per_28_days": ("per_28_days", INTEGER),
        "weekdays": ("weekdays", WEEKDAYS),
    },
)
ROTATION = Record(
    Rotation,
    {
        "code": ("code", TEXT),
        "name": ("name", TEXT),
        "kind": ("kind", one_of(RotationKind)),
        "color": ("color", TEXT),
        "archived": ("archived", TRUTH),
        "half_blocks": ("half_blocks", INTEGER),
        "weeks": ("weeks", INTEGER),
        "levels": ("levels", TEXTS),
        "capacity": ("capacity", ranges()),
        "halves": ("halves", TEXTS),
        "duty_times.start": ("start", CLOCK),
        "duty_times.end": ("end", CLOCK),
        "weekly_hours": ("weekly_hours", INTEGER),
        "days_off": ("days_off", replace(DAYS_OFF.kind(), cell=days_off_cell, uncell=days_off_of_cell)),
        "weekend_work": ("weekend_work", TRUTH),
        "night": ("night", TRUTH),
        "off_site": ("off_site", TRUTH),
        "site": ("site", TEXT),
        "week_starts_on": ("week_starts_on", WEEKDAY),
        "leave_eligible": ("leave_eligible", TRUTH),
        "lecture_exempt": ("lecture_exempt", TRUTH),
        "continuity_exempt": ("continuity_exempt", TRUTH),
        "call_eligible": ("call_eligible", TRUTH),
        "emergency": ("emergency", TRUTH),
        "credential": ("credential", TEXT),
        "session": ("session", TEXT),
        "session_for": ("session_for", BY_NAME),
        "clinic_half_days": ("clinic_half_days", ranges()),
        "pattern": ("pattern", PATTERN),
    },
)
ACTIVITY = Record(
    Activity,
    {
        "code": ("code", TEXT),
        "name": ("name", TEXT),
        "family": ("family", one_of(Family)),
        "counts": ("counts", TRUTH),
        "needs_supervision": ("needs_supervision", TRUTH),
        "gives_supervision": ("gives_supervision", TRUTH),
        "rooms": ("rooms", INTEGER),
        "protected": ("protected", TRUTH),
        "virtual": ("virtual", TRUTH),
        "procedure": ("procedure", TRUTH),
        "credential": ("credential", TEXT),
        "variant": ("variant", TEXT),
        "color": ("color", TEXT),
        "times.start": ("start", CLOCK),
        "times.end": ("end", CLOCK),
    },
)
REQUIREMENT = Record(
    Requirement,
    {
        "level": ("level", TEXT),
        "rotation": ("rotation", TEXT),
        "min": ("least", INTEGER),
        "max": ("most", INTEGER),
        "unit": ("unit", one_of(RequirementUnit)),
        "window": ("window", INTEGERS),
        "after": ("after", TEXT),
        "note": ("note", TEXT),
        "by": ("by", DAY),
        "persons": ("persons", TEXTS),
        "not_for": ("not_for", TEXTS),
    },
)
DEMAND = Record(
    Demand,
    {
        "line": ("line", TEXT),
        "where": ("where", TEXT),
        "weekdays": ("weekdays", WEEKDAYS),
        "dates": ("dates", DAYS),
        "half": ("half", HALF),
        "who": ("who", TEXT),
        "at_least": ("at_least", INTEGER),
        "wanted": ("wanted", INTEGER),
        "at_most": ("at_most", INTEGER),
        "criticality": ("criticality", one_of(Criticality, by_name=True)),
        "blocks": ("blocks", INTEGERS),
        "from": ("first", DAY),
        "to": ("last", DAY),
    },
)
CALL = Record(
    CallLine,
    {
        "id": ("id", TEXT),
        "name": ("name", TEXT),
        "kind": ("kind", one_of(DutyKind)),
        "weekdays": ("weekdays", WEEKDAYS),
        "start": ("start", CLOCK),
        "end": ("end", CLOCK),
        "who": ("who", HOLDERS),
        "with_weeks": ("with_weeks", TEXT),
        "on": ("on", TEXTS),
        "handoff_minutes": ("handoff", INTEGER),
        "after": ("after", AFTER),
        "criticality": ("criticality", one_of(Criticality, by_name=True)),
    },
)
CLINIC = Record(
    ClinicRooms,
    {
        "rooms_wanted": ("wanted", INTEGER),
        "rooms_limit": ("limit", INTEGER),
        "virtual_share": ("virtual_share", NUMBER),
    },
)
LEAVE = Record(
    Leave,
    {
        "leave_id": ("id", TEXT),
        "person_id": ("person", TEXT),
        "kind": ("kind", one_of(LeaveKind)),
        "from": ("first", DAY),
        "to": ("last", DAY),
        "half": ("half", HALF),
        "status": ("status", one_of(LeaveStatus)),
        "note": ("note", TEXT),
        "leaves_average": ("leaves_average", TRUTH),
        "anticipated": ("anticipated", TRUTH),
        "rank": ("rank", INTEGER),
    },
)
