"""The commands of IT, carried out."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from housestaff.core.errors import BadInput, NotFound
from housestaff.features.operations import queries
from housestaff.features.operations.commands import (
    DeprecateSchema,
    DiscardDeadLetter,
    DownloadArtifact,
    ReplayConsumer,
    ReplayDeadLetter,
    ResizePool,
    RetireSchema,
    SwitchConsumer,
)
from housestaff.plumbing import dead_letters, outbox, schema_registry
from housestaff.plumbing.artifacts import Artifacts, Stored
from housestaff.plumbing.bus import handles
from housestaff.plumbing.database import after_commit
from housestaff.plumbing.dead_letters import DEAD_LETTER
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.pool import Pool
from housestaff.plumbing.unit import Unit


@handles(ResizePool)
def resize_pool(ask: ResizePool, unit: Unit, pool: Pool) -> None:
    """The pool of this process stays within these bounds from now on; what is in use is never closed."""
    pool.check_bounds(ask.least, ask.most)
    bounds = {"min": [pool.least, ask.least], "max": [pool.most, ask.most]}
    unit.is_about("pool", "house", changes=bounds)
    after_commit(unit.connection, partial(pool.set_bounds, ask.least, ask.most))


@handles(ReplayDeadLetter)
def replay_dead_letter(ask: ReplayDeadLetter, unit: Unit, jobs: Jobs) -> str:
    """The work waits for a worker again; what was done well before is not done again."""
    before = dead_letters.state_of(unit, ask.dead_letter_id)
    consumer = dead_letters.replay(unit, jobs, ask.dead_letter_id)
    unit.is_about("dead_letter", ask.dead_letter_id, changes={"state": [before, "replaying"]})
    return consumer


@handles(SwitchConsumer)
def switch_consumer(ask: SwitchConsumer, unit: Unit, jobs: Jobs) -> None:
    """The switch stands for the whole installation."""
    if f"dispatch:{ask.name}" not in jobs.lanes:
        raise NotFound(f"There is no durable consumer {ask.name}.")
    unit.is_about("consumer", ask.name, changes={"is_on": [outbox.is_on(unit.connection, ask.name), ask.on]})
    outbox.switch(unit.connection, jobs, ask.name, on=ask.on, at=unit.now)


@handles(ReplayConsumer)
def replay_consumer(ask: ReplayConsumer, unit: Unit, jobs: Jobs) -> int:
    """All open dead letters of the name wait for a worker again."""
    asked = sa.select(DEAD_LETTER.c.dead_letter_id).where(DEAD_LETTER.c.name == ask.name, DEAD_LETTER.c.state == "open")
    letters = list(unit.connection.execute(asked).scalars())
    for letter in letters:
        dead_letters.replay(unit, jobs, letter)
    unit.is_about("consumer", ask.name, changes={"replayed": [0, len(letters)]})
    return len(letters)


@handles(DiscardDeadLetter)
def discard_dead_letter(ask: DiscardDeadLetter, unit: Unit) -> None:
    """The dead letter is closed, with the reason."""
    if not ask.reason.strip():
        raise BadInput("no reason is given.", place="reason", remedy="Say why it is not to be run.")
    before = dead_letters.state_of(unit, ask.dead_letter_id)
    dead_letters.discard(unit, ask.dead_letter_id, ask.reason)
    changes = {"state": [before, "discarded"], "reason": [None, ask.reason]}
    unit.is_about("dead_letter", ask.dead_letter_id, changes=changes)


@handles(DeprecateSchema)
def deprecate_schema(ask: DeprecateSchema, unit: Unit) -> None:
    """The version goes on that day; admins are told."""
    if ask.removal_on <= unit.now.date():
        raise BadInput("the day is not ahead.", place="removal_on", remedy="Give those who read it time.")
    unit.is_about("schema", f"{ask.event_type}:{ask.schema_version}", changes={"state": ["active", "deprecated"]})
    unit.tell(schema_registry.deprecate(unit.connection, ask.event_type, ask.schema_version, ask.removal_on))


@handles(RetireSchema)
def retire_schema(ask: RetireSchema, unit: Unit) -> None:
    """The version is out of use; admins are told."""
    unit.is_about("schema", f"{ask.event_type}:{ask.schema_version}", changes={"state": ["deprecated", "retired"]})
    unit.tell(schema_registry.retire(unit.connection, ask.event_type, ask.schema_version, unit.now))


@handles(DownloadArtifact)
def download_artifact(ask: DownloadArtifact, unit: Unit, artifacts: Artifacts) -> Stored:
    """The file, for those who have the permission that its kind needs."""
    unit.is_about("artifact", ask.artifact_id)
    return queries.artifact(unit, artifacts, artifact_id=ask.artifact_id)
