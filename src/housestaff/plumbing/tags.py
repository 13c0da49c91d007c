"""Tags and their generations: a view is as old as the generations of its tags, and a change raises them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from uuid import UUID

import sqlalchemy as sa

from housestaff.plumbing import metrics
from housestaff.plumbing.database import after_commit, program_table
from housestaff.plumbing.listener import Listener
from housestaff.plumbing.unit import Unit

CHANNEL = "housestaff_tags"

CACHE_TAG = program_table(
    "cache_tag",
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
)

_TOUCH = sa.text("""
    INSERT INTO cache_tag AS t (program_id, tag, generation)
    SELECT :program, tag, 1 FROM unnest(CAST(:tags AS text[])) AS tag
    ON CONFLICT (program_id, tag) DO UPDATE SET generation = t.generation + 1
""")
_NOTIFY = sa.text("SELECT pg_notify(:channel, :program)")

TAG_KINDS = (
    "schedule", "schedules", "person", "rotation", "coverage", "fairness", "on_call", "program", "user", "flag",
    "violations",
)  # fmt: skip
"""What tags name, before the colon."""

_MOST_TAGS = 50_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """The generations of some tags, as they were when somebody looked."""

    generations: tuple[int, ...]
    moment: tuple[int, int]
    """How often something was raised, and the listener found again, until then."""

    @property
    def text(self) -> str:
        """The generations as they stand in a key."""
        return ".".join(map(str, self.generations))


NEVER = (-1, -1)
"""No moment of any process: what was seen then is compared with the database."""


class Generations:
    """What a process knows of the generations; what may have changed is forgotten and read again."""

    def __init__(self, listener: Listener) -> None:
        """Follow what the listener hears."""
        self._listener = listener
        self._lock = Lock()
        self._known: dict[UUID, dict[str, int]] = defaultdict(dict)
        self._raised: Counter[UUID] = Counter()
        self._lost = 0
        metrics.allow("tag_kind", TAG_KINDS)
        listener.hear(CHANNEL, lambda payload: self.forget(UUID(payload)), self.forget_all)

    def touch(self, unit: Unit, tags: Sequence[str]) -> None:
        """Raise tags in the unit's transaction: this process knows with the commit, the others a moment later."""
        unit.connection.execute(_TOUCH, {"program": unit.program_id, "tags": sorted(set(tags))})
        unit.connection.execute(_NOTIFY, {"channel": CHANNEL, "program": str(unit.program_id)})
        after_commit(unit.connection, partial(self._touched, unit.program_id, tuple(tags)))

    def _touched(self, program: UUID, tags: Sequence[str]) -> None:
        self.forget(program)
        for tag in tags:
            metrics.count("cache_invalidations_total", tag_kind=tag.partition(":")[0])

    def forget(self, program: UUID) -> None:
        """Something of a program was raised."""
        with self._lock:
            self._raised[program] += 1
            self._known.pop(program, None)

    def forget_all(self) -> None:
        """Anything may have been raised while nobody listened."""
        with self._lock:
            self._lost += 1
            self._known.clear()

    def seen(self, unit: Unit, tags: Sequence[str]) -> Seen | None:
        """The generations of tags; nothing while nobody listens or while they move faster than they are read."""
        for _try in range(_TRIES):
            if not self._listener.is_live:
                return None
            with self._lock:
                moment, known = self._moment(unit.program_id), dict(self._known[unit.program_id])
            missing = [tag for tag in tags if tag not in known]
            if not missing:
                return Seen(tuple(known[tag] for tag in tags), moment)
            found = dict(zip(missing, read(unit, missing), strict=True))
            with self._lock:
                # What was read before something was raised may be older than it: it is not kept.
                if moment == self._moment(unit.program_id):
                    self._keep(unit.program_id, found)
                    return Seen(tuple((known | found)[tag] for tag in tags), moment)
        return None

    def _moment(self, program: UUID) -> tuple[int, int]:
        return self._raised[program], self._lost

    def _keep(self, program: UUID, found: dict[str, int]) -> None:
        known = self._known[program]
        if len(known) + len(found) > _MOST_TAGS:
            known.clear()
        known |= found

    def is_still(self, unit: Unit, tags: Sequence[str], seen: Seen) -> bool:
        """Whether generations that were seen are still those of the tags."""
        with self._lock:
            if seen.moment == self._moment(unit.program_id):
                return True
        return read(unit, tags) == seen.generations


def read(unit: Unit, tags: Sequence[str]) -> tuple[int, ...]:
    """The generations of tags as the database has them; one that was never raised is 0."""
    asked = sa.select(CACHE_TAG.c.tag, CACHE_TAG.c.generation).where(
        CACHE_TAG.c.program_id == unit.program_id, CACHE_TAG.c.tag.in_(tags)
    )
    found = {row.tag: row.generation for row in unit.connection.execute(asked)}
    return tuple(found.get(tag, 0) for tag in tags)
