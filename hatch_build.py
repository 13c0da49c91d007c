"""Puts what stands beside `src` into the wheel: the public work-hour cases, and the migrations of the database."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BesideTheSource(BuildHookInterface[Any]):
    """What stands beside `src`, because it can be used or read without it; a wheel carries its own copy."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add every case, and the schemas above them, to a wheel; a linked installation reads them where they are."""
        if version == "editable":
            return
        home = Path(self.root, "conformance")
        for file in sorted([*home.glob("*.json"), *home.glob("cases/*.json")]):
            build_data["force_include"][str(file)] = f"housestaff/conformance_cases/{file.name}"
        migrations = Path(self.root, "migrations")
        for file in sorted(each for each in migrations.rglob("*") if each.suffix in {".py", ".sql", ".mako"}):
            build_data["force_include"][str(file)] = f"housestaff/migrations/{file.relative_to(migrations)}"
