"""What people ask of flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from housestaff.core.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneFlag(Command):
    """Tune a declared feature flag."""

    needs: ClassVar[str] = "flag:write"
    key: str
    facts: Mapping[str, Any]
    version: int = 0
