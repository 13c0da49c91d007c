"""What a parser hands over before anybody knows what it is: tables, lists and single values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

Raw: TypeAlias = Any
"""A plain value of which nothing is known yet; every reader asks before it believes."""


def as_table(raw: object) -> dict[str, Raw] | None:
    """A table with text for keys; nothing where it is something else."""
    if not isinstance(raw, Mapping):
        return None
    table = cast("Mapping[object, Raw]", raw)
    return {str(key): value for key, value in table.items()}


def as_list(raw: object) -> list[Raw] | None:
    """A list; nothing where it is something else."""
    return cast("list[Raw]", raw) if isinstance(raw, list) else None
