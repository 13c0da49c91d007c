"""What is read of swaps: the program's for those who decide, one's own and what is offered to one for the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from housestaff.core.errors import NotAllowed, NotFound
from housestaff.core.events import SwapLeg
from housestaff.features.swaps.model import REQUESTED, Swap
from housestaff.features.swaps.partners import Candidate, candidates
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor
from housestaff.plumbing.access import OWN, allow
from housestaff.plumbing.unit import Unit


@dataclass(frozen=True)
class DutySeen:
    """One duty of a swap: from whom, to whom, when, what."""

    duty_id: str
    giver: str
    taker: str | None
    day: date
    starts_at: datetime
    ends_at: datetime
    kind: str
    what: str
    rotation_id: str


@dataclass(frozen=True)
class SwapSeen:
    """A swap as it is read."""

    swap_id: UUID
    schedule_id: UUID
    kind: str
    state: str
    requester_id: str
    party_ids: tuple[str, ...]
    accepted: tuple[str, ...]
    duties: tuple[DutySeen, ...]
    reason: str
    problem: str
    created_at: datetime
    expires_at: datetime
    execute_at: datetime | None
    executed_number: int | None
    rollback_until: datetime | None
    waits_for_me: bool
    is_mine: bool


def listed(unit: Unit, floor: Floor, swaps: Swaps, *, state: str | None = None) -> list[SwapSeen]:
    """Swaps, the newest first: the program's, or one's own and those offered to one."""
    return _seen(unit, floor, swaps, swaps.listed(states=[state] if state else []))


def one(unit: Unit, floor: Floor, swaps: Swaps, *, swap_id: UUID) -> SwapSeen:
    """One swap; that of others is not there."""
    found = _seen(unit, floor, swaps, [swaps.get(swap_id)])
    if not found:
        raise NotFound("There is no such swap.")
    return found[0]


def partners(unit: Unit, floor: Floor, *, duty_ids: tuple[str, ...]) -> list[Candidate]:
    """Who could take some duties of one person, the best first, and for each other person the reason.

    The reasons are shown to whoever gives the duties and to those who decide.
    """
    there = floor.holding(duty_ids)
    givers = {str(cell["person_id"]) for cell in there.cells.values()}
    giver = min(givers)
    if len(givers) > 1 or (unit.principal and allow(unit.principal, "swap:request", person=giver) is None):
        raise NotAllowed("These duties are not yours to give.")
    return candidates(floor, there, duty_ids, giver)


def _seen(unit: Unit, floor: Floor, swaps: Swaps, known: Sequence[Swap]) -> list[SwapSeen]:
    """Those of some swaps that the asker may read, with a fixed number of queries."""
    offers = swaps.offers_of(each.swap_id for each in known)
    mine = [each for each in known if _may_read(unit, each, offers[each.swap_id])]
    cells: dict[UUID, Mapping[str, Mapping[str, Any]]] = {}
    for schedule_id in {each.schedule_id for each in mine}:
        named = [duty for each in mine if each.schedule_id == schedule_id for duty in each.duties]
        cells[schedule_id] = floor.schedules.cells.ever(schedule_id, named)
    return [_as_seen(unit, each, offers[each.swap_id], cells[each.schedule_id]) for each in mine]


def _may_read(unit: Unit, swap: Swap, offers: Iterable[Mapping[str, Any]]) -> bool:
    asker = unit.principal
    if asker is None:
        return True
    allowed = allow(asker, "swap:read")
    if allowed is not None and allowed.scope != OWN:
        return True
    me = asker.person_id
    return me is not None and (
        me in swap.parties or any(each["person_id"] == me and each["state"] != "closed" for each in offers)
    )


def _as_seen(
    unit: Unit, swap: Swap, offers: Iterable[Mapping[str, Any]], cells: Mapping[str, Mapping[str, Any]]
) -> SwapSeen:
    me = unit.principal.person_id if unit.principal else None
    is_mine = me in swap.parties
    knows_why = is_mine or unit.principal is None or allow(unit.principal, "swap:approve") is not None
    is_offered = any(each["person_id"] == me and each["state"] == "offered" for each in offers)
    return SwapSeen(
        swap_id=swap.swap_id,
        schedule_id=swap.schedule_id,
        kind=swap.kind,
        state=swap.state,
        requester_id=swap.requester_id,
        party_ids=swap.parties,
        accepted=swap.accepted,
        duties=tuple(_duty(leg, cells[duty]) for leg in swap.legs for duty in leg.duty_ids),
        reason=swap.reason if knows_why else "",
        problem=swap.problem if knows_why else "",
        created_at=swap.created_at,
        expires_at=swap.expires_at,
        execute_at=swap.execute_at,
        executed_number=swap.executed_number,
        rollback_until=swap.rollback_until,
        waits_for_me=swap.state == REQUESTED and ((me in swap.asked and me not in swap.accepted) or is_offered),
        is_mine=is_mine,
    )


def _duty(leg: SwapLeg, cell: Mapping[str, Any]) -> DutySeen:
    return DutySeen(
        duty_id=cell["duty_id"],
        giver=leg.giver,
        taker=leg.taker,
        day=cell["day"],
        starts_at=cell["starts_at"],
        ends_at=cell["ends_at"],
        kind=cell["kind"],
        what=cell["activity"] or cell["line"] or cell["rotation_id"],
        rotation_id=cell["rotation_id"],
    )
