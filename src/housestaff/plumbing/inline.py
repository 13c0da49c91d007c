"""The consumers that react to every event: tags raised inside the transaction, and exact counts."""

from __future__ import annotations

from housestaff.core.events import Event
from housestaff.plumbing import counts
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.tags import Generations
from housestaff.plumbing.unit import Unit


@reacts_to(as_="cache_tags", inline=True)
def touch_tags(event: Event, unit: Unit, generations: Generations) -> None:
    """Every view that the event touches is stale from the commit on, on every worker."""
    del event
    # All events of a unit at once: two units that raise the same tags in turn would wait for each other.
    begun = unit.memo.get(touch_tags, 0)
    tags = sorted({tag for told in unit.told[begun:] for tag in told.event.tags})
    unit.memo[touch_tags] = len(unit.told)
    if tags:
        generations.touch(unit, tags)


@reacts_to(as_="metrics.events")
def count_events(happened: Occurred, unit: Unit) -> None:
    """Each event counts once, however often it is dispatched."""
    counts.count(unit, "events_total", event_type=happened.event.type)
