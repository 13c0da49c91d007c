"""The catalog of metrics: every series declared once, with its type and its labels. Nothing else can appear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX = "housestaff_"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Series:
    """One metric: counter, gauge or histogram; its labels; whether the installation counts it in the database."""

    kind: str
    labels: tuple[str, ...]
    says: str
    of_installation: bool = False


def _series(kind: str, labels: str, says: str, *, of_installation: bool = False) -> Series:
    return Series(kind, tuple(labels.split()), says, of_installation)


CATALOG: Mapping[str, Series] = {
    "events_total": _series("counter", "event_type", "Events told", of_installation=True),
    "dispatches_total": _series("counter", "consumer event_type result", "Dispatches ended", of_installation=True),
    "dispatch_seconds": _series("histogram", "consumer", "Time a dispatch took"),
    "outbox_pending": _series("gauge", "consumer", "Dispatches not done", of_installation=True),
    "outbox_lag_seconds": _series("gauge", "consumer", "Age of the oldest dispatch not done", of_installation=True),
    "dead_letters": _series("gauge", "consumer state", "Dead letters", of_installation=True),
    "dead_letter_replays_total": _series("counter", "consumer result", "Dead letters run again", of_installation=True),
    "timers_armed": _series("gauge", "kind", "Timers that wait", of_installation=True),
    "commands_total": _series("counter", "command door result", "Commands"),
    "command_seconds": _series("histogram", "command", "Time a command took"),
    "notices_total": _series("counter", "notice_type priority", "Notices made", of_installation=True),
    "deliveries_total": _series("counter", "channel state", "Deliveries by outcome", of_installation=True),
    "recipients_empty_total": _series("counter", "notice_type step", "Audiences without anyone", of_installation=True),
    "template_missing_total": _series("counter", "locale catalog", "Texts that a language lacks"),
    "cache_requests_total": _series("counter", "view result", "Views asked of the cache"),
    "cache_invalidations_total": _series("counter", "tag_kind", "Tags raised by this process"),
    "cache_breaker_open": _series("gauge", "", "Whether the second level of the cache is left alone"),
    "prefetch_total": _series("counter", "view result", "Views asked for as a whole"),
    "solve_total": _series("counter", "outcome", "Solves ended"),
    "mail_attempts_total": _series("counter", "result", "Mails offered to the server"),
    "access_denied_total": _series("counter", "permission role", "Refusals", of_installation=True),
    "metric_label_rejected_total": _series("counter", "metric", "Label values that are not of the closed lists"),
}

_NEVER_A_LABEL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{4}-\d{2}-\d{2}|@|/|\s")

REGISTRY = CollectorRegistry()
_METERS: dict[str, Any] = {}
_CLASSES = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


def _meter(name: str) -> Any:
    if name not in _METERS:
        series = CATALOG[name]
        _METERS[name] = _CLASSES[series.kind](PREFIX + name, series.says, series.labels, registry=REGISTRY)
    return _METERS[name]


def _labels(name: str, given: Mapping[str, str]) -> dict[str, str]:
    if set(given) != set(CATALOG[name].labels):
        raise LookupError(f"{name} has the labels {CATALOG[name].labels}, not {sorted(given)}")
    told = {label: OTHER if _NEVER_A_LABEL.search(value) else value for label, value in given.items()}
    if told != dict(given):
        count("metric_label_rejected_total", metric=name)
    return told


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter of this process."""
    meter = _meter(name)
    told = _labels(name, labels)
    (meter.labels(**told) if told else meter).inc(amount)


def gauge(name: str, value: float, **labels: str) -> None:
    """Set a gauge of this process."""
    meter = _meter(name)
    told = _labels(name, labels)
    (meter.labels(**told) if told else meter).set(value)


def observe(name: str, value: float, **labels: str) -> None:
    """Add one observation to a histogram of this process."""
    meter = _meter(name)
    told = _labels(name, labels)
    (meter.labels(**told) if told else meter).observe(value)
