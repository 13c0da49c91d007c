"""The settings of a program: defaults from the pack, the program's own dated values on top."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from housestaff.core.errors import BadInput
from housestaff.core.program import Policy, Value


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default, what may be chosen, and why it exists."""

    key: str
    default: Value
    note: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None

    def check(self, value: Value, place: str = "policy") -> None:
        """Refuse a value of the wrong kind or out of range, and say what would be right."""
        if isinstance(self.default, bool) != isinstance(value, bool) or isinstance(self.default, str) != isinstance(
            value, str
        ):
            kind = "true or false" if isinstance(self.default, bool) else "a word" if self.choices else "a whole number"
            raise BadInput(
                f"{self.key} is {value!r}.", place=place, remedy=f"Write {kind}, for example {self.default!r}."
            )
        if self.choices and value not in self.choices:
            raise BadInput(f"{self.key} is '{value}'.", place=place, remedy=f"Choose one of {', '.join(self.choices)}.")
        if isinstance(value, int) and self.most is not None and not (self.least or 0) <= value <= self.most:
            raise BadInput(f"{self.key} is {value}.", place=place, remedy=f"Write {self.least} to {self.most}.")


@cache
def known_settings() -> dict[str, Setting]:
    """Every setting that exists, by key."""
    text = resources.files("housestaff.rules").joinpath("packs/defaults.toml").read_text("utf-8")
    rows = tomllib.loads(text)["setting"]
    return {row["key"]: _setting(row) for row in rows}


def _setting(row: Mapping[str, Any]) -> Setting:
    choices = tuple(row.get("choices", ()))
    return Setting(row["key"], row["default"], row["note"], choices, row.get("least"), row.get("most"))


class ProgramSettings:
    """The settings in force for a program on a date."""

    def __init__(self, policy: Policy) -> None:
        """Take the program's own values."""
        self._policy = policy
        self._told = {key for key in policy.values if key in known_settings()}

    def value(self, key: str, day: date) -> Value:
        """The value in force on a date."""
        if key in self._told:
            own = self._policy.on(key, day)
            if own is not None:
                return own
        return known_settings()[key].default

    def number(self, key: str, day: date) -> int:
        """A whole number in force on a date."""
        return int(self.value(key, day))

    def choice(self, key: str, day: date) -> str:
        """A word in force on a date."""
        return str(self.value(key, day))

    def is_on(self, key: str, day: date) -> bool:
        """A yes or no in force on a date."""
        return bool(self.value(key, day))
