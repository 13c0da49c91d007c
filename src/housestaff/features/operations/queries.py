"""What IT reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound
from housestaff.plumbing import counts, schema_registry
from housestaff.plumbing.access import OWN, allow, refuse
from housestaff.plumbing.artifacts import Artifacts, Stored
from housestaff.plumbing.audit import AUDIT_ENTRY
from housestaff.plumbing.dead_letters import DEAD_LETTER
from housestaff.plumbing.outbox import CONSUMER_SWITCH, DISPATCH
from housestaff.plumbing.periodic import JOB_RUN
from housestaff.plumbing.pool import Pool, PoolState
from housestaff.plumbing.pool_lease import POOL_LEASE
from housestaff.plumbing.schema_registry import EVENT_SCHEMA
from housestaff.plumbing.unit import Unit

_MOST_RUNS = 50
_WORK = sa.text("""
    SELECT task_name AS job,
           count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())) AS waiting,
           count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later,
           count(*) FILTER (WHERE status = 'doing') AS doing
      FROM procrastinate_jobs GROUP BY task_name ORDER BY task_name
""")
_HIDDEN = {"payload", "program_id"}
_SHOWN = [column for column in DEAD_LETTER.columns if column.name not in _HIDDEN]


def dead_letters(
    unit: Unit, *, state: str | None, name: str | None, limit: int, before: UUID | None
) -> list[dict[str, Any]]:
    """The dead letters of the program, the newest first; what they carried is sealed and not shown."""
    asked = sa.select(*_SHOWN).order_by(DEAD_LETTER.c.dead_letter_id.desc()).limit(limit)
    if state:
        asked = asked.where(DEAD_LETTER.c.state == state)
    if name:
        asked = asked.where(DEAD_LETTER.c.name == name)
    if before:
        asked = asked.where(DEAD_LETTER.c.dead_letter_id < before)
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def dead_letter(unit: Unit, *, dead_letter_id: UUID) -> dict[str, Any]:
    """One dead letter."""
    asked = sa.select(*_SHOWN).where(DEAD_LETTER.c.dead_letter_id == dead_letter_id)
    row = unit.connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such dead letter.")
    return dict(row)


def pool_now(pool: Pool) -> PoolState:
    """The pool of the process that answers."""
    return pool.state


def jobs(unit: Unit) -> dict[str, Any]:
    """What waits and what is being done for each kind of work of the installation; the program's periodic runs."""
    rows = unit.connection.execute(_WORK).mappings()
    runs = sa.select(JOB_RUN.c.job, JOB_RUN.c.slot, JOB_RUN.c.state, JOB_RUN.c.at).order_by(JOB_RUN.c.slot.desc())
    return {
        "items": [dict(row) for row in rows],
        "runs": [dict(row) for row in unit.connection.execute(runs.limit(_MOST_RUNS)).mappings()],
    }


def pool_shares(unit: Unit) -> list[dict[str, Any]]:
    """What each process has of the connections of the installation, and when it last said so."""
    asked = sa.select(POOL_LEASE).order_by(POOL_LEASE.c.seen_at.desc())
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def consumers(unit: Unit, *, names: Sequence[str]) -> list[dict[str, Any]]:
    """Each of the consumers with what waits for it, since when, and its switch."""
    waiting = (
        sa.select(DISPATCH.c.consumer, sa.func.count().label("waiting"), sa.func.min(DISPATCH.c.told_at).label("since"))
        .where(DISPATCH.c.state.in_(("pending", "retrying")))
        .group_by(DISPATCH.c.consumer)
    )
    switches = {row.name: row.is_on for row in unit.connection.execute(sa.select(CONSUMER_SWITCH))}
    found = {row.consumer: row for row in unit.connection.execute(waiting)}
    return [
        {
            "consumer": name,
            "on": switches.get(name, True),
            "waiting": found[name].waiting if name in found else 0,
            "since": found[name].since if name in found else None,
        }
        for name in names
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of the audit chain are asked for; what is empty does not narrow."""

    subject_kind: str | None = None
    subject_id: str | None = None
    action: str | None = None
    actor_user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def audit(unit: Unit, *, wanted: Wanted, limit: int, before: int | None) -> list[dict[str, Any]]:
    """The audit chain, the newest entry first; who may read only their own sees what they did themselves."""
    asked = sa.select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.chain_no.desc()).limit(limit)
    for column in ("subject_kind", "subject_id", "action", "actor_user_id"):
        value = getattr(wanted, column)
        if value:
            asked = asked.where(AUDIT_ENTRY.c[column] == value)
    if wanted.since:
        asked = asked.where(AUDIT_ENTRY.c.at >= wanted.since)
    if wanted.until:
        asked = asked.where(AUDIT_ENTRY.c.at < wanted.until)
    if before:
        asked = asked.where(AUDIT_ENTRY.c.chain_no < before)
    allowed = allow(unit.principal, "audit:read") if unit.principal else None
    if allowed is not None and allowed.scope == OWN:
        asked = asked.where(AUDIT_ENTRY.c.actor_user_id == unit.request.user_id)
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def schemas(unit: Unit) -> list[dict[str, Any]]:
    """The registered versions of every event type, without the schemas themselves."""
    shown = [column for column in EVENT_SCHEMA.columns if column.name != "schema"]
    asked = sa.select(*shown).order_by(EVENT_SCHEMA.c.event_type, EVENT_SCHEMA.c.schema_version)
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def schema(unit: Unit, *, event_type: str, version: int) -> dict[str, Any]:
    """One registered version with its schema."""
    asked = sa.select(EVENT_SCHEMA).where(
        EVENT_SCHEMA.c.event_type == event_type, EVENT_SCHEMA.c.schema_version == version
    )
    row = unit.connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no version {version} of {event_type}.")
    return dict(row)


def schema_check(unit: Unit, *, event_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema would be beside the active versions of its type."""
    checked = schema_registry.check(unit.connection, event_type, schema)
    counts.count(unit, "schema_checks_total", result=checked.compatibility)
    return {
        "compatibility": checked.compatibility,
        "differences": [
            {"path": each.path, "what": each.what, "breaking": each.is_breaking} for each in checked.differences
        ],
    }


def artifact(unit: Unit, artifacts: Artifacts, *, artifact_id: UUID) -> Stored:
    """A stored file, for those who have the permission that its kind needs."""
    stored = artifacts.get(artifact_id)
    if unit.principal is not None and allow(unit.principal, stored.needs) is None:
        raise refuse(unit.principal, stored.needs)
    return stored
