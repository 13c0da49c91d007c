"""The commands of a running installation: everything in one process, or each part alone."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import uvicorn
    from rich.console import Console

    from housestaff.bootstrap.demo import Demo
    from housestaff.bootstrap.installation import Addresses, Installation
    from housestaff.plumbing.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Host = Annotated[str | None, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="The port to listen on.")]


def add_service_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    for command in (up, serve, worker, migrate, backup, restore, demo):
        app.command()(command)
    audit = typer.Typer(no_args_is_help=True, help="The audit chain.")
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")


def _settings(host: str | None = None, port: int | None = None, **more: Any) -> Settings:
    from pydantic import ValidationError

    from housestaff.core.errors import BadInput
    from housestaff.plumbing.settings import Settings

    asked: dict[str, Any] = {"host": host, "port": port, **more}
    given = {key: value for key, value in asked.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"HOUSESTAFF_{str(first['loc'][0]).upper()}"
        raise BadInput(f"{first['msg']}.", place=name, remedy="Correct the variable of the environment.") from error


@contextmanager
def _where(settings: Settings) -> Generator[Addresses]:
    """The database's addresses; one that cannot be reached ends the command with its own exit code."""
    import psycopg
    from psycopg_pool import PoolTimeout
    from sqlalchemy.exc import OperationalError

    from housestaff.bootstrap.installation import addresses
    from housestaff.core.errors import Unreachable

    try:
        yield addresses(settings)
    except (psycopg.OperationalError, OperationalError, PoolTimeout) as error:
        said = str(error).strip().split("\n", maxsplit=1)[0]
        raise Unreachable(f"the database cannot be reached: {said}") from error


def up(host: Host = None, port: Port = None) -> None:
    """Run everything in one process: the database (our own, unless one is named), the web server and a worker."""
    from housestaff.bootstrap.installation import bring_up, opened
    from housestaff.doors.worker import BackgroundWorker
    from housestaff.plumbing import log

    log.set_up()
    settings = _settings(host, port)
    with _where(settings) as where:
        bring_up(where)
        with opened(settings, where) as installation:
            _tell_first_steps(installation)
            background = BackgroundWorker(installation)
            background.start()
            try:
                _server(installation).run([_listening(settings)])
            finally:
                background.stop()
        if where.server is not None:
            where.server.stop_if_unused()


def serve(host: Host = None, port: Port = None) -> None:
    """Run the web server alone; workers run elsewhere."""
    from housestaff.bootstrap.installation import opened
    from housestaff.plumbing import log

    log.set_up()
    settings = _settings(host, port)
    with _where(settings) as where, opened(settings, where) as installation:
        _server(installation).run([_listening(settings)])


def worker() -> None:
    """Run a worker alone; as many as wanted, on as many machines."""
    from housestaff.bootstrap.installation import opened
    from housestaff.doors.worker import work_until_stopped
    from housestaff.plumbing import log

    log.set_up()
    settings = _settings()
    with _where(settings) as where, opened(settings, where) as installation:
        work_until_stopped(installation)


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database to the newest shape; forward only."""
    from housestaff.bootstrap.installation import bring_up

    with _where(_settings()) as where:
        before, after = bring_up(where)
    _say(as_json, {"before": before, "after": after}, f"The database is at {after} (it was at {before or 'nothing'}).")


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as housestaff.tar.gz.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the database and the stored files into one archive."""
    from housestaff.bootstrap.backup import backup as write

    settings = _settings()
    with _where(settings) as where:
        size = write(settings, where, file)
    _say(as_json, {"file": str(file), "bytes": size}, f"{file}: {size:,} bytes.")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `housestaff backup`.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty installation."""
    from housestaff.bootstrap.backup import restore as read
    from housestaff.bootstrap.installation import bring_up

    settings = _settings()
    with _where(settings) as where:
        read(settings, where, file, replace=replace)
        _before, after = bring_up(where)
    _say(as_json, {"file": str(file), "revision": after}, f"Restored from {file}; the database is at {after}.")


def verify(*, as_json: AsJson = False) -> None:
    """Walk the audit chain of every program and name the first broken entry; exit 1 where one is broken."""
    from housestaff.bootstrap.installation import opened, verified_chains

    settings = _settings()
    with _where(settings) as where, opened(settings, where) as installation:
        found = verified_chains(installation)
    broken = [each for each in found if each["broken_at"] is not None]
    lines = [
        f"{each['program']}: {each['entries']} entries, "
        + (f"BROKEN at {each['broken_at']}: {each['problem']}" if each["broken_at"] is not None else "whole")
        for each in found
    ]
    _say(as_json, {"programs": found, "broken": len(broken)}, "\n".join(lines) or "There is no program yet.")
    raise typer.Exit(1 if broken else 0)


def demo(
    out: Annotated[Path, typer.Option("--output", "-o", help="Where the files go.")] = Path("out"),
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same program.")] = 7,
    seconds: Annotated[int, typer.Option("--seconds", help="How long the solve may take.", min=1)] = 60,
    port: Port = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Set up an invented program, solve and publish its year, write its files; on a terminal, serve until Ctrl-C."""
    from rich.console import Console

    from housestaff.bootstrap.installation import bring_up, demo_folder, opened
    from housestaff.doors.worker import BackgroundWorker
    from housestaff.plumbing import log

    log.set_up(level=logging.WARNING)
    settings = _settings(port=port)
    if settings.database_url is None and "data_folder" not in settings.model_fields_set:
        settings = _settings(port=port, data_folder=demo_folder())
    console = Console(stderr=as_json)
    with _where(settings) as where:
        bring_up(where)
        with opened(settings, where) as installation:
            background = BackgroundWorker(installation)
            background.start()
            try:
                code = _demo(installation, out, console, seed=seed, seconds=seconds, as_json=as_json)
            finally:
                background.stop()
        if where.server is not None:
            where.server.stop_if_unused()
    raise typer.Exit(code)


