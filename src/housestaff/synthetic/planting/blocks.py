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
    people: set[str] = set()
    for stint in candidates:
        if len(people) < count and stint.person not in people:
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


def left_before_the_end(draft: Draft, level: str, days_before: int) -> None:
    """Somebody of a level leaves some days before the year ends and still stands on the last rotation."""
    last = draft.program.calendar.last
    people = [person for person in draft.program.residents if person.level_on(last) == level]
    person = draft.dice.choice(people)
    gone = last - days_before * _DAY
    draft.change_person(person.id, lambda each: _until(each, gone))
    draft.note("graduate assigned", person.id, gone + _DAY, level, ("employed", BROKEN))


def _until(person: Person, last: date) -> Person:
    dates = tuple(Dates(each.first, last) for each in person.employment)
    return replace(person, employment=dates)
