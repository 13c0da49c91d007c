"""Counters kept in the database, in the transaction of what they count: exact over crashes and repetitions."""

from __future__ import annotations

import sqlalchemy as sa

from housestaff.plumbing.database import program_table
from housestaff.plumbing.unit import Unit

EVENT_COUNT = program_table(
    "event_count",
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("labels", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
)

_ADD = sa.text("""
    INSERT INTO event_count AS c (program_id, series, labels, amount) VALUES (:program, :series, :labels, :amount)
    ON CONFLICT (program_id, series, labels) DO UPDATE SET amount = c.amount + excluded.amount
""")


def count(unit: Unit, series: str, amount: int = 1, **labels: str) -> None:
    """Add to a counter of the installation, in the unit's transaction."""
    told = "|".join(f"{name}={labels[name]}" for name in sorted(labels))
    unit.connection.execute(_ADD, {"program": unit.program_id, "series": series, "labels": told, "amount": amount})
