"""What waits for somebody: swaps to answer or to decide, leave to decide, conflicts to settle."""

from __future__ import annotations

from dataclasses import dataclass

from housestaff.core.leave import LeaveStatus
from housestaff.features.conflicts import queries as conflict_queries
from housestaff.features.conflicts.store import Conflicts
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.program.store import Programs
from housestaff.features.swaps import queries as swap_queries
from housestaff.features.swaps.model import AGREED, FAILED, REQUESTED
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor
from housestaff.plumbing.access import allow
from housestaff.plumbing.unit import Unit


@dataclass(frozen=True)
class Waiting:
    """How many of each wait."""

    swaps_to_answer: int
    swaps_to_decide: int
    leave_to_decide: int
    conflicts: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing waits."""
        return not (self.swaps_to_answer or self.swaps_to_decide or self.leave_to_decide or self.conflicts)


def waiting(
    unit: Unit, floor: Floor, swaps: Swaps, records: LeaveRecords, conflicts: Conflicts, programs: Programs
) -> Waiting:
    """What waits for the reader; one's own swaps and leave are decided by others."""
    asker = unit.principal
    me = asker.person_id if asker else None
    decides_swaps = asker is None or allow(asker, "swap:approve") is not None
    decides_leave = asker is None or allow(asker, "leave:approve") is not None
    asked = swap_queries.listed(unit, floor, swaps, state=REQUESTED) if me else []
    undecided = swaps.listed(states=[AGREED, FAILED]) if decides_swaps else []
    requests = records.all(states=[LeaveStatus.REQUESTED]) if decides_leave else []
    today = programs.get().zone.day(unit.now)
    return Waiting(
        swaps_to_answer=sum(each.waits_for_me for each in asked),
        swaps_to_decide=sum(me not in each.parties for each in undecided),
        leave_to_decide=sum(each.leave.person != me for each in requests),
        conflicts=len(conflict_queries.listed(unit, conflicts, since=today)),
    )
