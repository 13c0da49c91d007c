"""What is read of calendars: the feed behind a link, and one's own links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from housestaff.core.errors import NotFound
from housestaff.core.program import Program
from housestaff.features.accounts.queries import program_seen
from housestaff.features.calendar.model import LOOK_AGAIN, Entry, FeedView
from housestaff.features.calendar.store import CalendarEntries, feeds_of, reader_behind
from housestaff.features.notices.changes import what_it_is
from housestaff.features.program.store import Programs
from housestaff.files.calendar_text import CalendarLine, calendar_text
from housestaff.plumbing.i18n import Texts
from housestaff.plumbing.unit import Unit

_DAY = timedelta(days=1)
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_STAY = "rotation_day"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is answered: its mark, and its text unless the phone has it already."""

    etag: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class _Titled:
    """An entry with what it is called."""

    entry: Entry
    title: str


def feed(
    unit: Unit, programs: Programs, entries: CalendarEntries, *, token: str, view: FeedView, known: frozenset[str]
) -> Feed:
    """The feed behind a link. Raises `LinkOver` where that is revoked, too old, or its owner has gone."""
    reader, (name, zone, locale) = reader_behind(unit, token), program_seen(unit)
    program, rows = programs.get(), entries.of(reader.person_id)
    texts = Texts(reader.locale, locale, zone)
    titled = [_Titled(row, _title(program, row, texts)) for row in rows]
    etag = _mark(name, zone, view, titled)
    if etag in known:
        return Feed(etag, None)
    owner = program.name_of(reader.person_id)
    lines = _merged(titled, ZoneInfo(zone)) if view is FeedView.MERGED else [_line(each, zone) for each in titled]
    return Feed(etag, calendar_text(f"{name}: {owner}", zone, lines, again_after=LOOK_AGAIN))


def own_feeds(unit: Unit) -> list[dict[str, Any]]:
    """One's own links that are worth something."""
    return feeds_of(unit, unit.request.user_id)


def own_feed(unit: Unit, *, feed_id: UUID) -> dict[str, Any]:
    """One of one's own links."""
    found = next((each for each in own_feeds(unit) if each["feed_id"] == feed_id), None)
    if found is None:
        raise NotFound("There is no such link of yours.")
    return found


def _title(program: Program, entry: Entry, texts: Texts) -> str:
    """The name of a line, an activity or a rotation; where there is none, the sort of duty."""
    return what_it_is(program, entry.activity or entry.line, entry.rotation_id) or _kinds(texts, entry.kind)


def _kinds(texts: Texts, kind: str) -> str:
    return texts.render(_template(), {"kind": kind}).strip()


@cache
def _template() -> str:
    return (resources.files("housestaff.features.calendar") / "templates" / "title.txt").read_text("utf-8")


def _mark(name: str, zone: str, view: FeedView, titled: Sequence[_Titled]) -> str:
    """What changes with everything that the feed says; a phone that has it is not sent it again."""
    told = [(each.entry.uid, each.entry.sequence, each.entry.status, each.title) for each in titled]
    return f'"{hashlib.sha256(repr((name, zone, view, told)).encode()).hexdigest()[:32]}"'


def _line(each: _Titled, zone: str) -> CalendarLine:
    entry, there = each.entry, ZoneInfo(zone)
    edges: tuple[datetime | date, datetime | date] = (entry.starts_at, entry.ends_at)
    if entry.all_day:
        edges = (entry.starts_at.astimezone(there).date(), entry.ends_at.astimezone(there).date())
    return CalendarLine(
        uid=entry.uid,
        title=each.title,
        start=edges[0],
        end=edges[1],
        sequence=entry.sequence,
        modified=entry.changed_at,
        is_canceled=entry.is_canceled,
    )


def _merged(titled: Sequence[_Titled], zone: ZoneInfo) -> list[CalendarLine]:
    """The days of a stay as one event, and equal neighbors of a day as one; each under the uid of its first duty."""
    lines: list[CalendarLine] = []
    for run in _runs([each for each in titled if not each.entry.is_canceled], zone):
        first, last = run[0], run[-1]
        line = _line(first, zone.key)
        if first.entry.kind == _STAY:
            days = (_day(first, zone), _day(last, zone) + _DAY)
            line = replace(line, start=days[0], end=days[1])
        elif len(run) > 1:
            line = replace(line, end=last.entry.ends_at)
        changed = max(each.entry.changed_at for each in titled if _touches(each, run))
        # A run changes when one of its duties leaves it: what counts is when something near it changed last.
        lines.append(replace(line, sequence=int((changed - _BEGAN).total_seconds() // 60), modified=changed))
    return lines


def _runs(titled: Iterable[_Titled], zone: ZoneInfo) -> Iterator[list[_Titled]]:
    by_title: dict[tuple[str, str], list[_Titled]] = {}
    for each in titled:
        by_title.setdefault((each.title, each.entry.kind), []).append(each)
    found: list[list[_Titled]] = []
    for listed in by_title.values():
        found.append([listed[0]])
        for before, each in pairwise(listed):
            if _follows(before, each, zone):
                found[-1].append(each)
            else:
                found.append([each])
    yield from sorted(found, key=lambda run: (run[0].entry.starts_at, run[0].entry.uid))


def _follows(before: _Titled, each: _Titled, zone: ZoneInfo) -> bool:
    gap = _day(each, zone) - _day(before, zone)
    if each.entry.kind == _STAY:
        return gap <= _DAY
    return not gap and not each.entry.all_day and before.entry.ends_at <= each.entry.starts_at


def _touches(each: _Titled, run: Sequence[_Titled]) -> bool:
    first, last = run[0].entry, run[-1].entry
    near = first.starts_at - _DAY <= each.entry.starts_at <= last.ends_at + _DAY
    return near and (each.title, each.entry.kind) == (run[0].title, first.kind)


def _day(each: _Titled, zone: ZoneInfo) -> date:
    return each.entry.starts_at.astimezone(zone).date()
