"""What people do so that something is due: the acts of the recipes."""

from __future__ import annotations

from datetime import date, timedelta
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


def part(house: Installed) -> None:
    """Somebody leaves the program a day before the end of the published month, and nothing else breaks a rule."""
    house.do(SetPolicy(values={"rule": {"call_near_week": False}}))
    publish(house)
    row = house.rows("SELECT facts, version FROM person WHERE code = 'r1'")[0]
    employment = [{"from": "2025-07-01", "to": str(LAST - timedelta(days=1))}]
    change = PutPerson(person_id="r1", facts={**row["facts"], "employment": employment}, version=row["version"])
    house.do(change, "admin")


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
