"""The CSV tables that may hold parts of a program: which column holds which field."""

from __future__ import annotations

from collections.abc import Mapping

from housestaff.core.errors import BadInput
from housestaff.files import entry_shapes, shapes
from housestaff.files.csv_text import Table


def _same(*names: str) -> Mapping[str, str]:
    return {name: name for name in names}


def _spread_demand(keys: dict[str, str]) -> dict[str, str]:
    parts = [part.strip() for part in keys.pop("weekday_or_date", "").split(";") if part.strip()]
    dates = [part for part in parts if part[0].isdigit()]
    names = [part for part in parts if not part[0].isdigit()]
    return keys | ({"dates": ";".join(dates)} if dates else {}) | ({"weekdays": ";".join(names)} if names else {})


def _fold_demand(keys: dict[str, str]) -> dict[str, str]:
    parts = [keys.get("weekdays", ""), keys.get("dates", "")]
    return keys | {"weekday_or_date": ";".join(part for part in parts if part)}


def _counts(cell: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in cell.split(";"):
        name, _, count = part.strip().rpartition("=")
        if count:
            found[name or "all"] = count
    return found


def _spread_capacity(keys: dict[str, str]) -> dict[str, str]:
    least, most = _counts(keys.pop("capacity_min", "")), _counts(keys.pop("capacity_max", ""))
    missing = next((name for name in least if name not in most), None)
    if missing is not None:
        raise BadInput(f"{missing} has a capacity_min and no capacity_max.", remedy="Write both, as PGY-1=1.")
    pairs = [f"{name}={least.get(name, '0')}-{count}" for name, count in most.items()]
    return keys | ({"capacity": ";".join(pairs)} if pairs else {})


def _fold_capacity(keys: dict[str, str]) -> dict[str, str]:
    rows = [part.rpartition("=") for part in keys.get("capacity", "").split(";") if part]
    least = ";".join(f"{name}={pair.partition('-')[0]}" for name, _, pair in rows)
    most = ";".join(f"{name}={pair.partition('-')[2]}" for name, _, pair in rows)
    return keys | {"capacity_min": least, "capacity_max": most}


PEOPLE = Table(
    "people.csv",
    shapes.PERSON,
    {"person_id": "id", **_same("display_name", "kind", "email")},
    {},
)
LEVELS = Table("levels.csv", shapes.LEVEL, _same("level", "from", "to"), {}, owner="person_id")
CREDENTIALS = Table(
    "credentials.csv", shapes.CREDENTIAL, _same("credential", "grade", "from", "to"), {}, owner="person_id"
)
BLOCKS = Table(
    "blocks.csv", shapes.BLOCK, {"block": "number", "first_day": "first", "last_day": "last"}, {}, owner="series"
)
ROTATIONS = Table(
    "rotations.csv",
    shapes.ROTATION,
    _same(
        "code", "name", "kind", "half_blocks", "levels", "capacity_min", "capacity_max", "leave_eligible",
        "weekly_hours", "days_off",
    ),
    {},
    _spread_capacity,
    _fold_capacity,
    folded=("capacity",),
)  # fmt: skip
REQUIREMENTS = Table(
    "requirements.csv",
    shapes.REQUIREMENT,
    _same("level", "rotation", "min", "max", "unit", "window", "after", "note"),
    _same("by", "persons", "not_for"),
)
DEMAND = Table(
    "demand.csv",
    shapes.DEMAND,
    {
        **_same("line", "where", "weekday_or_date"),
        "half_or_shift": "half",
        **_same("who", "at_least", "wanted", "at_most", "criticality"),
    },
    _same("blocks", "from", "to"),
    _spread_demand,
    _fold_demand,
    folded=("weekdays", "dates"),
)
LEAVE = Table(
    "leave.csv",
    shapes.LEAVE,
    _same("leave_id", "person_id", "kind", "from", "to", "half", "status", "note"),
    _same("leaves_average", "anticipated", "rank"),
)
WISHES = Table("wishes.csv", entry_shapes.WISH, {"person_id": "person", **_same("kind", "what", "rank")}, {})
