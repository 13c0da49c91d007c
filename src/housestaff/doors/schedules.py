"""The commands of schedules in the service: made, solved, judged, published, put away, over the same bus as the API."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from housestaff.doors.edits import BROKEN, Revision, Schedule, add_edit_commands, say_refused
from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows


def add_schedule_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="Schedules in the service.")
    commands = {
        "list": listed, "show": show, "create": create, "solve": solve, "run": run, "check": check,
        "publish": publish, "roll-back": roll_back, "discard": discard, "archive": archive,
    }  # fmt: skip
    for word, command in commands.items():
        group.command(word)(command)
    add_edit_commands(group)
    app.add_typer(group, name="schedules")


def listed(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List the schedules of a program."""
    from housestaff.features.schedules import queries

    with acting(by, program) as here:
        rows = [_row(each) for each in here.read(queries.listed, needs="schedule:read")]
    columns = ("schedule_id", "first_day", "last_day", "state", "revision", "number")
    say_rows(as_json, rows, columns, nothing="There is no schedule yet.")


def show(schedule_id: Schedule, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Show one schedule with how good it is."""
    from housestaff.features.schedules import queries

    with acting(by, program) as here:
        found = _row(here.read(queries.one, needs="schedule:read", schedule_id=schedule_id))
    say(as_json, found, "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items()))


def create(
    first: Annotated[datetime, typer.Option("--from", help="The first day.", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", help="The last day.", formats=["%Y-%m-%d"])],
    roster: Annotated[Path | None, typer.Option("--roster", help="A roster.json to begin with.")] = None,
    copy_of: Annotated[UUID | None, typer.Option("--copy-of", help="A schedule to begin with.")] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Make a draft of a period: empty, or with what a roster or another schedule has."""
    from housestaff.core.errors import BadInput
    from housestaff.features.schedules.commands import CreateSchedule
    from housestaff.files.roster_json import read_roster

    if roster is not None and copy_of is not None:
        raise BadInput("there are two things to begin with.", place="--roster, --copy-of", remedy="Name one of them.")
    method = "imported" if roster else "copied" if copy_of else "empty"
    command = CreateSchedule(
        first_day=first.date(),
        last_day=last.date(),
        method=method,
        copy_of=copy_of,
        roster=read_roster(roster) if roster else None,
    )
    with acting(by, program) as here:
        made = here.do(command)
    say(as_json, {"schedule_id": made, "revision": 1}, f"{made} is a draft; it has revision 1.")


def solve(
    schedule_id: Annotated[UUID | None, typer.Argument(help="A draft; without one, a new draft is made.")] = None,
    seconds: Annotated[int, typer.Option("--seconds", help="How long it may take.", min=1, max=3600)] = 60,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same result.")] = 0,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Let a worker solve the academic year; `housestaff schedules run` tells how far it is."""
    from housestaff.features.schedules.solving import StartSolve

    with acting(by, program) as here:
        made = here.do(StartSolve(schedule_id=schedule_id, seconds=seconds, seed=seed))
    say(as_json, {"run_id": made}, f"{made} waits for a worker.")


def run(
    run_id: Annotated[UUID, typer.Argument(help="The id of a solve.")],
    *,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it; the best so far is kept.")] = False,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Show how far a solve is, or stop it; exit 1 where it has ended without a schedule."""
    from housestaff.features.schedules import solving

    with acting(by, program) as here:
        if stop:
            here.do(solving.StopSolve(run_id=run_id))
        found: dict[str, Any] = here.read(solving.run, needs="schedule:write", run_id=run_id)
    at = found["progress"].get("stage", "")
    say(as_json, found, f"{found['state']} {at}".strip() + f", schedule {found['schedule_id'] or 'none yet'}")
    if found["ended_at"] is not None and found["schedule_id"] is None:
        raise typer.Exit(BROKEN)


def check(schedule_id: Schedule, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Judge a schedule as it stands; exit 1 where a rule that must hold is broken."""
    from housestaff.doors.progress import finding_row
    from housestaff.features.schedules import queries

    with acting(by, program) as here:
        found: queries.Judged = here.read(
            queries.checked, needs="schedule:read_draft", schedule_id=schedule_id, edits=()
        )
    broken = len(found.newly_broken)
    told = {"findings": [finding_row(each) for each in found.findings], "broken": broken}
    lines = [f"  {each.rule}: {each.sentence}" for each in found.newly_broken]
    say(as_json, told, "\n".join([*lines, f"{broken} broken, {len(found.findings)} findings"]))
    if broken:
        raise typer.Exit(BROKEN)


def publish(
    schedule_id: Schedule, revision: Revision, *, by: As = "", program: InProgram = "", as_json: AsJson = False
) -> None:
    """Put a draft in force; exit 1, with nothing changed, while a rule that must hold is broken."""
    from housestaff.core.errors import RuleBroken
    from housestaff.features.schedules.commands import PublishSchedule

    with acting(by, program) as here:
        try:
            number = here.do(PublishSchedule(schedule_id=schedule_id, revision=revision))
        except RuleBroken as refused:
            say_refused(refused, "It is not published: these rules must hold.", as_json=as_json)
            raise typer.Exit(BROKEN) from refused
    say(as_json, {"schedule_id": schedule_id, "number": number}, f"{schedule_id} is in force as version {number}.")


def roll_back(
    schedule_id: Schedule,
    to: Annotated[int, typer.Option("--to", help="The version whose cells are to be in force again.")],
    reason_code: Annotated[str, typer.Option("--reason-code", help="Why, where it touches the next days.")] = "",
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Put an earlier version in force again, within a day, as a new version."""
    from housestaff.features.schedules.commands import RollBackSchedule

    with acting(by, program) as here:
        command = RollBackSchedule(schedule_id=schedule_id, to_number=to, reason_code=reason_code)
        number = here.do(command)[0]
    say(as_json, {"schedule_id": schedule_id, "number": number}, f"Version {to} is in force again as {number}.")


def discard(schedule_id: Schedule, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Throw a draft away."""
    from housestaff.features.schedules.commands import DiscardSchedule

    with acting(by, program) as here:
        here.do(DiscardSchedule(schedule_id=schedule_id))
    say(as_json, {"schedule_id": schedule_id, "state": "discarded"}, f"{schedule_id} is thrown away.")


def archive(schedule_id: Schedule, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Put a published schedule away whose period is long over."""
    from housestaff.features.schedules.commands import ArchiveSchedule

    with acting(by, program) as here:
        here.do(ArchiveSchedule(schedule_id=schedule_id))
    say(as_json, {"schedule_id": schedule_id, "state": "archived"}, f"{schedule_id} is put away.")


def _row(schedule: Any) -> dict[str, Any]:
    first: date = schedule.period.first_day
    return {
        "schedule_id": schedule.schedule_id,
        "first_day": str(first),
        "last_day": str(schedule.period.last_day),
        "state": schedule.state,
        "method": schedule.method,
        "revision": schedule.revision,
        "number": schedule.number,
        **dict(schedule.stats),
    }
