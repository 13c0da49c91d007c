"""The metrics of the installation: counted in the database, the same whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from housestaff.plumbing.database import Database
from housestaff.plumbing.metric_catalog import CATALOG, COUNTER
from housestaff.plumbing.metrics import PREFIX, checked

_COUNTS = sa.text("SELECT series, labels, amount FROM installation_counts()")
_GAUGES = sa.text("SELECT series, labels, amount FROM installation_gauges(:at)")


def text(database: Database, now: datetime) -> bytes:
    """The series of the installation, as they are scraped; raises where the database does not answer."""
    with database.transaction() as connection:
        counted = [tuple(row) for row in connection.execute(_COUNTS)]
        measured = [tuple(row) for row in connection.execute(_GAUGES, {"at": now})]
    registry = CollectorRegistry()
    registry.register(_Rows([*counted, *measured]))
    return generate_latest(registry)


class _Rows:
    """A collector over rows that were read already."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        """Every series of the installation, those without a value too."""
        for name, series in CATALOG.items():
            if series.of_installation:
                family = CounterMetricFamily if series.kind == COUNTER else GaugeMetricFamily
                made = family(PREFIX + name, series.says, labels=list(series.labels))
                totals: dict[tuple[str, ...], float] = {}
                for _name, labels, amount in (row for row in self._rows if row[0] == name):
                    told = checked(name, _labels(labels)) or {}
                    values = tuple(told[label] for label in series.labels)
                    totals[values] = totals.get(values, 0.0) + float(amount)
                for values, amount in sorted(totals.items()):
                    made.add_metric(list(values), amount)
                yield made


def _labels(told: str) -> Mapping[str, str]:
    return dict(part.split("=", 1) for part in told.split("|")) if told else {}
