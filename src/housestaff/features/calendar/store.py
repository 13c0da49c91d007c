"""The tables of calendars: what every feed shows, and the links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from housestaff.core.cells import instant
from housestaff.core.errors import NotFound
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.features.accounts.store import APP_USER, MEMBERSHIP
from housestaff.features.calendar.model import AHEAD, AWAY, BACK, CANCELLED, CONFIRMED, KEPT, Entry
from housestaff.features.schedules.cells import standing
from housestaff.plumbing.access import LinkOver
from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.database import INSTANT, Database, program_table
from housestaff.plumbing.unit import Unit

ENTRY = program_table(
    "calendar_entry",
    sa.Column("uid", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("schedule_id", sa.Uuid),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rotation_id", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("starts_at", INSTANT, nullable=False),
    sa.Column("ends_at", INSTANT, nullable=False),
    sa.Column("all_day", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", INSTANT, nullable=False),
    sa.Column("changed_at", INSTANT, nullable=False),
    sa.Column("canceled_at", INSTANT),
)
FEED = program_table(
    "calendar_feed",
    sa.Column("feed_id", sa.Uuid, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("made_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("revoked_at", INSTANT),
)
_FACTS = ("schedule_id", "kind", "rotation_id", "activity", "line", "starts_at", "ends_at", "all_day")
_SEEN = ("kind", "rotation_id", "activity", "line", "starts_at", "ends_at", "all_day")
"""What a phone shows: where one of these differs, the entry has changed."""
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('calendar:' || :program, 0))")
_DAY = timedelta(days=1)


class CalendarEntries:
    """What the feeds of the program of a unit show."""

    def __init__(self, unit: Unit, host: str) -> None:
        """Read and write in the unit's transaction; the host stands at the end of every uid."""
        self._unit, self._host = unit, host

    def lock(self) -> None:
        """Let nobody else write entries of the program until this transaction ends; read the state after this."""
        self._unit.connection.execute(_ONE_AT_A_TIME, {"program": str(self._unit.program_id)})

    def show_schedule(self, schedule_id: UUID, number: int) -> None:
        """The entries of a schedule are those of a version: what differs changes, what is gone is canceled."""
        cells = standing(schedule_id, number).subquery()
        ending = sa.literal(f"@{self._host}")
        wanted = sa.select(
            sa.literal(self._unit.program_id).label("program_id"),
            (cells.c.duty_id + "." + cells.c.person_id + ending).label("uid"),
            *(cells.c[name] for name in ("person_id", "duty_id", "schedule_id")),
            *(cells.c[name] for name in _SEEN if name != "all_day"),
            sa.false().label("all_day"),
            *(value.label(name) for name, value in self._fresh().items()),
        ).where(cells.c.person_id.is_not(None))
        self._keep(insert(ENTRY).from_select([each.name for each in wanted.selected_columns], wanted))
        there = wanted.subquery()
        self._cancel((ENTRY.c.schedule_id == schedule_id) & ENTRY.c.uid.not_in(sa.select(there.c.uid)))

    def show_leave(self, program: Program) -> None:
        """The entries of leave are those of the approved records; none of them says why."""
        rows = [row for leave in program.leaves if leave.blocks for row in self._of_leave(program, leave)]
        if rows:
            self._keep(insert(ENTRY), rows)
        # One parameter, however many records there are.
        there = sa.literal([row["uid"] for row in rows], ARRAY(sa.Text))
        self._cancel(ENTRY.c.schedule_id.is_(None) & (ENTRY.c.uid != sa.all_(there)))

    def put_away(self, schedule_id: UUID) -> None:
        """A schedule that was archived is long over: its entries go without a word."""
        self._unit.connection.execute(ENTRY.delete().where(ENTRY.c.schedule_id == schedule_id))

    def forget_old(self) -> None:
        """What was canceled long ago goes."""
        self._unit.connection.execute(ENTRY.delete().where(ENTRY.c.canceled_at < self._unit.now - KEPT))

    def of(self, person: str) -> list[Entry]:
        """The entries of a person's feed, in order of time: a month back, a year ahead."""
        now = self._unit.now
        shown = [ENTRY.c[name] for name in Entry.__dataclass_fields__]
        asked = sa.select(*shown).where(
            ENTRY.c.person_id == person,
            ENTRY.c.ends_at >= now - BACK,
            ENTRY.c.starts_at <= now + AHEAD,
            ENTRY.c.canceled_at.is_(None) | (ENTRY.c.canceled_at >= now - KEPT),
        )
        rows = self._unit.connection.execute(asked.order_by(ENTRY.c.starts_at, ENTRY.c.uid)).mappings()
        return [Entry(**row) for row in rows]

    def _fresh(self) -> dict[str, sa.ColumnElement[Any]]:
        now = sa.literal(self._unit.now, INSTANT)
        return {"sequence": sa.literal(0), "status": sa.literal(CONFIRMED), "since": now, "changed_at": now}

    def _keep(self, given: Any, rows: list[dict[str, Any]] | None = None) -> None:
        """New entries as they are; those that differ from what is there, or come back, one sequence higher."""
        new = given.excluded
        differs = [ENTRY.c[name].is_distinct_from(new[name]) for name in _SEEN]
        values = {name: new[name] for name in _FACTS} | {
            "sequence": ENTRY.c.sequence + 1,
            "status": CONFIRMED,
            "changed_at": self._unit.now,
            "canceled_at": None,
        }
        self._unit.connection.execute(
            given.on_conflict_do_update(
                index_elements=["program_id", "uid"],
                set_=values,
                where=sa.or_(*differs, ENTRY.c.status == CANCELLED),
            ),
            rows,
        )

    def _cancel(self, gone: sa.ColumnElement[bool]) -> None:
        now = self._unit.now
        self._unit.connection.execute(
            ENTRY.update()
            .where(gone, ENTRY.c.status == CONFIRMED)
            .values(status=CANCELLED, sequence=ENTRY.c.sequence + 1, changed_at=now, canceled_at=now)
        )

    def _of_leave(self, program: Program, leave: Leave) -> list[dict[str, Any]]:
        zone, id_ = program.zone, f"leave.{leave.id}"
        if leave.half is None:
            spans = [(id_, zone.at(leave.first), zone.at(leave.last + _DAY))]
        else:
            start, end = program.half_day(leave.half)
            spans = [(f"{id_}.{day}", zone.at(day, start), zone.at(day, end)) for day, _half in leave.halves()]
        return [
            {
                "program_id": self._unit.program_id,
                "uid": f"{duty}.{leave.person}@{self._host}",
                "person_id": leave.person,
                "duty_id": duty,
                "schedule_id": None,
                "kind": AWAY,
                "rotation_id": "",
                "activity": "",
                "line": "",
                "starts_at": instant(first),
                "ends_at": instant(last),
                "all_day": leave.half is None,
                "sequence": 0,
                "status": CONFIRMED,
                "since": self._unit.now,
                "changed_at": self._unit.now,
            }
            for duty, first, last in spans
        ]


