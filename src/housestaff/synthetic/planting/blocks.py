"""Defects of the year of blocks: a required one that is missing, and people who stand on it after they left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from housestaff.core.people import Dates, Person
from housestaff.core.roster import Layer, Stint
from housestaff.core.time import Half, days
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.planting.draft import BROKEN, Draft

_DAY = timedelta(days=1)


def requirement_short(draft: Draft, count: int, rotations: Collection[str], spare: str) -> None:
    """A required stay of so many people is spent on another rotation."""
    calendar = draft.program.calendar
    candidates = [
        stint
        for stint in draft.stints
        if stint.rotation in rotations
        and stint.first >= calendar.first
        and (stint.person, stint.first) not in draft.used
    ]
    draft.dice.shuffle(candidates)
    just_held = {
        (person.id, requirement.rotation)
        for person, requirement in draft.clean.service.required()
        if requirement.least and draft.clean.service.amount_of(person, requirement) == requirement.least
    }
    people: set[str] = set()
    for stint in candidates:
        if len(people) < count and stint.person not in people and (stint.person, stint.rotation) in just_held:
            people.add(stint.person)
            _spend_elsewhere(draft, stint, spare)
            draft.note("requirement short", stint.person, stint.first, stint.rotation, ("required_rotations", BROKEN))
    if len(people) < count:
        raise GeneratorError(f"{count - len(people)} required stays too few.", place="defects")


def _spend_elsewhere(draft: Draft, stint: Stint, spare: str) -> None:
    """Put another rotation in the place of a stay: the stay itself and its sessions."""
    old, new = draft.program.rotation(stint.rotation), draft.program.rotation(spare)
    for day in days(stint.first, stint.last):
        for half in Half:
            if draft.code(stint.person, day, half) in {old.session, old.code}:
                draft.put(stint.person, day, half, new.session, Layer.SOLVER)
    draft.swap_stint(stint, [replace(stint, rotation=spare)])


def left_before_the_end(draft: Draft, level: str, days_before: int, count: int = 1) -> None:
    """People of a level leave some days before the year ends and still stand on the last rotation."""
    last = draft.program.calendar.last
    people = [person for person in draft.program.residents if person.level_on(last) == level]
    gone = last - days_before * _DAY
    for person in draft.dice.sample(people, count):
        draft.change_person(person.id, lambda each: _until(each, gone))
        draft.note("graduate assigned", person.id, gone + _DAY, level, ("employed", BROKEN))


def certificate_ended(draft: Draft, count: int, rotation: str, kind: str) -> None:
    """A certificate that a service needs ends the day before somebody's last day of work there."""
    stints = [s for s in draft.stints if s.rotation == rotation]
    draft.dice.shuffle(stints)
    people: set[str] = set()
    for stint in stints:
        worked = [d for d in days(stint.first, stint.last) if draft.code(stint.person, d, Half.PM) == rotation]
        later = any(s.person == stint.person and s.rotation == rotation and s.first > stint.last for s in stints)
        if len(people) < count and stint.person not in people and worked and not later:
            people.add(stint.person)
            last = worked[-1]
            draft.change_person(stint.person, lambda p, ends=last - _DAY: _ended(p, kind, ends))
            draft.note("credential expired", stint.person, last, kind, ("qualified", BROKEN))


def _ended(person: Person, kind: str, last: date) -> Person:
    held = tuple(
        replace(each, dates=replace(each.dates, last=last)) if each.kind == kind else each
        for each in person.credentials
    )
    return replace(person, credentials=held)


def _until(person: Person, last: date) -> Person:
    dates = tuple(Dates(each.first, last) for each in person.employment)
    return replace(person, employment=dates)
