"""Swaps as people look at them: what waits for them, what they have asked, what they could give and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from housestaff.core.events import Period
from housestaff.core.program import Program
from housestaff.features.notices.changes import what_it_is
from housestaff.features.swaps import queries
from housestaff.features.swaps.model import AGREED, FAILED
from housestaff.features.swaps.queries import SwapSeen
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit

AHEAD = timedelta(weeks=12)
"""So far ahead one's own duties are offered for a swap."""


@dataclass(frozen=True)
class DutyLine:
    """One duty in words."""

    duty_id: str
    starts_at: datetime
    ends_at: datetime
    what: str
    giver: str
    taker: str
    in_swap: bool = False


@dataclass(frozen=True)
class SwapLine:
    """A swap with its duties in words."""

    swap: SwapSeen
    requester: str
    duties: tuple[DutyLine, ...]


@dataclass(frozen=True)
class SwapBoard:
    """The page of swaps for one reader."""

    waiting: tuple[SwapLine, ...]
    to_decide: tuple[SwapLine, ...]
    others: tuple[SwapLine, ...]
    coming: tuple[DutyLine, ...]


@dataclass(frozen=True)
class PartnerLine:
    """Somebody who could take a duty, or why not."""

    person_id: str
    name: str
    is_legal: bool
    why_not: str
    same_kind: int


@dataclass(frozen=True)
class SwapForm:
    """A swap that is being put together."""

    person_id: str
    duties: tuple[DutyLine, ...]
    partners: tuple[PartnerLine, ...]
    to: str
    in_return: tuple[DutyLine, ...]


def swap_board(unit: Unit, floor: Floor, swaps: Swaps) -> SwapBoard:
    """Swaps for one reader, and the duties that they could give."""
    program, asker = floor.programs.get(), unit.principal
    decides = asker is None or allow(asker, "swap:approve") is not None
    lines = [_line(program, each) for each in queries.listed(unit, floor, swaps)]
    waiting = [each for each in lines if each.swap.waits_for_me]
    to_decide = [each for each in lines if decides and each.swap.state in {AGREED, FAILED} and not each.swap.is_mine]
    shown = {each.swap.swap_id for each in (*waiting, *to_decide)}
    me = asker.person_id if asker else None
    return SwapBoard(
        waiting=tuple(waiting),
        to_decide=tuple(to_decide),
        others=tuple(each for each in lines if each.swap.swap_id not in shown),
        coming=tuple(_coming(unit, floor, swaps, me)) if me else (),
    )


def swap_line(unit: Unit, floor: Floor, swaps: Swaps, *, swap_id: UUID) -> SwapLine:
    """One swap."""
    return _line(floor.programs.get(), queries.one(unit, floor, swaps, swap_id=swap_id))


def swap_form(unit: Unit, floor: Floor, swaps: Swaps, *, duty_ids: tuple[str, ...], to: str = "") -> SwapForm:
    """Who could take some duties, for everybody else why not, and what a chosen partner could give in return."""
    program = floor.programs.get()
    found = queries.partners(unit, floor, duty_ids=duty_ids)
    there = floor.holding(duty_ids)
    cells = list(there.cells.values())
    kinds = {cell["kind"] for cell in cells}
    in_return = [each for each in _coming(unit, floor, swaps, to, kinds=kinds) if not each.in_swap] if to else []
    return SwapForm(
        person_id=str(cells[0]["person_id"]),
        duties=tuple(_duty(program, cell) for cell in cells),
        partners=tuple(
            PartnerLine(each.person_id, program.name_of(each.person_id), each.is_legal, each.why_not, each.same_kind)
            for each in found
        ),
        to=to,
        in_return=tuple(in_return),
    )


def _coming(unit: Unit, floor: Floor, swaps: Swaps, person: str, *, kinds: set[str] | None = None) -> list[DutyLine]:
    program = floor.programs.get()
    today = program.zone.day(unit.now)
    period = Period(first_day=today, last_day=today + AHEAD)
    cells: list[dict[str, Any]] = []
    for schedule in floor.schedules.published_in(period):
        number = schedule.number or 0
        cells += floor.schedules.cells.between(
            schedule.schedule_id, number, period.first_day, period.last_day, person=person
        )
    mine = [cell for cell in cells if cell["starts_at"] > unit.now and (kinds is None or cell["kind"] in kinds)]
    taken = swaps.is_in_open_swap(cell["duty_id"] for cell in mine)
    return [_duty(program, cell, in_swap=cell["duty_id"] in taken) for cell in mine]


def _duty(program: Program, cell: Mapping[str, Any], *, in_swap: bool = False) -> DutyLine:
    return DutyLine(
        duty_id=cell["duty_id"],
        starts_at=cell["starts_at"],
        ends_at=cell["ends_at"],
        what=what_it_is(program, cell["activity"] or cell["line"], cell["rotation_id"]),
        giver=program.name_of(str(cell["person_id"])),
        taker="",
        in_swap=in_swap,
    )


def _line(program: Program, swap: SwapSeen) -> SwapLine:
    duties = [
        DutyLine(
            each.duty_id,
            each.starts_at,
            each.ends_at,
            what_it_is(program, each.what, each.rotation_id),
            program.name_of(each.giver),
            program.name_of(each.taker) if each.taker else "",
        )
        for each in swap.duties
    ]
    return SwapLine(swap, program.name_of(swap.requester_id), tuple(sorted(duties, key=lambda each: each.starts_at)))
