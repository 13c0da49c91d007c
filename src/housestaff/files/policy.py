"""The policy section of a program file: each number or choice, alone or with the dates from which it holds."""

from __future__ import annotations

from housestaff.core.errors import BadInput
from housestaff.core.program import Dated, Policy
from housestaff.files.kinds import DAY
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw, as_list, as_table
from housestaff.files.records import Where
from housestaff.files.toml_text import Plain
from housestaff.rules.ruleset import known_switches
from housestaff.rules.settings import known_settings


def read_policy(raw: object, where: Where) -> Policy:
    """The policy of a program; an unknown key or a value out of range is told with what would be right."""
    table = as_table(raw)
    if table is None:
        where.tell(BadInput(f"{raw!r} is no table.", remedy="Write [policy] and a key = value a line."))
        return Policy()
    values: dict[str, tuple[Dated, ...]] = {}
    for key, value in table.items():
        place = where.at(key)
        if key in _SWITCHES:
            values |= _switches(key, value, place)
            continue
        setting = known_settings().get(key)
        if setting is None:
            where.tell(BadInput(f"'{key}' is no known key.", remedy=nearest_of(key, [*known_settings(), *_SWITCHES])))
            continue
        try:
            dated = _dated(value)
            for one in dated:
                setting.check(one.value, "")
            values[key] = dated
        except BadInput as error:
            place.tell(error)
    return Policy(values)


_SWITCHES = ("rule", "verified")


def _switches(key: str, raw: Raw, where: Where) -> dict[str, tuple[Dated, ...]]:
    """The rules that a program switches on or off (`rule.<name>`), the rows it vouches for (`verified.<row>`)."""
    table = as_table(raw)
    if table is None:
        where.tell(BadInput(f"{raw!r} is no table.", remedy=f"Write {key}.<name> = true."))
        return {}
    known, found = known_switches()[key], dict[str, tuple[Dated, ...]]()
    for name, value in table.items():
        if name not in known:
            where.tell(BadInput(f"'{name}' is nothing to switch.", remedy=nearest_of(name, sorted(known))))
        elif not isinstance(value, bool):
            where.at(name).tell(BadInput(f"{value!r} is neither true nor false.", remedy="Write true or false."))
        else:
            found[f"{key}.{name}"] = (Dated(value),)
    return found


def _dated(raw: Raw) -> tuple[Dated, ...]:
    rows = as_list(raw)
    if rows is None:
        return (Dated(_value(raw)),)
    found: list[Dated] = []
    for each in rows:
        row = as_table(each)
        if row is None or "is" not in row or not set(row) <= {"from", "is"}:
            raise BadInput(f"{each!r} is no dated value.", remedy="Write [{ from = 2025-07-01, is = 6 }].")
        found.append(Dated(_value(row["is"]), DAY.read(row["from"]) if "from" in row else None))
    starts = [dated.since for dated in found]
    known = [start for start in starts if start is not None]
    if None in starts[1:] or known != sorted(set(known)):
        raise BadInput("the dates do not rise.", remedy="Order the values by date; only the first may have none.")
    return tuple(found)


def _value(raw: Raw) -> bool | int | float | str:
    if not isinstance(raw, bool | int | float | str):
        raise BadInput(f"{raw!r} is no value.", remedy="Write a number, a word in quotes, true or false.")
    return raw


def write_policy(policy: Policy) -> dict[str, Plain]:
    """The policy as a table: a value that always held stands alone."""
    table: dict[str, Plain] = {}
    switches: dict[str, dict[str, Plain]] = {}
    for key, values in policy.values.items():
        kind, _point, name = key.partition(".")
        if kind in _SWITCHES and name:
            switches.setdefault(kind, {})[name] = values[-1].value
        elif len(values) == 1 and values[0].since is None:
            table[key] = values[0].value
        else:
            table[key] = [
                {"from": dated.since, "is": dated.value} if dated.since else {"is": dated.value} for dated in values
            ]
    return {**table, **switches}
