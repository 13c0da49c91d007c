"""What is read of schedules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.cells import cell_changes
from housestaff.core.changes import diff
from housestaff.core.edits import Edit, change_of, edited
from housestaff.core.errors import NotFound
from housestaff.core.events import CellChange
from housestaff.core.finding import Finding
from housestaff.core.grid import Grid
from housestaff.core.nights import people_touched
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay
from housestaff.core.stack import is_leave, stack_told
from housestaff.core.time import Half
from housestaff.features.accounts.store import APP_USER
from housestaff.features.program.store import Programs
from housestaff.features.schedules.model import Revision, Schedule
from housestaff.features.schedules.store import DUTY_NOTE, Schedules
from housestaff.features.schedules.views import scope_of, shows, visible
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import judge_change
from housestaff.rules.judge import judge


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge says: what is newly broken, what is lifted, everything found, and the cells that would change."""

    newly_broken: tuple[Finding, ...]
    lifted: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    cells: tuple[CellChange, ...] = ()


def listed(unit: Unit, schedules: Schedules) -> list[Schedule]:
    """The schedules that the asker may see: drafts only with the permission for drafts."""
    scope = scope_of(unit.principal)
    return [each for each in schedules.all() if shows(each, scope)]


def one(unit: Unit, schedules: Schedules, *, schedule_id: UUID) -> Schedule:
    """One schedule, if the asker may see it; a draft that they may not see is not there."""
    return visible(schedules, schedule_id, scope_of(unit.principal))


def checked(
    unit: Unit, schedules: Schedules, programs: Programs, *, schedule_id: UUID, edits: Sequence[Edit]
) -> Judged:
    """What the judge says of a schedule, or of edits to it, with nothing kept; without edits all that is broken."""
    schedule = one(unit, schedules, schedule_id=schedule_id)
    program = programs.get(schedule.period.first_day)
    view = schedules.view(schedule, program)
    if not edits:
        findings = tuple(judge(view))
        return Judged(tuple(each for each in findings if each.is_violation), (), findings)
    before = view.grid.roster
    after = edited(program, before, edits, by=unit.role, on=unit.now.date())
    change = change_of(before, after, edits)
    found = judge_change(view, after, change)
    cells = cell_changes(found.before.grid, found.after.grid, found.people)
    return Judged(found.newly_broken, found.lifted, found.findings, cells)


def difference(
    unit: Unit, schedules: Schedules, programs: Programs, *, schedule_id: UUID, first: int, second: int
) -> tuple[CellChange, ...]:
    """The cells that differ between two published versions."""
    schedule = one(unit, schedules, schedule_id=schedule_id)
    before, after = (
        schedules.roster(schedule_id, schedules.revision_of(schedule_id, number)) for number in (first, second)
    )
    program = programs.get(schedule.period.first_day)
    people = program.known(people_touched(program, diff(before, after), before, after))
    return cell_changes(Grid(program, before), Grid(program, after), people)


def stack(
    unit: Unit, schedules: Schedules, programs: Programs, *, schedule_id: UUID, person: str, day: date, half: Half
) -> dict[str, Any]:
    """All facts about a half-day, the lowest layer first, and the same in a sentence."""
    schedule = one(unit, schedules, schedule_id=schedule_id)
    program = programs.get(schedule.period.first_day)
    grid = schedules.view(schedule, program).grid
    place = HalfDay(program.person(person).id, day, half)
    entries = _without_kinds(unit, program, person, grid.stack(place))
    return {
        "layers": [
            {"layer": entry.layer.name.lower(), "code": entry.code, "by": entry.by, "why": entry.why}
            for entry in entries
        ],
        "sentence": stack_told(place, entries),
    }


def _without_kinds(unit: Unit, program: Program, person: str, entries: Sequence[Entry]) -> list[Entry]:
    """A stack for those who may know that somebody is away, and not why."""
    if unit.principal is None or allow(unit.principal, "leave:read_kind", person=person) is not None:
        return list(entries)
    return [replace(each, code="away", why="") if is_leave(program, each) else each for each in entries]


def duty(unit: Unit, schedules: Schedules, *, duty_id: str) -> dict[str, Any]:
    """One duty of the published schedules with its newest note."""
    cell = schedules.cells.of_duty(duty_id)
    if cell is None:
        raise NotFound("There is no such duty in a published schedule.")
    return {**cell, "note": _note(unit, cell["schedule_id"], duty_id)}


def _note(unit: Unit, schedule_id: UUID, duty_id: str) -> str:
    mine = (DUTY_NOTE.c.schedule_id == schedule_id) & (DUTY_NOTE.c.duty_id == duty_id)
    asked = sa.select(DUTY_NOTE.c.text).where(mine).order_by(DUTY_NOTE.c.note_id.desc()).limit(1)
    return unit.connection.execute(asked).scalar_one_or_none() or ""


def history(unit: Unit, schedules: Schedules, *, schedule_id: UUID) -> list[Revision]:
    """The revisions of a schedule, the newest first; only the published ones for those who may see no drafts.

    They are not told the reasons either: one of them may be why somebody is away.
    """
    one(unit, schedules, schedule_id=schedule_id)
    found = schedules.history(schedule_id)
    if unit.principal is not None and allow(unit.principal, "schedule:read_draft") is None:
        return [replace(each, reason="") for each in found if each.number is not None]
    return found


def people_since(
    unit: Unit, schedules: Schedules, programs: Programs, *, schedule_id: UUID, since: int
) -> frozenset[str] | None:
    """Whose cells were touched since a revision that somebody has seen; nothing where that cannot be said in short."""
    schedule = one(unit, schedules, schedule_id=schedule_id)
    changes = schedules.changes_since(schedule_id, schedule.revision, since)
    if changes is None:
        return None
    program = programs.get(schedule.period.first_day)
    now = schedules.view(schedule, program).grid.roster
    return frozenset(person for change in changes for person in people_touched(program, change, now, now))


def names(programs: Programs) -> dict[str, str]:
    """The people of the program, by id."""
    return {person.id: person.display_name for person in programs.get().people}


def authors(unit: Unit, users: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of users."""
    wanted = {each for each in users if each is not None}
    asked = sa.select(APP_USER.c.user_id, APP_USER.c.display_name).where(APP_USER.c.user_id.in_(wanted))
    return {row.user_id: row.display_name for row in unit.connection.execute(asked)}
