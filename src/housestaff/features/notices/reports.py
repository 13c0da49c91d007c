"""What is told of reports: that files are there, or that they could not be made."""

from __future__ import annotations

from housestaff.core.events import ReportFailed, ReportStored
from housestaff.features.notices.model import Audience
from housestaff.features.notices.notify import Message, Notifier
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred

_EXPORT = "schedule_export"


@reacts_to(ReportStored, ReportFailed, as_="notices.report")
def tell_of_a_report(happened: Occurred, notifier: Notifier) -> None:
    """Coordinators learn that the files of a version are there, or that they could not be made."""
    event = happened.event
    assert isinstance(event, ReportStored | ReportFailed)  # noqa: S101 - the consumer takes no other
    if event.kind != _EXPORT:
        return
    type_ = "export_ready" if isinstance(event, ReportStored) else "export_failed"
    context = {
        "number": event.number or 0,
        "first_day": event.period.first_day,
        "last_day": event.period.last_day,
    }
    key = f"run:{event.run_id}:{happened.version}"
    link = f"/schedules/{event.schedule_id}/versions"
    notifier.notify(Message(type_, context, key, happened.event_id, link=link), Audience(roles=("coordinator",)))