def feeds_of(unit: Unit, user_id: UUID | None) -> list[dict[str, Any]]:
    """A user's own links that are worth something, the newest first; their secrets are stored nowhere."""
    asked = sa.select(FEED.c.feed_id, FEED.c.made_at, FEED.c.expires_at).where(
        FEED.c.user_id == user_id, FEED.c.revoked_at.is_(None), FEED.c.expires_at > unit.now
    )
    return [dict(row) for row in unit.connection.execute(asked.order_by(FEED.c.made_at.desc())).mappings()]


def program_behind(database: Database, token: str) -> UUID:
    """The program in which a link was made; raises `NotFound` for one that never was."""
    with database.transaction() as connection:
        asked = sa.text("SELECT calendar_behind(:hash)")
        found = connection.execute(asked, {"hash": hash_of_token(token)}).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose calendar a link shows, and in which language."""

    person_id: str
    locale: str


def reader_behind(unit: Unit, token: str) -> Reader:
    """Whose calendar a link shows; raises `LinkOver` where it was revoked, is too old, or its owner has gone."""
    asked = (
        sa.select(FEED.c.person_id, FEED.c.revoked_at, FEED.c.expires_at, APP_USER.c.locale, APP_USER.c.active)
        .join(APP_USER, APP_USER.c.user_id == FEED.c.user_id)
        .add_columns(MEMBERSHIP.c.person_id.label("held"))
        .outerjoin(
            MEMBERSHIP,
            (MEMBERSHIP.c.user_id == FEED.c.user_id)
            & (MEMBERSHIP.c.person_id == FEED.c.person_id)
            & (MEMBERSHIP.c.program_id == FEED.c.program_id)
            & MEMBERSHIP.c.active,
        )
        .where(FEED.c.token_hash == hash_of_token(token))
        .limit(1)
    )
    row = unit.connection.execute(asked).one()
    has_gone = row.held is None or not row.active
    if row.revoked_at is not None or row.expires_at <= unit.now or has_gone:
        raise LinkOver("This calendar was revoked, or its time is over. Make a new link on your account page.")
    return Reader(row.person_id, row.locale)
