"""One place of a schedule looked at closely, and what changes would do before anybody makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from housestaff.core.cells import cell_changes
from housestaff.core.demand import CallLine
from housestaff.core.edits import Edit, change_of, edited
from housestaff.core.errors import NotFound
from housestaff.core.events import CellChange
from housestaff.core.finding import Finding, Verdict
from housestaff.core.grid import Grid
from housestaff.core.moves import may_have
from housestaff.core.nights import names_on_night
from housestaff.core.person_grid import PersonGrid
from housestaff.core.roster import Entry, HalfDay
from housestaff.core.stack import is_leave
from housestaff.core.time import Half
from housestaff.features.portal.half_days import codes
from housestaff.features.portal.sight import AWAY, WORST_FIRST, Sight, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import judge_change
from housestaff.rules.judge import judge

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Layered:
    """One layer of a stack, as it is read."""

    layer: str
    code: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class HalfDayBoard:
    """A half-day: what stands there, everything under it, and what the rules say of its person around it."""

    person: str
    name: str
    level: str
    day: date
    half: str
    rotation: str
    stack: tuple[Layered, ...]
    rules: tuple[Finding, ...]
    kept: int
    codes: tuple[tuple[str, str], ...]


def half_day(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, person: str, day: date, half: Half
) -> HalfDayBoard:
    """One half-day with its stack and the arithmetic of every rule whose window holds it."""
    sight = look(unit, programs, schedules, schedule_id)
    _check_day(sight, day, around=timedelta(days=6))
    known = sight.program.person(person)
    place = HalfDay(known.id, day, half)
    stack = sight.grid.stack(place)
    shown = stack if sight.knows_why(person) else tuple(_without_why(sight, each) for each in stack)
    rotation = sight.grid.person(person).rotation_on(day)
    found = _rules_on(sight, person, day) if _may_see(unit, person) else []
    told = [each for each in found if each.verdict is not Verdict.KEPT]
    hours = [each for each in found if each.verdict is Verdict.KEPT and each.unit == "minutes"]
    return HalfDayBoard(
        person=person,
        name=known.display_name,
        level=known.level_on(day) or known.role_on(day),
        day=day,
        half=half.value,
        rotation=rotation.name if rotation else "",
        stack=tuple(Layered(each.layer.name.lower(), each.code, each.by, each.why) for each in reversed(shown)),
        rules=tuple((*told, *hours)[:MOST_SHOWN]),
        kept=len(found) - len(told),
        codes=tuple(codes(programs)),
    )


def _check_day(sight: Sight, day: date, *, around: timedelta = timedelta()) -> None:
    """A week of somebody may begin before the schedule does: those days are looked at too."""
    if not sight.holds(day, around=around):
        raise NotFound(f"{day} lies outside of this schedule.")


def _without_why(sight: Sight, entry: Entry) -> Entry:
    return replace(entry, code=AWAY, why="") if is_leave(sight.program, entry) else entry


def _may_see(unit: Unit, person: str) -> bool:
    principal = unit.principal
    return principal is None or allow(principal, "violation:read", person=person) is not None


def _rules_on(sight: Sight, person: str, day: date) -> list[Finding]:
    """Every rule whose window holds a day of a person, what is kept too, the worst first."""
    span = sight.program.zone.day_span(day, day)
    found = judge(sight.view.narrowed([person], span), kept=True)
    mine = (each for each in found if each.who == person and each.first <= day <= each.last)
    return sorted(mine, key=lambda each: (WORST_FIRST.index(each.verdict), each.rule))


@dataclass(frozen=True, slots=True)
class StayBoard:
    """A stay of a person on a rotation, with the rotations that they may have instead."""

    person: str
    name: str
    first: date
    last: date
    rotation: str
    rotations: tuple[tuple[str, str], ...]


def stay(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, person: str, day: date
) -> StayBoard:
    """The stay that holds a day; the half-block of the day where there is none."""
    sight = look(unit, programs, schedules, schedule_id)
    _check_day(sight, day)
    known = sight.program.person(person)
    held = sight.grid.person(person).stint_on(day)
    first, last = (held.first, held.last) if held else _half_block(sight, known.series, day)
    level = known.level_on(day)
    return StayBoard(
        person=person,
        name=known.display_name,
        first=max(first, sight.first),
        last=min(last, sight.last),
        rotation=held.rotation if held else "",
        rotations=tuple(
            (each.code, each.name)
            for each in sight.program.rotations
            if not each.archived and (not each.levels or level in each.levels or not known.is_trainee)
        ),
    )


def _half_block(sight: Sight, series: str, day: date) -> tuple[date, date]:
    for _block, _index, first, last in sight.program.calendar.series_named(series).half_blocks():
        if first <= day <= last:
            return first, last
    return day, day


@dataclass(frozen=True, slots=True)
class NightBoard:
    """A night of call: who has it, and who may by the line's own words."""

    line: str
    name: str
    day: date
    holders: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, str], ...]
    """(person, name, where they are that day)"""


