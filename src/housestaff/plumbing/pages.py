"""Pages of long lists: at most so many at once, and a cursor that says where the next ones begin."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from housestaff.core.errors import BadInput

MOST = 200
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=500, description="the `cursor` of the page before")]

_T = TypeVar("_T")


def page(
    items: Sequence[_T], key: Callable[[_T], object], limit: int, cursor: str | None, *, put: Callable[[_T], Any]
) -> dict[str, Any]:
    """The items after the cursor, at most `limit`, and the cursor of the next page; none where this is the last.

    Raises `BadInput` for a cursor that no page gave.
    """
    start = 0
    if cursor is not None:
        after = _opened(cursor)
        found = next((place for place, item in enumerate(items) if str(key(item)) == after), None)
        if found is None:
            raise BadInput("no page of this list gave it.", place="cursor", remedy="Begin without a cursor.")
        start = found + 1
    shown = items[start : start + limit]
    is_last = start + limit >= len(items)
    return {"items": [put(item) for item in shown], "cursor": None if is_last else _sealed(str(key(shown[-1])))}


def _sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def _opened(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, UnicodeError) as error:
        raise BadInput("no page gave it.", place="cursor", remedy="Begin without a cursor.") from error
