"""The flags that the code declares; a stored row may only tune one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DECLARED: Mapping[str, str] = {
    "swaps.ring": "swaps among three and four people",
    "swaps.auto_approve": "swaps that newly break nothing are approved by themselves",
    "leave.cover_assign": "a fully legal candidate covers without being asked",
    "compliance.early_warnings": "the trailing window is shown as an early warning",
    "notices.webhook": "notices go to the program's own endpoint too",
    "calendar.push": "calendars are pushed, not only fetched",
    "portal.offers": "people offer duties to one another",
    "mcp.write": "assistants may propose changes",
    "mcp.narrative": "assistants may ask a model for words",
    "solving.repair": "absences are repaired by the solver",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """How a declared flag is tuned, and the version of its row; version 0 is a flag that nobody has tuned."""

    key: str
    facts: Mapping[str, Any]
    version: int
