"""Reading over all programs of an institution: for its admins, with a written reason, for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import BadInput, NotAllowed
from housestaff.features.accounts.model import READING_LIFE
from housestaff.features.accounts.store import PROGRAM
from housestaff.plumbing import audit
from housestaff.plumbing.access import INSTITUTION, Principal, allow
from housestaff.plumbing.audit import AUDIT_ENTRY
from housestaff.plumbing.clock import Clock, new_id
from housestaff.plumbing.database import INSTANT, Database, house_table
from housestaff.plumbing.unit import Request, Unit

INSTITUTION_READING = house_table(
    "institution_reading",
    sa.Column("reading_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("opened_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
)
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants to read over all programs, and where from."""

    user_id: UUID
    correlation_id: UUID
    ip: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A quarter of an hour in which an admin may read, and why."""

    reading_id: UUID
    reason: str
    expires_at: datetime


class AcrossPrograms:
    """Reads over programs, through a role of the database that can only read; each program's chain tells of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Nothing is opened before a reason is given."""
        self._database, self._clock = database, clock

    def open(self, asker: Asker, reason: str) -> Reading:
        """Open a quarter of an hour of reading; the reason stands in the chain of every program it reaches."""
        reason = reason.strip()
        if len(reason) < SHORTEST_REASON:
            raise BadInput(
                "reading over all programs takes a written reason.",
                place="reason",
                remedy=f"Say in {SHORTEST_REASON} letters or more what for.",
            )
        programs = self._programs(asker, "schedule:read", "ReadAcrossPrograms")
        now = self._clock.now()
        reading = Reading(new_id(), reason, now + READING_LIFE)
        # The chains tell of it before it is open: a reading that nobody can see afterwards must not be possible.
        self._write(programs, asker, reading, "ReadAcrossPrograms")
        with self._database.transaction(user=asker.user_id) as connection:
            connection.execute(
                INSTITUTION_READING.insert().values(
                    reading_id=reading.reading_id,
                    user_id=asker.user_id,
                    reason=reason,
                    opened_at=now,
                    expires_at=reading.expires_at,
                )
            )
        return reading

    def read(self, asker: Asker, question: Callable[[sa.Connection], Any], *, needs: str) -> Any:
        """Answer a question over all programs; raises `BadInput` where no reason was given within the quarter hour."""
        name = f"across:{needs}"
        programs = self._programs(asker, needs, name)
        reading = self._reading(asker)
        self._write(programs, asker, reading, name)
        with self._database.across(asker.user_id) as connection:
            return question(connection)

    def _programs(self, asker: Asker, needs: str, name: str) -> list[UUID]:
        with self._database.transaction(user=asker.user_id) as connection:
            programs = list(connection.execute(sa.text("SELECT administered_programs()")).scalars())
            theirs = list(connection.execute(sa.select(PROGRAM.c.program_id)).scalars())
        roles = ("admin",) if programs else ()
        allowed = allow(Principal(asker.user_id, roles), needs)
        if allowed is None or allowed.scope != INSTITUTION:
            self._write(theirs, asker, None, f"denied:{name}")
            raise NotAllowed("Only an admin of the institution reads over all of its programs.")
        return programs

    def _reading(self, asker: Asker) -> Reading:
        asked = (
            sa.select(INSTITUTION_READING)
            .where(INSTITUTION_READING.c.user_id == asker.user_id, INSTITUTION_READING.c.expires_at > self._clock.now())
            .order_by(INSTITUTION_READING.c.expires_at.desc())
            .limit(1)
        )
        with self._database.transaction(user=asker.user_id) as connection:
            row = connection.execute(asked).one_or_none()
        if row is None:
            raise BadInput(
                "reading over all programs takes a written reason, given within a quarter of an hour.",
                place="reason",
                remedy="Give it to /institution/readings first.",
            )
        return Reading(row.reading_id, row.reason, row.expires_at)

    def _write(self, programs: list[UUID], asker: Asker, reading: Reading | None, action: str) -> None:
        """An entry in the chain of each program, before anything is read."""
        role = "admin" if reading is not None else ""
        for program in programs:
            request = Request(program, asker.user_id, "api", asker.correlation_id, ip=asker.ip, role=role)
            with self._database.transaction(program=program, user=asker.user_id) as connection:
                unit = Unit(connection, request, self._clock.now())
                if reading is not None:
                    unit.is_about("institution_reading", reading.reading_id, changes={"reason": [None, reading.reason]})
                audit.append(unit, action)


def programs(connection: sa.Connection) -> list[dict[str, Any]]:
    """The programs in sight."""
    shown = (PROGRAM.c.program_id, PROGRAM.c.code, PROGRAM.c.name, PROGRAM.c.zone, PROGRAM.c.state)
    return [dict(row) for row in connection.execute(sa.select(*shown).order_by(PROGRAM.c.code)).mappings()]


def audit_of_programs(
    connection: sa.Connection, *, action: str | None, limit: int, before: UUID | None
) -> list[dict[str, Any]]:
    """The entries of all programs in sight, the newest first."""
    asked = sa.select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.entry_id.desc()).limit(limit)
    if action:
        asked = asked.where(AUDIT_ENTRY.c.action == action)
    if before:
        asked = asked.where(AUDIT_ENTRY.c.entry_id < before)
    return [dict(row) for row in connection.execute(asked).mappings()]
