"""The catalog of metrics as data: each series once, with its kind, its labels, and whether the database counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"


@dataclass(frozen=True, slots=True)
class Series:
    """One metric: its kind, its labels, what it says, and whether the installation counts it in the database."""

    kind: str
    labels: tuple[str, ...]
    says: str
    of_installation: bool = False


def _process(kind: str, labels: str, says: str) -> Series:
    return Series(kind, tuple(labels.split()), says)


def _installation(kind: str, labels: str, says: str) -> Series:
    return Series(kind, tuple(labels.split()), says, of_installation=True)


CATALOG: Mapping[str, Series] = {
    "events_total": _installation(COUNTER, "event_type", "Events told"),
    "dispatches_total": _installation(COUNTER, "consumer event_type result", "Dispatches ended"),
    "dispatch_seconds": _process(HISTOGRAM, "consumer", "Time a dispatch took"),
    "outbox_pending": _installation(GAUGE, "consumer", "Dispatches that wait"),
    "outbox_lag_seconds": _installation(GAUGE, "consumer", "Age of the oldest dispatch that waits"),
    "dead_letters": _installation(GAUGE, "consumer state", "Dead letters"),
    "dead_letter_replays_total": _installation(COUNTER, "consumer result", "Dead letters run again"),
    "jobs_total": _installation(COUNTER, "job result", "Jobs ended"),
    "job_seconds": _process(HISTOGRAM, "job result", "Time a job took"),
    "timers_armed": _installation(GAUGE, "kind", "Timers that wait"),
    "timer_late_seconds": _process(HISTOGRAM, "kind", "How long after its instant a timer fired"),
    "commands_total": _process(COUNTER, "command door result", "Commands"),
    "command_seconds": _process(HISTOGRAM, "command", "Time a command took"),
    "notices_total": _installation(COUNTER, "notice_type priority", "Notices made"),
    "deliveries_total": _installation(COUNTER, "channel state", "Deliveries by what was observed"),
    "delivery_lag_seconds": _process(HISTOGRAM, "channel", "Time from a notice to its delivery"),
    "recipients_empty_total": _installation(COUNTER, "notice_type step", "Audiences without anybody"),
    "template_missing_total": _process(COUNTER, "locale catalog", "Texts that a language lacks"),
    "cache_requests_total": _process(COUNTER, "view result", "Views asked of the cache"),
    "cache_invalidations_total": _process(COUNTER, "tag_kind", "Tags raised"),
    "cache_breaker_open": _process(GAUGE, "", "Whether the second level of the cache is left alone"),
    "feed_connections": _process(GAUGE, "door", "Clients of the live feed"),
    "feed_topics": _process(GAUGE, "door", "Topics that clients follow"),
    "feed_frames_total": _installation(COUNTER, "event_type", "Frames of the live feed"),
    "feed_drops_total": _process(COUNTER, "reason", "Clients of the live feed that were dropped"),
    "feed_resync_total": _process(COUNTER, "reason", "Clients told to read anew"),
    "rule_checks_total": _process(COUNTER, "rule result", "Bounds judged"),
    "rule_check_seconds": _process(HISTOGRAM, "rule result", "Time a rule took"),
    "violations_open": _installation(GAUGE, "rule severity state", "Violations that stand"),
    "violations_total": _installation(COUNTER, "rule severity move", "Moves of violations"),
    "overrides_active": _installation(GAUGE, "level", "Overrides in force"),
    "duties_not_judged": _installation(GAUGE, "", "Duties that nothing has judged"),
    "duties_unknown": _installation(GAUGE, "", "Duties of which it is not known whether they happen"),
    "coverage_gaps_open": _installation(GAUGE, "severity state", "Coverage gaps that stand"),
    "conflicts_open": _installation(GAUGE, "kind", "Conflicts that stand"),
    "swaps_total": _installation(COUNTER, "kind state", "Moves of swaps"),
    "swaps_open": _installation(GAUGE, "kind state", "Swaps that stand"),
    "leaves_total": _installation(COUNTER, "state", "Moves of leaves"),
    "leave_cover_total": _installation(COUNTER, "result", "Leaves whose coverage has ended"),
    "suggestions_total": _installation(COUNTER, "result", "Fixes looked for"),
    "suggestion_seconds": _process(HISTOGRAM, "result", "Time a search for fixes took"),
    "solve_seconds": _process(HISTOGRAM, "outcome", "Time a solve took"),
    "solve_total": _process(COUNTER, "outcome", "Solves ended"),
    "report_runs_total": _installation(COUNTER, "kind state", "Report runs"),
    "report_seconds": _process(HISTOGRAM, "kind state", "Time a report took"),
    "artifact_bytes_total": _installation(COUNTER, "kind format", "Bytes stored"),
    "mail_attempts_total": _process(COUNTER, "result", "Mails offered to the server"),
    "secret_age_days": _installation(GAUGE, "secret", "Age of a secret"),
    "secret_health": _installation(GAUGE, "secret", "Health of a secret"),
    "secret_rotations_total": _installation(COUNTER, "secret result", "Secret rotations ended"),
    "pool_size": _process(GAUGE, "process", "Connections of the pool"),
    "pool_in_use": _process(GAUGE, "process", "Connections in use"),
    "pool_waiting": _process(GAUGE, "process", "Requests that wait for a connection"),
    "pool_wait_seconds": _process(HISTOGRAM, "", "Time a request waited for a connection"),
    "pool_resizes_total": _process(COUNTER, "direction", "Times the pool grew or shrank"),
    "pool_refused_total": _process(COUNTER, "", "Requests that got no connection"),
    "prefetch_total": _process(COUNTER, "view result", "Views loaded for many readers"),
    "access_denied_total": _installation(COUNTER, "permission role", "Refusals"),
    "flags_evaluated_total": _process(COUNTER, "key variant reason", "Flags evaluated"),
    "mcp_calls_total": _process(COUNTER, "tool result", "Calls of assistants"),
    "mcp_call_seconds": _process(HISTOGRAM, "tool result", "Time a call of an assistant took"),
    "mcp_sampling_total": _process(COUNTER, "result", "Texts asked of a client's model"),
    "schema_checks_total": _installation(COUNTER, "result", "Schemas held against others"),
    "metric_label_rejected_total": _process(COUNTER, "metric", "Label values that are on no list"),
}

RESULTS: Mapping[str, str] = {
    "dispatches_total": "ok retry dead duplicate stale quarantined",
    "dead_letter_replays_total": "ok failed",
    "jobs_total": "ok retry dead",
    "job_seconds": "ok retry dead",
    "commands_total": "ok bad_input not_allowed not_found stale rule_broken error",
    "cache_requests_total": "hit miss bypass stale_refused error",
    "rule_checks_total": "kept thin broken advisory unknown error",
    "rule_check_seconds": "kept thin broken advisory unknown error",
    "mail_attempts_total": "accepted temporary permanent timeout",
    "prefetch_total": "hit loaded shared bypass corrupt",
    "mcp_sampling_total": "used unsupported refused timeout rejected",
    "schema_checks_total": "identical compatible breaking",
}
"""The closed list of the label `result`, for each metric that has one."""

CLOSED: Mapping[str, str] = {
    "door": "api cli mcp worker web",
    "priority": "urgent high normal low",
    "channel": "in_app email webhook",
    "outcome": "solved infeasible out_of_time canceled",
    "severity": "critical high warning medium low",
    "direction": "up down",
    "reason": "slow expired dead too_old gap declared unknown off environment program user role rollout variant error",
    "role": "admin coordinator program_director faculty resident auditor",
}
"""The closed lists of labels that are the same for every metric; the others are given at start-up."""
