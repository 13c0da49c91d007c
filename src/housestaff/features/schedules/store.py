"""The tables of schedules: each is an unbroken line of revisions."""

from __future__ import annotations

import zlib
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.changes import Change, applied, diff
from housestaff.core.errors import NotFound
from housestaff.core.events import Period
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.schedules import at_hand
from housestaff.features.schedules.cells import PublishedCells
from housestaff.features.schedules.model import Revision, Schedule
from housestaff.files.change_json import change_document, read_change
from housestaff.files.roster_json import parse_roster, roster_bytes, roster_hash
from housestaff.plumbing.database import INSTANT, JSON, after_commit, program_table
from housestaff.plumbing.unit import Unit
from housestaff.rules.finished_roster import FinishedRoster

SCHEDULE = program_table(
    "schedule",
    sa.Column("schedule_id", sa.Uuid, primary_key=True),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("number", sa.Integer),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("locked", JSON, nullable=False),
    sa.Column("stats", JSON, nullable=False),
    sa.Column("created_by", sa.Uuid),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("published_at", INSTANT),
)
REVISION = program_table(
    "schedule_revision",
    sa.Column("schedule_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer),
    sa.Column("base_number", sa.Integer),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changes", JSON, nullable=False),
    sa.Column("snapshot", sa.LargeBinary),
    sa.Column("roster_hash", sa.Text, nullable=False),
    sa.Column("ruleset_hash", sa.Text, nullable=False),
    sa.Column("author", sa.Uuid),
    sa.Column("at", INSTANT, nullable=False),
)
DUTY_NOTE = program_table(
    "duty_note",
    sa.Column("note_id", sa.Uuid, primary_key=True),
    sa.Column("schedule_id", sa.Uuid, nullable=False),
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.Uuid),
    sa.Column("at", INSTANT, nullable=False),
)

SNAPSHOT_EVERY = 100
SNAPSHOT_OVER = 500
"""A revision that changes more places, or that stands so far from the last one, keeps its whole roster."""


