"""The frames of the live feed as rows: numbered for each topic without a gap, kept for a day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_jsonable_python

from housestaff.plumbing import counts
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.feed_topics import Addressed
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit

CHANNEL = "housestaff_feed"
KEPT_FOR = timedelta(hours=24)
MOST_KEPT = 10_000
_PRUNED_EVERY = 100

FEED_TOPIC = program_table(
    "feed_topic", sa.Column("topic", sa.Text, primary_key=True), sa.Column("seq", sa.BigInteger, nullable=False)
)
FEED_FRAME = program_table(
    "feed_frame",
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("needs", sa.Text, nullable=False),
    sa.Column("body", JSON, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)

# In the order of their names, so that two writers never wait for each other.
_LOCK = sa.text("""
    INSERT INTO feed_topic AS t (program_id, topic, seq)
    SELECT :program, topic, 0 FROM unnest(CAST(:topics AS text[])) AS topic ORDER BY topic
    ON CONFLICT (program_id, topic) DO UPDATE SET seq = t.seq
    RETURNING topic, seq
""")
_NOTIFY = sa.text("SELECT pg_notify(:channel, told) FROM unnest(CAST(:told AS text[])) AS told")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as stored: its topic, its number there, who may see it, and what it says."""

    topic: str
    seq: int
    type: str
    needs: str
    body: dict[str, Any]

    def text(self, topic: str) -> str:
        """The frame as it is sent, under the name by which the client knows the topic."""
        return json.dumps({**self.body, "topic": topic, "seq": self.seq}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Since:
    """What has come after a frame that somebody saw: the newest number, the frames, and why some are not there."""

    head: int
    frames: Sequence[Frame]
    missing: str = ""


def write(unit: Unit, happened: Occurred, frames: Iterable[Addressed]) -> int:
    """Write the frames of an event that are not there yet; returns how many. Everybody is woken with the commit."""
    wanted = {each.topic: each for each in frames}
    if not wanted:
        return 0
    given = {"program": unit.program_id, "topics": sorted(wanted)}
    heads = {row.topic: row.seq for row in unit.connection.execute(_LOCK, given)}
    there = sa.select(FEED_FRAME.c.topic).where(FEED_FRAME.c.event_id == happened.event_id)
    for topic in unit.connection.execute(there).scalars():
        wanted.pop(topic, None)
    if not wanted:
        return 0
    rows = [_row(unit, happened, each, heads[topic] + 1) for topic, each in wanted.items()]
    unit.connection.execute(FEED_FRAME.insert(), rows)
    unit.connection.execute(
        FEED_TOPIC.update().where(FEED_TOPIC.c.topic.in_(sorted(wanted))).values(seq=FEED_TOPIC.c.seq + 1)
    )
    told = [f"{unit.program_id} {row['topic']} {row['seq']}" for row in rows]
    unit.connection.execute(_NOTIFY, {"channel": CHANNEL, "told": told})
    counts.count(unit, "feed_frames_total", len(rows), event_type=happened.event.type)
    for row in rows:
        if row["seq"] % _PRUNED_EVERY == 0:
            _prune(unit, row["topic"], row["seq"])
    return len(rows)


def _row(unit: Unit, happened: Occurred, frame: Addressed, seq: int) -> dict[str, Any]:
    event = happened.event
    return {
        "program_id": unit.program_id,
        "topic": frame.topic,
        "seq": seq,
        "event_id": happened.event_id,
        "type": event.type,
        "needs": frame.needs,
        "body": to_jsonable_python(
            {
                "v": 1,
                "id": happened.event_id,
                "type": event.type,
                "occurred_at": happened.occurred_at,
                "correlation_id": happened.correlation_id,
                "subject": {"kind": event.aggregate_kind, "id": event.aggregate_id},
                "data": dict(frame.data),
            }
        ),
        "at": unit.now,
    }


def _prune(unit: Unit, topic: str, seq: int) -> None:
    old = (FEED_FRAME.c.seq <= seq - MOST_KEPT) | (FEED_FRAME.c.at < unit.now - KEPT_FOR)
    unit.connection.execute(FEED_FRAME.delete().where(FEED_FRAME.c.topic == topic, old))


def forget_old(unit: Unit) -> None:
    """Remove the frames of a program that are older than a day."""
    unit.connection.execute(FEED_FRAME.delete().where(FEED_FRAME.c.at < unit.now - KEPT_FOR))


def since(connection: sa.Connection, topic: str, seq: int | None, now: datetime) -> Since:
    """What has come on a topic after a number; without a number only what the newest is."""
    asked = sa.select(FEED_TOPIC.c.seq).where(FEED_TOPIC.c.topic == topic)
    head = connection.execute(asked).scalar_one_or_none() or 0
    if seq is None or seq == head:
        return Since(head, ())
    if not 0 <= seq < head:
        return Since(head, (), "gap")
    rows = connection.execute(
        sa.select(FEED_FRAME)
        .where(FEED_FRAME.c.topic == topic, FEED_FRAME.c.seq > seq, FEED_FRAME.c.seq <= head)
        .where(FEED_FRAME.c.at >= now - KEPT_FOR, FEED_FRAME.c.seq > head - MOST_KEPT)
        .order_by(FEED_FRAME.c.seq)
    ).all()
    if len(rows) < head - seq:
        return Since(head, (), "too_old")
    return Since(head, [Frame(row.topic, row.seq, row.type, row.needs, row.body) for row in rows])
