"""Calendar feeds (RFC 5545): one file a person, the same UID for the same duty, a higher SEQUENCE for each change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from housestaff.core.errors import BadInput
from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Span
from housestaff.files.calendar_text import CalendarLine, calendar_text
from housestaff.files.feed_events import FeedEvent, View, events_of
from housestaff.files.guard import gathered
from housestaff.files.kinds import INTEGER, TEXT, TRUTH, many
from housestaff.files.raw import as_table
from housestaff.files.records import Record, Where

KEPT_DAYS = 60
_BACK, _AHEAD = timedelta(days=31), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a feed said of one event the last time, so that the next one can say what changed."""

    digest: str
    sequence: int
    modified: str
    duties: tuple[str, ...]
    title: str
    start: str
    end: str
    all_day: bool
    canceled: str = ""


@dataclass(frozen=True)
class FeedState:
    """The state of a feed between two publications: what was sent, by UID."""

    sent: Mapping[str, Sent] = field(default_factory=dict[str, Sent])

    def to_json(self) -> str:
        """The state as text to keep."""
        return json.dumps(
            {uid: _SENT.write(sent) for uid, sent in sorted(self.sent.items())}, ensure_ascii=False, indent=1
        )

    @classmethod
    def from_json(cls, text: str, name: str = "feed.json") -> FeedState:
        """The state of a kept text."""
        problems: list[BadInput] = []
        try:
            rows = as_table(json.loads(text)) or {}
        except ValueError as error:
            raise BadInput(
                f"this is no JSON: {error}.", place=name, remedy="Delete it; all events start anew."
            ) from error
        sent = {uid: _SENT.read(row, Where(name, problems, uid)) for uid, row in rows.items()}
        if problems:
            raise gathered(problems)
        return cls(sent)


_SENT = Record(
    Sent,
    {
        "digest": ("digest", TEXT),
        "sequence": ("sequence", INTEGER),
        "modified": ("modified", TEXT),
        "duties": ("duties", many(TEXT)),
        "title": ("title", TEXT),
        "start": ("start", TEXT),
        "end": ("end", TEXT),
        "all_day": ("all_day", TRUTH),
        "canceled": ("canceled", TEXT),
    },
)


def write_feed(
    program: Program,
    roster: Roster,
    person: Person,
    *,
    now: datetime,
    view: View = View.MERGED,
    previous: FeedState | None = None,
    host: str = "housestaff.invalid",
) -> tuple[bytes, FeedState]:
    """One person's calendar from a month back to a year ahead, and the state to give to the next publication."""
    return _feed(Grid(program, roster), person, (view, host, now), previous or FeedState())


def write_calendars(
    program: Program, roster: Roster, folder: Path, *, now: datetime, view: View = View.MERGED
) -> tuple[Path, ...]:
    """Write one .ics file a person into a folder: the whole period of the roster."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = Grid(program, roster)
    paths: list[Path] = []
    for person in program.people:
        data, _ = _feed(grid, person, (view, "housestaff.invalid", now), FeedState(), whole=True)
        paths.append(folder / f"{person.id}.ics")
        paths[-1].write_bytes(data)
    return tuple(paths)


def _feed(
    grid: Grid, person: Person, how: tuple[View, str, datetime], previous: FeedState, *, whole: bool = False
) -> tuple[bytes, FeedState]:
    view, host, now = how
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    owners = {duty: uid for uid, sent in previous.sent.items() for duty in sent.duties}
    sent: dict[str, Sent] = {}
    texts: dict[str, FeedEvent] = {}
    for event in events_of(grid, person, view):
        if not whole and not _in_window(grid.program, event, now.date()):
            continue
        uid = _uid(event, owners, sent, f"{person.id}@{host}")
        sent[uid] = _sent(grid.program, event, previous.sent.get(uid), stamp)
        texts[uid] = event
    for uid, old in previous.sent.items():
        if uid not in sent:
            gone = _canceled(old, stamp)
            if gone is not None:
                sent[uid] = gone
    return _calendar(grid.program, person, sent, texts), FeedState(sent)


def _in_window(program: Program, event: FeedEvent, today: date) -> bool:
    first, last = event.dates or (
        program.zone.date_of(event.span.start if event.span else 0),
        program.zone.date_of(event.span.end if event.span else 0),
    )
    return last >= today - _BACK and first <= today + _AHEAD


def _uid(event: FeedEvent, owners: Mapping[str, str], taken: Mapping[str, Sent], ending: str) -> str:
    """The UID that already stands for a duty of the event, else that of its first duty."""
    for duty in event.duties:
        held = owners.get(duty)
        if held is not None and held not in taken:
            return held
    return next(uid for uid in (f"{duty}.{ending}" for duty in event.duties) if uid not in taken)


def _sent(program: Program, event: FeedEvent, old: Sent | None, stamp: str) -> Sent:
    if event.dates is not None:
        start, end, all_day = event.dates[0], event.dates[1] + timedelta(days=1), True
        edges = (start.isoformat(), end.isoformat())
    else:
        span, all_day = event.span or Span(0, 0), False
        edges = (_local(program, span.start).isoformat(), _local(program, span.end).isoformat())
    content = json.dumps([event.title, event.text, *edges, event.transparent])
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    if old is not None and old.digest == digest and not old.canceled:
        return Sent(digest, old.sequence, old.modified, event.duties, event.title, *edges, all_day)
    sequence = 0 if old is None else old.sequence + 1
    return Sent(digest, sequence, stamp, event.duties, event.title, *edges, all_day)


def _canceled(old: Sent, stamp: str) -> Sent | None:
    """An event that is gone, as canceled; after sixty days it is forgotten."""
    if old.canceled:
        age = _moment(stamp) - _moment(old.canceled)
        return old if age <= timedelta(days=KEPT_DAYS) else None
    return replace(old, sequence=old.sequence + 1, modified=stamp, canceled=stamp)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _local(program: Program, instant: int) -> datetime:
    return datetime.fromtimestamp(instant * 60, ZoneInfo(program.zone.name))


def _calendar(program: Program, person: Person, sent: Mapping[str, Sent], events: Mapping[str, FeedEvent]) -> bytes:
    in_order = sorted(sent, key=lambda uid: (sent[uid].start, uid))
    lines = [_line(uid, sent[uid], events.get(uid)) for uid in in_order]
    return calendar_text(f"{program.name}: {person.display_name}", program.zone.name, lines)


def _line(uid: str, row: Sent, event: FeedEvent | None) -> CalendarLine:
    read = date.fromisoformat if row.all_day else datetime.fromisoformat
    return CalendarLine(
        uid=uid,
        title=row.title,
        start=read(row.start),
        end=read(row.end),
        sequence=row.sequence,
        modified=_moment(row.modified),
        is_canceled=bool(row.canceled),
        is_transparent=event is not None and event.transparent,
        text=event.text if event is not None else "",
    )
