"""Dead letters: work that has given up, kept with everything it takes to run it again."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound, Stale
from housestaff.core.events import DeadLetterOpened
from housestaff.plumbing import counts
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.jobs import GivenUp, Jobs
from housestaff.plumbing.unit import Unit

DEAD_LETTER = program_table(
    "dead_letter",
    sa.Column("dead_letter_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("event_id", sa.Uuid),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("arguments", JSON, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Column("first_at", INSTANT, nullable=False),
    sa.Column("last_at", INSTANT, nullable=False),
    sa.Column("closed_at", INSTANT),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
)

KINDS = {"dispatch": "dispatch", "timer": "timer", "deliver": "delivery"}
"""What a piece of work is called among the dead letters; everything else is a job."""


_TELLS_OF_LETTERS = "notices.dead_letter"
"""Its own dead letters are told to nobody: each would bring about the next."""


def trace_of(error: BaseException | None) -> str:
    """Where an error came from, as files, lines and functions; its message, which may hold names, is left out."""
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames)


def open_letter(
    unit: Unit, given_up: GivenUp, *, sealer: Sealer, event_type: str = "", payload: Mapping[str, Any] | None = None
) -> UUID:
    """Keep a piece of work that has given up, and tell that it did; one letter a piece, however often it dies."""
    arguments = dict(given_up.arguments)
    name = str(arguments.get("consumer") or given_up.job)
    state = "quarantined" if given_up.code == "undecodable" else "open"
    again = _reopened(unit, given_up, arguments, state)
    if again is not None:
        counts.count(unit, "dead_letter_replays_total", consumer=name, result="failed")
        return again
    letter = new_id()
    unit.connection.execute(
        DEAD_LETTER.insert().values(
            program_id=unit.program_id,
            dead_letter_id=letter,
            kind=KINDS.get(given_up.job, "job"),
            name=name,
            event_id=arguments.get("event_id"),
            event_type=event_type,
            arguments=arguments,
            payload=sealer.seal(json.dumps(payload or arguments).encode()),
            state=state,
            code=given_up.code,
            message=type(given_up.error).__name__ if given_up.error else "WorkerDied",
            trace=trace_of(given_up.error),
            attempts=given_up.attempts,
            replays=0,
            first_at=unit.now,
            last_at=unit.now,
            reason="",
            correlation_id=unit.request.correlation_id,
        )
    )
    if name != _TELLS_OF_LETTERS:
        unit.tell(
            DeadLetterOpened(
                dead_letter_id=letter,
                consumer=name,
                event_type=event_type,
                attempts=given_up.attempts,
                code=given_up.code,
            )
        )
    return letter


def _reopened(unit: Unit, given_up: GivenUp, arguments: Mapping[str, Any], state: str) -> UUID | None:
    """The letter of the same work whose replay has failed now, open again with its attempts added."""
    return unit.connection.execute(
        DEAD_LETTER.update()
        .where(
            DEAD_LETTER.c.kind == KINDS.get(given_up.job, "job"),
            DEAD_LETTER.c.arguments == sa.cast(dict(arguments), JSON),
            DEAD_LETTER.c.state == "replaying",
        )
        .values(
            state=state,
            attempts=DEAD_LETTER.c.attempts + given_up.attempts,
            last_at=unit.now,
            code=given_up.code,
            message=type(given_up.error).__name__ if given_up.error else "WorkerDied",
            trace=trace_of(given_up.error),
        )
        .returning(DEAD_LETTER.c.dead_letter_id)
    ).scalar_one_or_none()


def resolve(unit: Unit, job: str, arguments: Mapping[str, Any]) -> bool:
    """Close the letter whose replay has succeeded; says whether there was one."""
    done = unit.connection.execute(
        DEAD_LETTER.update()
        .where(
            DEAD_LETTER.c.kind == KINDS.get(job, "job"),
            DEAD_LETTER.c.arguments == sa.cast(dict(arguments), JSON),
            DEAD_LETTER.c.state == "replaying",
        )
        .values(state="resolved", closed_at=unit.now)
    )
    return bool(done.rowcount)


def replay(unit: Unit, jobs: Jobs, letter: UUID) -> str:
    """Run a dead letter's work again, that part alone; returns its consumer or job.

    Raises `NotFound` for no such letter, `Stale` for one that is replayed or closed already.
    """
    row = unit.connection.execute(
        DEAD_LETTER.update()
        .where(DEAD_LETTER.c.dead_letter_id == letter, DEAD_LETTER.c.state.in_(("open", "quarantined")))
        .values(state="replaying", replays=DEAD_LETTER.c.replays + 1)
        .returning(DEAD_LETTER.c.kind, DEAD_LETTER.c.name, DEAD_LETTER.c.arguments)
    ).one_or_none()
    if row is None:
        raise _missing(unit, letter)
    job = next((job for job, kind in KINDS.items() if kind == row.kind), row.name)
    unbury = jobs.kinds[job].unbury
    if unbury is not None:
        unbury(unit, row.arguments)
    jobs.defer(unit.connection, job, [row.arguments])
    return str(row.name)


def discard(unit: Unit, letter: UUID, reason: str) -> None:
    """Close a dead letter without running it, with the reason."""
    done = unit.connection.execute(
        DEAD_LETTER.update()
        .where(DEAD_LETTER.c.dead_letter_id == letter, DEAD_LETTER.c.state.in_(("open", "quarantined")))
        .values(state="discarded", reason=reason, closed_at=unit.now)
    )
    if not done.rowcount:
        raise _missing(unit, letter)


def state_of(unit: Unit, letter: UUID) -> str | None:
    """The state of a dead letter, locked for the rest of the transaction; nothing where there is none."""
    asked = sa.select(DEAD_LETTER.c.state).where(DEAD_LETTER.c.dead_letter_id == letter)
    return unit.connection.execute(asked.with_for_update()).scalar_one_or_none()


def _missing(unit: Unit, letter: UUID) -> NotFound | Stale:
    state = state_of(unit, letter)
    return (
        NotFound("There is no such dead letter.") if state is None else Stale(f"This dead letter is {state} already.")
    )