def night(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, line: str, day: date
) -> NightBoard:
    """A night of a line of call."""
    sight = look(unit, programs, schedules, schedule_id)
    _check_day(sight, day)
    known = sight.program.call_by_id.get(line)
    if known is None:
        raise NotFound("There is no such line of call.")
    names = {each.id: each.display_name for each in sight.program.people}
    return NightBoard(
        line=line,
        name=known.name,
        day=day,
        holders=tuple((each, names[each]) for each in names_on_night(sight.grid.roster, known, day) if each in names),
        people=tuple(_candidates(sight, known, day)),
    )


def _candidates(sight: Sight, line: CallLine, day: date) -> Iterable[tuple[str, str, str]]:
    for _word, group in sight.groups():
        for person in group:
            if person.is_employed(day) and may_have(person, line, day):
                here = sight.grid.person(person.id)
                rotation = here.rotation_on(day)
                away = here.away.get((day, Half.PM))
                yield person.id, person.display_name, AWAY if away else rotation.code if rotation else ""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What changes would do."""

    broken: tuple[Finding, ...]
    """What they newly break, or break worse."""
    mended: tuple[Finding, ...]
    """What was broken and would be no more."""
    advice: tuple[Finding, ...]
    """What is advised against, not known, or close to its limit in the windows that they touch."""
    cells: tuple[CellChange, ...]
    follows: tuple[tuple[str, date, str, str, str], ...]
    """Half-days that come out otherwise: (name, day, half, code before, code after)."""
    names: dict[str, str]


def what_if(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, edits: Sequence[Edit]
) -> WhatIf:
    """Judge changes without keeping them: every consequence, for everybody whom they touch."""
    sight = look(unit, programs, schedules, schedule_id)
    before = sight.grid.roster
    after = edited(sight.program, before, edits, by=unit.role, on=unit.now.date())
    change = change_of(before, after, edits)
    names = {each.id: each.display_name for each in sight.program.people}
    if change.is_nothing:
        return WhatIf((), (), (), (), (), names)
    found = judge_change(sight.view, after, change)
    told = (each for each in found.findings if not each.is_violation and each.verdict is not Verdict.KEPT)
    return WhatIf(
        broken=found.newly_broken,
        mended=found.lifted,
        advice=tuple(told)[:MOST_SHOWN],
        cells=cell_changes(found.before.grid, found.after.grid, found.people),
        follows=tuple(_follows(sight, found.after.grid, found.people))[:MOST_SHOWN],
        names=names,
    )


def _follows(sight: Sight, after: Grid, people: Iterable[str]) -> Iterable[tuple[str, date, str, str, str]]:
    """The half-days of some people that come out otherwise."""
    for id_ in people:
        before, then = sight.grid.person(id_), after.person(id_)
        for day, half in sorted({*before.codes, *then.codes}):
            was, now = (_shown(sight, each, day, half) for each in (before, then))
            if was != now:
                yield before.person.display_name, day, half.value, was, now


def _shown(sight: Sight, person: PersonGrid, day: date, half: Half) -> str:
    entry = person.codes.get((day, half))
    return sight.code(person, entry) if entry else ""
