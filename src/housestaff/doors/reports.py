"""The commands of stored files and of the program's endpoint: made, listed, downloaded; named, switched, forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows

Schedule = Annotated[UUID, typer.Argument(help="The id of a schedule.")]


def add_report_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    groups = {
        "reports": ("Files of published versions.", {"export": export, "list": listed, "download": download}),
        "webhook": (
            "The program's own endpoint, to which notices go too.",
            {"set": name, "show": show, "switch": switch, "forget": forget},
        ),
    }
    for word, (told, commands) in groups.items():
        group = typer.Typer(no_args_is_help=True, help=told)
        for action, command in commands.items():
            group.command(action)(command)
        app.add_typer(group, name=word)


def export(
    schedule_id: Schedule,
    number: Annotated[int | None, typer.Option("--number", help="The version; else the one in force.", min=1)] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Have the files of a version made by a worker, unless they are there."""
    from housestaff.features.reports.commands import ExportVersion

    with acting(by, program) as here:
        run = here.do(ExportVersion(schedule_id=schedule_id, number=number))
    say(as_json, {"run_id": run}, f"A worker makes them: run {run}.")


def listed(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """List the report runs, the newest first."""
    from housestaff.features.reports.queries import runs

    with acting(by, program) as here:
        found = here.read(runs, needs="schedule:read", kind=None)
    say_rows(as_json, found, ("run_id", "kind", "state", "asked_at", "artifacts"), nothing="There is no report run.")


def download(
    artifact_id: Annotated[UUID, typer.Argument(help="The id of a stored file.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where; else under its own name.")] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Download a stored file; who did stands in the audit chain."""
    from housestaff.features.operations.commands import DownloadArtifact

    with acting(by, program) as here:
        stored = here.do(DownloadArtifact(artifact_id=artifact_id))
    path = output or Path(stored.name)
    path.write_bytes(stored.data)
    say(as_json, {"path": path, "sha256": stored.sha256}, f"Written: {path}")


def name(
    url: Annotated[str, typer.Argument(help="The address.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Name the program's endpoint instead of the one before; the secret that signs is shown here and never again."""
    from housestaff.features.notices.commands import SetWebhook
    from housestaff.plumbing.crypto import new_token

    secret = new_token()
    with acting(by, program) as here:
        made = here.do(SetWebhook(url=url, secret=secret))
    say(as_json, {"endpoint_id": made, "secret": secret}, secret)


def show(*, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Show the program's endpoint, if it has named one."""
    from housestaff.features.notices.webhook import endpoints

    with acting(by, program) as here:
        found = here.read(endpoints, needs="membership:write")
    say_rows(as_json, found, ("endpoint_id", "state", "url", "made_at"), nothing="No endpoint is named.")


def switch(
    endpoint_id: Annotated[UUID, typer.Argument(help="The id of the endpoint.")],
    on: Annotated[bool, typer.Option("--on/--off", help="Whether it is told.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Switch the endpoint on or off."""
    from housestaff.features.notices.commands import SwitchWebhook

    with acting(by, program) as here:
        here.do(SwitchWebhook(endpoint_id=endpoint_id, on=on))
    say(as_json, {"endpoint_id": endpoint_id, "on": on}, f"{endpoint_id} is {'on' if on else 'off'}.")


def forget(
    endpoint_id: Annotated[UUID, typer.Argument(help="The id of the endpoint.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Forget the endpoint."""
    from housestaff.features.notices.commands import RemoveWebhook

    with acting(by, program) as here:
        here.do(RemoveWebhook(endpoint_id=endpoint_id))
    say(as_json, {"endpoint_id": endpoint_id, "forgotten": True}, f"{endpoint_id} is forgotten.")
