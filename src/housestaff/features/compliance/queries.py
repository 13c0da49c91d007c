"""What is read of violations: the work list, one with its history, and how all of it stood at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from housestaff.core.errors import BadInput, NotFound
from housestaff.features.compliance.model import PUBLISHED, RESOLVED, Violation
from housestaff.features.compliance.store import COVERED, ENTRY, OVERRIDE, VIOLATION, ComplianceRecord, violation_of
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import SCHEDULE
from housestaff.plumbing.access import OWN, NoPerson, allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

STANDING = "standing"
"""Every state in which a rule is broken."""
STATES = (STANDING, "open", "acknowledged", "overridden", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which violations are asked for; an empty wish is none."""

    state: str = STANDING
    severity: str = ""
    person: str = ""
    schedule_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One violation with what was entered about it, and the overrides that were about it."""

    violation: Violation
    entries: tuple[dict[str, Any], ...]
    overrides: tuple[dict[str, Any], ...]


def listed(unit: Unit, *, wanted: Wanted) -> list[Violation]:
    """The violations that the asker may see, the gravest and oldest first."""
    if wanted.state not in STATES:
        raise BadInput(f"'{wanted.state}' is no state.", place="state", remedy=f"Choose {', '.join(STATES)}.")
    asked = sa.select(VIOLATION).join(SCHEDULE, SCHEDULE.c.schedule_id == VIOLATION.c.schedule_id)
    asked = asked.where(SCHEDULE.c.state != "discarded", _in_sight(unit))
    is_state = VIOLATION.c.state != RESOLVED if wanted.state == STANDING else VIOLATION.c.state == wanted.state
    asked = asked.where(is_state)
    if wanted.severity:
        asked = asked.where(VIOLATION.c.severity == wanted.severity)
    if wanted.person:
        asked = asked.where(VIOLATION.c.person_id == wanted.person)
    if wanted.schedule_id is not None:
        asked = asked.where(VIOLATION.c.schedule_id == wanted.schedule_id)
    order = (VIOLATION.c.number.is_(None), VIOLATION.c.severity, VIOLATION.c.opened_at, VIOLATION.c.violation_id)
    return [_shown(unit, row) for row in unit.connection.execute(asked.order_by(*order)).mappings()]


def one(unit: Unit, record: ComplianceRecord, *, violation_id: UUID, as_of: datetime | None = None) -> Told:
    """One violation, if the asker may see it; with an instant, only what was entered up to it."""
    asked = sa.select(VIOLATION).where(VIOLATION.c.violation_id == violation_id, _in_sight(unit))
    row = unit.connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such violation.")
    entries = tuple(record.entries(violation_id, as_of))
    if as_of is not None and not entries:
        raise NotFound("There was no such violation then.")
    return Told(_shown(unit, row), entries, tuple(_overrides(unit, violation_id)))


def longest_override(unit: Unit, programs: Programs) -> int:
    """For how many days an override may hold, as the program's policy says."""
    program = programs.get()
    return ProgramSettings(program.policy).number("override_max_days", program.zone.day(unit.now))


def as_of(unit: Unit, *, at: datetime) -> list[dict[str, Any]]:
    """The violations of the published schedules as they stood at an instant: what was entered up to it, and no more."""
    last = (
        sa.select(ENTRY)
        .where(ENTRY.c.at <= at, ENTRY.c.schedule_number.is_not(None))
        .ext(distinct_on(ENTRY.c.violation_id))
        .order_by(ENTRY.c.violation_id, ENTRY.c.entry_id.desc())
        .subquery()
    )
    asked = sa.select(last).where(last.c.state != RESOLVED)
    person = _only(unit)
    if person is not None:
        asked = asked.where(last.c.person_id == person)
    rows = unit.connection.execute(asked.order_by(last.c.severity, last.c.first_day, last.c.violation_id)).mappings()
    return [{key: value for key, value in row.items() if key != "program_id"} for row in rows]


def _shown(unit: Unit, row: Mapping[Any, Any]) -> Violation:
    """A violation as the asker may read it: what was noted is for those who run the program."""
    found = violation_of(row)
    return found if _only(unit) is None else replace(found, note="")


def _in_sight(unit: Unit) -> sa.ColumnElement[bool]:
    """Everything, or one's own in what is published."""
    person = _only(unit)
    if person is None:
        return sa.true()
    return (VIOLATION.c.person_id == person) & (VIOLATION.c.place == PUBLISHED)


def _only(unit: Unit) -> str | None:
    """The person whose violations alone the asker may see; nothing for whoever may see all."""
    principal = unit.principal
    allowed = allow(principal, "violation:read") if principal is not None else None
    if principal is None or allowed is None or allowed.scope != OWN:
        return None
    if principal.person_id is None:
        raise NoPerson(NoPerson.__doc__ or "")
    return principal.person_id


def _overrides(unit: Unit, violation_id: UUID) -> list[dict[str, Any]]:
    """The overrides of a violation; why, in words, only for those who may sign one."""
    asked = (
        sa.select(OVERRIDE)
        .join(COVERED, COVERED.c.override_id == OVERRIDE.c.override_id)
        .where(COVERED.c.violation_id == violation_id)
        .order_by(OVERRIDE.c.override_id.desc())
    )
    rows = [dict(row) for row in unit.connection.execute(asked).mappings()]
    may = unit.principal is None or allow(unit.principal, "override:apply_warning") is not None
    hidden = {"program_id"} if may else {"program_id", "justification"}
    return [{key: value for key, value in row.items() if key not in hidden} for row in rows]