def _demo(installation: Installation, out: Path, console: Console, *, seed: int, seconds: int, as_json: bool) -> int:
    from housestaff.bootstrap import demo as made
    from housestaff.bootstrap.years import write_products
    from housestaff.doors.progress import print_json, show_summary, summary

    here = made.set_up(installation, out / "program", seed)
    if here.schedule() is None:
        run = made.solve_and_publish(
            here, seconds=seconds, seed=seed, tell=_DemoTicker(console), wait=lambda: _pause(0.5)
        )
        if run["state"] != "solved":
            console.print(f"The solve ended as {run['state']}: {run['answer']}")
            return 1
    year = made.solved(here, made.last_run(here))
    program, _roster = here.year()
    products = write_products(program, year, out, made=datetime.now(UTC))
    address = _answered(installation, here)
    if as_json:
        files = {name: str(path) for name, path in products}
        print_json({"result": "published", "summary": summary(program, year), "files": files, "address": address})
    else:
        show_summary(console, program, year, products)
        console.print(f"\n  The service answers at {address}", highlight=False)
    if sys.stdout.isatty():
        token = installation.sign_in.one_time("sign_in", here.user_id)
        console.print(f"  Sign in once with {installation.settings.public_url}/sign-in#{token}", highlight=False)
        console.print("  Ctrl-C ends it.")
        _server(installation).run([_listening(installation.settings)])
    return 0


class _DemoTicker:
    """Tells each stage of the solve once."""

    def __init__(self, console: Console) -> None:
        self._console, self._last = console, ""

    def __call__(self, progress: dict[str, Any]) -> None:
        at = f"{progress['stage']} {progress['part']}: {progress['level']}".replace(" :", ":")
        if at != self._last:
            self._last = at
            self._console.print(f"{progress['seconds']:6.1f} s  {at}", style="dim", highlight=False, markup=False)


def _answered(installation: Installation, here: Demo) -> str:
    """Start the web server, ask the API for the published schedule over HTTP as a person would, and stop it again."""
    import urllib.request

    server, listening = _server(installation), _listening(installation.settings)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    address = f"http://{installation.settings.host}:{listening.getsockname()[1]}"
    token = installation.sign_in.one_time("sign_in", here.user_id)
    try:
        while not server.started:
            if not thread.is_alive():
                raise SystemExit(3)
            _pause(0.02)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        body = json.dumps({"token": token}).encode()
        asked = urllib.request.Request(  # noqa: S310 - our own address
            f"{address}/api/v1/session", body, {"Content-Type": "application/json"}
        )
        opener.open(asked).close()
        with opener.open(f"{address}/api/v1/schedules") as answer:
            items = json.load(answer)["items"]
        if not any(item["state"] == "published" for item in items):
            raise LookupError("the API shows no published schedule")
    finally:
        server.should_exit = True
        thread.join()
    return address


def _listening(settings: Settings) -> socket.socket:
    """The socket to listen on; a port that somebody else has is told with what to do."""
    from housestaff.core.errors import BadInput

    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise BadInput(
            f"port {settings.port} of {settings.host} cannot be had: {error.strerror}.",
            place="port",
            remedy="Choose another with --port.",
        ) from error
    return listening


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _server(installation: Installation) -> uvicorn.Server:
    import uvicorn

    from housestaff.doors.api import api_of

    settings = installation.settings
    config = uvicorn.Config(
        api_of(installation),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # The live feed has heartbeats of its own, and its clients say little.
        ws_ping_interval=None,
        ws_max_size=2**16,
    )
    return uvicorn.Server(config)


def _tell_first_steps(installation: Installation) -> None:
    address = installation.settings.public_url
    typer.echo(f"Housestaff answers at {address}", err=True)
    if installation.sign_in.is_new():
        token = installation.sign_in.setup_token()
        typer.echo(f"Nobody is set up yet. Within the hour, open {address}/setup#{token}", err=True)


def _say(as_json: bool, told: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(told, default=str) if as_json else sentence)
