"""Cells: each duty of a roster with who holds it, and what differs between two rosters cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from housestaff.core.duties import Duty
from housestaff.core.events import CellChange, DutyAssigned, DutyChanged, DutyReleased
from housestaff.core.grid import Grid

MOST_CELLS = 2000
"""More cells than this are told in parts."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One duty as somebody holds it; `duty_id` stays the same when it changes hands."""

    duty_id: str
    duty: Duty
    person: str


def instant(minutes: int) -> datetime:
    """An instant of the core as a moment in UTC."""
    return datetime.fromtimestamp(minutes * 60, UTC)


def duty_id(duty: Duty, person: str) -> str:
    """The lasting id of a duty: of a night of call without the name of who has it."""
    return duty.id.removesuffix(f".{person}") if duty.line else duty.id


def holdings(grid: Grid, people: Iterable[str], only: AbstractSet[str] | None = None) -> Iterator[Holding]:
    """Every duty of some people inside the period of the grid, or those of some ids; two names on a night have two."""
    first, last = grid.period
    seen: dict[str, int] = defaultdict(int)
    for person in people:
        for duty in grid.person(person).duties:
            id_ = duty_id(duty, person)
            if first <= duty.day <= last and (only is None or id_ in only):
                seen[id_] += 1
                yield Holding(id_ if seen[id_] == 1 else f"{id_}#{seen[id_]}", duty, person)


def cell_changes(before: Grid, after: Grid, people: Iterable[str]) -> tuple[CellChange, ...]:
    """The cells of some people that differ; a duty that went from one of them to another is one cell."""
    named = sorted(people)
    touched = _touched(before, after, named) if before.period == after.period else None
    old, new = _by_id(holdings(before, named, touched)), _by_id(holdings(after, named, touched))
    found: list[CellChange] = []
    for id_ in sorted({*old, *new}):
        was, now = old.get(id_), new.get(id_)
        if was != now:
            found.append(_change(id_, was, now))
    return tuple(sorted(found, key=lambda cell: (cell.starts_at, cell.duty_id)))


def _touched(before: Grid, after: Grid, people: Iterable[str]) -> set[str]:
    """The ids of the duties that are not the very same in both: no other cell can differ."""
    found: set[str] = set()
    for person in people:
        old, new = ({id(duty): duty for duty in grid.person(person).duties} for grid in (before, after))
        found.update(duty_id((old.get(each) or new[each]), person) for each in old.keys() ^ new.keys())
    return found


def _by_id(found: Iterable[Holding]) -> Mapping[str, Holding]:
    return {each.duty_id: each for each in found}


def _change(id_: str, was: Holding | None, now: Holding | None) -> CellChange:
    shown = now or was
    assert shown is not None  # noqa: S101 - one of the two is there
    duty = shown.duty
    return CellChange(
        duty_id=id_,
        kind=duty.kind.value,
        rotation_id=duty.rotation,
        starts_at=instant(duty.span.start),
        ends_at=instant(duty.span.end),
        person_before=was.person if was else None,
        person_after=now.person if now else None,
        role=duty.activity or duty.line,
        fields=_fields(was, now) if was and now else (),
    )


def _fields(was: Holding, now: Holding) -> tuple[str, ...]:
    """The names of what differs."""
    facts = [
        {
            "person": each.person,
            "kind": each.duty.kind,
            "span": each.duty.span,
            "rotation": each.duty.rotation,
            "role": each.duty.activity or each.duty.line,
        }
        for each in (was, now)
    ]
    return tuple(name for name in facts[0] if facts[0][name] != facts[1][name])


def cell_events(
    schedule_id: UUID,
    cells: tuple[CellChange, ...],
    *,
    cause: str,
    number: int | None = None,
    draft_revision: int | None = None,
    reason_code: str = "",
) -> Iterator[DutyAssigned | DutyChanged | DutyReleased]:
    """One event for the duties that found someone, one for those that have nobody, and one for those that changed."""
    facts: dict[str, Any] = {
        "cause": cause,
        "number": number,
        "draft_revision": draft_revision,
        "reason_code": reason_code,
    }
    found = tuple(cell for cell in cells if cell.person_before is None)
    lost = tuple(cell for cell in cells if cell.person_after is None)
    moved = tuple(cell for cell in cells if cell.person_before is not None and cell.person_after is not None)
    for event, mine in ((DutyAssigned, found), (DutyReleased, lost), (DutyChanged, moved)):
        parts = -(-len(mine) // MOST_CELLS)
        for part in range(parts):
            some = mine[part * MOST_CELLS : (part + 1) * MOST_CELLS]
            if mine is moved:
                facts["changed_fields"] = tuple(sorted({name for cell in some for name in cell.fields}))
            yield event(schedule_id=schedule_id, cells=some, part=part + 1, parts=parts, **facts)
