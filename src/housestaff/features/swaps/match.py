"""What swaps do by themselves: find who could take a duty, and give way to leave."""

from __future__ import annotations

from housestaff.core.errors import NotFound, Stale
from housestaff.core.events import LeaveAmended, LeaveApproved, SwapOffered, SwapRequested
from housestaff.core.leave import Leave
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.swaps.handlers import withdraw
from housestaff.features.swaps.model import AGREED, REQUESTED, Swap
from housestaff.features.swaps.partners import candidates
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings


@reacts_to(SwapRequested, as_="swaps.match")
def find_who_could_take_it(happened: Occurred, unit: Unit, floor: Floor, swaps: Swaps) -> None:
    """A duty that is given to whoever takes it is offered to the best few who legally could."""
    event = happened.event
    assert isinstance(event, SwapRequested)  # noqa: S101 - the consumer takes no other
    swap = swaps.get(event.swap_id, lock=True)
    if swap.state != REQUESTED or not swap.is_for_anybody:
        return
    try:
        there = floor.holding(swap.duties)
        found = candidates(floor, there, swap.duties, swap.requester_id)
    except (NotFound, Stale):
        # Its duties have gone or changed hands in the meantime: there is nothing to offer, and in time it expires.
        return
    size = ProgramSettings(there.program.policy).number("absorb_offer_size", there.program.zone.day(unit.now))
    new = swaps.offer(swap.swap_id, [each.person_id for each in found if each.is_legal][:size])
    if new:
        unit.tell(SwapOffered(swap_id=swap.swap_id, party_ids=swap.parties, offered_to=tuple(new)))


@reacts_to(LeaveApproved, LeaveAmended, as_="swaps.leave_watch")
def withdraw_swaps_in_the_way(
    happened: Occurred, unit: Unit, floor: Floor, swaps: Swaps, timers: Timers, records: LeaveRecords
) -> None:
    """Leave wins over an open swap on the same half-days; one that is approved fails when its time comes."""
    event = happened.event
    assert isinstance(event, LeaveApproved | LeaveAmended)  # noqa: S101 - the consumer takes no other
    leave = records.get(event.leave_id).leave
    if not leave.blocks:
        return
    for listed in swaps.listed(states=[REQUESTED, AGREED]):
        if leave.person in listed.parties:
            swap = swaps.get(listed.swap_id, lock=True)
            if swap.state in {REQUESTED, AGREED} and _meets(floor, swap, leave):
                withdraw(unit, swaps, timers, swap, by="leave")


def _meets(floor: Floor, swap: Swap, leave: Leave) -> bool:
    """Whether a duty that the person on leave gives or takes begins on a half-day of it."""
    zone, halves = floor.programs.get(leave.first).zone, set(leave.halves())
    mine = [duty for leg in swap.legs if leave.person in {leg.giver, leg.taker} for duty in leg.duty_ids]
    cells = floor.schedules.cells.ever(swap.schedule_id, mine)
    return any(zone.half_at(cell["starts_at"]) in halves for cell in cells.values())
