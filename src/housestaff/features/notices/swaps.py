"""What people are told of swaps: those who are asked, those who decide, and all concerned when it is done."""

from __future__ import annotations

from typing import Any

from housestaff.core.events import (
    SwapAgreed,
    SwapApproved,
    SwapDeclined,
    SwapExecuted,
    SwapExpired,
    SwapFailed,
    SwapOffered,
    SwapRejected,
    SwapRequested,
    SwapRolledBack,
    SwapWithdrawn,
)
from housestaff.features.notices.changes import what_it_is
from housestaff.features.notices.model import Audience
from housestaff.features.notices.notify import Message, Notifier
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.features.swaps.model import REQUESTED, Swap
from housestaff.features.swaps.store import Swaps
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred

_ENDED = (SwapDeclined, SwapRejected, SwapWithdrawn, SwapExpired)
_DONE = (SwapExecuted, SwapFailed, SwapRolledBack)


@reacts_to(SwapRequested, SwapOffered, as_="notices.swap_request")
def ask_for_an_answer(
    happened: Occurred, notifier: Notifier, programs: Programs, schedules: Schedules, swaps: Swaps
) -> None:
    """Whoever is asked gets the duties both ways; the one who asked gets a receipt."""
    event = happened.event
    assert isinstance(event, SwapRequested | SwapOffered)  # noqa: S101 - the consumer takes no other
    swap = swaps.get(event.swap_id)
    if swap.state != REQUESTED:
        return
    told = _Told(happened, notifier, programs, schedules, swap)
    more = {"name": told.program.name_of(swap.requester_id), "expires_at": swap.expires_at}
    if isinstance(event, SwapOffered):
        told.tell("swap_offer", more, Audience(persons=event.offered_to))
        return
    if swap.asked:
        told.tell("swap_asked", more, Audience(persons=swap.asked))
    told.tell("swap_receipt", more, Audience(persons=(swap.requester_id,)))


@reacts_to(SwapAgreed, SwapApproved, *_ENDED, as_="notices.swap_decision")
def tell_what_is_decided(
    happened: Occurred, notifier: Notifier, programs: Programs, schedules: Schedules, swaps: Swaps
) -> None:
    """Coordinators learn that a swap waits for them, the parties what became of it."""
    event = happened.event
    assert isinstance(event, (SwapAgreed, SwapApproved, *_ENDED))  # noqa: S101 - the consumer takes no other
    swap = swaps.get(event.swap_id)
    told = _Told(happened, notifier, programs, schedules, swap)
    if isinstance(event, SwapAgreed):
        told.tell("swap_awaits_approval", {}, Audience(roles=("coordinator",)))
    elif isinstance(event, SwapApproved):
        everybody = Audience(roles=("coordinator",), persons=swap.parties)
        told.tell("swap_approved", {"execute_at": event.execute_at}, everybody)
    else:
        offered = tuple(offer["person_id"] for offer in swaps.offers(swap.swap_id))
        state = event.type.partition(".")[2]
        told.tell("swap_closed", {"state": state}, Audience(persons=(*swap.parties, *offered)))


@reacts_to(*_DONE, as_="notices.swap_execution")
def tell_what_was_done(
    happened: Occurred, notifier: Notifier, programs: Programs, schedules: Schedules, swaps: Swaps
) -> None:
    """Parties and coordinators learn what has moved and until when it can be taken back, or why nothing has."""
    event = happened.event
    assert isinstance(event, _DONE)  # noqa: S101 - the consumer takes no other
    swap = swaps.get(event.swap_id)
    told = _Told(happened, notifier, programs, schedules, swap)
    everybody = Audience(roles=("coordinator",), persons=swap.parties)
    if isinstance(event, SwapExecuted):
        if swap.executed_number == event.number and swap.state == "executed":
            told.tell("swap_executed", {"rollback_until": event.rollback_until}, everybody)
    elif isinstance(event, SwapFailed):
        told.tell("swap_failed", {"problem": event.problem}, everybody)
    else:
        told.tell("swap_rolled_back", {}, everybody)


class _Told:
    """One swap in words, for one event."""

    def __init__(
        self, happened: Occurred, notifier: Notifier, programs: Programs, schedules: Schedules, swap: Swap
    ) -> None:
        self._happened, self._notifier, self._swap, self._schedules = happened, notifier, swap, schedules
        schedule = schedules.get(swap.schedule_id)
        self.program = programs.get(schedule.period.first_day)

    def tell(self, type_: str, more: dict[str, Any], audience: Audience) -> None:
        """Send one message of a type."""
        swap = self._swap
        key = f"swap:{swap.swap_id}:{type_}:{self._happened.event_id}"
        message = Message(
            type_, {"lines": self._lines(), **more}, key, self._happened.event_id, link=f"/swaps/{swap.swap_id}"
        )
        self._notifier.notify(message, audience)

    def _lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cells = self._schedules.cells.ever(self._swap.schedule_id, self._swap.duties)
        for leg in self._swap.legs:
            for duty in leg.duty_ids:
                cell = cells[duty]
                found.append(
                    {
                        "starts_at": cell["starts_at"],
                        "ends_at": cell["ends_at"],
                        "what": what_it_is(self.program, cell["activity"] or cell["line"], cell["rotation_id"]),
                        "giver": self.program.name_of(leg.giver),
                        "taker": self.program.name_of(leg.taker) if leg.taker else "",
                    }
                )
        return sorted(found, key=lambda line: line["starts_at"])
