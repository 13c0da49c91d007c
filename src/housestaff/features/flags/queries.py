"""What is read of flags."""

from __future__ import annotations

from typing import Any

from housestaff.features.flags.model import DECLARED
from housestaff.features.flags.store import Flags


def listed(flags: Flags) -> list[dict[str, Any]]:
    """Every declared flag: what it is for, how it is tuned, and the version of that."""
    return [
        {"key": flag.key, "what": DECLARED[flag.key], "facts": dict(flag.facts), "version": flag.version}
        for flag in flags.all()
    ]
