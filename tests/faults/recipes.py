"""A recipe for each consumer and timer: what makes it due, and how its effect is seen. Without one the suite fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.acts import (
    accept_a_warning,
    agree,
    amend,
    ask_for_a_swap,
    ask_for_leave,
    book_twice,
    bounce,
    carry_out,
    deprecate,
    draft,
    fail_to_export,
    give_to_anybody,
    give_up,
    go_on_leave,
    invite,
    part,
    publish,
    release_what_is_accepted,
)
from tests.installed import Installed


@dataclass(frozen=True)
class Recipe:
    """The event that a consumer reacts to, the act that tells it, and the effect: a number that is `once` when done."""

    event_type: str
    act: Callable[[Installed], Any]
    effect: Callable[[Installed], int]
    once: int


def counted(event_type: str) -> Callable[[Installed], int]:
    """How often an event was counted."""

    def effect(house: Installed) -> int:
        labels = f"event_type={event_type}"
        rows = house.rows(
            "SELECT amount FROM event_count WHERE series = 'events_total' AND labels = :labels", labels=labels
        )
        return rows[0]["amount"] if rows else 0

    return effect


def notices(*types: str) -> Callable[[Installed], int]:
    """How many notices of some types there are."""

    def effect(house: Installed) -> int:
        return house.value("SELECT count(*) FROM notice WHERE type = ANY(:types)", types=list(types))

    return effect


def warmed(house: Installed) -> int:
    """How many warm-ups have ended; what they leave is in the process that did them."""
    return house.value("SELECT count(*) FROM dispatch WHERE consumer = 'cache.warm' AND result = 'ok'")


def frames(house: Installed) -> int:
    """How many frames tell of a draft."""
    return house.value("SELECT count(*) FROM feed_frame WHERE type = 'schedule.created'")


def timers(kind: str) -> Callable[[Installed], int]:
    """How many timers of a kind are armed."""

    def effect(house: Installed) -> int:
        return house.value("SELECT count(*) FROM timer WHERE kind = :kind AND state = 'armed'", kind=kind)

    return effect


def withdrawn(house: Installed) -> int:
    """How many swaps have given way."""
    return house.value("SELECT count(*) FROM swap WHERE state = 'withdrawn'")


def offers(house: Installed) -> int:
    """Whether a swap was offered to people."""
    return min(1, house.value("SELECT count(*) FROM swap_offer"))


def conflicts(house: Installed) -> int:
    """How many conflicts are open."""
    return house.value("SELECT count(*) FROM conflict WHERE state = 'open'")


CONSUMERS: dict[str, Recipe] = {
    "cache.warm": Recipe("schedule.created", draft, warmed, 1),
    "realtime.feed": Recipe("schedule.created", draft, frames, 1),
    "metrics.events": Recipe("schedule.created", draft, counted("schedule.created"), 1),
    "notices.schedule_created": Recipe("schedule.created", draft, notices("schedule_created"), 3),
    "notices.schedule_published": Recipe(
        "schedule.published", publish, notices("schedule_published", "schedule_published_summary"), 11
    ),
    "notices.schedule_changed": Recipe("schedule.amended", amend, timers("notice.debounce"), 1),
    "notices.dead_letter": Recipe("dead_letter.opened", give_up, notices("dead_letter_opened"), 1),
    "notices.delivery_problem": Recipe("delivery.dead", bounce, notices("delivery_problem"), 3),
}


def standing(where: str) -> Callable[[Installed], int]:
    """How many rows there are of a table, as `FROM` and `WHERE` have it."""
    return lambda house: house.value(f"SELECT count(*) FROM {where}")


CONSUMERS["compliance.check"] = Recipe("schedule.created", draft, standing("violation"), 9)
CONSUMERS["compliance.override_watch"] = Recipe(
    "duty.released", release_what_is_accepted, standing("override WHERE state = 'voided'"), 1
)


CONSUMERS["notices.violation"] = Recipe("violation.opened", part, notices("violation_alert"), 4)
CONSUMERS["notices.override"] = Recipe("override.applied", accept_a_warning, notices("override_applied"), 2)
CONSUMERS["notices.account"] = Recipe("user.invited", invite, notices("invitation"), 1)
CONSUMERS["notices.schema"] = Recipe("schema.changed", deprecate, notices("schema_changed"), 1)

CONSUMERS["leave.conflicts"] = Recipe("leave.requested", ask_for_leave, conflicts, 4)
CONSUMERS["schedules.conflicts"] = Recipe("duty.assigned", book_twice, conflicts, 1)
CONSUMERS["notices.leave"] = Recipe("leave.conflicts_found", ask_for_leave, notices("leave_conflict"), 3)
CONSUMERS["notices.conflict"] = Recipe("conflict.opened", book_twice, notices("conflict_found"), 3)
CONSUMERS["swaps.match"] = Recipe("swap.requested", give_to_anybody, offers, 1)
CONSUMERS["swaps.leave_watch"] = Recipe("leave.approved", go_on_leave, withdrawn, 1)
CONSUMERS["notices.swap_request"] = Recipe("swap.requested", ask_for_a_swap, notices("swap_asked", "swap_receipt"), 2)
CONSUMERS["notices.swap_decision"] = Recipe("swap.agreed", agree, notices("swap_awaits_approval"), 3)
CONSUMERS["notices.swap_execution"] = Recipe("swap.executed", carry_out, notices("swap_executed"), 5)


def confirmed(house: Installed) -> int:
    """How many duties stand in the feeds."""
    return house.value("SELECT count(*) FROM calendar_entry WHERE status = 'CONFIRMED' AND sequence = 0")


CONSUMERS["calendar.project"] = Recipe("schedule.published", publish, confirmed, 209)


def exports(house: Installed) -> int:
    """How many runs were begun."""
    return house.value("SELECT count(*) FROM report_run")


CONSUMERS["reports.publish_export"] = Recipe("schedule.published", publish, exports, 1)
CONSUMERS["notices.report"] = Recipe("report.failed", fail_to_export, notices("export_failed"), 3)

SAMPLE = ("metrics.events", "notices.schedule_created", "notices.schedule_changed")
"""The consumers on which every fault is run in `make test`; the others come in `make test-all`."""
