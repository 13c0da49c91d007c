"""The lists of a running installation as pages: events with who reacts, metrics, permissions, settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from housestaff.bootstrap.lists import REACTIONS, TIMERS
from housestaff.core.events import EVENTS, Event
from housestaff.plumbing.access import PERMISSIONS, ROLES
from housestaff.plumbing.metric_catalog import CATALOG
from housestaff.plumbing.outbox import Consumer
from housestaff.plumbing.registry import schema_of
from housestaff.plumbing.settings import Settings

PRINTED = "This page is printed from the code by `make docs`; do not edit it. A test compares the two."


def pages() -> dict[str, Callable[[], str]]:
    """Each page by the name of its file."""
    return {"events.md": events, "metrics.md": metrics, "permissions.md": permissions, "settings.md": settings}


def events() -> str:
    """Everything that can happen, and who reacts."""
    consumers: list[Consumer] = [function.consumer for function in REACTIONS]  # type: ignore[attr-defined]
    every = [each for each in consumers if not each.events]
    lines = ["# Events", "", PRINTED, "", f"React to every event: {_names(every)}.", ""]
    lines += ["| Event | Says | Payload | Reacts |", "|---|---|---|---|"]
    lines += [_event(cls, [each for each in consumers if cls in each.events]) for cls in EVENTS]
    lines += ["", "## Consumers", "", "| Consumer | Kind | What it does |", "|---|---|---|"]
    lines += [
        f"| `{each.name}` | {'inline' if each.is_inline else 'durable'} | {_says(each.react)} |" for each in consumers
    ]
    lines += ["", "## Timers", "", "| Timer | Its command comes from |", "|---|---|"]
    lines += [f"| `{kind}` | {_says(make)} |" for kind, make in TIMERS.items()]
    return "\n".join(lines) + "\n"


def _event(cls: type[Event], reacts: list[Consumer]) -> str:
    fields = ", ".join(schema_of(cls)["properties"])
    return f"| `{cls.type}` {cls.schema_version} | {_says(cls)} | {fields} | {_names(reacts)} |"


def _names(consumers: list[Consumer]) -> str:
    return ", ".join(f"`{each.name}`" for each in consumers)


def _says(thing: Any) -> str:
    return str(thing.__doc__).split("\n", maxsplit=1)[0]


def metrics() -> str:
    """The catalog of metrics."""
    lines = ["# Metrics", "", PRINTED, "", "`/metrics` of each process shows its own series. `/metrics/installation`"]
    lines += ["shows those marked **I**: counted in the database, the same from every process, exact over crashes.", ""]
    lines += ["| Name | Type | Labels | Says |", "|---|---|---|---|"]
    for name, series in CATALOG.items():
        mark = " **I**" if series.of_installation else ""
        lines.append(f"| `housestaff_{name}`{mark} | {series.kind} | {', '.join(series.labels)} | {series.says} |")
    return "\n".join(lines) + "\n"


def permissions() -> str:
    """Who may do what."""
    lines = ["# Permissions", "", PRINTED, "", "o: about oneself; p: in the program; i: in the institution.", ""]
    lines += ["| Permission | " + " | ".join(role.replace("_", " ") for role in ROLES) + " |", "|---" * 7 + "|"]
    for name, row in PERMISSIONS.items():
        lines.append(f"| `{name}` | " + " | ".join(row.get(role, " ")[0].strip() for role in ROLES) + " |")
    return "\n".join(lines) + "\n"


def settings() -> str:
    """What IT may set."""
    lines = ["# Settings", "", PRINTED, "", "Variables of the environment. Lengths of time are seconds.", ""]
    lines += ["| Variable | Default | Says |", "|---|---|---|"]
    lines += list(_settings())
    return "\n".join(lines) + "\n"


def _settings() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory is not None else re.sub(r"^(None|\*+)$", "", str(field.default or ""))
        yield f"| `HOUSESTAFF_{name.upper()}` | {default} | {field.description or ''} |"
