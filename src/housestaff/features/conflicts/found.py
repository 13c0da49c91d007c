"""Finding conflicts: what a leave collides with, and what stands against itself in a roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from housestaff.core.finding import Finding, Verdict
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay, Layer, Roster
from housestaff.core.time import Span, days
from housestaff.features.conflicts.model import HIGH, MEDIUM, Conflict
from housestaff.features.schedules.model import Schedule
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import Ruleset, ruleset_for
from housestaff.rules.settings import ProgramSettings

_KINDS: Mapping[str, str] = {
    "one_duty_at_a_time": "double_booking",
    "qualified": "missing_skill",
    "never_on_leave": "on_leave",
    "call_on_leave": "on_leave",
}
"""The rules whose broken bounds are conflicts, and what kind each is."""

_BY_WEEK = frozenset({"rotation_day", "night_float", "emergency_shift"})
"""Kinds of duty that people count by the week."""


def of_leave(
    program: Program, leave: Leave, cells: Iterable[Mapping[str, Any]], others: Sequence[Leave]
) -> tuple[Conflict, ...]:
    """What a leave collides with: published duties that begin on its half-days, and too many away of one level.

    `cells` are rows of published cells; `others` is the granted leave of other people on some of the same days.
    """
    halves = set(leave.halves())
    hit = [cell for cell in cells if program.zone.half_at(cell["starts_at"]) in halves]
    return (*_of_duties(program, leave, hit), *_of_overlap(program, leave, others))


def _of_duties(program: Program, leave: Leave, hit: Iterable[Mapping[str, Any]]) -> Iterator[Conflict]:
    """One conflict for each duty; the duties of a week on a rotation are one."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for cell in hit:
        by_week = cell["kind"] in _BY_WEEK and cell["rotation_id"]
        week = program.first_of_week(cell["rotation_id"], cell["day"]) if by_week else None
        groups[("week", f"{cell['rotation_id']}.{week}") if week else ("duty", cell["duty_id"])].append(cell)
    for (_sort, name), cells in groups.items():
        one = cells[0]
        yield Conflict(
            key=f"{leave.id}/{one['schedule_id']}/{name}",
            kind="on_leave",
            severity=HIGH,
            person_id=leave.person,
            duty_ids=tuple(cell["duty_id"] for cell in cells),
            first_day=min(cell["day"] for cell in cells),
            last_day=max(cell["day"] for cell in cells),
            what=one["activity"] or one["line"] or one["rotation_id"],
            schedule_id=one["schedule_id"],
            leave_id=leave.id,
        )


def _of_overlap(program: Program, leave: Leave, others: Sequence[Leave]) -> Iterator[Conflict]:
    """One conflict where more people of the level would be away on some day than the program allows."""
    person, settings = program.person(leave.person), ProgramSettings(program.policy)
    crowded: list[date] = []
    for day in days(leave.first, leave.last):
        level = person.level_on(day)
        away = {
            each.person
            for each in others
            if each.person != leave.person
            and each.first <= day <= each.last
            and program.person(each.person).level_on(day) == level
        }
        if len(away) >= settings.number("leave_conflict_limit", day):
            crowded.append(day)
    if crowded:
        yield Conflict(
            key=f"{leave.id}/overlap",
            kind="leave_overlap",
            severity=MEDIUM,
            person_id=leave.person,
            duty_ids=(),
            first_day=crowded[0],
            last_day=crowded[-1],
            what=person.level_on(crowded[0]),
            leave_id=leave.id,
        )


def in_roster(schedule: Schedule, view: FinishedRoster, people: Iterable[str]) -> Mapping[str, tuple[Conflict, ...]]:
    """What stands against itself in a roster, for each of some people.

    Of a published version, what leave collides with is found leave by leave (`of_leave`).
    """
    program, named = view.program, sorted(view.program.known(people))
    first, last = schedule.period.first_day, schedule.period.last_day
    span = Span(program.zone.at(first), program.zone.at(last + timedelta(days=1)))
    rules = Ruleset(held for held in ruleset_for(program) if held.name in _KINDS)
    found: dict[str, list[Conflict]] = {person: [] for person in named}
    for each in judge(view.narrowed(named, span), rules):
        is_there = each.verdict in {Verdict.BROKEN, Verdict.ADVISORY}
        if is_there and (schedule.state == "draft" or _KINDS[each.rule] != "on_leave"):
            found[each.who].append(_of_finding(schedule, each))
    return {person: tuple(conflicts) for person, conflicts in found.items()}


def _of_finding(schedule: Schedule, each: Finding) -> Conflict:
    return Conflict(
        key=f"{each.rule}/{each.first}/{'+'.join(sorted(each.duties))}",
        kind=_KINDS[each.rule],
        severity=HIGH,
        person_id=each.who,
        duty_ids=each.duties,
        first_day=each.first,
        last_day=each.last,
        what=each.note if each.rule == "qualified" else "",
        schedule_id=schedule.schedule_id,
    )


def typed_on_leave(schedule: Schedule, program: Program, roster: Roster) -> Iterator[Conflict]:
    """Work that somebody put by hand on a half-day of granted leave: the leave stands, and the work is not done."""
    for (person, day, half), leave in program.halves_away.items():
        for entry in roster.halves.get(HalfDay(person, day, half), ()):
            if entry.layer >= Layer.MANUAL and program.is_work(entry.code):
                yield Conflict(
                    key=f"typed/{person}/{day}/{half.value}",
                    kind="on_leave",
                    severity=HIGH,
                    person_id=person,
                    duty_ids=(),
                    first_day=day,
                    last_day=day,
                    what=entry.code,
                    schedule_id=schedule.schedule_id,
                    leave_id=leave.id,
                )
