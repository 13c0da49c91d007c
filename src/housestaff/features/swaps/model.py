"""A swap and its life. Every move that is not here is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from housestaff.core.errors import Stale
from housestaff.core.events import SwapLeg
from housestaff.core.moves import Move

ONE_TO_ONE, ABSORB = "one_to_one", "absorb"
REQUESTED, AGREED, APPROVED, FAILED, EXECUTED = "requested", "agreed", "approved", "failed", "executed"
DECLINED, REJECTED, WITHDRAWN, EXPIRED, ROLLED_BACK = "declined", "rejected", "withdrawn", "expired", "rolled_back"
OPEN = frozenset({REQUESTED, AGREED, APPROVED, FAILED})
"""While a swap is open, none of its duties may be in another."""

LATEST = timedelta(hours=24)
"""So long before its first duty a swap expires that nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A swap as stored."""

    swap_id: UUID
    schedule_id: UUID
    kind: str
    state: str
    requester_id: str
    legs: tuple[SwapLeg, ...]
    accepted: tuple[str, ...]
    reason: str
    freeze_reason: str
    created_at: datetime
    expires_at: datetime
    execute_at: datetime | None = None
    executed_number: int | None = None
    rollback_until: datetime | None = None
    problem: str = ""
    version: int = 1

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody named in it."""
        named = (person for leg in self.legs for person in (leg.giver, leg.taker) if person)
        return tuple(dict.fromkeys(named))

    @property
    def asked(self) -> tuple[str, ...]:
        """Those whose yes it takes."""
        return tuple(person for person in self.parties if person != self.requester_id)

    @property
    def duties(self) -> tuple[str, ...]:
        """Every duty of it."""
        return tuple(duty for leg in self.legs for duty in leg.duty_ids)

    @property
    def is_for_anybody(self) -> bool:
        """Whether nobody has taken it yet."""
        return any(leg.taker is None for leg in self.legs)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Each duty with its giver and its taker."""
        return moves_of(self.legs)

    def accepted_by(self, person: str) -> Swap:
        """Somebody says yes; of an open one, whoever comes first is the taker."""
        swap = self.in_state(REQUESTED)
        if swap.is_for_anybody:
            legs = tuple(replace(leg, taker=leg.taker or person) for leg in swap.legs)
            swap = replace(swap, legs=legs)
        elif person not in swap.asked:
            raise Stale("Somebody else has taken it.")
        accepted = tuple(dict.fromkeys((*swap.accepted, person)))
        state = AGREED if set(swap.asked) <= set(accepted) else REQUESTED
        return replace(swap, accepted=accepted, state=state, version=self.version + 1)

    def moved(self, state: str, *from_: str, problem: str = "") -> Swap:
        """In another state, if it stands in one of these."""
        return replace(self.in_state(*from_), state=state, problem=problem, version=self.version + 1)

    def in_state(self, *states: str) -> Swap:
        """This swap, if it stands in one of these states."""
        if self.state not in states:
            raise Stale(f"This swap is {self.state.replace('_', ' ')}. Read it again.")
        return self


def moves_of(legs: Iterable[SwapLeg]) -> tuple[Move, ...]:
    """Each duty of legs that have a taker."""
    return tuple(
        Move(duty_id=duty, giver=leg.giver, taker=leg.taker) for leg in legs if leg.taker for duty in leg.duty_ids
    )
