"""The commands of those who swap: ask, answer, take back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.core.events import SwapAgreed, SwapDeclined, SwapExpired, SwapLeg, SwapRequested, SwapWithdrawn
from housestaff.features.swaps.commands import AcceptSwap, DeclineSwap, ExpireSwap, RequestSwap, WithdrawSwap
from housestaff.features.swaps.model import (
    ABSORB,
    AGREED,
    APPROVED,
    DECLINED,
    EXPIRED,
    FAILED,
    LATEST,
    ONE_TO_ONE,
    REQUESTED,
    WITHDRAWN,
    Swap,
    moves_of,
)
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor, Published, refuse_begun
from housestaff.plumbing.access import allow
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.timers import Due, Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings


@handles(RequestSwap)
def request_swap(ask: RequestSwap, unit: Unit, floor: Floor, swaps: Swaps, timers: Timers) -> UUID:
    """The swap is asked, if it could legally happen. Returns its id."""
    there = floor.holding((*ask.give, *ask.want))
    refuse_begun(there, unit.now)
    legs = legs_of(ask, there)
    if moves := moves_of(legs):
        floor.checked(there, moves)
    swap = Swap(
        swap_id=new_id(),
        schedule_id=there.schedule.schedule_id,
        kind=ONE_TO_ONE if ask.want else ABSORB,
        state=REQUESTED,
        requester_id=ask.person_id,
        legs=legs,
        accepted=(),
        reason=ask.reason,
        freeze_reason="",
        created_at=unit.now,
        expires_at=_expiry(unit, there),
    )
    swaps.add(swap)
    timers.arm("swap.expire", swap.swap_id, swap.expires_at)
    _to_chain(unit, swap, before=None)
    unit.tell(
        SwapRequested(
            swap_id=swap.swap_id,
            party_ids=swap.parties,
            kind=swap.kind,
            requester_id=swap.requester_id,
            legs=swap.legs,
            expires_at=swap.expires_at,
            reason_present=bool(swap.reason),
        )
    )
    return swap.swap_id


def legs_of(ask: RequestSwap, there: Published) -> tuple[SwapLeg, ...]:
    """The movements that somebody asks for; raises `BadInput` for duties that are not theirs to give."""
    if not ask.give:
        raise BadInput("nothing is given.", place="give", remedy="Name at least one duty.")
    if ask.want and ask.to is None:
        raise BadInput("nobody is named.", place="to", remedy="Say whose duties you want.")
    if ask.to == ask.person_id or (ask.to is not None and ask.to not in there.program.person_by_id):
        raise BadInput(f"'{ask.to}' is nobody to swap with.", place="to", remedy="Use the id of somebody else.")
    for place, duties, owner in (("give", ask.give, ask.person_id), ("want", ask.want, ask.to)):
        for duty in duties:
            if there.cells[duty]["person_id"] != owner:
                raise BadInput(f"{duty} is not theirs.", place=place, remedy="Read the schedule again.")
    legs = [SwapLeg(giver=ask.person_id, taker=ask.to, duty_ids=ask.give)]
    if ask.want and ask.to is not None:
        legs.append(SwapLeg(giver=ask.to, taker=ask.person_id, duty_ids=ask.want))
    return tuple(legs)


def _expiry(unit: Unit, there: Published) -> datetime:
    hours = ProgramSettings(there.program.policy).number("swap_expiry_hours", there.program.zone.day(unit.now))
    usual = min(unit.now + timedelta(hours=hours), there.first_start - LATEST)
    return usual if usual > unit.now else there.first_start


@handles(AcceptSwap)
def accept_swap(ask: AcceptSwap, unit: Unit, floor: Floor, swaps: Swaps, timers: Timers) -> None:
    """Whoever was asked agrees, and the swap is tried again; the first to take an open one is its taker."""
    before = swaps.get(ask.swap_id, lock=True)
    _refuse_late(before, unit.now)
    if before.is_for_anybody and ask.person_id == before.requester_id:
        raise BadInput("you cannot take your own duty.", place="person_id", remedy="Wait for somebody else.")
    after = before.accepted_by(ask.person_id)
    there = floor.holding(after.duties)
    refuse_begun(there, unit.now)
    floor.checked(there, after.moves)
    if before.is_for_anybody:
        swaps.move_offer(after.swap_id, ask.person_id, "taken")
    swaps.keep(after)
    _to_chain(unit, after, before=before)
    if after.state == AGREED:
        timers.arm("swap.expire", after.swap_id, there.first_start)
        unit.tell(SwapAgreed(swap_id=after.swap_id, party_ids=after.parties, all_agreed_at=unit.now))


@handles(DeclineSwap)
def decline_swap(ask: DeclineSwap, unit: Unit, swaps: Swaps, timers: Timers) -> None:
    """Whoever was asked does not want it; of an open one, only their offer ends, and with the last the swap."""
    before = swaps.get(ask.swap_id, lock=True).in_state(REQUESTED)
    if before.is_for_anybody:
        if not swaps.move_offer(before.swap_id, ask.person_id, "declined"):
            raise Stale("You have no open offer of this swap.")
        if any(offer["state"] == "offered" for offer in swaps.offers(before.swap_id)):
            unit.is_about("swap", before.swap_id, version=before.version)
            return
    elif ask.person_id not in before.asked:
        raise Stale("You are not asked.")
    after = before.moved(DECLINED, REQUESTED)
    _end(unit, swaps, timers, before, after)
    unit.tell(SwapDeclined(swap_id=after.swap_id, party_ids=after.parties, by=ask.person_id))


@handles(WithdrawSwap)
def withdraw_swap(ask: WithdrawSwap, unit: Unit, swaps: Swaps, timers: Timers) -> None:
    """Whoever asked wants it no longer."""
    before = swaps.get(ask.swap_id, lock=True)
    if unit.principal is not None and allow(unit.principal, "swap:request", person=before.requester_id) is None:
        raise NotAllowed("This is somebody else's swap.")
    withdraw(unit, swaps, timers, before, by=before.requester_id)


def withdraw(unit: Unit, swaps: Swaps, timers: Timers, before: Swap, *, by: str) -> None:
    """End a swap that has not been carried out."""
    after = before.moved(WITHDRAWN, REQUESTED, AGREED, APPROVED, FAILED)
    _end(unit, swaps, timers, before, after)
    unit.tell(SwapWithdrawn(swap_id=after.swap_id, party_ids=after.parties, by=by))


@handles(ExpireSwap)
def expire_swap(ask: ExpireSwap, unit: Unit, swaps: Swaps, timers: Timers) -> None:
    """A swap that nobody answered, or nobody decided about, in time is over."""
    before = swaps.get(ask.swap_id, lock=True)
    if before.state not in {REQUESTED, AGREED}:
        unit.is_about("swap", ask.swap_id)
        return
    after = before.moved(EXPIRED, REQUESTED, AGREED)
    _end(unit, swaps, timers, before, after)
    unit.tell(SwapExpired(swap_id=after.swap_id, party_ids=after.parties))


def expire_of(due: Due) -> ExpireSwap:
    """The command of a timer at the end of a swap's time."""
    return ExpireSwap(swap_id=UUID(due.subject_id))


def _end(unit: Unit, swaps: Swaps, timers: Timers, before: Swap, after: Swap) -> None:
    swaps.keep(after)
    timers.cancel("swap.expire", after.swap_id)
    timers.cancel("swap.execute", after.swap_id)
    _to_chain(unit, after, before=before)


def _to_chain(unit: Unit, swap: Swap, *, before: Swap | None) -> None:
    changes: dict[str, object] = {"state": [before.state if before else None, swap.state]}
    if before is None or before.parties != swap.parties:
        changes["parties"] = [list(before.parties) if before else None, list(swap.parties)]
    unit.is_about("swap", swap.swap_id, version=swap.version, changes=changes)
    if unit.principal is not None and unit.principal.person_id not in swap.parties:
        unit.subject.on_behalf_of = swap.requester_id


def _refuse_late(swap: Swap, now: datetime) -> None:
    if swap.state == REQUESTED and swap.expires_at <= now:
        raise Stale("The time for an answer is over.")
