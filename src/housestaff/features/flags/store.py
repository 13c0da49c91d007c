"""The table of flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from housestaff.core.errors import Stale
from housestaff.features.flags.model import DECLARED, Flag
from housestaff.plumbing.database import INSTANT, JSON, house_table
from housestaff.plumbing.unit import Unit

FLAG = house_table(
    "flag",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", INSTANT, nullable=False),
)


class Flags:
    """The flags of the installation."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def all(self) -> list[Flag]:
        """Every declared flag, tuned or not."""
        rows = {row.key: row for row in self._unit.connection.execute(sa.select(FLAG))}
        return [Flag(key, rows[key].facts, rows[key].version) if key in rows else Flag(key, {}, 0) for key in DECLARED]

    def tune(self, key: str, facts: Mapping[str, Any], *, version: int) -> int:
        """Put facts in the place of those of a version; returns the next. Raises `Stale` where it has another."""
        held = self._unit.connection.execute(
            sa.select(FLAG.c.version).where(FLAG.c.key == key).with_for_update()
        ).scalar_one_or_none()
        if (held or 0) != version:
            raise Stale(f"{key} was tuned in the meantime; it has version {held or 0}.")
        values = {"facts": dict(facts), "version": version + 1, "updated_at": self._unit.now}
        if held is None:
            self._unit.connection.execute(FLAG.insert().values(key=key, **values))
        else:
            self._unit.connection.execute(FLAG.update().where(FLAG.c.key == key).values(**values))
        return version + 1
