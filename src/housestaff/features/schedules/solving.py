"""Solving as a job: started by a command, watched while it runs, stopped at any moment, kept by a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, ClassVar, Protocol, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.command import Command
from housestaff.core.edits import without_solver
from housestaff.core.errors import BadInput, HousestaffError, NotFound, Stale
from housestaff.core.locks import Lock, given_back, held
from housestaff.core.program import Program
from housestaff.core.roster import Roster, merged
from housestaff.features.program.store import Programs
from housestaff.features.schedules.commands import CreateSchedule, SolveDraft
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing import counts, metrics
from housestaff.plumbing.bus import House, handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, JSON, program_table
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.unit import Request, Unit

SOLVE_RUN = program_table(
    "solve_run",
    sa.Column("run_id", sa.Uuid, primary_key=True),
    sa.Column("schedule_id", sa.Uuid),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("stop_asked", sa.Boolean, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("base_revision", sa.Integer),
    sa.Column("progress", JSON, nullable=False),
    sa.Column("answer", JSON, nullable=False),
    sa.Column("asked_by", sa.Uuid),
    sa.Column("asked_role", sa.Text, nullable=False),
    sa.Column("asked_at", INSTANT, nullable=False),
    sa.Column("ended_at", INSTANT),
)
_OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solve came to: its outcome, the roster if there is one, and facts to show."""

    outcome: str
    roster: Roster | None
    facts: Mapping[str, Any]


