"""The tables of the reference programs: TOML rows under `data/` read into the nouns of the core."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import resources
from typing import Any, TypeAlias

from housestaff.core.calendar import InstitutionalEvent
from housestaff.core.demand import Demand
from housestaff.core.people import FacultyRole
from housestaff.core.rotations import (
    DaysOff,
    PatternCell,
    Requirement,
    RequirementUnit,
    Rotation,
    RotationKind,
)
from housestaff.core.time import HOUR, Half, Weekday

Row: TypeAlias = Mapping[str, Any]

_WEDNESDAY = Weekday.WEDNESDAY
_LAST_WEEK = (-1,)
_NO_LEAVE = {RotationKind.INPATIENT, RotationKind.NIGHT, RotationKind.EMERGENCY}


def table(name: str) -> Row:
    """The rows of a data file of this room."""
    text = resources.files("housestaff.synthetic").joinpath(f"data/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def rotation(row: Row) -> Rotation:
    """One rotation: a service where it has hours, otherwise weeks of half-days with clinic, lecture and call."""
    kind = RotationKind(row.get("kind", "outpatient"))
    start, end = (int(HOUR * hour) for hour in row["hours"]) if "hours" in row else (None, None)
    is_service, is_pair = start is not None, "halves" in row
    lectures = row.get("lectures", not is_service and not is_pair)
    continuity = row.get("continuity", True) and not is_service and not is_pair and kind is not RotationKind.EDUCATION
    return Rotation(
        code=row["code"],
        name=row["name"],
        kind=kind,
        half_blocks=row.get("half_blocks", 2),
        capacity=_capacity(row),
        halves=tuple(row.get("halves", ())),
        start=start,
        end=end,
        days_off=_days_off(row),
        weekend_work=is_service and not row.get("weekdays_only", False),
        night=is_service and kind is RotationKind.NIGHT,
        off_site=row.get("off_site", False),
        week_starts_on=Weekday.named(row["faculty_week"]) if "faculty_week" in row else None,
        leave_eligible=row.get("shifts", False)
        or (not is_service and not is_pair and kind not in _NO_LEAVE and row["code"] != "ORI"),
        lecture_exempt=not lectures,
        continuity_exempt=not continuity,
        call_eligible=row.get("call", not is_service and not is_pair),
        emergency=kind is RotationKind.EMERGENCY,
        credential=row.get("credential", ""),
        session_for=tuple(row.get("session_for", {}).items()),
        session="" if is_service or is_pair else row.get("session", row["code"]),
        clinic_half_days=tuple((who, least, most) for who, (least, most) in row.get("clinic", {}).items()),
        pattern=(*(_lectures() if lectures else ()), *_clinic_morning(row, interns=continuity)),
    )


def _capacity(row: Row) -> tuple[tuple[str, int, int], ...]:
    roofs = row.get("capacity", {"all": row["most"]} if "most" in row else {})
    return tuple((level, 0, most) for level, most in roofs.items())


def _days_off(row: Row) -> DaysOff:
    if row.get("solver", False):
        return DaysOff("solver", 4)
    return DaysOff("pattern", weekdays=tuple(Weekday.named(day) for day in row.get("off", ())))


def _lectures() -> tuple[PatternCell, ...]:
    """Lecture on Wednesday afternoon; in the last week of the block lecture in the morning and advising after it."""
    return (
        PatternCell(_WEDNESDAY, Half.AM, "LEC", weeks=_LAST_WEEK),
        PatternCell(_WEDNESDAY, Half.PM, "ADV", weeks=_LAST_WEEK),
        PatternCell(_WEDNESDAY, Half.PM, "LEC"),
    )


def _clinic_morning(row: Row, *, interns: bool) -> Iterator[PatternCell]:
    """The clinic on Wednesday morning: continuity of the interns, or whatever an off-site rotation comes back for."""
    if interns:
        yield PatternCell(_WEDNESDAY, Half.AM, "C40", levels=("PGY-1",))
    if "wednesday_clinic" in row:
        yield PatternCell(_WEDNESDAY, Half.AM, row["wednesday_clinic"])


def with_pattern(plain: Rotation, pattern: tuple[PatternCell, ...]) -> Rotation:
    """A rotation that prints these cells."""
    return replace(plain, pattern=pattern)


def requirement(row: Row, people: Mapping[str, str]) -> Requirement:
    """One requirement; `people` says which ids the words of the table stand for."""
    least, most = row["n"]
    return Requirement(
        level=row["level"],
        rotation=row["rotation"],
        least=least,
        most=most,
        unit=RequirementUnit(row.get("unit", "blocks")),
        window=tuple(row.get("window", ())),
        after=row.get("after", ""),
        persons=tuple(people[word] for word in row.get("persons", ())),
        not_for=tuple(people[word] for word in row.get("not_for", ())),
        note=row.get("note", ""),
    )


def demand(row: Row) -> Demand:
    """One line of demand; `n` is both least and most."""
    return Demand(
        line=row["line"],
        where=row["where"],
        who=row["who"],
        at_least=row["n"],
        at_most=row.get("most", row["n"]),
        blocks=tuple(row.get("blocks", ())),
    )


def event(row: Row) -> InstitutionalEvent:
    """One institutional event."""
    first, last = row["dates"]
    half = Half(row["half"]) if "half" in row else None
    return InstitutionalEvent(
        row["name"], row["kind"], first, last, row["activity"], scope=tuple(row["scope"]), half=half
    )


def role(row: Row) -> FacultyRole:
    """One faculty role with its half-days, weeks and call."""
    least, usual, most = row.get("weeks", (0, 0, 0))
    return FacultyRole(
        code=row["code"],
        name=row["name"],
        half_days=tuple((code, few, many) for code, (few, many) in row.get("half_days", {}).items()),
        block_most=row.get("block_most"),
        weeks=(least, usual, most),
        takes_call=row.get("takes_call", False),
        automatic=row.get("automatic", True),
        avoids_call=weekdays(row.get("avoids_call", ())),
        likes_call=weekdays(row.get("likes_call", ())),
        avoids_clinic=weekdays(row.get("avoids_clinic", ())),
    )


def weekdays(names: Iterable[str]) -> tuple[Weekday, ...]:
    """Weekdays by their names."""
    return tuple(Weekday.named(name) for name in names)
