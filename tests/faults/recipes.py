"""A recipe for each consumer and timer: what makes it due, and how its effect is seen. Without one the suite fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from housestaff.core.edits import SetCall
from housestaff.core.leave import LeaveKind
from housestaff.features.accounts.commands import Invite
from housestaff.features.compliance.commands import ApplyOverride
from housestaff.features.leave.commands import ApproveLeave, RequestLeave
from housestaff.features.operations.commands import DeprecateSchema
from housestaff.features.program.commands import PutPerson, SetPolicy
from housestaff.features.reports.commands import ExportVersion
from housestaff.features.schedules.commands import (
    AmendSchedule,
    CreateSchedule,
    EditDraft,
    ImportDraft,
    PublishSchedule,
)
from housestaff.features.schedules.solving import StartSolve
from housestaff.features.swaps.commands import AcceptSwap, ApproveSwap, ExecuteSwap, RequestSwap
from housestaff.plumbing.jobs import GivenUp
from housestaff.plumbing.unit import Request
from tests.features.test_conflicts import shift, with_shift
from tests.installed import FIRST, LAST, Installed


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


def ask_for_leave(house: Installed) -> None:
    """Somebody asks for leave over duties that are published."""
    publish(house)
    first, last = date(2025, 8, 4), date(2025, 8, 5)
    house.do(RequestLeave(person_id="r1", kind=LeaveKind.VACATION, first_day=first, last_day=last), "r1")


def book_twice(house: Installed) -> None:
    """A draft in which somebody is in two places at once."""
    made = house.do(CreateSchedule(first_day=FIRST, last_day=LAST))
    roster = with_shift(shift("r1", date(2025, 8, 5), 8, 11))
    house.do(ImportDraft(schedule_id=made, revision=1, roster=roster))


def ask_for_a_swap(house: Installed, to: str | None = "f5") -> UUID:
    """A published night that its holder gives away."""
    publish(house)
    night = "faculty_call.2025-08-05"
    giver = house.value("SELECT person_id FROM cell WHERE duty_id = :d", d=night)
    house.move_to("2025-07-20T15:00:00+00:00")
    return house.do(RequestSwap(person_id=giver, give=(night,), to=to), giver)


def give_to_anybody(house: Installed) -> None:
    """The same, for whoever takes it."""
    ask_for_a_swap(house, None)


def agree(house: Installed) -> UUID:
    """The same, taken."""
    swap = ask_for_a_swap(house)
    house.do(AcceptSwap(swap_id=swap, person_id="f5"), "f5")
    return swap


def carry_out(house: Installed) -> None:
    """The same, approved and carried out."""
    swap = agree(house)
    house.do(ApproveSwap(swap_id=swap))
    house.installation.house.do(ExecuteSwap(swap_id=swap), Request.of_system(house.programs["small"]))


def go_on_leave(house: Installed) -> None:
    """Whoever is to take a night is granted leave on it."""
    agree(house)
    day = date(2025, 8, 5)
    leave = house.do(RequestLeave(person_id="f5", kind=LeaveKind.VACATION, first_day=day, last_day=day), "f5")
    house.do(ApproveLeave(leave_id=leave))


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


def accept_a_warning(house: Installed) -> tuple[UUID, date]:
    """A warning of a draft is accepted for six hours: the schedule, and the night that it is about."""
    house.draft()
    house.work_off()
    row = house.rows("SELECT * FROM violation WHERE rule = 'call_near_week' ORDER BY key LIMIT 1")[0]
    signed = {"reason_code": "educational", "justification": "The week before is quiet, and nobody else can come."}
    ends = house.installation.clock.now() + timedelta(hours=6)
    house.do(ApplyOverride(violation_ids=(row["violation_id"],), expires_at=ends, **signed))
    return row["schedule_id"], date.fromisoformat(row["finding"]["duties"][0].split(".")[1])


def release_what_is_accepted(house: Installed) -> None:
    """Nobody has the night any more that an override is about."""
    schedule, night = accept_a_warning(house)
    edit = SetCall(line="faculty_call", day=night, person=None)
    house.do(EditDraft(schedule_id=schedule, revision=1, edits=(edit,)))


CONSUMERS["compliance.check"] = Recipe("schedule.created", draft, standing("violation"), 9)
CONSUMERS["compliance.override_watch"] = Recipe(
    "duty.released", release_what_is_accepted, standing("override WHERE state = 'voided'"), 1
)


def part(house: Installed) -> None:
    """Somebody leaves the program a day before the end of the published month, and nothing else breaks a rule."""
    house.do(SetPolicy(values={"rule": {"call_near_week": False}}))
    publish(house)
    row = house.rows("SELECT facts, version FROM person WHERE code = 'r1'")[0]
    employment = [{"from": "2025-07-01", "to": str(LAST - timedelta(days=1))}]
    change = PutPerson(person_id="r1", facts={**row["facts"], "employment": employment}, version=row["version"])
    house.do(change, "admin")


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
