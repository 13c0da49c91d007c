"""The audit chain: one entry for each command, each holding the hash of the one before, never changed after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.unit import Unit

FIRST_HASH = "0" * 64

AUDIT_ENTRY = program_table(
    "audit_entry",
    sa.Column("entry_id", sa.Uuid, primary_key=True),
    sa.Column("chain_no", sa.BigInteger, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_user_id", sa.Uuid),
    sa.Column("actor_role", sa.Text, nullable=False),
    sa.Column("on_behalf_of_person_id", sa.Text),
    sa.Column("door", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("subject_version", sa.BigInteger),
    sa.Column("changes", JSON, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("event_ids", JSON, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("ip", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
AUDIT_HEAD = program_table(
    "audit_head", sa.Column("chain_no", sa.BigInteger, nullable=False), sa.Column("hash", sa.Text, nullable=False)
)

_HASHED = tuple(column.name for column in AUDIT_ENTRY.columns if column.name != "hash")


def append(unit: Unit, action: str) -> None:
    """Add the entry of a command to its program's chain; the last step of a transaction, under the chain's lock."""
    subject, request = unit.subject, unit.request
    head = unit.connection.execute(_LOCK_HEAD, {"program": unit.program_id, "first": FIRST_HASH}).one()
    entry: dict[str, Any] = {
        "program_id": unit.program_id,
        "entry_id": new_id(),
        "chain_no": head.chain_no + 1,
        "at": unit.now,
        "actor_kind": request.kind,
        "actor_user_id": request.user_id,
        "actor_role": unit.role,
        "on_behalf_of_person_id": subject.on_behalf_of,
        "door": request.door,
        "action": action,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "subject_version": subject.version,
        "changes": dict(subject.changes),
        "reason_code": subject.reason_code,
        "event_ids": [str(told.event_id) for told in unit.told],
        "correlation_id": request.correlation_id,
        "ip": request.ip,
        "prev_hash": head.hash,
    }
    entry["hash"] = hash_of(entry)
    unit.connection.execute(AUDIT_ENTRY.insert(), entry)
    unit.connection.execute(
        AUDIT_HEAD.update().where(AUDIT_HEAD.c.program_id == unit.program_id),
        {"chain_no": entry["chain_no"], "hash": entry["hash"]},
    )


def hash_of(entry: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry in its canonical form, the hash of the one before included."""
    told = {name: _plain(entry[name]) for name in _HASHED}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, dict | list | int):
        return cast("Any", value)
    if hasattr(value, "timestamp"):
        return round(value.timestamp() * 1_000_000)
    return str(value)


@dataclass(frozen=True, slots=True)
class Verified:
    """What walking a chain found: how many entries, and the first broken one, if any."""

    entries: int
    broken_at: int | None
    problem: str = ""


def verify(connection: sa.Connection) -> Verified:
    """Walk the chain of the program in sight and name the first entry that is not as it was written."""
    expected_no, previous = 0, FIRST_HASH
    asked = sa.select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.chain_no)
    with connection.execute(asked, execution_options={"yield_per": 500}) as entries:
        for row in entries.mappings():
            expected_no += 1
            if row["chain_no"] != expected_no:
                return Verified(expected_no - 1, expected_no, "an entry is missing")
            if row["prev_hash"] != previous or hash_of(dict(row)) != row["hash"]:
                return Verified(expected_no, expected_no, "the entry is not as it was written")
            previous = row["hash"]
    head = connection.execute(sa.select(AUDIT_HEAD.c.chain_no, AUDIT_HEAD.c.hash)).one_or_none()
    if head is not None and (head.chain_no, head.hash) != (expected_no, previous):
        return Verified(expected_no, expected_no + 1, "entries at the end are missing")
    return Verified(expected_no, None)


_LOCK_HEAD = sa.text("""
    INSERT INTO audit_head AS h (program_id, chain_no, hash) VALUES (:program, 0, :first)
    ON CONFLICT (program_id) DO UPDATE SET chain_no = h.chain_no RETURNING chain_no, hash
""")
