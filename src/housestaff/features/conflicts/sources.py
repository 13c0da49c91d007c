"""Where conflicts are looked for: leave, and the rosters that people work by."""

from __future__ import annotations

from datetime import timedelta

from housestaff.core.events import Period
from housestaff.core.leave import LeaveStatus
from housestaff.features.conflicts.found import of_leave
from housestaff.features.conflicts.model import Conflict
from housestaff.features.leave.model import OPEN, LeaveRecord
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules

_DAY = timedelta(days=1)


class Sources:
    """What is planned and who is away, as one unit of work reads it."""

    def __init__(self, programs: Programs, schedules: Schedules, records: LeaveRecords) -> None:
        """The stores of one unit."""
        self.programs, self.schedules, self.records = programs, schedules, records

    def at_leave(self, record: LeaveRecord) -> tuple[Conflict, ...]:
        """What a leave collides with now; nothing where it is neither asked for nor granted."""
        leave = record.leave
        program = self.programs.get(leave.first)
        if leave.status not in OPEN or leave.person not in program.person_by_id:
            return ()
        period = Period(first_day=leave.first - _DAY, last_day=leave.last + _DAY)
        cells = [
            cell
            for schedule in self.schedules.published_in(period)
            for cell in self.schedules.cells.between(
                schedule.schedule_id, schedule.number or 0, period.first_day, period.last_day, person=leave.person
            )
        ]
        others = self.records.all(states=[LeaveStatus.APPROVED], between=(leave.first, leave.last))
        granted = [each.leave for each in others if each.leave.person in program.person_by_id]
        return of_leave(program, leave, cells, granted)
