"""What the live feed asks of accounts, the program and schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from housestaff.features.accounts.store import Accounts
from housestaff.features.program.tables import PARTS
from housestaff.features.schedules.store import SCHEDULE
from housestaff.plumbing.unit import Unit


class FeedFacts:
    """The answers for the program of a unit."""

    def __init__(self, unit: Unit, accounts: Accounts) -> None:
        """Read in the unit's transaction."""
        self._unit, self._accounts = unit, accounts

    def users_of(self, persons: Sequence[str]) -> Mapping[str, UUID]:
        """The active logins behind persons."""
        return {person: user.user_id for person, user in self._accounts.users_of_persons(list(persons)).items()}

    def is_published(self, schedule_id: UUID) -> bool:
        """Whether a schedule has a published version."""
        asked = sa.select(SCHEDULE.c.number).where(SCHEDULE.c.schedule_id == schedule_id)
        return self._unit.connection.execute(asked).scalar_one_or_none() is not None

    def is_known(self, kind: str, id_: str) -> bool:
        """Whether the program has such a person or schedule."""
        people = PARTS["person"]
        asked = {
            "person": sa.select(people.c.code).where(people.c.code == id_),
            "schedule": sa.select(SCHEDULE.c.schedule_id).where(sa.cast(SCHEDULE.c.schedule_id, sa.Text) == id_),
        }[kind]
        return self._unit.connection.execute(asked).first() is not None
