"""The demo: the year of an invented program, solved, published, written, and asked for over HTTP."""

from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from housestaff.doors.service import AsJson, Port, database_of, listening_on, serve_on, settings_of, web_server

if TYPE_CHECKING:
    from rich.console import Console

    from housestaff.bootstrap.demo import Demo
    from housestaff.bootstrap.installation import Installation
    from housestaff.solving.run import Progress


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

    from housestaff.bootstrap.demo import rehearsal_clock
    from housestaff.bootstrap.installation import bring_up, demo_folder, opened
    from housestaff.doors.worker import BackgroundWorker
    from housestaff.plumbing import log

    log.set_up(level=logging.WARNING)
    settings = settings_of(port=port)
    folder = settings.data_folder
    if settings.database_url is None and "data_folder" not in settings.model_fields_set:
        folder = demo_folder()
    if settings.clock_file is None:
        # The invented year is a year of its own; "today" is the same weekday of the same season in it.
        settings = settings_of(port=port, data_folder=folder, clock_file=rehearsal_clock(folder))
    console = Console(stderr=as_json)
    with database_of(settings) as where:
        bring_up(where)
        with opened(settings, where) as installation:
            background = BackgroundWorker(installation)
            background.start()
            try:
                code = _demo(installation, out, console, seed=seed, seconds=seconds, as_json=as_json)
            finally:
                background.stop()
    raise typer.Exit(code)


def _demo(installation: Installation, out: Path, console: Console, *, seed: int, seconds: int, as_json: bool) -> int:
    from housestaff.bootstrap import demo as made
    from housestaff.bootstrap.years import write_products
    from housestaff.doors.progress import Ticker, print_json, show_summary, summary

    here = made.set_up(installation, out / "program", seed)
    if here.schedule() is None:
        tell = Ticker(console)
        run = made.solve_and_publish(
            here, seconds=seconds, seed=seed, tell=lambda told: tell(_progress(told)), wait=lambda: _pause(0.5)
        )
        if run["state"] != "solved":
            console.print(f"The solve ended as {run['state']}: {run['answer']}")
            return 1
    year = made.solved(here, made.last_run(here))
    program, _roster = here.year()
    products = write_products(program, year, out, made=installation.clock.now())
    address = _answered(installation, here)
    if as_json:
        files = {name: str(path) for name, path in products}
        print_json({"result": "published", "summary": summary(program, year), "files": files, "address": address})
    else:
        show_summary(console, program, year, products)
        console.print(f"\n  The service answers at {address}", highlight=False)
        today = program.zone.day(installation.clock.now())
        console.print(f"  Its clock shows {today:%A, %B %-d, %Y}, within the invented year.", highlight=False)
    if sys.stdout.isatty():
        token = installation.sign_in.one_time("sign_in", here.user_id)
        # A link that breaks over two lines cannot be clicked.
        console.print(f"  Sign in once: {address}/sign-in/link#{token}", highlight=False, markup=False, soft_wrap=True)
        console.print("  Ctrl-C ends it.")
        serve_on(installation, listening_on(installation.settings))
    return 0


def _progress(told: dict[str, Any]) -> Progress:
    """The progress of a solve as its row keeps it."""
    from housestaff.solving.run import Progress

    return Progress(**{name: told[name] for name in ("stage", "level", "objective", "bound", "seconds", "part")})


def _answered(installation: Installation, here: Demo) -> str:
    """Start the web server, ask the API for the published schedule over HTTP as a person would, and stop it again."""
    import urllib.request

    server, listening = web_server(installation), listening_on(installation.settings)
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


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
