"""Views for whoever asks: permission, cache and load in one place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from housestaff.plumbing import metrics
from housestaff.plumbing.bus import House
from housestaff.plumbing.cache import Answer, Cache, Place, View
from housestaff.plumbing.tags import read
from housestaff.plumbing.unit import Request, Unit


class Prefetch:
    """The views of an installation."""

    def __init__(self, house: House, cache: Cache, views: Iterable[View]) -> None:
        """The house says who may ask, and gives a loader what it asks for."""
        self.cache = cache
        self.views: dict[str, View] = {view.name: view for view in views}
        self._house = house
        metrics.allow("view", self.views)

    def ask(self, request: Request, view: str, *, known: Collection[str] = (), **arguments: Any) -> Answer:
        """A view for somebody; nothing is loaded where the mark that the client has is still right.

        Raises `NotAllowed` without the view's permission, and whatever its loader refuses.
        """
        wanted = self.views[view]
        place = self._house.read(partial(self._place, wanted, arguments), request, needs=wanted.needs)

        def in_unit(work: Callable[[Unit], bytes]) -> bytes:
            with self._house.unit(request) as unit:
                return work(unit)

        return self.cache.fetch(place, partial(self._load, place.view, place.scope, arguments), in_unit, known)

    def _place(self, view: View, arguments: Mapping[str, Any], unit: Unit) -> Place:
        return self.cache.place(unit, view, view.scope_of(unit.principal), arguments)

    def prefetch(self, unit: Unit, view: str, **arguments: Any) -> Answer:
        """A view inside a unit that is open already, in the sight of whoever opened it."""
        place = self._place(self.views[view], arguments, unit)
        load = partial(self._load, place.view, place.scope, arguments)
        return self.cache.fetch(place, load, lambda work: work(unit))

    def fill(self, unit: Unit, view: str, scope: str, **arguments: Any) -> bool:
        """Load a view before anybody asks; says whether it was kept."""
        wanted = self.views[view]
        return self.cache.fill(unit, wanted, scope, arguments, partial(self._load, wanted, scope, arguments))

    def is_newest(self, request: Request, view: str, marks: Collection[str], **arguments: Any) -> bool:
        """Whether what one of the marks was given for is still the newest state of what the view follows."""
        wanted = self.views[view]
        asked = partial(self._is_newest, wanted.tags_of(**arguments), marks)
        return self._house.read(asked, request, needs=wanted.needs)

    @staticmethod
    def _is_newest(tags: Sequence[str], marks: Collection[str], unit: Unit) -> bool:
        newest = ".".join(map(str, read(unit, tags)))
        return any(mark.strip('"').partition("-")[0] == newest for mark in marks)

    def _load(self, view: View, scope: str, arguments: Mapping[str, Any], unit: Unit) -> Any:
        return self._house.call(partial(view.load, scope=scope, **arguments), unit)
