"""What calendars do when something was published or approved, and the commands about links."""

from __future__ import annotations

from uuid import UUID

from housestaff.core.errors import NotFound
from housestaff.core.events import (
    LeaveAmended,
    LeaveApproved,
    LeaveCanceled,
    ScheduleAmended,
    ScheduleArchived,
    SchedulePublished,
)
from housestaff.features.calendar.commands import MakeCalendarFeed, RevokeCalendarFeed
from housestaff.features.calendar.model import LASTS
from housestaff.features.calendar.store import FEED, CalendarEntries
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.access import NoPerson
from housestaff.plumbing.bus import handles, reacts_to
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit


@reacts_to(
    *(SchedulePublished, ScheduleAmended, ScheduleArchived, LeaveApproved, LeaveAmended, LeaveCanceled),
    as_="calendar.project",
    level=True,
)
def show_what_holds_now(happened: Occurred, entries: CalendarEntries, schedules: Schedules, programs: Programs) -> None:
    """Every feed shows the newest version and all approved leave, whichever event came first."""
    entries.lock()
    schedule_id = getattr(happened.event, "schedule_id", None)
    if schedule_id is not None:
        schedule = schedules.get(schedule_id)
        if schedule.state == "archived":
            entries.put_away(schedule_id)
        elif schedule.number is not None:
            entries.show_schedule(schedule_id, schedule.number)
    entries.show_leave(programs.get())
    entries.forget_old()


@handles(MakeCalendarFeed)
def make_calendar_feed(ask: MakeCalendarFeed, unit: Unit) -> UUID:
    """The link shows the duties of who asked, for somewhat more than a year."""
    person = unit.principal.person_id if unit.principal else None
    if person is None:
        raise NoPerson(NoPerson.__doc__ or "")
    feed_id = new_id()
    unit.connection.execute(
        FEED.insert().values(
            program_id=unit.program_id,
            feed_id=feed_id,
            token_hash=ask.token_hash,
            user_id=unit.request.user_id,
            person_id=person,
            made_at=unit.now,
            expires_at=unit.now + LASTS,
        )
    )
    unit.is_about("calendar_feed", feed_id, changes={"person_id": [None, person]})
    return feed_id


@handles(RevokeCalendarFeed)
def revoke_calendar_feed(ask: RevokeCalendarFeed, unit: Unit) -> None:
    """The link shows nothing any more."""
    mine = (FEED.c.feed_id == ask.feed_id) & (FEED.c.user_id == unit.request.user_id)
    done = unit.connection.execute(FEED.update().where(mine, FEED.c.revoked_at.is_(None)).values(revoked_at=unit.now))
    if not done.rowcount:
        raise NotFound("There is no such link of yours.")
    unit.is_about("calendar_feed", ask.feed_id, changes={"revoked": [False, True]})
