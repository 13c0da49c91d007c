"""The cache: answers as JSON under keys that hold the generations of their tags; never a source of truth."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Event, Lock
from typing import Any

from pydantic import TypeAdapter

from housestaff.plumbing import metrics
from housestaff.plumbing.access import Principal
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.second_level import OutOfReach, SecondLevel
from housestaff.plumbing.tags import NEVER, Generations, Seen, read
from housestaff.plumbing.unit import Unit

SOFT_LIMIT_SECONDS = 300
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class View:
    """A view: the record that it is, what loads it, whom it is for, and the tags that it follows.

    `load` gets the scope, the arguments, and what else it asks for by type. `scope_of` says which of the views of one
    name somebody sees; all of one scope see the same.
    """

    name: str
    record: type
    load: Callable[..., Any]
    needs: str
    scope_of: Callable[[Principal | None], str]
    tags_of: Callable[..., Sequence[str]]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Reads and writes the record."""
        return TypeAdapter(self.record)

    @cached_property
    def schema(self) -> str:
        """Twelve digits that tell one shape of the record from another."""
        shape = json.dumps(self.adapter.json_schema(), sort_keys=True)
        return hashlib.sha256(shape.encode()).hexdigest()[:12]

    def key(self, unit: Unit, scope: str, arguments: Mapping[str, Any]) -> str:
        """The key of an answer, all but its generations."""
        told = json.dumps(arguments, sort_keys=True, default=str)
        digest = hashlib.sha256(told.encode()).hexdigest()[:32]
        return f"{self.schema}:{unit.program_id}:{self.name}:{scope}:{digest}"


