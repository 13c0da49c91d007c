"""The tables of compliance: violations with their entries, overrides, and how far each schedule is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.errors import NotFound
from housestaff.features.compliance.model import ACTIVE, Override, Violation, place_of
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.outbox import DISPATCH, EVENT
from housestaff.plumbing.unit import Unit

VIOLATION = program_table(
    "violation",
    sa.Column("violation_id", sa.Uuid, primary_key=True),
    sa.Column("schedule_id", sa.Uuid, nullable=False),
    sa.Column("number", sa.Integer),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("ruleset_hash", sa.Text, nullable=False),
    sa.Column("force", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("rotation_id", sa.Text),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("limit", sa.BigInteger, nullable=False),
    sa.Column("margin", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("certainty", sa.Text, nullable=False),
    sa.Column("citation", sa.Text, nullable=False),
    sa.Column("finding", JSON, nullable=False),
    sa.Column("first_seen", INSTANT, nullable=False),
    sa.Column("last_seen", INSTANT, nullable=False),
    sa.Column("opened_at", INSTANT, nullable=False),
    sa.Column("times_opened", sa.Integer, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("acknowledged_by", sa.Uuid),
    sa.Column("note", sa.Text, nullable=False),
)
ENTRY = program_table(
    "violation_entry",
    sa.Column("entry_id", sa.Uuid, primary_key=True),
    sa.Column("violation_id", sa.Uuid, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("limit", sa.BigInteger, nullable=False),
    sa.Column("margin", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("ruleset_hash", sa.Text, nullable=False),
    sa.Column("citation", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("schedule_id", sa.Uuid, nullable=False),
    sa.Column("schedule_number", sa.Integer),
    sa.Column("event_id", sa.Uuid, nullable=False),
)
OVERRIDE = program_table(
    "override",
    sa.Column("override_id", sa.Uuid, primary_key=True),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("justification", sa.Text, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("applied_by", sa.Uuid),
    sa.Column("applied_at", INSTANT, nullable=False),
    sa.Column("ended_by", sa.Uuid),
    sa.Column("ended_at", INSTANT),
)
COVERED = program_table(
    "override_violation",
    sa.Column("override_id", sa.Uuid, primary_key=True),
    sa.Column("violation_id", sa.Uuid, primary_key=True),
    sa.Column("duties", JSON, nullable=False),
)
CHECK = program_table(
    "schedule_check",
    sa.Column("schedule_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer),
    sa.Column("ruleset_hash", sa.Text, nullable=False),
    sa.Column("checked_at", INSTANT, nullable=False),
)

CHECKER = "compliance.check"
"""The name of the consumer that judges."""

_ENTERED = [column.name for column in ENTRY.columns if column.name in VIOLATION.columns and column.name != "program_id"]


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the checking of a schedule is: its revision and the law that was asked; revision 0 is never."""

    revision: int
    ruleset_hash: str


