"""A calendar as text (RFC 5545): lines that were worked out elsewhere, with the zone that they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

from housestaff.files.raw import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLine:
    """One event as a calendar shows it; an all-day one has dates, the last of them not included."""

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    sequence: int
    modified: datetime
    is_canceled: bool = False
    is_transparent: bool = False
    text: str = ""


def calendar_text(
    name: str, zone: str, lines: Sequence[CalendarLine], *, again_after: timedelta | None = None
) -> bytes:
    """The calendar of a name with its lines, in the order in which they stand; the same lines give the same bytes.

    `again_after` asks whoever subscribes to look again after so long.
    """
    icalendar: Raw = import_module("icalendar")  # only who writes a feed waits for it
    calendar: Raw = icalendar.Calendar()
    for key, value in {
        "prodid": "-//Housestaff//EN",
        "version": "2.0",
        "calscale": "GREGORIAN",
        "method": "PUBLISH",
        "x-wr-calname": icalendar.vText(" ".join(name.split())),
        "x-wr-timezone": zone,
    }.items():
        calendar.add(key, value)
    if again_after is not None:
        calendar.add("refresh-interval", again_after, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", icalendar.vDuration(again_after).to_ical().decode())
    for line in lines:
        calendar.add_component(_component(icalendar, ZoneInfo(zone), line))
    if any(isinstance(line.start, datetime) for line in lines):
        starts = [_day(line.start, ZoneInfo(zone)) for line in lines]
        calendar.add_missing_timezones(first_date=min(starts), last_date=max(starts) + timedelta(days=366))
    return bytes(calendar.to_ical())


def _component(icalendar: Raw, zone: ZoneInfo, line: CalendarLine) -> Raw:
    component: Raw = icalendar.Event()
    component.add("uid", line.uid)
    component.add("summary", line.title)
    for key, edge in (("dtstart", line.start), ("dtend", line.end)):
        component.add(key, edge.astimezone(zone) if isinstance(edge, datetime) else edge)
    component.add("dtstamp", line.modified)
    component.add("last-modified", line.modified)
    component.add("sequence", line.sequence)
    component.add("status", "CANCELLED" if line.is_canceled else "CONFIRMED")
    if line.text:
        component.add("description", line.text)
    component.add("transp", "TRANSPARENT" if line.is_transparent else "OPAQUE")
    return component


def _day(edge: datetime | date, zone: ZoneInfo) -> date:
    return edge.astimezone(zone).date() if isinstance(edge, datetime) else edge
