"""The commands of a running installation: everything in one process, or each part alone."""

from __future__ import annotations

import gc
import json
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import uvicorn

    from housestaff.bootstrap.installation import Addresses, Installation
    from housestaff.plumbing.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Host = Annotated[str | None, typer.Option("--host", help="The address to listen on.")]
_COLLECTIONS = (20_000, 20, 100)
Port = Annotated[int | None, typer.Option("--port", help="The port to listen on.")]


def add_service_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    for command in (up, serve, worker, migrate, backup, restore):
        app.command()(command)


def settings_of(host: str | None = None, port: int | None = None, **more: Any) -> Settings:
    """The settings of the environment, with what the command line says; a bad one is told by its variable."""
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
def database_of(settings: Settings) -> Generator[Addresses]:
    """The database's addresses; one that cannot be reached ends the command with its own exit code.

    A server of our own is stopped by the last command that works with it.
    """
    import psycopg
    from psycopg_pool import PoolTimeout
    from sqlalchemy.exc import OperationalError

    from housestaff.bootstrap.installation import addresses
    from housestaff.core.errors import Unreachable

    try:
        found = addresses(settings)
        try:
            yield found
        finally:
            if found.server is not None:
                found.server.stop_if_unused()
    except (psycopg.OperationalError, OperationalError, PoolTimeout) as error:
        said = str(error).strip().split("\n", maxsplit=1)[0]
        raise Unreachable(f"the database cannot be reached: {said}") from error


def up(host: Host = None, port: Port = None) -> None:
    """Run everything in one process: the database (our own, unless one is named), the web server and a worker."""
    from housestaff.bootstrap.installation import bring_up, opened
    from housestaff.doors.worker import BackgroundWorker
    from housestaff.plumbing import log

    log.set_up()
    settings = settings_of(host, port)
    with database_of(settings) as where:
        bring_up(where)
        with opened(settings, where) as installation:
            listening = listening_on(settings)
            _tell_first_steps(installation)
            background = BackgroundWorker(installation)
            background.start()
            try:
                serve_on(installation, listening)
            finally:
                background.stop()


def serve(host: Host = None, port: Port = None) -> None:
    """Run the web server alone; workers run elsewhere."""
    from housestaff.bootstrap.installation import opened
    from housestaff.plumbing import log

    log.set_up()
    settings = settings_of(host, port)
    with database_of(settings) as where, opened(settings, where) as installation:
        serve_on(installation, listening_on(settings))


def worker() -> None:
    """Run a worker alone; as many as wanted, on as many machines."""
    from housestaff.bootstrap.installation import opened
    from housestaff.doors.worker import work_until_stopped
    from housestaff.plumbing import log

    log.set_up()
    settings = settings_of()
    with database_of(settings) as where, opened(settings, where) as installation:
        work_until_stopped(installation)


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database to the newest shape; forward only."""
    from housestaff.bootstrap.installation import bring_up

    with database_of(settings_of()) as where:
        before, after = bring_up(where)
    _say(as_json, {"before": before, "after": after}, f"The database is at {after} (it was at {before or 'nothing'}).")


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as housestaff.tar.gz.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the database and the stored files into one archive."""
    from housestaff.bootstrap.backup import backup as write

    settings = settings_of()
    with database_of(settings) as where:
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

    settings = settings_of()
    with database_of(settings) as where:
        read(settings, where, file, replace=replace)
        _before, after = bring_up(where)
    _say(as_json, {"file": str(file), "revision": after}, f"Restored from {file}; the database is at {after}.")


def listening_on(settings: Settings) -> socket.socket:
    """The socket to listen on; a port that somebody else has is told with what to do."""
    from housestaff.core.errors import BadInput

    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # Whoever comes before the server is ready waits for it and is not turned away.
        listening.listen()
    except OSError as error:
        listening.close()
        raise BadInput(
            f"port {settings.port} of {settings.host} cannot be had: {error.strerror}.",
            place="port",
            remedy="Choose another with --port.",
        ) from error
    return listening


def serve_on(installation: Installation, listening: socket.socket) -> None:
    """Serve until somebody ends it; whatever was begun outside is put away then."""

    def end(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    # The server finishes what it has begun and then sends itself the signal again, which would end the process here.
    signal.signal(signal.SIGTERM, end)
    web_server(installation).run([listening])


def web_server(installation: Installation) -> uvicorn.Server:
    """The web server of an installation, not yet running."""
    import uvicorn

    from housestaff.doors.api import api_of

    settings = installation.settings
    # What was made at the start stays for good. A full collection looks at every roster at hand and holds up a request
    # for its length, and rosters hold no circles: it comes seldom.
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
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
        typer.echo(
            "Nobody is set up yet. Run `housestaff setup`, or within the hour POST this token and who you are to",
            err=True,
        )
        typer.echo(f"{address}/api/v1/setup: {token}", err=True)


def _say(as_json: bool, told: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(told, default=str) if as_json else sentence)
