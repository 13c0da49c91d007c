"""A program as the plain values of its file, whether they come as TOML, YAML or tables, and back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from housestaff.core.calendar import Calendar, DayType
from housestaff.core.demand import AttendingDemand
from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.core.time import Half, Weekday
from housestaff.files import entry_shapes, shapes
from housestaff.files.kinds import CLOCK, INTEGER, NUMBER, TEXT, WEEKDAY, ZONE, Kind, one_of
from housestaff.files.nearest import nearest_of
from housestaff.files.policy import read_policy, write_policy
from housestaff.files.raw import Raw, as_list, as_table
from housestaff.files.records import Record, Where
from housestaff.files.references import check_references
from housestaff.files.toml_text import Plain
from housestaff.files.yaml_text import read_yaml

LISTS: Mapping[str, tuple[str, Record]] = {
    "person": ("people", shapes.PERSON),
    "role": ("roles", shapes.ROLE),
    "rotation": ("rotations", shapes.ROTATION),
    "activity": ("activities", shapes.ACTIVITY),
    "requirement": ("requirements", shapes.REQUIREMENT),
    "demand": ("demand", shapes.DEMAND),
    "call": ("calls", shapes.CALL),
    "leave": ("leaves", shapes.LEAVE),
    "wish": ("wishes", entry_shapes.WISH),
    "balance": ("balances", entry_shapes.BALANCE),
    "supervision": ("supervision", entry_shapes.SUPERVISION),
    "supervision_pool": ("supervision_pools", entry_shapes.SUPERVISION_POOL),
    "hour_exception": ("hour_exceptions", entry_shapes.HOUR_EXCEPTION),
    "stay": ("stays", entry_shapes.STAY),
    "approval": ("approvals", entry_shapes.APPROVAL),
}
_CALENDAR_LISTS = {"holiday": ("holidays", shapes.HOLIDAY), "event": ("events", shapes.EVENT)}
_HEAD: Mapping[str, tuple[str, Kind]] = {
    "id": ("id", TEXT),
    "name": ("name", TEXT),
    "time_zone": ("zone", ZONE),
    "specialty": ("specialty", TEXT),
    "boards": ("boards", shapes.TEXTS),
    "packs": ("packs", shapes.TEXTS),
    "state": ("state", TEXT),
}
_CALENDAR_HEAD: Mapping[str, Kind] = {"academic_year": INTEGER, "week_starts_on": WEEKDAY}
_HALVES, _DAY_TYPES = {half.value: half for half in Half}, one_of(DayType)
SECTIONS = (
    "program", "half_days", "series", "capacity", "holiday", "event", "attending_demand", "clinic", "policy", *LISTS
)  # fmt: skip


def parsed(text: str, name: str) -> dict[str, Raw]:
    """The plain values of a TOML or YAML text, by the ending of its name."""
    if name.lower().endswith((".yaml", ".yml")):
        return read_yaml(text, name)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{name}, line {found.group(1)}" if found else name
        raise BadInput(
            f"this is no TOML: {error}.", place=place, remedy="Check quotes, brackets and dates such as 2025-07-31."
        ) from error


def program_of(document: Mapping[str, Raw], where: Where) -> Program | None:
    """The program that a document means; nothing where a problem was told."""
    for key in document:
        if key not in SECTIONS:
            where.tell(BadInput(f"'{key}' is no known section.", remedy=nearest_of(str(key), SECTIONS)))
    head = as_table(document.get("program")) or {}
    calendar = _calendar(document, head, where)
    fields = _head(head, where.at("[program]"))
    for key, (attribute, record) in LISTS.items():
        fields[attribute] = _list(document, key, record, where)
    if "attending_demand" in document:
        fields["attending_demand"] = _attending(document["attending_demand"], where.at("[attending_demand]"))
    if "clinic" in document:
        fields["rooms"] = shapes.CLINIC.read(document["clinic"], where.at("[clinic]"))
    if "policy" in document:
        fields["policy"] = read_policy(document["policy"], where.at("[policy]"))
    if "half_days" in document:
        fields["half_day_times"] = _half_days(document["half_days"], where.at("[half_days]"))
    check_references(document, fields, where)
    if where.problems or calendar is None:
        return None
    return Program(calendar=calendar, **fields)


def _head(head: Mapping[str, Raw], where: Where) -> dict[str, Raw]:
    known = [*_HEAD, *_CALENDAR_HEAD]
    found: dict[str, Raw] = {}
    for key, raw in head.items():
        if key in _HEAD:
            attribute, kind = _HEAD[key]
            found[attribute] = _one(kind, raw, where.at(key))
        elif key not in _CALENDAR_HEAD:
            where.tell(BadInput(f"'{key}' is no known key.", remedy=nearest_of(key, known)))
    for key in ("id", "name", "time_zone"):
        if key not in head:
            where.tell(BadInput(f"'{key}' is missing.", remedy="Every program needs it."))
    return found


def _one(kind: Kind, raw: object, where: Where) -> Raw:
    try:
        return kind.read(raw)
    except BadInput as error:
        where.tell(error)
        return None


def _list(document: Mapping[str, Raw], key: str, record: Record, where: Where) -> tuple[Raw, ...]:
    rows = as_list(document.get(key, []))
    if rows is None:
        where.tell(BadInput(f"'{key}' is no list of tables.", remedy=f"Write [[{key}]] before each."))
        return ()
    found: list[Raw] = []
    for number, row in enumerate(rows, 1):
        value = record.read(row, where.at(f"[[{key}]] {number}{_named(row)}"))
        if value is not None:
            found.append(value)
    return tuple(found)


def _named(row: Raw) -> str:
    table = as_table(row) or {}
    name: Raw = next((table[key] for key in ("id", "code", "leave_id", "line", "name") if key in table), None)
    return f" ({name})" if isinstance(name, str) else ""


def _calendar(document: Mapping[str, Raw], head: Mapping[str, Raw], where: Where) -> Calendar | None:
    series = _list(document, "series", shapes.SERIES, where)
    if not series:
        if not where.problems:
            where.tell(BadInput("there is no [[series]].", remedy="Write the blocks of the year with their dates."))
        return None
    fields: dict[str, Raw] = {}
    for key, (attribute, record) in _CALENDAR_LISTS.items():
        fields[attribute] = _list(document, key, record, where)
    for key, kind in _CALENDAR_HEAD.items():
        if key in head:
            fields[key] = _one(kind, head[key], where.at("[program]").at(key))
    fields.setdefault("academic_year", series[0].academic_year)
    if "capacity" in document:
        fields["capacity"] = _by_day_type(document["capacity"], where.at("[capacity]"))
    return Calendar(series=series, **fields)


def _by_day_type(raw: object, where: Where) -> dict[DayType, float]:
    table = as_table(raw)
    if table is None:
        where.tell(BadInput(f"{raw!r} is no table.", remedy="Write closure = 0.0 and the like."))
        return {}
    return {_one(_DAY_TYPES, name, where): _one(NUMBER, value, where.at(name)) for name, value in table.items()}


def _attending(raw: object, where: Where) -> AttendingDemand:
    table = as_table(raw)
    if table is None or not set(table) <= {"quarters", "given_by"}:
        where.tell(BadInput(f"{raw!r} is not understood.", remedy="Its keys are quarters and given_by."))
        return AttendingDemand()
    usual = AttendingDemand()
    quarters = as_table(table.get("quarters", {**dict(usual.quarters), "procedure": usual.procedure}))
    if quarters is None or not all(type(count) is int for count in quarters.values()):
        where.at("quarters").tell(BadInput(f"{quarters!r} is no table of quarters.", remedy='Write { "PGY-1" = 2 }.'))
        return usual
    by_level = tuple((name, count) for name, count in quarters.items() if name != "procedure")
    given_by = _one(shapes.TEXTS, table.get("given_by", list(usual.given_by)), where.at("given_by"))
    return AttendingDemand(by_level, quarters.get("procedure", usual.procedure), given_by)


def _half_days(raw: object, where: Where) -> tuple[tuple[Half, int, int], ...]:
    found: list[tuple[Half, int, int]] = []
    remedy = 'Write AM = { start = "08:00", end = "12:00" }.'
    for name, inside in (as_table(raw) or {"": raw}).items():
        times = as_table(inside)
        if name not in _HALVES or times is None or set(times) != {"start", "end"}:
            where.tell(BadInput(f"'{name}' is not understood.", remedy=remedy))
            continue
        ends = [_one(CLOCK, times[key], where.at(f"{name}.{key}")) for key in ("start", "end")]
        found.append((_HALVES[name], ends[0], ends[1]))
    return tuple(found)


def document_of(program: Program) -> dict[str, Plain]:
    """A program as the plain values of its file, in the order in which people read it."""
    usual = Calendar(0, ())
    calendar = program.calendar
    head: dict[str, Raw] = {key: kind.write(getattr(program, attribute)) for key, (attribute, kind) in _HEAD.items()}
    head = {key: value for key, value in head.items() if value not in ("", []) or key in {"id", "name"}}
    if calendar.academic_year != calendar.series[0].academic_year:
        head["academic_year"] = calendar.academic_year
    if calendar.week_starts_on is not Weekday.MONDAY:
        head["week_starts_on"] = WEEKDAY.write(calendar.week_starts_on)
    document: dict[str, Plain] = {"program": head}
    if program.half_day_times != Program.half_day_times:
        document["half_days"] = {
            half.value: {"start": CLOCK.write(start), "end": CLOCK.write(end)}
            for half, start, end in program.half_day_times
        }
    document["series"] = [shapes.SERIES.write(series) for series in calendar.series]
    if calendar.capacity != usual.capacity:
        document["capacity"] = {kind.value: share for kind, share in calendar.capacity.items()}
    for key, (attribute, record) in _CALENDAR_LISTS.items():
        document[key] = [record.write(value) for value in getattr(calendar, attribute)]
    if program.attending_demand != AttendingDemand():
        need = program.attending_demand
        quarters = {**dict(need.quarters), "procedure": need.procedure}
        document["attending_demand"] = {"quarters": quarters, "given_by": list(need.given_by)}
    document["clinic"] = shapes.CLINIC.write(program.rooms)
    document["policy"] = write_policy(program.policy)
    for key, (attribute, record) in LISTS.items():
        document[key] = [record.write(value) for value in getattr(program, attribute)]
    return {key: value for key, value in document.items() if value not in ({}, [])}
