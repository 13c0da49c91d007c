"""The demo: an invented program, set up, solved and published through the same commands that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.bootstrap.installation import Installation
from housestaff.bootstrap.years import read_year
from housestaff.core.certificate import LevelResult, StageResult
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.accounts.commands import GrantRole
from housestaff.features.accounts.model import Place
from housestaff.features.accounts.store import APP_USER, places_of
from housestaff.features.accounts.tenants import new_program_request, open_program
from housestaff.features.program.commands import ImportProgram
from housestaff.features.program.store import Programs
from housestaff.features.schedules import queries, solving
from housestaff.features.schedules.commands import PublishSchedule
from housestaff.features.schedules.model import Schedule
from housestaff.features.schedules.solving import StartSolve
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.crypto import new_token
from housestaff.plumbing.unit import Request
from housestaff.rules.judge import judge_roster
from housestaff.solving.solve import Solved
from housestaff.synthetic.generate import write_demo_program

COORDINATOR = "coordinator@demo.example"
ACADEMIC_YEAR = 2025
"""The year of the invented program."""
_SAME_WEEKDAY = timedelta(weeks=52)


def rehearsal_clock(folder: Path) -> Path:
    """The file of a clock that runs in the invented year: behind by whole spans of 52 weeks, so that weekdays fit.

    The clock of an earlier run is kept while it is still within that year, for time that goes back confuses people.
    """
    file, now = folder / "clock", datetime.now(UTC)
    first = datetime(ACADEMIC_YEAR, 7, 1, tzinfo=UTC)
    kept = timedelta(seconds=float(file.read_text() or 0)) if file.is_file() else None
    if kept is None or not first <= now + kept < first + _SAME_WEEKDAY:
        spans = max(0, (now - first) // _SAME_WEEKDAY)
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(str((-spans * _SAME_WEEKDAY).total_seconds()))
    return file


@dataclass(frozen=True)
class Demo:
    """The demo's installation: its program and the coordinator who asks."""

    installation: Installation
    place: Place
    user_id: UUID

    @property
    def request(self) -> Request:
        """The coordinator's request."""
        return Request(self.place.program_id, self.user_id, "cli")

    def schedule(self) -> Schedule | None:
        """The published schedule, if there is one."""
        listed = self.installation.house.read(queries.listed, self.request, needs="schedule:read")
        return next((each for each in listed if each.state == "published"), None)

    def year(self) -> tuple[Program, Roster]:
        """The program and its published roster."""
        schedule = self.schedule()
        if schedule is None:
            raise LookupError("nothing is published yet")
        return self.installation.house.read(
            partial(_year, schedule_id=schedule.schedule_id), self.request, needs="schedule:read"
        )


def _year(programs: Programs, schedules: Schedules, *, schedule_id: UUID) -> tuple[Program, Roster]:
    schedule = schedules.get(schedule_id)
    return programs.get(schedule.period.first_day), schedules.roster(schedule_id, schedule.revision)


def set_up(installation: Installation, folder: Path, seed: int) -> Demo:
    """The demo's people and program; what is there already is left as it is."""
    sign_in = installation.sign_in
    if sign_in.is_new():
        token = sign_in.setup_token()
        sign_in.set_up(
            token,
            institution="Demo Hospital",
            email="admin@demo.example",
            name="Admin of the demo",
            password=new_token(),
        )
    with installation.database.transaction() as connection:
        asked = sa.select(APP_USER.c.user_id, APP_USER.c.email).order_by(APP_USER.c.created_at)
        users = {row.email: row.user_id for row in connection.execute(asked)}
    admin = users["admin@demo.example"]
    with installation.database.transaction(user=admin) as connection:
        places = places_of(connection, admin)
    if not places:
        request = new_program_request(admin, "cli")
        write_demo_program(seed, folder)
        program, base = read_year(folder)
        open_program(
            installation.database,
            installation.clock,
            request,
            code=program.id,
            name=program.name,
            zone=program.zone.name,
        )
        as_admin = Request(request.program_id, admin, "cli")
        installation.house.do(ImportProgram(program=program, base=base), as_admin)
        _grant_roles(installation, as_admin, program)
        with installation.database.transaction(user=admin) as connection:
            places = places_of(connection, admin)
    with installation.database.transaction() as connection:
        asked = sa.select(APP_USER.c.user_id).where(APP_USER.c.email == COORDINATOR)
        coordinator = connection.execute(asked).scalar_one()
    return Demo(installation, places[0], coordinator)


def _grant_roles(installation: Installation, request: Request, program: Program) -> None:
    do = partial(installation.house.do, request=request)
    do(GrantRole(email=COORDINATOR, display_name="Coordinator of the demo", role="coordinator"))
    for person in program.people:
        if person.is_trainee or person.is_faculty:
            role = "resident" if person.is_trainee else "faculty"
            email = f"{person.id}@demo.example"
            do(GrantRole(email=email, display_name=person.display_name, role=role, person_id=person.id))


def solve_and_publish(
    demo: Demo, *, seconds: int, seed: int, tell: Callable[[dict[str, Any]], None], wait: Callable[[], None]
) -> dict[str, Any]:
    """Solve the year as a job and publish it; `wait` lets the worker go on between two looks. Returns the run."""
    house = demo.installation.house
    run_id = house.do(StartSolve(seconds=seconds, seed=seed), demo.request)
    while True:
        run: dict[str, Any] = house.read(partial(solving.run, run_id=run_id), demo.request, needs="schedule:write")
        if run["progress"]:
            tell(run["progress"])
        if run["ended_at"] is not None:
            break
        wait()
    if run["state"] == "solved":
        schedule = house.read(partial(queries.one, schedule_id=run["schedule_id"]), demo.request, needs="schedule:read")
        house.do(PublishSchedule(schedule_id=schedule.schedule_id, revision=schedule.revision), demo.request)
    return run


def last_run(demo: Demo) -> dict[str, Any]:
    """The newest solve run of the demo."""
    with demo.installation.house.unit(demo.request) as unit:
        asked = sa.select(solving.SOLVE_RUN).order_by(solving.SOLVE_RUN.c.asked_at.desc()).limit(1)
        row = unit.connection.execute(asked).mappings().one_or_none()
    return dict(row) if row else {}


def solved(demo: Demo, run: dict[str, Any]) -> Solved:
    """The published year as the solver's answer: judged once more, with how the solve came to it."""
    program, roster = demo.year()
    facts = run["answer"]["summary"]
    stages = tuple(
        StageResult(
            stage["name"],
            stage["status"],
            stage["seconds"],
            tuple(LevelResult(level["name"], level["value"], level["bound"]) for level in stage["levels"]),
        )
        for stage in facts["stages"]
    )
    versions = tuple((name, version) for name, version in facts["versions"])
    findings = tuple(judge_roster(program, roster))
    return Solved(roster, findings, stages, run["seed"], facts["seconds"], versions)
