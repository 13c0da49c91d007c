"""Rows of a program file as tables hold them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast


def mark_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """A short mark of some rows, the same for the same rows: who changes them says which they saw."""
    return hashlib.sha256(json.dumps(plain(rows), sort_keys=True).encode()).hexdigest()[:16]


def coded(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their code (their own id, or their place) in the order of the file."""
    return [
        {"code": code, "place": place, "facts": dict(row), "version": 1}
        for place, (code, row) in enumerate(_codes(rows), 1)
    ]


def _codes(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, row in enumerate(rows, 1):
        yield str(row.get("id") or row.get("code") or f"{number:04}"), row


def plain(value: Any) -> Any:
    """A value of a program file as JSON holds it: dates as text, which the readers take too."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in cast("Sequence[Any]", value)]
    return value.isoformat() if isinstance(value, date) else value
