"""What is read of swaps: the program's for those who decide, one's own and what is offered to one for the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from housestaff.core.errors import NotAllowed, NotFound
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
    found = swaps.listed(states=[state] if state else [])
    return [_seen(unit, floor, swaps, each) for each in found if _may_read(unit, swaps, each)]


def one(unit: Unit, floor: Floor, swaps: Swaps, *, swap_id: UUID) -> SwapSeen:
    """One swap; that of others is not there."""
    swap = swaps.get(swap_id)
    if not _may_read(unit, swaps, swap):
        raise NotFound("There is no such swap.")
    return _seen(unit, floor, swaps, swap)


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


def _may_read(unit: Unit, swaps: Swaps, swap: Swap) -> bool:
    asker = unit.principal
    if asker is None:
        return True
    allowed = allow(asker, "swap:read")
    if allowed is not None and allowed.scope != OWN:
        return True
    me = asker.person_id
    return me is not None and (me in swap.parties or _has_offer(swaps, swap, me))


def _has_offer(swaps: Swaps, swap: Swap, person: str) -> bool:
    states = {"offered", "declined", "taken"}
    return any(offer["person_id"] == person and offer["state"] in states for offer in swaps.offers(swap.swap_id))


def _seen(unit: Unit, floor: Floor, swaps: Swaps, swap: Swap) -> SwapSeen:
    me = unit.principal.person_id if unit.principal else None
    is_mine = me in swap.parties
    decides = unit.principal is None or allow(unit.principal, "swap:approve", person=None) is not None
    offered = any(o["person_id"] == me and o["state"] == "offered" for o in swaps.offers(swap.swap_id))
    return SwapSeen(
        swap_id=swap.swap_id,
        schedule_id=swap.schedule_id,
        kind=swap.kind,
        state=swap.state,
        requester_id=swap.requester_id,
        party_ids=swap.parties,
        accepted=swap.accepted,
        duties=tuple(_duty(floor, swap, leg.giver, leg.taker, duty) for leg in swap.legs for duty in leg.duty_ids),
        reason=swap.reason if is_mine or decides else "",
        problem=swap.problem if is_mine or decides else "",
        created_at=swap.created_at,
        expires_at=swap.expires_at,
        execute_at=swap.execute_at,
        executed_number=swap.executed_number,
        rollback_until=swap.rollback_until,
        waits_for_me=swap.state == REQUESTED and ((me in swap.asked and me not in swap.accepted) or offered),
        is_mine=is_mine,
    )


def _duty(floor: Floor, swap: Swap, giver: str, taker: str | None, duty_id: str) -> DutySeen:
    cell: dict[str, Any] = floor.schedules.cells.ever(duty_id, swap.schedule_id)
    return DutySeen(
        duty_id=duty_id,
        giver=giver,
        taker=taker,
        day=cell["day"],
        starts_at=cell["starts_at"],
        ends_at=cell["ends_at"],
        kind=cell["kind"],
        what=cell["activity"] or cell["line"] or cell["rotation_id"],
        rotation_id=cell["rotation_id"],
    )
