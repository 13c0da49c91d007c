"""A change between two rosters as JSON, each side as a roster file, and back."""

from __future__ import annotations

import json
from typing import Any

from housestaff.core.changes import Change
from housestaff.files.roster_json import parse_roster, roster_bytes


def change_document(change: Change) -> dict[str, Any]:
    """A change as plain values."""
    return {"removed": json.loads(roster_bytes(change.removed)), "added": json.loads(roster_bytes(change.added))}


def read_change(document: dict[str, Any]) -> Change:
    """The change that plain values mean."""
    removed, added = (parse_roster(json.dumps(document[side]).encode()) for side in ("removed", "added"))
    return Change(removed, added)
