"""A command: what someone asks. It succeeds in one transaction or changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What someone asks.

    `needs` is the permission it takes. `about` names the field with the person it concerns, for those who may do it for
    themselves only.
    """

    needs: ClassVar[str]
    about: ClassVar[str] = ""
