"""Everything that can happen, on one page. An event is told in the transaction of the change and never changes after.

Each class names its type, its schema version and the thing it is about; `tags` are the views that it makes stale.
"""

from __future__ import annotations

from housestaff.core.events.event import (
    CellChange,
    Event,
    Period,
    Stats,
    people_of,
)
from housestaff.core.events.of_house import (
    DeadLetterOpened,
    DeliveryDead,
    SchemaChanged,
)
from housestaff.core.events.of_program import (
    FlagChanged,
    MembershipChanged,
    PasswordResetAsked,
    PersonChanged,
    PolicyChanged,
    ProgramResumed,
    ProgramSuspended,
    UserInvited,
)
from housestaff.core.events.of_reports import ReportFailed, ReportStored
from housestaff.core.events.of_schedules import (
    DutyAnnotated,
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    ScheduleAmended,
    ScheduleArchived,
    ScheduleCreated,
    ScheduleDiscarded,
    SchedulePublished,
    ScheduleUpdated,
)

__all__ = (
    "EVENTS",
    "CellChange",
    "DeadLetterOpened",
    "DeliveryDead",
    "DutyAnnotated",
    "DutyAssigned",
    "DutyChanged",
    "DutyReleased",
    "Event",
    "FlagChanged",
    "MembershipChanged",
    "PasswordResetAsked",
    "Period",
    "PersonChanged",
    "PolicyChanged",
    "ProgramResumed",
    "ProgramSuspended",
    "ReportFailed",
    "ReportStored",
    "ScheduleAmended",
    "ScheduleArchived",
    "ScheduleCreated",
    "ScheduleDiscarded",
    "SchedulePublished",
    "ScheduleUpdated",
    "SchemaChanged",
    "Stats",
    "UserInvited",
    "people_of",
)

EVENTS: tuple[type[Event], ...] = (
    ScheduleCreated,
    ScheduleUpdated,
    SchedulePublished,
    ScheduleAmended,
    ScheduleArchived,
    ScheduleDiscarded,
    DutyAssigned,
    DutyChanged,
    DutyReleased,
    DutyAnnotated,
    PersonChanged,
    MembershipChanged,
    UserInvited,
    PasswordResetAsked,
    PolicyChanged,
    ProgramSuspended,
    ProgramResumed,
    FlagChanged,
    SchemaChanged,
    DeadLetterOpened,
    DeliveryDead,
    ReportStored,
    ReportFailed,
)
"""The list of all events, written by hand; a test checks that none is forgotten."""
