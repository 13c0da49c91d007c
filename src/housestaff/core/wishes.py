"""Wishes: what somebody would like and may not get; a wish that must come true needs approval and becomes leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.errors import BadInput
from housestaff.core.time import Weekday

MOST_RANK = 10
"""Wishes are ranked from 1, the dearest, to this."""


class WishKind(StrEnum):
    """What sort of wish it is, which says how its text is read."""

    VACATION_WEEK = "vacation_week"
    ROTATION = "rotation"
    AVOID_ROTATION = "avoid_rotation"
    PREFER_CALL = "prefer_call"
    AVOID_CALL = "avoid_call"
    AVOID_DATE = "avoid_date"


_DATED = {WishKind.VACATION_WEEK, WishKind.AVOID_DATE}
_WEEKLY = {WishKind.PREFER_CALL, WishKind.AVOID_CALL}


@dataclass(frozen=True, slots=True)
class Wish:
    """One ranked wish of a person.

    `what` is a date (a date of the vacation week, a date free of call), a weekday of call, or a rotation in a block
    written as "CARD@5".
    """

    person: str
    kind: WishKind
    what: str
    rank: int = 1

    def __post_init__(self) -> None:
        """Refuse a wish that nobody could read."""
        place = f"wish of {self.person}"
        if not 1 <= self.rank <= MOST_RANK:
            raise BadInput(f"the rank is {self.rank}.", place=place, remedy=f"Write 1 to {MOST_RANK}.")
        if self.kind in _DATED:
            try:
                date.fromisoformat(self.what)
            except ValueError as error:
                raise BadInput(f"'{self.what}' is no date.", place=place, remedy="Write it as 2025-07-31.") from error
        elif self.kind in _WEEKLY:
            Weekday.named(self.what)
        elif not (all(self.in_block) and self.in_block[1].isdigit()):
            raise BadInput(f"'{self.what}' is no rotation in a block.", place=place, remedy="Write the two as CARD@5.")

    @property
    def day(self) -> date:
        """The date that the wish names."""
        return date.fromisoformat(self.what)

    @property
    def weekday(self) -> Weekday:
        """The weekday that the wish names."""
        return Weekday.named(self.what)

    @property
    def weight(self) -> int:
        """What it costs not to meet it: the dearest most."""
        return MOST_RANK + 1 - self.rank

    @property
    def in_block(self) -> tuple[str, str]:
        """The rotation and the block number that the wish names."""
        code, _at, block = self.what.partition("@")
        return code, block

    def __str__(self) -> str:
        """The wish in words."""
        told = self.kind.value.replace("_", " ")
        return f"choice {self.rank}, {told} {self.what}"
