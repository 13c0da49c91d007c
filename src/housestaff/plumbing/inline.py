"""The consumers that react to every event: tags raised inside the transaction, and exact counts."""

from __future__ import annotations

import sqlalchemy as sa

from housestaff.core.events import Event
from housestaff.plumbing import counts
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.database import program_table
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit

CACHE_TAG = program_table(
    "cache_tag",
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
)

_TOUCH = sa.text("""
    INSERT INTO cache_tag AS t (program_id, tag, generation)
    SELECT :program, tag, 1 FROM unnest(CAST(:tags AS text[])) AS tag
    ON CONFLICT (program_id, tag) DO UPDATE SET generation = t.generation + 1
""")


@reacts_to(as_="cache_tags", inline=True)
def touch_tags(event: Event, unit: Unit) -> None:
    """Every view that the event touches is stale from the commit on, on every worker."""
    tags = sorted(set(event.tags))
    if tags:
        unit.connection.execute(_TOUCH, {"program": unit.program_id, "tags": tags})
        unit.connection.execute(sa.text("SELECT pg_notify('housestaff_tags', :told)"), {"told": str(unit.program_id)})


@reacts_to(as_="metrics.events")
def count_events(happened: Occurred, unit: Unit) -> None:
    """Each event counts once, however often it is dispatched."""
    counts.count(unit, "events_total", event_type=happened.event.type)