class SolveProgram(Protocol):
    """The port to the solver: it runs in a process of its own and is told when to stop."""

    def __call__(
        self,
        program: Program,
        base: Roster,
        *,
        seconds: int,
        seed: int,
        tell: Callable[[Mapping[str, Any]], None],
        should_stop: Callable[[], bool],
    ) -> Answer:
        """Solve a program on what the base roster fixes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSolve(Command):
    """Start a solve: of a draft, or of a period for which the solve makes a draft."""

    needs: ClassVar[str] = "schedule:write"
    schedule_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    seconds: int = 60
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSolve(Command):
    """Stop a solve; the best so far is kept."""

    needs: ClassVar[str] = "schedule:write"
    run_id: UUID


@handles(StartSolve)
def start_solve(ask: StartSolve, unit: Unit, programs: Programs, schedules: Schedules, jobs: Jobs) -> UUID:
    """The solve waits for a worker; its progress can be read from now on."""
    held = schedules.get(ask.schedule_id).period if ask.schedule_id is not None else None
    calendar = programs.get(held.first_day if held else ask.first_day).calendar
    first, last, revision = ask.first_day or calendar.first, ask.last_day or calendar.last, None
    if ask.schedule_id is not None:
        schedule = schedules.get(ask.schedule_id).as_draft(None)
        _locks(schedule, programs.get())
        first, last, revision = schedule.period.first_day, schedule.period.last_day, schedule.revision
    if (first, last) != (calendar.first, calendar.last):
        raise BadInput(
            "a solve builds the whole academic year.",
            place="first_day, last_day",
            remedy=f"Choose {calendar.first} to {calendar.last}.",
        )
    run = new_id()
    unit.connection.execute(
        SOLVE_RUN.insert().values(
            program_id=unit.program_id,
            run_id=run,
            schedule_id=ask.schedule_id,
            first_day=first,
            last_day=last,
            state="queued",
            stop_asked=False,
            seconds=ask.seconds,
            seed=ask.seed,
            base_revision=revision,
            progress={},
            answer={},
            asked_by=unit.request.user_id,
            asked_role=unit.role,
            asked_at=unit.now,
        )
    )
    facts = {"program_id": unit.program_id, "run_id": run, "correlation_id": unit.request.correlation_id}
    jobs.defer(unit.connection, "solve", [facts])
    unit.is_about("solve_run", run)
    return run


@handles(StopSolve)
def stop_solve(ask: StopSolve, unit: Unit) -> None:
    """The solve stops at the next moment it listens; one that still waits is canceled."""
    row = unit.connection.execute(
        SOLVE_RUN.update()
        .where(SOLVE_RUN.c.run_id == ask.run_id, SOLVE_RUN.c.state.in_(_OPEN))
        .values(
            stop_asked=True,
            state=sa.case((SOLVE_RUN.c.state == "queued", "canceled"), else_=SOLVE_RUN.c.state),
            ended_at=sa.case((SOLVE_RUN.c.state == "queued", unit.now)),
        )
        .returning(SOLVE_RUN.c.run_id)
    ).one_or_none()
    if row is None:
        run(unit, run_id=ask.run_id)
        raise Stale("This solve has ended already.")
    unit.is_about("solve_run", ask.run_id)


def run(unit: Unit, *, run_id: UUID) -> dict[str, Any]:
    """A solve run with its progress and its answer."""
    row = unit.connection.execute(sa.select(SOLVE_RUN).where(SOLVE_RUN.c.run_id == run_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such solve.")
    return dict(row)


def open_runs(unit: Unit) -> list[dict[str, Any]]:
    """The solves that wait or run, the newest first."""
    asked = sa.select(SOLVE_RUN).where(SOLVE_RUN.c.state.in_(_OPEN)).order_by(SOLVE_RUN.c.asked_at.desc())
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


OpenUnit: TypeAlias = Callable[[Request], AbstractContextManager[Unit]]


class SolveJob:
    """The job that solves."""

    def __init__(self, house: House, solver: SolveProgram) -> None:
        """The house carries out the commands that keep what the solve has built."""
        self._house, self._solver = house, solver

    def solve(self, program_id: str, run_id: str, correlation_id: str = "") -> None:
        """Solve one run; after a crash it begins anew. One that an older version left has no correlation."""
        program_, run_ = UUID(program_id), UUID(run_id)
        correlation = UUID(correlation_id) if correlation_id else new_id()
        system = Request.of_system(program_, correlation_id=correlation, role="solve")
        with self._house.unit(system) as unit:
            row = run(unit, run_id=run_)
            if row["state"] not in _OPEN:
                return
            programs, schedules = self._house.call(_rooms, unit)
            if any(each.schedule_id == run_ for each in schedules.all()):
                # A worker died between keeping the schedule and saying so here.
                self._move(unit, run_, state="solved", schedule_id=run_, ended_at=unit.now)
                return
            self._move(unit, run_, state="running")
            program = programs.get(row["first_day"])
            base, draft = programs.base_roster(), Roster()
            if row["schedule_id"] is not None:
                draft = schedules.roster(row["schedule_id"], row["base_revision"])
                locks = _locks(schedules.get(row["schedule_id"]), program)
                base = merged(base, without_solver(held(draft, locks)))
        answer = self._solver(
            program,
            base,
            seconds=row["seconds"],
            seed=row["seed"],
            tell=partial(self._tell, system, run_),
            should_stop=partial(self._should_stop, system, run_),
        )
        if answer.roster is not None:
            answer = replace(answer, roster=given_back(answer.roster, draft))
        self._keep(row, answer, Request(program_, row["asked_by"], correlation_id=correlation, role=row["asked_role"]))

    def _keep(self, row: Mapping[str, Any], answer: Answer, request: Request) -> None:
        state, schedule_id, facts = answer.outcome, row["schedule_id"], dict(answer.facts)
        if answer.roster is not None:
            try:
                made = self._house.do(_command(row, answer.roster), request)
                schedule_id = schedule_id or made
            except Stale:
                state = "stale"
            except HousestaffError as error:
                # The draft is gone, or who asked may not change it any more: to solve again would not help.
                state, facts = "failed", {**facts, "reason": str(error)}
        system = Request.of_system(request.program_id, correlation_id=request.correlation_id, role="solve")
        with self._house.unit(system) as unit:
            self._move(
                unit,
                row["run_id"],
                state=state,
                schedule_id=schedule_id,
                answer=facts,
                ended_at=unit.now,
            )
            counts.count(unit, "jobs_total", job="solve", result="ok")
        metrics.count("solve_total", outcome=answer.outcome)
        metrics.observe("solve_seconds", (unit.now - row["asked_at"]).total_seconds(), outcome=answer.outcome)

    def _tell(self, request: Request, run_: UUID, progress: Mapping[str, Any]) -> None:
        with self._house.unit(request) as unit:
            self._move(unit, run_, progress=dict(progress))

    def _should_stop(self, request: Request, run_: UUID) -> bool:
        with self._house.unit(request) as unit:
            return bool(run(unit, run_id=run_)["stop_asked"])

    @staticmethod
    def _move(unit: Unit, run_: UUID, **values: Any) -> None:
        unit.connection.execute(SOLVE_RUN.update().where(SOLVE_RUN.c.run_id == run_).values(**values))


def _locks(schedule: Schedule, program: Program) -> list[Lock]:
    """The locks of a draft; raises `BadInput` where one is on somebody who has left the program since."""
    return [Lock.read(each, program.person_by_id) for each in sorted(schedule.locked)]


def _rooms(programs: Programs, schedules: Schedules) -> tuple[Programs, Schedules]:
    return programs, schedules


def _command(row: Mapping[str, Any], roster: Roster) -> Command:
    if row["schedule_id"] is None:
        return CreateSchedule(
            first_day=row["first_day"],
            last_day=row["last_day"],
            method="solved",
            roster=roster,
            schedule_id=row["run_id"],
        )
    return SolveDraft(schedule_id=row["schedule_id"], revision=row["base_revision"], roster=roster)


def bury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A solve that cannot be run is failed, and says so."""
    unit.connection.execute(
        SOLVE_RUN.update()
        .where(SOLVE_RUN.c.run_id == UUID(str(arguments["run_id"])))
        .values(state="failed", ended_at=unit.now)
    )


def unbury(unit: Unit, arguments: Mapping[str, Any]) -> None:
    """A failed solve waits for a worker again."""
    unit.connection.execute(
        SOLVE_RUN.update()
        .where(SOLVE_RUN.c.run_id == UUID(str(arguments["run_id"])), SOLVE_RUN.c.state == "failed")
        .values(state="queued", stop_asked=False, ended_at=None)
    )