class Schedules:
    """The schedules of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit
        self._written: set[tuple[UUID, int]] = set()
        """Revisions of this unit: until its commit they are nobody else's."""
        self.cells = PublishedCells(unit)

    # -- reading -------------------------------------------------------------------------------------------------------

    def get(self, schedule_id: UUID, *, lock: bool = False) -> Schedule:
        """A schedule by its id; locked for the rest of the transaction by those who change it."""
        asked = sa.select(SCHEDULE).where(SCHEDULE.c.schedule_id == schedule_id)
        row = self._unit.connection.execute(asked.with_for_update() if lock else asked).one_or_none()
        if row is None:
            raise NotFound("There is no such schedule.")
        return _schedule(row)

    def all(self) -> list[Schedule]:
        """Every schedule, the newest period first."""
        asked = sa.select(SCHEDULE).order_by(SCHEDULE.c.first_day.desc(), SCHEDULE.c.created_at.desc())
        return [_schedule(row) for row in self._unit.connection.execute(asked)]

    def published_in(self, period: Period) -> list[Schedule]:
        """The published schedules that cover some day of a period, in order of time."""
        asked = sa.select(SCHEDULE).where(
            SCHEDULE.c.state == "published",
            SCHEDULE.c.first_day <= period.last_day,
            SCHEDULE.c.last_day >= period.first_day,
        )
        return [_schedule(row) for row in self._unit.connection.execute(asked.order_by(SCHEDULE.c.first_day))]

    def roster(self, schedule_id: UUID, revision: int) -> Roster:
        """The roster of a revision; it never changes, so a process reads it once."""
        key = schedule_id, revision
        if key in self._written:
            return self._read(schedule_id, revision)
        found = at_hand.roster(*key)
        if found is None:
            found = self._read(schedule_id, revision)
            at_hand.keep(schedule_id, revision, found)
        return found

    def view(self, schedule: Schedule, program: Program) -> FinishedRoster:
        """The roster of a schedule's newest revision as the judge reads it, kept at hand in this process."""
        key = schedule.schedule_id, schedule.revision
        held = at_hand.view(schedule.schedule_id, program)
        if held is not None and held[0] == schedule.revision:
            return held[1]
        changes = self.changes_since(*key, held[0]) if held is not None else None
        if held is not None and changes is not None:
            known = at_hand.caught_up(held[1], changes)
        else:
            known = FinishedRoster.of(program, self.roster(*key))
        if key not in self._written:
            at_hand.keep(*key, known.grid.roster, known)
        return known

    def changes_since(self, schedule_id: UUID, revision: int, known: int) -> list[Change] | None:
        """What lies between a revision that is at hand and a newer one; nothing where one of them is stored whole."""
        if revision < known:
            return None
        asked = (
            sa.select(REVISION.c.changes, REVISION.c.snapshot)
            .where(REVISION.c.schedule_id == schedule_id, REVISION.c.revision > known, REVISION.c.revision <= revision)
            .order_by(REVISION.c.revision)
        )
        rows = self._unit.connection.execute(asked).all()
        if any(row.snapshot is not None for row in rows) or len(rows) != revision - known:
            return None
        return [read_change(row.changes) for row in rows]

    def remember(self, schedule: Schedule, roster: Roster, view: FinishedRoster | None = None) -> None:
        """Keep the roster of a schedule's newest revision at hand in this process, once it is committed."""
        kept = partial(at_hand.keep, schedule.schedule_id, schedule.revision, roster, view)
        after_commit(self._unit.connection, kept)

    def _read(self, schedule_id: UUID, revision: int) -> Roster:
        columns = REVISION.c
        base = (
            sa.select(sa.func.max(columns.revision))
            .where(columns.schedule_id == schedule_id, columns.revision <= revision, columns.snapshot.is_not(None))
            .scalar_subquery()
        )
        asked = (
            sa.select(columns.revision, columns.changes, columns.snapshot)
            .where(columns.schedule_id == schedule_id, columns.revision <= revision, columns.revision >= base)
            .order_by(columns.revision)
        )
        roster = Roster()
        for row in self._unit.connection.execute(asked):
            if row.snapshot is not None:
                roster = parse_roster(zlib.decompress(row.snapshot))
            else:
                roster = applied(roster, read_change(row.changes))
        return roster

    def revision_of(self, schedule_id: UUID, number: int) -> int:
        """The revision of a published number."""
        asked = sa.select(REVISION.c.revision).where(REVISION.c.schedule_id == schedule_id, REVISION.c.number == number)
        found = self._unit.connection.execute(asked).scalar_one_or_none()
        if found is None:
            raise NotFound(f"There is no version {number} of this schedule.")
        return int(found)

    def history(self, schedule_id: UUID) -> list[Revision]:
        """Every revision, the newest first."""
        asked = sa.select(REVISION).where(REVISION.c.schedule_id == schedule_id).order_by(REVISION.c.revision.desc())
        return [
            Revision(row.revision, row.number, row.cause, row.reason, row.author, row.at, row.changes.get("size", 0))
            for row in self._unit.connection.execute(asked)
        ]

    def before_newest_step(self, schedule_id: UUID) -> int | None:
        """The revision to which an undo goes back: each undo takes one step from the top of those that stand."""
        asked = sa.select(REVISION.c.revision, REVISION.c.cause).where(REVISION.c.schedule_id == schedule_id)
        standing: list[int] = []
        for row in self._unit.connection.execute(asked.order_by(REVISION.c.revision)):
            if row.cause == "undo":
                standing.pop()
            else:
                standing.append(row.revision)
        return standing[-2] if len(standing) > 1 else None

    # -- writing -------------------------------------------------------------------------------------------------------

    def add(self, schedule: Schedule, roster: Roster, *, cause: str, ruleset_hash: str) -> None:
        """A new schedule with its first revision."""
        self._unit.connection.execute(
            SCHEDULE.insert().values(
                program_id=self._unit.program_id,
                schedule_id=schedule.schedule_id,
                first_day=schedule.period.first_day,
                last_day=schedule.period.last_day,
                state=schedule.state,
                method=schedule.method,
                number=None,
                revision=schedule.revision,
                locked=[],
                stats=schedule.stats,
                created_by=schedule.created_by,
                created_at=schedule.created_at,
            )
        )
        self._keep_revision(schedule, roster, diff(Roster(), roster), cause=cause, ruleset_hash=ruleset_hash)

    def keep(
        self,
        schedule: Schedule,
        roster: Roster,
        change: Change,
        *,
        cause: str,
        reason: str = "",
        base_number: int | None = None,
        ruleset_hash: str = "",
    ) -> None:
        """A further revision of a schedule, and its state with it."""
        self.keep_state(schedule)
        self._keep_revision(
            schedule, roster, change, cause=cause, reason=reason, base_number=base_number, ruleset_hash=ruleset_hash
        )

    def keep_state(self, schedule: Schedule) -> None:
        """The state of a schedule as it is now."""
        values: dict[str, Any] = {
            "state": schedule.state,
            "number": schedule.number,
            "revision": schedule.revision,
            "locked": sorted(schedule.locked),
            "stats": schedule.stats,
        }
        if schedule.state == "published" and schedule.number == 1:
            values["published_at"] = self._unit.now
        self._unit.connection.execute(
            SCHEDULE.update().where(SCHEDULE.c.schedule_id == schedule.schedule_id).values(**values)
        )

    def _keep_revision(
        self,
        schedule: Schedule,
        roster: Roster,
        change: Change,
        *,
        cause: str,
        ruleset_hash: str,
        reason: str = "",
        base_number: int | None = None,
    ) -> None:
        self._written.add((schedule.schedule_id, schedule.revision))
        size = change.size
        whole = schedule.revision % SNAPSHOT_EVERY == 1 or size > SNAPSHOT_OVER
        self._unit.connection.execute(
            REVISION.insert().values(
                program_id=self._unit.program_id,
                schedule_id=schedule.schedule_id,
                revision=schedule.revision,
                number=schedule.number,
                base_number=base_number,
                cause=cause,
                reason=reason,
                changes={"size": size} if whole else {"size": size, **change_document(change)},
                snapshot=zlib.compress(roster_bytes(roster), 6) if whole else None,
                roster_hash=roster_hash(roster) if whole or schedule.number else "",
                ruleset_hash=ruleset_hash,
                author=self._unit.request.user_id,
                at=self._unit.now,
            )
        )


def _schedule(row: Any) -> Schedule:
    return Schedule(
        schedule_id=row.schedule_id,
        period=Period(first_day=row.first_day, last_day=row.last_day),
        state=row.state,
        method=row.method,
        revision=row.revision,
        number=row.number,
        locked=frozenset(row.locked),
        stats=row.stats,
        created_by=row.created_by,
        created_at=row.created_at,
    )