@dataclass(frozen=True)
class Answer:
    """A view as it is answered: its JSON, how it was come by, and the mark by which a client knows it again."""

    view: View
    content: bytes
    result: str
    etag: str = ""
    is_known: bool = False
    """Whether the client has it already, so that nothing was loaded."""

    @cached_property
    def record(self) -> Any:
        """The answer as the view's typed, immutable record; the same from the cache and from the database."""
        return self.view.adapter.validate_json(self.content)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a view stands in the cache: its key with the generations that were seen; no generations, no place."""

    view: View
    scope: str
    arguments: Mapping[str, Any]
    tags: tuple[str, ...]
    key: str
    seen: Seen | None
    etag: str


@dataclass
class _Flight:
    """One load that all who ask for the same wait for."""

    landed: Event = field(default_factory=Event)
    content: bytes | None = None


class Cache:
    """Level 1 in this process, level 2 where there is one; both serve only what the generations vouch for."""

    def __init__(
        self, generations: Generations, clock: Clock, *, most_entries: int, second: SecondLevel | None = None
    ) -> None:
        """An empty cache; one of no entries keeps nothing anywhere."""
        self.generations, self.second = generations, second
        self._clock, self._most = clock, most_entries
        self._lock = Lock()
        self._entries: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()
        self._size = 0
        self._flights: dict[str, _Flight] = {}

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._most > 0

    def place(self, unit: Unit, view: View, scope: str, arguments: Mapping[str, Any]) -> Place:
        """Where a view stands in the cache now; nowhere for a unit that has changed something itself."""
        tags, key = tuple(view.tags_of(**arguments)), view.key(unit, scope, arguments)
        if unit.told:
            return Place(view, scope, arguments, tags, key, None, "")
        seen = self.generations.seen(unit, tags) if self.is_on else None
        generations = seen.text if seen is not None else ".".join(map(str, read(unit, tags)))
        # The generations come first in the mark, so that a change of what the view follows can be told from it.
        etag = f'"{generations}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"'
        return Place(view, scope, arguments, tags, f"{key}:{generations}", seen, etag)

    def fetch(
        self,
        place: Place,
        load: Callable[[Unit], Any],
        in_unit: Callable[[Callable[[Unit], bytes]], bytes],
        known: Collection[str] = (),
    ) -> Answer:
        """The view from the cache, or loaded in a unit and kept; whoever waits for another's load holds no unit."""
        view = place.view
        if place.etag in known:
            return Answer(view, b"", _told(view, "hit", "hit"), place.etag, is_known=True)

        def loaded(unit: Unit) -> bytes:
            content = view.adapter.dump_json(load(unit))
            if place.seen is not None:
                self._keep(unit, place, content)
            return content

        if place.seen is None:
            content = in_unit(loaded)
            result = _told(view, "bypass", "bypass") if self.is_on else _told(view, "bypass", "loaded")
        else:
            content, result = self._found(place, lambda: in_unit(loaded))
        return Answer(view, content, result, place.etag)

    def _found(self, place: Place, load: Callable[[], bytes]) -> tuple[bytes, str]:
        view, key = place.view, place.key
        while True:
            held = self._first(key) or self._from_second(view, key)
            if held is not None:
                return held, _told(view, "hit", "hit")
            flight, is_mine = self._board(key)
            if not is_mine:
                flight.landed.wait()
                if flight.content is not None:
                    return flight.content, _told(view, "miss", "shared")
                continue
            try:
                # Another flight may have landed since the look.
                flight.content = self._first(key)
                if flight.content is not None:
                    return flight.content, _told(view, "hit", "hit")
                flight.content = load()
                return flight.content, _told(view, "miss", "loaded")
            finally:
                with self._lock:
                    self._flights.pop(key, None)
                flight.landed.set()

    def fill(
        self, unit: Unit, view: View, scope: str, arguments: Mapping[str, Any], load: Callable[[Unit], Any]
    ) -> bool:
        """Load a view and keep it before anybody asks; dropped where its tags were raised in the meantime."""
        tags = tuple(view.tags_of(**arguments))
        seen = Seen(read(unit, tags), NEVER)
        content = view.adapter.dump_json(load(unit))
        key = f"{view.key(unit, scope, arguments)}:{seen.text}"
        return self.is_on and self._keep(unit, Place(view, scope, arguments, tags, key, seen, ""), content)

    def _keep(self, unit: Unit, place: Place, content: bytes) -> bool:
        view = place.view
        if place.seen is None or not self.generations.is_still(unit, place.tags, place.seen):
            _told(view, "stale_refused")
            return False
        now = self._clock.now()
        self._into_first(place.key, now, content)
        # One wait a read is enough: what has not answered is not asked to keep anything.
        if self.second is not None and self.second.is_well:
            try:
                self.second.put(place.key, _sealed(view, now, content), SOFT_LIMIT_SECONDS)
            except OutOfReach:
                _told(view, "error")
        return True

    def forget(self) -> None:
        """Empty level 1."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def close(self) -> None:
        """Let go of the second level."""
        if self.second is not None:
            self.second.close()

    # -- the levels ----------------------------------------------------------------------------------------------------

    def _first(self, key: str) -> bytes | None:
        with self._lock:
            held = self._entries.get(key)
            if held is None:
                return None
            if not self._is_young(held[0]):
                self._size -= len(self._entries.pop(key)[1])
                return None
            self._entries.move_to_end(key)
            return held[1]

    def _into_first(self, key: str, since: datetime, content: bytes) -> None:
        with self._lock:
            if key in self._entries:
                self._size -= len(self._entries.pop(key)[1])
            self._entries[key] = since, content
            self._size += len(content)
            while self._entries and (len(self._entries) > self._most or self._size > MOST_BYTES):
                self._size -= len(self._entries.popitem(last=False)[1][1])

    def _from_second(self, view: View, key: str) -> bytes | None:
        if self.second is None:
            return None
        try:
            sealed = self.second.get(key)
            opened = _opened(view, sealed) if sealed is not None else None
            if sealed is not None and opened is None:
                metrics.count("prefetch_total", view=view.name, result="corrupt")
                self.second.drop(key)
        except OutOfReach:
            _told(view, "error")
            return None
        if opened is None or not self._is_young(opened[0]):
            return None
        self._into_first(key, *opened)
        return opened[1]

    def _is_young(self, since: datetime) -> bool:
        return 0 <= (self._clock.now() - since).total_seconds() < SOFT_LIMIT_SECONDS

    def _board(self, key: str) -> tuple[_Flight, bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            self._flights[key] = flight = _Flight()
            return flight, True


def _sealed(view: View, since: datetime, content: bytes) -> bytes:
    moment = since.isoformat()
    return f"{view.schema} {moment} {_digest(moment, content)}\n".encode() + content


def _opened(view: View, sealed: bytes) -> tuple[datetime, bytes] | None:
    """What was sealed, with its moment; nothing where it is of another shape, or not whole."""
    head, _line, content = sealed.partition(b"\n")
    parts = head.decode("ascii", "replace").split(" ")
    if len(parts) != 3 or parts[0] != view.schema or parts[2] != _digest(parts[1], content):
        return None
    return datetime.fromisoformat(parts[1]), content


def _digest(moment: str, content: bytes) -> str:
    return hashlib.sha256(moment.encode() + content).hexdigest()[:32]


def _told(view: View, request: str, prefetched: str = "") -> str:
    """Count how an answer was come by, and say it."""
    metrics.count("cache_requests_total", view=view.name, result=request)
    if prefetched:
        metrics.count("prefetch_total", view=view.name, result=prefetched)
    return prefetched
