"""The views that people open first, made ready before they do."""

from __future__ import annotations

from datetime import timedelta

from housestaff.core.events import ScheduleAmended, ScheduleCreated, SchedulePublished
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.features.schedules.views import ALL, PUBLISHED, WEEK, people_on, shows
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.prefetch import Prefetch
from housestaff.plumbing.unit import Unit


@reacts_to(ScheduleCreated, SchedulePublished, ScheduleAmended, as_="cache.warm", level=True)
def ready_the_views(
    happened: Occurred,
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    prefetch: Prefetch,
) -> None:
    """The first reader does not wait: grid, summary, this and the next week of each person, who is on today."""
    event = happened.event
    assert isinstance(event, ScheduleCreated | SchedulePublished | ScheduleAmended)  # noqa: S101 - it takes no other
    schedule = schedules.get(event.schedule_id)
    for scope in (ALL, PUBLISHED):
        if shows(schedule, scope):
            prefetch.fill(unit, "roster_grid", scope, schedule_id=event.schedule_id)
            prefetch.fill(unit, "schedule_summary", scope, schedule_id=event.schedule_id)
    if schedule.number is None:
        return
    today = programs.get().zone.day(unit.now)
    monday = today - timedelta(days=today.weekday())
    for first_day in (monday, monday + WEEK):
        for person in people_on(unit, schedules, first_day, first_day + WEEK):
            prefetch.fill(unit, "person_week", PUBLISHED, person=person, first_day=first_day)
    prefetch.fill(unit, "who_is_on", PUBLISHED, day=today)
