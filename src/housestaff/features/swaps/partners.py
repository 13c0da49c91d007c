"""Who could take a duty: everybody is tried on a copy of the published version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from housestaff.core.errors import BadInput, RuleBroken
from housestaff.core.moves import Move
from housestaff.core.people import Person
from housestaff.features.swaps.trial import Floor, Published

_NEAR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody tried for a duty: legal, or why not; fewer of the same kind and a lighter fortnight rank first."""

    person_id: str
    is_legal: bool
    why_not: str
    same_kind: int
    nearby: int


def candidates(floor: Floor, there: Published, duty_ids: Sequence[str], giver: str) -> list[Candidate]:
    """Everybody of the giver's kind tried for some duties: those who could take them first, the best first."""
    tried = [_tried(floor, there, duty_ids, giver, person) for person in _people(there, giver)]
    return sorted(tried, key=lambda each: (not each.is_legal, each.same_kind, each.nearby, each.person_id))


def _people(there: Published, giver: str) -> Iterable[Person]:
    """Residents take from residents and faculty from faculty; who else may have it, the rules know."""
    known = there.program.person(giver)
    day = min(cell["day"] for cell in there.cells.values())
    for person in there.program.people:
        same = person.is_trainee == known.is_trainee and person.is_faculty == known.is_faculty
        if same and person.id != giver and person.is_employed(day):
            yield person


def _tried(floor: Floor, there: Published, duty_ids: Sequence[str], giver: str, person: Person) -> Candidate:
    same_kind, nearby = _load(floor, there, person)
    moves = [Move(duty_id=duty, giver=giver, taker=person.id) for duty in duty_ids]
    try:
        floor.checked(there, moves)
    except RuleBroken as refused:
        return Candidate(person.id, is_legal=False, why_not=str(refused), same_kind=same_kind, nearby=nearby)
    except BadInput as refused:
        return Candidate(person.id, is_legal=False, why_not=refused.problem, same_kind=same_kind, nearby=nearby)
    return Candidate(person.id, is_legal=True, why_not="", same_kind=same_kind, nearby=nearby)


def _load(floor: Floor, there: Published, person: Person) -> tuple[int, int]:
    """How many duties of the same kind somebody has in the period, and how many of any kind within two weeks."""
    duties = floor.schedules.view(there.schedule, there.program).grid.person(person.id).duties
    kinds = {cell["kind"] for cell in there.cells.values()}
    first, last = (pick(cell["day"] for cell in there.cells.values()) for pick in (min, max))
    counted = Counter(duty.kind.value for duty in duties)
    near = sum(first - _NEAR <= duty.day <= last + _NEAR for duty in duties)
    return sum(counted[kind] for kind in kinds), near
