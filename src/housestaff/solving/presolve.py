"""Before solving: what can be said of a program by counting alone, each with a sentence and its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.calendar import Block
from housestaff.core.demand import CallLine
from housestaff.core.leave import Leave
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Layer, Roster
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.core.time import Half, days
from housestaff.rules.service import is_for


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that cannot hold, or that a person should look at before a solve; the facts stand in sentences."""

    sentence: str
    facts: tuple[str, ...]
    is_impossible: bool


def check_before_solving(program: Program, roster: Roster) -> list[Doubt]:
    """Every doubt that counting finds, the impossible ones first."""
    found = [
        *_windows_too_small(program),
        *_orders_impossible(program),
        *_people_over_full(program),
        *_places_too_few(program),
        *_lines_without_people(program),
        *_nights_without_people(program, roster),
        *_leave_on_preload(program, roster),
    ]
    return sorted(found, key=lambda doubt: not doubt.is_impossible)


def _blocks(program: Program, person: Person) -> list[Block]:
    return [b for b in program.series_of(person).blocks if person.is_employed(b.last)]


def _for(program: Program, requirement: Requirement) -> list[Person]:
    found: list[Person] = []
    for person in program.residents:
        starts = [dates.first for dates in person.employment if dates.first > program.calendar.first]
        level = person.level_on(starts[0] if starts else program.calendar.first)
        named = person.id in requirement.persons or (
            not requirement.persons and requirement.level in {level, person.track}
        )
        if named and person.id not in requirement.not_for:
            found.append(person)
    return found


def _ids(program: Program, requirement: Requirement) -> set[str]:
    return {person.id for person in _for(program, requirement)}


def _is_blocks(requirement: Requirement) -> bool:
    return requirement.unit is RequirementUnit.BLOCKS


def _said(program: Program, requirement: Requirement) -> str:
    """A requirement as a sentence, with the people it names or their level."""
    window = f" in blocks {_numbers(requirement.window)}" if len(requirement.window) > 1 else ""
    window = f" in block {requirement.window[0]}" if len(requirement.window) == 1 else window
    names = ", ".join(program.person(id_).display_name for id_ in requirement.persons)
    who = f"{names} needs" if names else f"each {requirement.level} needs"
    times = "1 time" if requirement.least == 1 else f"{requirement.least} times"
    return f"Requirement: {who} {requirement.rotation} at least {times}{window}."


def _numbers(blocks: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in blocks)


def _windows_too_small(program: Program) -> Iterator[Doubt]:
    for requirement in filter(_is_blocks, program.requirements):
        for person in _for(program, requirement):
            possible = [b for b in _blocks(program, person) if not requirement.window or b.number in requirement.window]
            if len(possible) < requirement.least:
                there = f"{person.display_name} is in the program for {len(possible)} of these blocks."
                yield Doubt(
                    f"{person.display_name} cannot have {requirement.rotation} {requirement.least} times.",
                    (_said(program, requirement), there),
                    is_impossible=True,
                )
                break


def _orders_impossible(program: Program) -> Iterator[Doubt]:
    for later in program.requirements:
        for earlier in program.requirements:
            ordered = (
                later.after and later.after == earlier.rotation and later.least > 0 and later.window and earlier.window
            )
            same = _ids(program, later) & _ids(program, earlier) if ordered else set[str]()
            if same and max(later.window) <= min(earlier.window):
                yield Doubt(
                    f"{later.rotation} cannot come after {earlier.rotation}.",
                    (
                        _said(program, later),
                        _said(program, earlier),
                        f"Order: {later.rotation} comes after {earlier.rotation}.",
                    ),
                    is_impossible=True,
                )


def _people_over_full(program: Program) -> Iterator[Doubt]:
    """Somebody whose requirements ask for more blocks than there are, in the year or in a few blocks of it."""
    for person in program.residents:
        mine = [r for r in program.requirements if _is_blocks(r) and person in _for(program, r) and r.least]
        windows = sorted({r.window for r in mine if r.window}, key=len)
        for window in (*windows, ()):
            blocks = [b for b in _blocks(program, person) if not window or b.number in window]
            inside = [r for r in mine if not window or (r.window and set(r.window) <= set(window))]
            by_rotation: dict[str, Requirement] = {}
            for requirement in sorted(inside, key=lambda r: r.least):
                by_rotation[requirement.rotation] = requirement
            needed = sum(r.least for r in by_rotation.values())
            if needed > len(blocks):
                there = f"{person.display_name} has {len(blocks)} block{'s' if len(blocks) != 1 else ''} for them."
                said = [_said(program, r) for r in by_rotation.values()]
                facts = (
                    (*said, there)
                    if len(said) < 5
                    else (f"The requirements of {person.display_name} add up to {needed} blocks.", there)
                )
                yield Doubt(
                    f"{person.display_name} needs {needed} blocks and has {len(blocks)}.", facts, is_impossible=True
                )
                break


