"""Metrics of this process: every series declared once in the catalog. Nothing else can appear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from housestaff.plumbing.metric_catalog import CATALOG, CLOSED, RESULTS
from housestaff.plumbing.settings import Settings

PREFIX = "housestaff_"
OTHER = "other"

disable_created_metrics()

_NEVER_A_LABEL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{4}-\d{2}-\d{2}|@|/|\s")
_CLASSES: Mapping[str, Any] = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}

REGISTRY = CollectorRegistry()
_METERS: Mapping[str, Any] = {
    name: _CLASSES[series.kind](PREFIX + name, series.says, series.labels, registry=REGISTRY)
    for name, series in CATALOG.items()
    if not series.of_installation
}
_LISTS: dict[str, frozenset[str]] = {label: frozenset(values.split()) for label, values in CLOSED.items()}


class Undeclared(LookupError):
    """A name or a label that does not stand in the catalog."""


def allow(label: str, values: Iterable[str]) -> None:
    """Give the closed list of a label; said at start-up by whoever knows it."""
    _LISTS[label] = frozenset(values) | {OTHER}


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter of this process."""
    meter = _meter(name, labels)
    if meter is not None:
        meter.inc(amount)


def gauge(name: str, value: float, **labels: str) -> None:
    """Set a gauge of this process."""
    meter = _meter(name, labels)
    if meter is not None:
        meter.set(value)


def observe(name: str, value: float, **labels: str) -> None:
    """Add one observation to a histogram of this process."""
    meter = _meter(name, labels)
    if meter is not None:
        meter.observe(value)


def text() -> bytes:
    """The series of this process, as they are scraped."""
    return generate_latest(REGISTRY)


def checked(name: str, labels: Mapping[str, str]) -> dict[str, str] | None:
    """The labels as they may appear: a value that is on no list is `other`; nothing where the name is not declared.

    Raises `Undeclared` for a name or label that is not in the catalog while `Settings.is_strict` says so.
    """
    series = CATALOG.get(name)
    if series is None or set(labels) != set(series.labels):
        if Settings.is_strict:
            raise Undeclared(f"{name} with {sorted(labels)} stands in no catalog")
        _METERS["metric_label_rejected_total"].labels(metric=OTHER).inc()
        return None
    told = {label: value if _is_listed(name, label, value) else OTHER for label, value in labels.items()}
    rejected = sum(told[label] != labels[label] for label in labels)
    if rejected:
        _METERS["metric_label_rejected_total"].labels(metric=name).inc(rejected)
    return told


def _meter(name: str, labels: Mapping[str, str]) -> Any:
    told = checked(name, labels)
    if told is None or name not in _METERS:
        return None
    return _METERS[name].labels(**told) if told else _METERS[name]


def _is_listed(name: str, label: str, value: str) -> bool:
    if label == "result" and name in RESULTS:
        return value in RESULTS[name].split()
    known = _LISTS.get(label)
    return value in known if known is not None else not _NEVER_A_LABEL.search(value)
