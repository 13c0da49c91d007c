"""Plain values as canonical TOML: the same value gives the same bytes, one row of a list on a line of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from housestaff.core.errors import BadInput

Plain: TypeAlias = "bool | int | float | str | date | Sequence[Plain] | Mapping[str, Plain]"

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_WIDTH = 110
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def toml(document: Mapping[str, Plain]) -> str:
    """A document as TOML text: tables become sections, lists of tables become repeated sections."""
    sections = ["\n".join(_section(name, value)) for name, value in document.items()]
    return "\n\n".join(sections) + "\n"


def _section(name: str, value: Plain) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"[{_key(name)}]"
        yield from _rows(value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, table in enumerate(value):
            if not isinstance(table, Mapping):
                raise BadInput(f"'{name}' holds something that is no table.", place=name)
            if index:
                yield ""
            yield f"[[{_key(name)}]]"
            yield from _rows(table)
    else:
        yield f"{_key(name)} = {_inline(value)}"


def _rows(table: Mapping[str, Plain]) -> Iterator[str]:
    for key, value in table.items():
        line = f"{_key(key)} = {_inline(value)}"
        if isinstance(value, Sequence) and not isinstance(value, str) and len(line) > _WIDTH:
            inside = "".join(f"  {_inline(item)},\n" for item in value)
            line = f"{_key(key)} = [\n{inside}]"
        yield line


def _inline(value: Plain) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_inline(item) for item in value)}]"
    return _single(value)


def _single(value: float | date) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return str(value)
    text = repr(value)
    return text if "." in text or "e" in text else f"{text}.0"


def _text(value: str) -> str:
    return '"' + "".join(_SHORT.get(sign) or _printed(sign) for sign in value) + '"'


def _printed(sign: str) -> str:
    if sign < " " or sign == "\x7f":
        return f"\\u{ord(sign):04X}"
    return sign


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)