class ComplianceRecord:
    """Violations, overrides and the state of checking, in the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    # -- violations ----------------------------------------------------------------------------------------------------

    def violation(self, violation_id: UUID, *, lock: bool = False) -> Violation:
        """A violation by its id; locked for the rest of the transaction by those who move it."""
        return self.some([violation_id], lock=lock)[0]

    def some(self, violation_ids: Sequence[UUID], *, lock: bool = False) -> list[Violation]:
        """Violations by their ids, each once; raises `NotFound` where one is not there."""
        found = self._violations(VIOLATION.c.violation_id.in_(violation_ids), lock=lock)
        if len(found) != len(set(violation_ids)):
            raise NotFound("There is no such violation.")
        return found

    def of_schedule(self, schedule_id: UUID) -> dict[str, Violation]:
        """Every violation of a schedule by its key, locked."""
        return {each.key: each for each in self._violations(VIOLATION.c.schedule_id == schedule_id, lock=True)}

    def _violations(self, wanted: sa.ColumnElement[bool], *, lock: bool) -> list[Violation]:
        asked = sa.select(VIOLATION).where(wanted).order_by(VIOLATION.c.violation_id)
        rows = self._unit.connection.execute(asked.with_for_update() if lock else asked).mappings()
        return [violation_of(row) for row in rows]

    def add(self, violation: Violation) -> None:
        """A violation that was not there before."""
        self._unit.connection.execute(VIOLATION.insert().values(program_id=self._unit.program_id, **asdict(violation)))

    def keep(self, violation: Violation) -> None:
        """A violation as it stands now."""
        values = asdict(violation)
        mine = VIOLATION.c.violation_id == values.pop("violation_id")
        self._unit.connection.execute(VIOLATION.update().where(mine).values(**values))

    def move_to_published(self, schedule_id: UUID, number: int) -> None:
        """The violations of a draft are those of the published schedule from now on; the same ones, by the same ids."""
        before, now = place_of(schedule_id, None), place_of(schedule_id, number)
        key = sa.func.concat(now, sa.func.substr(VIOLATION.c.key, len(before) + 1))
        self._unit.connection.execute(
            VIOLATION.update()
            .where(VIOLATION.c.schedule_id == schedule_id, VIOLATION.c.place == before)
            .values(place=now, number=number, key=key)
        )

    def enter(self, violation: Violation, move: str, event_id: UUID) -> None:
        """Write a move down for good."""
        values = asdict(violation)
        self._unit.connection.execute(
            ENTRY.insert().values(
                program_id=self._unit.program_id,
                entry_id=new_id(),
                at=self._unit.now,
                move=move,
                schedule_number=violation.number,
                event_id=event_id,
                **{name: values[name] for name in _ENTERED},
            )
        )

    def entries(self, violation_id: UUID, as_of: datetime | None = None) -> list[dict[str, Any]]:
        """What was entered about a violation, in order, up to an instant."""
        asked = sa.select(ENTRY).where(ENTRY.c.violation_id == violation_id).order_by(ENTRY.c.entry_id)
        if as_of is not None:
            asked = asked.where(ENTRY.c.at <= as_of)
        rows = self._unit.connection.execute(asked).mappings()
        return [{key: value for key, value in row.items() if key != "program_id"} for row in rows]

    # -- overrides -----------------------------------------------------------------------------------------------------

    def override(self, override_id: UUID, *, lock: bool = False) -> Override:
        """An override by its id."""
        asked = sa.select(OVERRIDE).where(OVERRIDE.c.override_id == override_id)
        row = self._unit.connection.execute(asked.with_for_update() if lock else asked).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such override.")
        return _override(row)

    def overrides(self, override_ids: Iterable[UUID]) -> list[Override]:
        """Overrides by their ids, in the order in which they were applied."""
        asked = sa.select(OVERRIDE).where(OVERRIDE.c.override_id.in_(list(override_ids)))
        rows = self._unit.connection.execute(asked.order_by(OVERRIDE.c.override_id)).mappings()
        return [_override(row) for row in rows]

    def add_override(self, override: Override, covered: Iterable[Violation]) -> None:
        """An override with the violations that it accepts, and the duties of which each of them is made."""
        program = self._unit.program_id
        self._unit.connection.execute(OVERRIDE.insert().values(program_id=program, **asdict(override)))
        rows = [{"violation_id": each.violation_id, "duties": list(each.finding.get("duties", []))} for each in covered]
        ids = {"program_id": program, "override_id": override.override_id}
        self._unit.connection.execute(COVERED.insert(), [{**ids, **row} for row in rows])

    def keep_override(self, override: Override) -> None:
        """An override as it stands now."""
        values = {"state": override.state, "ended_at": override.ended_at, "ended_by": override.ended_by}
        mine = OVERRIDE.c.override_id == override.override_id
        self._unit.connection.execute(OVERRIDE.update().where(mine).values(**values))

    def covered_by(self, override_id: UUID) -> tuple[UUID, ...]:
        """The violations that an override is about."""
        asked = sa.select(COVERED.c.violation_id).where(COVERED.c.override_id == override_id)
        return tuple(self._unit.connection.execute(asked.order_by(COVERED.c.violation_id)).scalars())

    def active_on(
        self, schedule_id: UUID, *, signed_before: datetime | None = None
    ) -> list[tuple[UUID, UUID, frozenset[str]]]:
        """What is accepted in a schedule now: (violation, override, duties)."""
        asked = (
            sa.select(COVERED.c.violation_id, COVERED.c.override_id, COVERED.c.duties)
            .join(OVERRIDE, OVERRIDE.c.override_id == COVERED.c.override_id)
            .join(VIOLATION, VIOLATION.c.violation_id == COVERED.c.violation_id)
            .where(OVERRIDE.c.state == ACTIVE, VIOLATION.c.schedule_id == schedule_id)
            .order_by(COVERED.c.override_id)
        )
        if signed_before is not None:
            asked = asked.where(OVERRIDE.c.applied_at < signed_before)
        rows = self._unit.connection.execute(asked).all()
        return [(row.violation_id, row.override_id, frozenset(row.duties)) for row in rows]

    # -- checking ------------------------------------------------------------------------------------------------------

    def lock_check(self, schedule_id: UUID) -> Checked:
        """How far the checking of a schedule is; whoever else would check it waits for the end of the transaction."""
        row = {
            "program_id": self._unit.program_id,
            "schedule_id": schedule_id,
            "revision": 0,
            "ruleset_hash": "",
            "checked_at": self._unit.now,
        }
        kept = insert(CHECK).values(row)
        kept = kept.on_conflict_do_update(index_elements=["schedule_id"], set_={"revision": CHECK.c.revision})
        found = self._unit.connection.execute(kept.returning(CHECK.c.revision, CHECK.c.ruleset_hash)).one()
        return Checked(found.revision, found.ruleset_hash)

    def checked_up_to(self, schedule_id: UUID) -> int:
        """The revision up to which a schedule is checked; 0 where it never was."""
        asked = sa.select(CHECK.c.revision).where(CHECK.c.schedule_id == schedule_id)
        return int(self._unit.connection.execute(asked).scalar_one_or_none() or 0)

    def has_given_up(self, schedule_id: UUID) -> bool:
        """Whether a check of a schedule has become a dead letter that nobody has run again."""
        asked = (
            sa.select(DISPATCH.c.event_id)
            .join(EVENT, EVENT.c.event_id == DISPATCH.c.event_id)
            .where(DISPATCH.c.consumer == CHECKER, DISPATCH.c.state == "dead", EVENT.c.aggregate_kind == "schedule")
            .where(EVENT.c.aggregate_id == str(schedule_id))
        )
        return self._unit.connection.execute(asked.limit(1)).first() is not None

    def keep_check(self, schedule_id: UUID, *, revision: int, number: int | None, ruleset_hash: str) -> None:
        """A schedule is checked up to a revision."""
        self._unit.connection.execute(
            CHECK.update()
            .where(CHECK.c.schedule_id == schedule_id)
            .values(revision=revision, number=number, ruleset_hash=ruleset_hash, checked_at=self._unit.now)
        )


def violation_of(row: Mapping[Any, Any]) -> Violation:
    """A violation of the table as the room has it."""
    return Violation(**{name: value for name, value in row.items() if name != "program_id"})


def _override(row: Mapping[Any, Any]) -> Override:
    return Override(**{name: value for name, value in row.items() if name != "program_id"})
