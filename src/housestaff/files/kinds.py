"""The sorts of values that a file can hold, each with its four ways: read, write, from a CSV cell, to a CSV cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from housestaff.core.errors import BadInput
from housestaff.core.time import HOUR, Half, Weekday, Zone, minute_of_day
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw, as_list, as_table
from housestaff.files.toml_text import Plain


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of value. `read` and `write` speak plain values, `cell` and `uncell` the text of a CSV cell.

    Each refuses with a `BadInput` that says what would be right; the caller adds the place.
    """

    read: Callable[[Raw], Raw]
    write: Callable[[Raw], Plain]
    uncell: Callable[[str], Raw] = str
    cell: Callable[[Raw], str] = str


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise BadInput(f"{raw!r} is no text.", remedy='Write it in quotes: "...".')
    return raw


def _integer(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise BadInput(f"{raw!r} is no whole number.", remedy="Write digits, for example 2.")
    return raw


def _integer_cell(raw: str) -> int:
    try:
        return int(raw)
    except ValueError as error:
        raise BadInput(f"'{raw}' is no whole number.", remedy="Write digits, for example 2.") from error


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise BadInput(f"{raw!r} is no number.", remedy="Write digits, for example 0.3.")
    return float(raw)


def _truth(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise BadInput(f"{raw!r} is neither true nor false.", remedy="Write true or false, without quotes.")
    return raw


def _truth_cell(raw: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if raw.strip().lower() not in known:
        raise BadInput(f"'{raw}' is neither yes nor no.", remedy="Write yes or no.")
    return known[raw.strip().lower()]


def _day(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str):
        return _day_cell(raw)
    raise BadInput(f"{str(raw)!r} is no date.", remedy="Write it as 2025-07-31.")


def _day_cell(raw: str) -> date:
    try:
        return datetime.strptime(raw.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError as error:
        raise BadInput(f"'{raw}' is no date.", remedy="Write year, month, day as 2025-07-31.") from error


def _clock(raw: object) -> int:
    if isinstance(raw, time):
        return raw.hour * HOUR + raw.minute
    if not isinstance(raw, str):
        raise BadInput(f"{raw!r} is no time of day.", remedy='Write it in quotes as "07:30".')
    return minute_of_day(raw)


def _clock_text(minute: int) -> str:
    return f"{minute // HOUR:02}:{minute % HOUR:02}"


def _half(raw: object) -> Half:
    if isinstance(raw, str) and raw.strip().upper() in {"AM", "PM"}:
        return Half(raw.strip().upper())
    raise BadInput(f"{raw!r} is no half of a day.", remedy="Write AM or PM.")


def one_of(choices: type[Enum], *, by_name: bool = False) -> Kind:
    """A word out of a closed list; an unknown one is answered with the nearest."""
    words: dict[str, Enum] = {(one.name.lower() if by_name else str(one.value)): one for one in choices}
    names = {one: word for word, one in words.items()}

    def read(raw: object) -> Enum:
        found = words.get(raw.strip().lower()) if isinstance(raw, str) else None
        if found is None:
            raise BadInput(f"{raw!r} is not known.", remedy=nearest_of(str(raw), words))
        return found

    return Kind(read, lambda value: names[value], cell=str)


def many(kind: Kind) -> Kind:
    """A list of values, in a CSV cell parted by semicolons."""

    def read(raw: object) -> tuple[Raw, ...]:
        items = as_list(raw)
        if items is None:
            raise BadInput(f"{raw!r} is no list.", remedy="Write it in brackets: [...].")
        return tuple(kind.read(item) for item in items)

    def cell(raw: list[Raw]) -> str:
        parts = [kind.cell(item) for item in raw]
        if any(";" in part or not part.strip() or part != part.strip() for part in parts):
            raise BadInput(f"{parts} cannot stand in one CSV cell.", remedy="Leave semicolons and outer blanks out.")
        return ";".join(parts)

    def uncell(raw: str) -> list[Raw]:
        return [kind.uncell(part.strip()) for part in raw.split(";") if part.strip()]

    return Kind(read, lambda values: [kind.write(value) for value in values], uncell, cell)


def ranges() -> Kind:
    """Least and most by name, as in { "PGY-1" = [1, 2] }; in a CSV cell as "PGY-1=1-2"."""

    def read(raw: object) -> tuple[tuple[str, int, int], ...]:
        remedy = 'Write it as { "PGY-1" = [1, 2] }.'
        table = as_table(raw)
        if table is None:
            raise BadInput(f"{raw!r} is no table of least and most.", remedy=remedy)
        found: list[tuple[str, int, int]] = []
        for name, pair in table.items():
            match as_list(pair):
                case [int(least), int(most)] if 0 <= least <= most:
                    found.append((name, least, most))
                case _:
                    raise BadInput(f"{name} has {pair!r}, which is no pair of least and most.", remedy=remedy)
        return tuple(found)

    def uncell(raw: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for part in raw.split(";"):
            name, _, pair = part.strip().rpartition("=")
            least, _, most = pair.partition("-")
            found[name] = [_integer_cell(least), _integer_cell(most or least)]
        return found

    def cell(raw: dict[str, list[int]]) -> str:
        return ";".join(f"{name}={least}-{most}" for name, (least, most) in raw.items())

    return Kind(read, lambda value: {name: [least, most] for name, least, most in value}, uncell, cell)


TEXT = Kind(_text, str)
INTEGER = Kind(_integer, int, _integer_cell, str)
NUMBER = Kind(_number, float)
TRUTH = Kind(_truth, bool, _truth_cell, lambda raw: "yes" if raw else "no")
DAY = Kind(_day, lambda value: value, _day_cell, lambda raw: raw.isoformat())
CLOCK = Kind(_clock, _clock_text)
HALF = Kind(_half, str)
WEEKDAY = Kind(lambda raw: Weekday.named(_text(raw)), lambda value: value.name.lower())
ZONE = Kind(lambda raw: Zone(_text(raw)), lambda value: value.name)
