"""The table of report runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.core.errors import NotFound
from housestaff.core.events import Period
from housestaff.features.reports.model import KINDS, OPEN
from housestaff.plumbing import counts, metrics
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.unit import Unit

REPORT_RUN = program_table(
    "report_run",
    sa.Column("run_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("parameters", JSON, nullable=False),
    sa.Column("parameters_hash", sa.Text, nullable=False),
    sa.Column("as_of", INSTANT, nullable=False),
    sa.Column("as_of_day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("clean", sa.Boolean, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Uuid),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failure_code", sa.Text, nullable=False),
    sa.Column("artifacts", JSON, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("asked_at", INSTANT, nullable=False),
    sa.Column("ended_at", INSTANT),
)
_SAME = ("program_id", "kind", "first_day", "last_day", "parameters_hash", "as_of_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run is to make: the kind, the period, what makes it this one, and of which instant it tells."""

    kind: str
    period: Period
    parameters: Mapping[str, Any]
    as_of: datetime
    locale: str = "en"

    @property
    def parameters_hash(self) -> str:
        """What tells two askings of the same kind, period and day apart."""
        return hashlib.sha256(json.dumps(self.parameters, sort_keys=True).encode()).hexdigest()


class ReportRuns:
    """The report runs of the program of a unit."""

    def __init__(self, unit: Unit, jobs: Jobs) -> None:
        """Read, write and enqueue in the unit's transaction."""
        self._unit, self._jobs = unit, jobs

    def begin(self, asked: Asked, *, at: datetime | None = None) -> tuple[UUID, bool]:
        """The run that makes this, begun at an instant or at once where there was none; says whether it is new."""
        row: dict[str, Any] = {
            "program_id": self._unit.program_id,
            "run_id": new_id(),
            "kind": asked.kind,
            "first_day": asked.period.first_day,
            "last_day": asked.period.last_day,
            "parameters": dict(asked.parameters),
            "parameters_hash": asked.parameters_hash,
            "as_of": asked.as_of,
            "as_of_day": asked.as_of.date(),
            "state": "queued",
            "clean": False,
            "locale": asked.locale,
            "requested_by": self._unit.request.user_id,
            "attempts": 0,
            "failure_code": "",
            "artifacts": [],
            "correlation_id": self._unit.request.correlation_id,
            "asked_at": self._unit.now,
        }
        made = (
            insert(REPORT_RUN).values(row).on_conflict_do_nothing(index_elements=_SAME).returning(REPORT_RUN.c.run_id)
        )
        new = self._unit.connection.execute(made).scalar_one_or_none()
        if new is not None:
            counts.count(self._unit, "report_runs_total", kind=asked.kind, state="queued")
            self._enqueue(new, at)
            return new, True
        same = sa.and_(*(REPORT_RUN.c[name] == row[name] for name in _SAME))
        return self._unit.connection.execute(sa.select(REPORT_RUN.c.run_id).where(same)).scalar_one(), False

    def ask_again(self, run_id: UUID) -> None:
        """Somebody wants a run that waits, or that came to nothing: it is made now."""
        done = self._unit.connection.execute(
            REPORT_RUN.update()
            .where(REPORT_RUN.c.run_id == run_id, REPORT_RUN.c.state.in_(("queued", "failed", "canceled")))
            .values(state="queued", failure_code="", ended_at=None, requested_by=self._unit.request.user_id)
        )
        if done.rowcount:
            self._enqueue(run_id, None)

    def get(self, run_id: UUID, *, lock: bool = False) -> dict[str, Any]:
        """A run by its id; locked for the rest of the transaction by whoever makes it."""
        asked = sa.select(REPORT_RUN).where(REPORT_RUN.c.run_id == run_id)
        found = self._unit.connection.execute(asked.with_for_update() if lock else asked).mappings().one_or_none()
        if found is None:
            raise NotFound("There is no such report run.")
        return dict(found)

    def listed(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The runs, the newest first."""
        asked = sa.select(REPORT_RUN).order_by(REPORT_RUN.c.run_id.desc())
        if kind is not None:
            asked = asked.where(REPORT_RUN.c.kind == kind)
        return [dict(row) for row in self._unit.connection.execute(asked).mappings()]

    def _enqueue(self, run_id: UUID, at: datetime | None) -> None:
        arguments = {
            "program_id": self._unit.program_id,
            "run_id": run_id,
            "correlation_id": self._unit.request.correlation_id,
        }
        self._jobs.defer(self._unit.connection, "report", [arguments], at=at)


def move(unit: Unit, run: Mapping[str, Any], state: str, **values: Any) -> None:
    """A run's next state."""
    ended = {} if state in OPEN else {"ended_at": unit.now}
    unit.connection.execute(
        REPORT_RUN.update().where(REPORT_RUN.c.run_id == run["run_id"]).values(state=state, **ended, **values)
    )
    counts.count(unit, "report_runs_total", kind=run["kind"], state=state)
    if ended:
        seconds = (unit.now - run["asked_at"]).total_seconds()
        metrics.observe("report_seconds", seconds, kind=run["kind"], state=state)


def needs_of(kind: str) -> str:
    """The permission that a kind of report takes; raises `NotFound` for one that there is not."""
    if kind not in KINDS:
        raise NotFound("There is no such kind of report.")
    return KINDS[kind].needs
