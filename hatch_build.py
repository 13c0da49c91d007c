"""Puts the public work-hour conformance cases into the wheel, where `housestaff conformance` reads them."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConformanceCases(BuildHookInterface[Any]):
    """The cases stand beside `src`, because they can be used without Housestaff; a wheel carries its own copy."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add every case, and the schemas above them, to a wheel; a linked installation reads them where they are."""
        if version == "editable":
            return
        home = Path(self.root, "conformance")
        for file in sorted([*home.glob("*.json"), *home.glob("cases/*.json")]):
            build_data["force_include"][str(file)] = f"housestaff/conformance_cases/{file.name}"