def _places_too_few(program: Program) -> Iterator[Doubt]:
    blocks = program.calendar.series[0].blocks
    for rotation in program.rotations:
        most = rotation.capacity_of("all")[1]
        asked = [r for r in program.requirements if _is_blocks(r) and r.rotation == rotation.code and r.least]
        if most is None or not asked:
            continue
        open_blocks = [b for b in blocks if any(not r.window or b.number in r.window for r in asked)]
        needed = sum(r.least * len(_for(program, r)) for r in asked)
        places = most * len(open_blocks)
        if needed > places:
            facts = (
                f"Capacity: {rotation.code} takes {most} at a time: {places} places in {len(open_blocks)} blocks.",
                *(f"{_said(program, r)} That is {r.least * len(_for(program, r))} places." for r in asked),
            )
            yield Doubt(
                f"{rotation.code} needs {needed} places and has {places}.",
                facts[:5],
                is_impossible=True,
            )


def _lines_without_people(program: Program) -> Iterator[Doubt]:
    away = program.halves_away
    for demand in program.demand:
        if demand.at_least == 0 or demand.who == "faculty":
            continue
        for block in program.calendar.series[0].blocks:
            if demand.blocks and block.number not in demand.blocks:
                continue
            level = [p for p in program.people if is_for(p, demand.who, block.last) and p.is_employed(block.last)]
            there = [p for p in level if not all((p.id, day, Half.AM) in away for day in days(block.first, block.last))]
            if len(there) < demand.at_least:
                gone = ", ".join(p.display_name for p in level if p not in there)
                on_leave = f"; on leave: {gone}" if gone else ""
                facts = (
                    f"Demand: {demand.line} needs {demand.at_least} of {demand.who} in block {block.number}.",
                    f"{len(level)} people are {demand.who} then, {len(there)} of them are there{on_leave}.",
                )
                yield Doubt(f"{demand.line} cannot be filled in block {block.number}.", facts, is_impossible=True)
                break


def _call_takers(program: Program, line: CallLine, day: date) -> list[Person]:
    if "faculty" not in line.who:
        return [p for p in program.residents if any(is_for(p, who, day) for who in line.who) and p.is_employed(day)]
    return [
        p
        for p in program.faculty
        if p.is_employed(day) and (role := program.role_by_code.get(p.role_on(day))) is not None and role.takes_call
    ]


def _nights_without_people(program: Program, roster: Roster) -> Iterator[Doubt]:
    away = program.halves_away

    def cause(person: Person, day: date) -> Leave | None:
        dates = ((day, Half.AM), (day, Half.PM), (day + timedelta(days=1), Half.AM), (day + timedelta(days=1), Half.PM))
        return next((away[person.id, each, half] for each, half in dates if (person.id, each, half) in away), None)

    for line in program.calls:
        if line.with_weeks:
            continue
        for day in days(program.calendar.first, program.calendar.last):
            if day.weekday() not in line.weekdays or roster.on_call(line.id, day):
                continue
            takers = _call_takers(program, line, day)
            causes = [cause(person, day) for person in takers]
            if takers and all(causes):
                kinds = sorted({leave.kind.value for leave in causes if leave is not None})
                facts = (
                    f"Call: {line.name} needs one name on {day:%A %d %B %Y}.",
                    f"All {len(takers)} who take this call are on leave then or the next day ({', '.join(kinds)}).",
                )
                yield Doubt(f"{day:%A %d %B}, night: no one is eligible.", facts, is_impossible=True)


def _leave_on_preload(program: Program, roster: Roster) -> Iterator[Doubt]:
    away = program.halves_away
    for place, entries in roster.halves.items():
        leave = away.get((place.person, place.day, place.half))
        preload = next((entry for entry in entries if entry.layer is Layer.PRELOAD), None)
        activity = program.activity_by_code.get(preload.code) if preload else None
        if leave and preload and (activity is None or activity.is_work):
            facts = (f"Preload: {preload.code}.", f"Leave: {leave.kind.value} from {leave.first} to {leave.last}.")
            yield Doubt(
                f"{program.person(place.person).display_name}, {place.day} {place.half}: leave on a preload.",
                facts,
                is_impossible=False,
            )
