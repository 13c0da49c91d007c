"""Small kinds that stand in one place only: what follows a call, who may hold it, weeks of a year, days off."""

from __future__ import annotations

from housestaff.core.errors import BadInput
from housestaff.core.time import Half
from housestaff.files.kinds import HALF, TEXT, Kind, many
from housestaff.files.raw import Raw, as_list, as_table


def _read_after(raw: object) -> tuple[tuple[Half, str], ...]:
    remedy = 'Write [{ half = "AM", code = "PCAT" }, { half = "PM", code = "DO" }].'
    rows = as_list(raw)
    if rows is None:
        raise BadInput(f"{raw!r} is no list of cells.", remedy=remedy)
    found: list[tuple[Half, str]] = []
    for each in rows:
        row = as_table(each)
        if row is None or set(row) != {"half", "code"}:
            raise BadInput(f"{each!r} is no cell of the next day.", remedy=remedy)
        found.append((HALF.read(row["half"]), TEXT.read(row["code"])))
    return tuple(found)


def _read_weeks(raw: object) -> tuple[Raw, ...]:
    match as_list(raw):
        case [int(least), int(usual), int(most)] if 0 <= least <= usual <= most:
            return least, usual, most
        case _:
            raise BadInput(f"{raw!r} is not least, usual and most.", remedy="Write three numbers such as [4, 6, 7].")


def _read_by_name(raw: object) -> tuple[tuple[str, str], ...]:
    table = as_table(raw)
    if table is None:
        raise BadInput(f"{raw!r} is no table of codes.", remedy='Write it as { preliminary = "ACU" }.')
    return tuple((name, TEXT.read(code)) for name, code in table.items())


BY_NAME = Kind(
    _read_by_name,
    dict,
    lambda raw: dict(part.strip().split("=", 1) for part in raw.split(";")),
    lambda raw: ";".join(f"{name}={code}" for name, code in raw.items()),
)
AFTER = Kind(_read_after, lambda after: [{"half": half.value, "code": code} for half, code in after])
HOLDERS = many(TEXT)
WEEKS_OF_YEAR = Kind(_read_weeks, list)


def days_off_cell(raw: dict[str, Raw]) -> str:
    """Days off in one CSV cell: who issues them, how many in 28 days, and fixed weekdays, as "solver 4 sunday"."""
    return " ".join([raw["managed_by"], str(raw["per_28_days"]), *raw.get("weekdays", [])])


def days_off_of_cell(raw: str) -> dict[str, Raw]:
    """The days off of one CSV cell."""
    who, *more = raw.split()
    table: dict[str, Raw] = {"managed_by": who}
    if more and more[0].isdigit():
        table["per_28_days"] = int(more.pop(0))
    if more:
        table["weekdays"] = more
    return table
