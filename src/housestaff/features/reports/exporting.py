"""The job that makes a report: read in one transaction, made outside of any, stored and told in another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from housestaff.core.events import ReportStored
from housestaff.core.program import Program
from housestaff.features.accounts.store import APP_USER
from housestaff.features.notices.changes import what_it_is
from housestaff.features.program.store import Programs
from housestaff.features.reports.handlers import about
from housestaff.features.reports.model import KINDS, MEDIA_TYPES, OPEN
from housestaff.features.reports.store import ReportRuns, move
from housestaff.features.schedules.store import REVISION, Schedules
from housestaff.files.pdf import write_version_pages
from housestaff.files.version_book import write_version_book
from housestaff.files.version_sheet import Held, Holder, VersionSheet
from housestaff.plumbing import counts
from housestaff.plumbing.artifacts import Artifacts, File
from housestaff.plumbing.bus import House
from housestaff.plumbing.unit import Request, Unit

_WRITERS: Mapping[str, Callable[[VersionSheet, Path], None]] = {"pdf": write_version_pages, "xlsx": write_version_book}


class ReportJob:
    """The job that makes the files of a run."""

    def __init__(self, house: House) -> None:
        """The house opens its transactions."""
        self._house = house

    def make(self, program_id: str, run_id: str, correlation_id: str) -> None:
        """Make one run; after a crash it begins anew, and of two that make it at once one keeps its files."""
        run = UUID(run_id)
        request = Request.of_system(UUID(program_id), correlation_id=UUID(correlation_id), role="report")
        with self._house.unit(request) as unit:
            version = self._house.call(_begun(run), unit)
        if version is None:
            return
        files = written(version)
        with self._house.unit(request) as unit:
            self._house.call(_stored(run, files), unit)
            counts.count(unit, "jobs_total", job="report", result="ok")
            self._house.settle(unit, "report")


def _begun(run_id: UUID) -> Callable[..., VersionSheet | None]:
    def begin(unit: Unit, runs: ReportRuns, programs: Programs, schedules: Schedules) -> VersionSheet | None:
        run = runs.get(run_id, lock=True)
        if run["state"] not in OPEN:
            return None
        schedule_id, number = UUID(run["parameters"]["schedule_id"]), int(run["parameters"]["number"])
        newest = schedules.get(schedule_id).number or 0
        if newest > number and run["requested_by"] is None:
            move(unit, run, "canceled", failure_code="superseded")
            return None
        move(unit, run, "running", attempts=run["attempts"] + 1)
        return version_of(unit, programs.get(run["first_day"]), schedules, (schedule_id, number))

    return begin


def _stored(run_id: UUID, files: Mapping[str, bytes]) -> Callable[..., None]:
    def store(unit: Unit, runs: ReportRuns, artifacts: Artifacts) -> None:
        run = runs.get(run_id, lock=True)
        if run["state"] not in OPEN:
            return
        kind = KINDS[run["kind"]]
        name = f"Schedule {run['first_day']} to {run['last_day']}, version {run['parameters']['number']}"
        kept = [
            {
                "format": each,
                "artifact_id": str(
                    artifacts.put(
                        File(
                            kind=kind.name,
                            run=f"{run['first_day']}_{run['last_day']}/{run_id}",
                            name=f"{name}.{each}",
                            media_type=MEDIA_TYPES[each],
                            needs=kind.needs,
                            data=files[each],
                        )
                    )
                ),
            }
            for each in kind.formats
        ]
        move(unit, run, "stored", artifacts=kept)
        checksum = hashlib.sha256(b"".join(files[each] for each in kind.formats)).hexdigest()
        ids = tuple(UUID(each["artifact_id"]) for each in kept)
        unit.tell(ReportStored(**about(run), artifact_ids=ids, checksum=checksum))

    return store


def written(version: VersionSheet) -> dict[str, bytes]:
    """The files of a version; the same version gives the same bytes."""
    with TemporaryDirectory(prefix="housestaff-") as folder:
        found: dict[str, bytes] = {}
        for ending, write in _WRITERS.items():
            path = Path(folder) / f"version.{ending}"
            write(version, path)
            found[ending] = path.read_bytes()
        return found


def version_of(unit: Unit, program: Program, schedules: Schedules, of: tuple[UUID, int]) -> VersionSheet:
    """A published version as its files show it, from its stored cells."""
    schedule_id, number = of
    schedule = schedules.get(schedule_id)
    asked = (
        sa.select(REVISION.c.at, REVISION.c.roster_hash, APP_USER.c.display_name)
        .outerjoin(APP_USER, APP_USER.c.user_id == REVISION.c.author)
        .where(REVISION.c.schedule_id == schedule_id, REVISION.c.number == number)
    )
    row = unit.connection.execute(asked).one()
    zone = ZoneInfo(program.zone.name)
    cells = schedules.cells.between(schedule_id, number, schedule.period.first_day, schedule.period.last_day)
    held = tuple(_held(program, zone, cell) for cell in cells if cell["person_id"] is not None)
    return VersionSheet(
        program=program.name,
        first_day=schedule.period.first_day,
        last_day=schedule.period.last_day,
        number=number,
        checksum=row.roster_hash,
        author=row.display_name or "",
        made=row.at.astimezone(zone).replace(tzinfo=None),
        holders=tuple(_holders(program, held, schedule.period.first_day)),
        duties=held,
    )


def _held(program: Program, zone: ZoneInfo, cell: Mapping[str, Any]) -> Held:
    role = cell["activity"] or cell["line"]
    name = what_it_is(program, role, cell["rotation_id"]) or cell["kind"].replace("_", " ")
    return Held(
        duty_id=cell["duty_id"],
        holder=cell["person_id"],
        kind=cell["kind"],
        code=cell["activity"] or (name if cell["line"] else cell["rotation_id"]) or name,
        name=name,
        rotation=cell["rotation_id"],
        day=cell["day"],
        start=cell["starts_at"].astimezone(zone).replace(tzinfo=None),
        end=cell["ends_at"].astimezone(zone).replace(tzinfo=None),
    )


def _holders(program: Program, held: Iterable[Held], day: Any) -> Iterable[Holder]:
    """Everybody with a duty, residents by level first, in the order of the program; who has left it comes last."""
    wanted = {duty.holder for duty in held}
    people = [person for person in program.people if person.id in wanted]
    shown = [Holder(id=each.id, name=each.display_name, group=each.level_on(day) or each.kind.value) for each in people]
    order = {person.id: not person.is_trainee for person in people}
    yield from sorted(shown, key=lambda holder: (order[holder.id], holder.group))
    for gone in sorted(wanted - program.person_by_id.keys()):
        yield Holder(id=gone, name=gone, group="")
