"""What changed for each person between two versions, gathered, net, and told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.events import CellChange, ScheduleAmended
from housestaff.core.program import Program
from housestaff.features.accounts.store import APP_USER
from housestaff.features.notices.commands import TellChanges
from housestaff.features.notices.model import HIGH, Audience, Recipient
from housestaff.features.notices.notify import Message, Notifier
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import REVISION, Schedules
from housestaff.plumbing.bus import handles, reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import TIMER, Due, Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

SOON = timedelta(hours=72)
"""Duties that start so soon are told at once."""

_SWAPS = frozenset({"swap", "swap_rollback"})


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a debounce timer holds: the version before the first amendment, and the duties told at once."""

    since_number: int
    told: tuple[str, ...] = ()


@reacts_to(ScheduleAmended, as_="notices.schedule_changed")
def gather_what_changed(happened: Occurred, notifier: Notifier, unit: Unit, timers: Timers, programs: Programs) -> None:
    """Amendments are gathered for some minutes; what starts within three days is told at once."""
    event = happened.event
    assert isinstance(event, ScheduleAmended)  # noqa: S101 - the consumer takes no other
    if event.cause in _SWAPS:
        return
    soon = [cell for cell in event.changes if happened.occurred_at <= cell.starts_at < happened.occurred_at + SOON]
    if soon:
        lines = _lines_of(programs.get(), soon)
        key = f"schedule:{event.schedule_id}:{event.number}:soon"
        message = _message(unit, event.schedule_id, lines, key, happened.event_id, priority=HIGH)
        notifier.notify(message, Audience(persons=tuple(lines)))
    if len(soon) == len(event.changes):
        return
    program = programs.get()
    minutes = ProgramSettings(program.policy).number("change_debounce_minutes", program.zone.day(unit.now))
    waiting = _waiting(unit, event.schedule_id)
    since = min(waiting.since_number if waiting else event.number - 1, event.number - 1)
    told = (*(waiting.told if waiting else ()), *(cell.duty_id for cell in soon))
    timers.arm(
        "notice.debounce",
        event.schedule_id,
        unit.now + timedelta(minutes=minutes),
        facts={"since_number": since, "told": list(dict.fromkeys(told))},
    )


def tell_changes_of(due: Due) -> TellChanges:
    """The command of a debounce timer."""
    return TellChanges(
        schedule_id=UUID(due.subject_id), since_number=int(due.facts["since_number"]), told=tuple(due.facts["told"])
    )


@handles(TellChanges)
def tell_changes(ask: TellChanges, unit: Unit, notifier: Notifier, programs: Programs, schedules: Schedules) -> None:
    """Each person concerned gets the net change once; what came to nothing tells nobody."""
    schedule = schedules.get(ask.schedule_id)
    number = schedule.number or 0
    unit.is_about("schedule", ask.schedule_id, changes={"number": [ask.since_number, number]})
    net = [
        cell for cell in schedules.cells.net_changes(ask.schedule_id, ask.since_number) if cell.duty_id not in ask.told
    ]
    lines = _lines_of(programs.get(), net)
    if not lines:
        return
    key = f"schedule:{ask.schedule_id}:{ask.since_number}-{number}"
    event_id = unit.request.causation_id or ask.schedule_id
    notifier.notify(_message(unit, ask.schedule_id, lines, key, event_id), Audience(persons=tuple(lines)))


def _message(
    unit: Unit, schedule_id: UUID, lines: Mapping[str, list[Any]], key: str, event_id: UUID, *, priority: str = ""
) -> Message:
    by, reason = _last_author(unit, schedule_id)

    def own(recipient: Recipient) -> Mapping[str, Any] | None:
        mine = lines.get(recipient.person_id or "")
        return {"lines": mine, "author": by, "reason": reason} if mine else None

    return Message("schedule_changed", own, key, event_id, link=f"/schedules/{schedule_id}", priority=priority)


def _lines_of(program: Program, cells: Iterable[CellChange]) -> dict[str, list[dict[str, Any]]]:
    """For each person: what was assigned, released or changed, in order of time."""
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        moves = {cell.person_before: "released", cell.person_after: "assigned"}
        if cell.person_before == cell.person_after:
            moves = {cell.person_after: "changed"}
        for person, move in moves.items():
            if person:
                line = {
                    "starts_at": cell.starts_at,
                    "ends_at": cell.ends_at,
                    "what": what_it_is(program, cell.role, cell.rotation_id),
                    "move": move,
                }
                found.setdefault(person, []).append(line)
    return found


def what_it_is(program: Program, role: str, rotation: str) -> str:
    """A duty in words: the name of its call line, activity or rotation."""
    for known in (program.call_by_id, program.activity_by_code, program.rotation_by_code):
        if role in known:
            return known[role].name
    return program.rotation_by_code[rotation].name if rotation in program.rotation_by_code else role


def _waiting(unit: Unit, schedule_id: UUID) -> _Gathered | None:
    asked = sa.select(TIMER.c.facts).where(
        TIMER.c.kind == "notice.debounce", TIMER.c.subject_id == str(schedule_id), TIMER.c.state == "armed"
    )
    facts = unit.connection.execute(asked).scalar_one_or_none()
    return _Gathered(int(facts["since_number"]), tuple(facts["told"])) if facts else None


def _last_author(unit: Unit, schedule_id: UUID) -> tuple[str, str]:
    asked = (
        sa.select(APP_USER.c.display_name, REVISION.c.reason)
        .select_from(REVISION)
        .outerjoin(APP_USER, APP_USER.c.user_id == REVISION.c.author)
        .where(REVISION.c.schedule_id == schedule_id)
        .order_by(REVISION.c.revision.desc())
        .limit(1)
    )
    row = unit.connection.execute(asked).one()
    return row.display_name or "", row.reason
