"""A recipe for each consumer and timer: what makes it due, and how its effect is seen. Without one the suite fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from housestaff.core.edits import SetCall
from housestaff.features.accounts.commands import Invite
from housestaff.features.operations.commands import DeprecateSchema
from housestaff.features.reports.commands import ExportVersion
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from housestaff.features.schedules.solving import StartSolve
from housestaff.plumbing.jobs import GivenUp
from tests.installed import Installed


@dataclass(frozen=True)
class Recipe:
    """The event that a consumer reacts to, the act that tells it, and the effect: a number that is `once` when done."""

    event_type: str
    act: Callable[[Installed], Any]
    effect: Callable[[Installed], int]
    once: int


def draft(house: Installed) -> UUID:
    """A draft is made."""
    return house.draft()


def publish(house: Installed) -> UUID:
    """A draft is published."""
    made = house.draft()
    house.do(PublishSchedule(schedule_id=made, revision=1))
    return made


def amend(house: Installed) -> UUID:
    """A published schedule is amended."""
    made = publish(house)
    edit = SetCall(line="faculty_call", day=date(2025, 8, 5), person="f5")
    house.do(AmendSchedule(schedule_id=made, base_number=1, edits=(edit,), reason_code="educational"))
    return made


def give_up(house: Installed) -> None:
    """A solve is given up."""
    run = house.do(StartSolve(seconds=1))
    arguments = {"program_id": str(house.programs["small"]), "run_id": str(run)}
    error = RuntimeError("a solver that cannot be started")
    house.installation.later.give_up(GivenUp("solve", arguments, error, 3, "attempts_used_up"))
    with house.installation.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'solve'")


def bounce(house: Installed) -> None:
    """A mail cannot be delivered for good."""
    house.draft()
    house.work_off()
    from housestaff.features.notices.delivery import tell_dead
    from housestaff.plumbing.unit import Request

    at_work = house.installation.house
    with at_work.unit(Request.of_system(house.programs["small"])) as unit:
        tell_dead(unit, house.value("SELECT delivery_id FROM delivery WHERE channel = 'email' LIMIT 1"), "bounced")
        at_work.settle(unit, "deliver")


def deprecate(house: Installed) -> None:
    """A version of an event's schema is to go."""
    removal_on = house.installation.clock.now().date() + timedelta(days=60)
    house.do(DeprecateSchema(event_type="flag.changed", schema_version=1, removal_on=removal_on), "admin")


def invite(house: Installed) -> None:
    """Somebody is invited."""
    house.do(Invite(email="guest@small.example", display_name="Guest", role="resident"))


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

CONSUMERS["notices.account"] = Recipe("user.invited", invite, notices("invitation"), 1)
CONSUMERS["notices.schema"] = Recipe("schema.changed", deprecate, notices("schema_changed"), 1)


def confirmed(house: Installed) -> int:
    """How many duties stand in the feeds."""
    return house.value("SELECT count(*) FROM calendar_entry WHERE status = 'CONFIRMED' AND sequence = 0")


CONSUMERS["calendar.project"] = Recipe("schedule.published", publish, confirmed, 209)


def exports(house: Installed) -> int:
    """How many runs were begun."""
    return house.value("SELECT count(*) FROM report_run")


def fail_to_export(house: Installed) -> None:
    """The files of a version cannot be made."""
    publish(house)
    house.switch("reports.publish_export", on=False)
    run = house.do(ExportVersion(schedule_id=house.value("SELECT schedule_id FROM schedule")))
    with house.installation.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'report'")
    ids = {"program_id": str(house.programs["small"]), "run_id": str(run), "correlation_id": str(run)}
    error = OSError("no space left")
    house.installation.later.give_up(GivenUp("report", ids, error, 8, "attempts_used_up"))


CONSUMERS["reports.publish_export"] = Recipe("schedule.published", publish, exports, 1)
CONSUMERS["notices.report"] = Recipe("report.failed", fail_to_export, notices("export_failed"), 3)

SAMPLE = ("metrics.events", "notices.schedule_created", "notices.schedule_changed")
"""The consumers on which every fault is run in `make test`; the others come in `make test-all`."""
